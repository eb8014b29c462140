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

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

FILE_NAME = "ledger-signing.key"
_ED25519 = b"\x01"  # the C2SP signature type


class BadNote(Exception):
    """A signed note is malformed, or its signature does not hold under the key it was checked with."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks notes. Its text form is C2SP's `name+id+key`."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """
        Read the text form.

        :raises BadNote: it is not `name+id+key`, or its id is another key's.
        """
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            packed = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise BadNote("The public key does not read name+id+key.") from None
        key = cls(name, packed[1:])
        if packed[:1] != _ED25519 or len(packed) != 33 or key.id.hex() != key_id:
            raise BadNote("The public key is not an Ed25519 key, or its id belongs to another.")
        return key

    def check(self, note: str) -> str:
        """
        The text of a signed note, once this key's signature on it holds.

        :raises BadNote: no signature of this key, or one that does not hold.
        """
        body, gap, signatures = note.rpartition("\n\n")
        if not gap:
            raise BadNote("The note has no signature.")
        text = body + "\n"
        for row in signatures.splitlines():
            dash, _, rest = row.partition(" ")
            name, _, encoded = rest.partition(" ")
            if dash != "—" or name != self.name:
                continue
            try:
                packed = base64.b64decode(encoded, validate=True)
                if packed[:4] == self.id:
                    Ed25519PublicKey.from_public_bytes(self.raw).verify(packed[4:], text.encode())
                    return text
            except (ValueError, InvalidSignature):
                raise BadNote("The signature on the note does not hold.") from None
        raise BadNote("The note is not signed with this key.")


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
    return _read(Path(settings.TROTH_KEYS) / FILE_NAME)


@lru_cache(maxsize=8)
def _read(path: Path) -> Signer:
    if not path.exists():
        _make(path)
    prefix, key, name, _, encoded = path.read_text(encoding="ascii").strip().split("+", 4)
    seed = base64.b64decode(encoded, validate=True)[1:]
    if (prefix, key) != ("PRIVATE", "KEY") or len(seed) != 32:
        raise BadNote("The ledger's key file is damaged; put it back from where keys are kept.")
    return Signer(name, seed)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = secrets.token_bytes(32)
    # The name tells one deployment's log from another's; it is random, so that it says nothing about the clinic.
    made = Signer(f"troth.ledger/{secrets.token_hex(4)}", seed)
    text = f"PRIVATE+KEY+{made.name}+{made.public.id.hex()}+{base64.b64encode(_ED25519 + seed).decode()}\n"
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
