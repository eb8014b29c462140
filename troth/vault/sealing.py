"""
The sealed value: one version byte, a 12-byte nonce, AES-256-GCM ciphertext and its tag.

The plaintext is padded to 32-byte steps, empties included, so that lengths do not tell yes from no (pitfalls B12). The
associated data binds the permanent field id, the row and the subject: ciphertext moved elsewhere does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.vault.errors import Damaged

VERSION = b"\x01"
STEP = 32
NOTHING = b"\x00"
SOMETHING = b"\x01"


def pad(content: bytes) -> bytes:
    """Pad to a multiple of 32 bytes with 0x80 and zeros (ISO/IEC 7816-4): at least one byte is added."""
    return content + b"\x80" + b"\x00" * (-(len(content) + 1) % STEP)


def seal(cipher: AESGCM, content: bytes | None, bound_to: bytes) -> bytes:
    """Seal bytes, or nothing at all, to what `bound_to` names."""
    nonce = os.urandom(12)
    plain = pad(NOTHING if content is None else SOMETHING + content)
    return VERSION + nonce + cipher.encrypt(nonce, plain, bound_to)


def open_sealed(cipher: AESGCM, blob: bytes, bound_to: bytes) -> bytes | None:
    """
    Open a sealed value.

    :raises Damaged: it was changed, cut short, or sealed for another field, row or subject.
    """
    try:
        if blob[:1] != VERSION:
            raise ValueError
        plain = cipher.decrypt(blob[1:13], blob[13:], bound_to)
    except (InvalidTag, ValueError):
        raise Damaged(
            "A sealed value does not open: it was changed, cut short, or belongs to another row, person or "
            "field. Restore the row from a backup; `troth ledger verify --records` names every such row."
        ) from None
    return plain.rstrip(b"\x00")[1:-1] if plain[0] else None
