"""
Tickets: what somebody typed, sealed into an address that only they can use, and only for a while.

A search is posted, so that no name lands in an address, a history or a log (pitfalls B1). Its answer has pages, and can be
read again, so what was asked for has to stand somewhere: here, in the address itself, as ciphertext under a key of this
deployment. Nothing is stored, and there is nothing to tidy away.
"""

import base64
import binascii
import json
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.vault import secrets

#: Bytes to which the content is padded, so that the address does not tell how much was typed.
STEP = 64


class TicketInvalid(Exception):
    """A ticket that is nobody's, somebody else's, for another page, or too old."""


def issue(said: dict[str, str], *, page: str, holder: UUID, at: datetime, life: timedelta) -> str:
    """Seal these values for one page and one person until `at + life`. Letters, digits, `-` and `_` only."""
    ends = int((at + life).timestamp())
    content = json.dumps([ends, said], ensure_ascii=False, separators=(",", ":")).encode()
    padded = content + b" " * (-len(content) % STEP)
    nonce = os.urandom(12)
    sealed = nonce + _cipher().encrypt(nonce, padded, _bound_to(page, holder))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(ticket: str, *, page: str, holder: UUID, at: datetime) -> dict[str, str]:
    """
    What was sealed.

    :raises TicketInvalid: it was not issued by this deployment, to this person, for this page, or its time is over.
    """
    try:
        sealed = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        ends, said = json.loads(_cipher().decrypt(sealed[:12], sealed[12:], _bound_to(page, holder)))
    except (InvalidTag, ValueError, binascii.Error):
        raise TicketInvalid("This address is not one that was given to you.") from None
    if at >= datetime.fromtimestamp(ends, UTC):
        raise TicketInvalid("This address has run out.")
    found: dict[str, str] = said
    return found


def _cipher() -> AESGCM:
    return AESGCM(secrets.opened().named("tickets"))


def _bound_to(page: str, holder: UUID) -> bytes:
    return f"{page}|{holder.hex}".encode()
