"""
Tickets: a few words that a page hands to the browser and gets back, sealed under a secret of this server and with an end.

Nothing is stored for a stranger, so strangers cannot fill a table; and nobody but this server can read or make one.
"""

import base64
import binascii
import json
import os
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.vault import secrets


def seal_ticket(kind: str, said: dict[str, str], *, at: datetime, lasts: timedelta) -> str:
    """Seal what is said until `at + lasts`. A ticket of one kind opens as no other."""
    nonce = os.urandom(12)
    text = json.dumps({**said, "until": (at + lasts).isoformat()}).encode()
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text, kind.encode())).decode()


def open_ticket(kind: str, ticket: str, *, at: datetime) -> dict[str, str] | None:
    """What a ticket says; None when it is over, of another kind, or not of our making."""
    try:
        blob = base64.urlsafe_b64decode(ticket.encode())
        said: dict[str, str] = json.loads(_cipher().decrypt(blob[:12], blob[12:], kind.encode()))
    except (ValueError, binascii.Error, InvalidTag):
        return None
    return said if at < datetime.fromisoformat(said.pop("until")) else None


def _cipher() -> AESGCM:
    return AESGCM(secrets.opened().named("tickets"))
