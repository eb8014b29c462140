"""
The stranger: one bare subject who stands in wherever an address is not known, so that as much is done as for somebody (B16).
"""

import hashlib
import hmac
from uuid import UUID

from troth.vault import secrets


def strangers_number() -> UUID:
    """The stranger's number, a secret of this server."""
    return UUID(bytes=hmac.digest(secrets.opened().named("tickets"), b"stranger", hashlib.sha256)[:16], version=4)
