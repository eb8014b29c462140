"""
The ledger's own key file: it signs checkpoints (Ed25519, C2SP signed note) and marks each event as one of our writers'.

Never copy it into a database or a backup of the data: who holds it can write a second history.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from troth.ledger.check_export import ED25519, BadNote, PublicKey

FILE_NAME = "ledger-signing.key"


class KeyDamaged(BadNote):
    """The file of the ledger's own key does not read."""


_DAMAGED = "The ledger's key file is damaged; put it back from where keys are kept."


@dataclass(frozen=True)
class Signer:
    """The secret half."""

    name: str
    seed: bytes

    @cached_property
    def public(self) -> PublicKey:
        """The half that may be shown to anyone."""
        secret = Ed25519PrivateKey.from_private_bytes(self.seed)
        raw = secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return PublicKey(self.name, raw)

    @cached_property
    def writers_key(self) -> bytes:
        """The key with which writers mark their events."""
        return hashlib.blake2b(b"writers' strand", key=self.seed).digest()[:32]

    def sign(self, text: str) -> str:
        """`text`, which ends in a newline, as a signed note."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        packed = base64.b64encode(self.public.id + signature).decode()
        return f"{text}\n— {self.name} {packed}\n"


def signer() -> Signer:
    """This deployment's key; made on first use, in a file that only its owner may read."""
    return _read(str(settings.TROTH_KEYS))


def name_in(folder: Path) -> str | None:
    """The name of the key in that folder, or None when there is none. None is made."""
    try:
        return (folder / FILE_NAME).read_text(encoding="ascii").strip().split("+", 4)[2]
    except FileNotFoundError:
        return None
    except (IndexError, UnicodeDecodeError):
        raise KeyDamaged(_DAMAGED) from None


@lru_cache(maxsize=8)
def _read(folder: str) -> Signer:
    path = Path(folder) / FILE_NAME
    if not path.exists():
        _make(path)
    try:
        prefix, key, name, _, encoded = path.read_text(encoding="ascii").strip().split("+", 4)
        seed = base64.b64decode(encoded, validate=True)[1:]
    except ValueError:
        raise KeyDamaged(_DAMAGED) from None
    if (prefix, key) != ("PRIVATE", "KEY") or len(seed) != 32:
        raise KeyDamaged(_DAMAGED)
    return Signer(name, seed)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = secrets.token_bytes(32)
    # The name tells one deployment's log from another's; it is random, so that it says nothing about the clinic.
    made = Signer(f"troth.ledger/{secrets.token_hex(4)}", seed)
    text = f"PRIVATE+KEY+{made.name}+{made.public.id.hex()}+{base64.b64encode(ED25519 + seed).decode()}\n"
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link and not a rename: of two processes that start at once, the first one's key stays.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
