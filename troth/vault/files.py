"""
Sealed files: written as they arrive, read in ranges, never in the clear on disk (pitfalls B2, B18).

A file has a random key of its own, which its row keeps in a sealed field together with its name, type and size. It is cut
into chunks; each chunk is sealed with its number and whether it is the last, so that one changed, moved, left out or cut off
does not open. Only the row knows what the file is called.
"""

import json
import os
import secrets as random
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ValidationError

from troth.vault.errors import Damaged
from troth.vault.fields import SealedField
from troth.vault.secrets import sync_folder

CHUNK = 64 * 1024
#: The kinds of file that go out under their own ending. Nothing that a computer would run is among them.
ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "text/plain": ".txt",
    "text/rtf": ".rtf",
    "application/xml": ".xml",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "video/mp4": ".mp4",
}
_ALIASES = {"text/xml": "application/xml", "application/rtf": "text/rtf", ".jpeg": ".jpg", ".tiff": ".tif"}
TAG = 16
MAGIC = b"TROTH\x01"


@dataclass(frozen=True)
class StoredFile:
    """What a row keeps of a file, sealed. `place` is where its ciphertext lies; `size` is of the content, in bytes."""

    place: str
    key: str
    size: int
    name: str
    media_type: str

    @property
    def kind(self) -> str:
        """Which of `ENDINGS` it is: by its type, else by the ending under which it came; "" where it is none of them."""
        if (known := _ALIASES.get(self.media_type, self.media_type)) in ENDINGS:
            return known
        ending = Path(self.name).suffix.lower()
        return next((kind for kind, each in ENDINGS.items() if each == _ALIASES.get(ending, ending)), "")

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """
        Yield the content from `start` up to, not including, `end`.

        The stream keeps this one file's key until it ends; open it inside a context and hand it to `SealedStream`.

        :raises Damaged: a chunk was changed, moved, left out or cut off, or the file is gone.
        """
        return _read(self, start, self.size if end is None else min(end, self.size))

    @property
    def lies_whole(self) -> bool:
        """Whether its ciphertext is in its place and as long as it has to be. It is not opened."""
        try:
            return path_of(self.place).stat().st_size == _sealed_size(self.size)
        except FileNotFoundError:
            return False


def path_of(place: str) -> Path:
    """Where the ciphertext of a place lies."""
    folder: Path = settings.TROTH_HOME
    return folder / "files" / place[:2] / place


class SealingWriter:
    """
    Takes content in pieces of any size and writes sealed chunks. Nothing is kept unless `finish` is called, nor where the disk
    refuses a part of it: no caller has to clear up after that.
    """

    def __init__(self) -> None:
        self.place = random.token_hex(16)
        self.key = AESGCM.generate_key(256)
        self._cipher = AESGCM(self.key)
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        path = path_of(self.place)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._draft = path.with_suffix(".part")
        self._file: BinaryIO = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(MAGIC)  # stays in memory until a chunk is full

    def write(self, piece: bytes) -> None:
        """Take a piece; whole chunks are sealed at once."""
        self._waiting += piece
        self.size += len(piece)
        while len(self._waiting) > CHUNK:  # the last chunk, even a full one, waits for `finish`
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self, *, name: str, media_type: str) -> StoredFile:
        """
        Seal the last chunk, make the file durable under its place, and give what its row must keep.

        :raises OSError: the disk took it no more.
        """
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError:
            self.abandon()
            raise
        path = path_of(self.place)
        self._draft.rename(path)
        sync_folder(path.parent)
        return StoredFile(self.place, self.key.hex(), self.size, name, media_type)

    def abandon(self) -> None:
        """Remove what was written. Repeatable."""
        self._draft.unlink(missing_ok=True)
        with suppress(OSError):  # to close writes what still waits, for which a full disk has no room
            self._file.close()

    def _seal(self, content: bytes, *, last: bool) -> None:
        try:
            self._file.write(self._cipher.encrypt(_nonce(self._number), content, _bound_to(self.place, last)))
        except OSError:
            self.abandon()
            raise
        self._number += 1


def _nonce(number: int) -> bytes:
    # The key belongs to this file alone and is used once for each number, so the number is a nonce.
    return number.to_bytes(12, "big")


def _bound_to(place: str, last: bool) -> bytes:
    return f"troth.file.1|{place}|{'last' if last else 'more'}".encode()


def store(pieces: Iterable[bytes], *, name: str, media_type: str) -> StoredFile:
    """Seal content into a new file. Inside an act, put the result into the row's sealed file field."""
    writer = SealingWriter()
    try:
        for piece in pieces:
            writer.write(piece)
    except BaseException:
        writer.abandon()
        raise
    return writer.finish(name=name, media_type=media_type)


def _last_chunk(size: int) -> int:
    return max((size - 1) // CHUNK, 0)


def _sealed_size(size: int) -> int:
    return len(MAGIC) + size + (_last_chunk(size) + 1) * TAG


def _read(stored: StoredFile, start: int, end: int) -> Iterator[bytes]:
    cipher = AESGCM(bytes.fromhex(stored.key))
    last = _last_chunk(stored.size)
    whole = _sealed_size(stored.size)
    try:
        with path_of(stored.place).open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC or os.fstat(file.fileno()).st_size != whole:
                raise Damaged("A stored file was cut short, lengthened or replaced. Restore it from a backup.")
            number = max(start, 0) // CHUNK
            file.seek(len(MAGIC) + number * (CHUNK + TAG))
            while number * CHUNK < end or (number == 0 and end == 0):
                sealed = file.read(CHUNK + TAG)
                content = cipher.decrypt(_nonce(number), sealed, _bound_to(stored.place, number == last))
                offset = number * CHUNK
                piece = content[max(start - offset, 0) : end - offset]
                if piece:
                    yield piece
                number += 1
                if number > last:
                    break
    except FileNotFoundError:
        raise Damaged("A stored file is missing. Restore it from a backup.") from None
    except (InvalidTag, ValueError):
        raise Damaged(
            "A stored file does not open: a part of it was changed or moved. Restore it from a backup."
        ) from None


def destroy(place: str) -> None:
    """Remove a file's ciphertext; its key went with its row. Repeatable."""
    path_of(place).unlink(missing_ok=True)


class SealedFile(SealedField[StoredFile]):
    """A file of the row: its place, key, size, name and type, sealed together."""

    kind = StoredFile

    def encode(self, value: StoredFile) -> bytes:
        return json.dumps(asdict(value), separators=(",", ":")).encode()

    @staticmethod
    def decode(content: bytes) -> Any:
        try:
            return StoredFile(**json.loads(content))
        except TypeError:
            raise ValidationError("A stored file's description is of another version.") from None
