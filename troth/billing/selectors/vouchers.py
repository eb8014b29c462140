"""The codes of gift vouchers: worked out of a voucher's number and a secret of this server, and stored as a hash alone."""

import base64
import hashlib
import hmac
from uuid import UUID

from troth.billing.models import Voucher
from troth.vault import secrets
from troth.vault.errors import MasterKeyMissing

#: The file in TROTH_KEYS, without its ending.
_NAMED = "vouchers"
#: Of 16 letters and figures, 80 bits: nobody guesses one.
_BYTES = 10


def code_of(voucher: UUID) -> str:
    """
    What whoever has the voucher brings: XXXX-XXXX-XXXX-XXXX.

    :raises MasterKeyMissing: vouchers were sold, and the secret of their codes is not there any more. A new one would give others.
    """
    keys = secrets.opened()
    if not keys.has(_NAMED) and Voucher.objects.exists():
        raise MasterKeyMissing(
            f"{_NAMED}.key is missing from TROTH_KEYS, and a new one would give other codes: put it back from where keys are kept."
        )
    made = hmac.digest(keys.named(_NAMED), b"code|" + voucher.bytes, hashlib.sha256)
    text = base64.b32encode(made[:_BYTES]).decode()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def known_code(voucher: Voucher) -> str:
    """Its code, or nothing where it cannot be worked out here: the secret is gone, or is not the one that it was sold under."""
    try:
        found = code_of(voucher.pk)
    except MasterKeyMissing:
        return ""
    return found if hash_of(found) == voucher.code_hash else ""


def hash_of(code: str) -> str:
    """What is stored of a code, however it was typed."""
    bare = (
        "".join(each for each in code.upper() if each.isalnum()).replace("0", "O").replace("1", "I").replace("8", "B")
    )
    return hashlib.sha256(bare.encode()).hexdigest()
