"""
The form of a backup file: one stream of sealed chunks, in which parts follow one another and the manifest comes last.

    magic · length of the header · header (JSON, in the clear: id, time, number of the master key, wrapped key)
    chunks of 1 MiB, AES-256-GCM under a key of this backup alone, bound to the header, their number and whether they are last
    inside: frames of a letter, a length and content: P a part begins · D data · E it ends (size, SHA-256) · M the manifest

The key is wrapped by the master key of the day, so that destroying that master key makes the whole file unreadable
(pitfalls A2). A chunk that is changed, moved, left out or taken from another backup does not open; nor does a file cut short.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.vault import secrets
from troth.vault.errors import MasterKeyMissing

MAGIC = b"TROTHBK\x01"
FORMAT = "troth backup 1"
CHUNK = 1024 * 1024
TAG = 16
LONGEST_HEADER = 64 * 1024


class BackupDamaged(Exception):
    """A backup does not open as it was written; the message says where."""


class BackupUnreadable(Exception):
    """The master key that a backup was made under is gone, as it must be when its time is over."""


@dataclass(frozen=True)
class Header:
    """What a backup says of itself in the clear."""

    id: str
    made_at: datetime
    master: int
    wrapped: str

    def as_bytes(self) -> bytes:
        """As it stands in the file, and as every chunk is bound to it."""
        return json.dumps(
            {
                "format": FORMAT,
                "id": self.id,
                "made_at": self.made_at.astimezone(UTC).isoformat(),
                "master": self.master,
                "wrapped": self.wrapped,
            }
        ).encode()


def _binding(backup_id: str, made_at: datetime, master: int) -> bytes:
    return f"{FORMAT}|{backup_id}|{made_at.astimezone(UTC).isoformat()}|{master}".encode()


def _bound_to(header: bytes, *, last: bool) -> bytes:
    return hashlib.sha256(header).digest() + (b"last" if last else b"more")


def _nonce(number: int) -> bytes:
    # The key belongs to this backup alone and is used once for each number, so the number is a nonce.
    return number.to_bytes(12, "big")


class ArchiveWriter:
    """Takes parts and hands sealed bytes to `write`, which may write them in several places."""

    def __init__(self, write: Callable[[bytes], None], *, backup_id: str, made_at: datetime) -> None:
        master = secrets.opened().current()
        key = AESGCM.generate_key(256)
        nonce = os.urandom(12)
        wrapped = nonce + master.cipher.encrypt(nonce, key, _binding(backup_id, made_at, master.number))
        self.header = Header(backup_id, made_at, master.number, wrapped.hex())
        self.parts: list[dict[str, Any]] = []
        self._cipher = AESGCM(key)
        self._write = write
        self._waiting = bytearray()
        self._number = 0
        raw = self.header.as_bytes()
        self._header = raw
        write(MAGIC + len(raw).to_bytes(4, "big") + raw)

    def add(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write a part whole."""
        digest, size = hashlib.sha256(), 0
        self._frame(b"P", json.dumps({"name": name}).encode())
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            self._frame(b"D", piece)
        ending = {"name": name, "size": size, "sha256": digest.hexdigest()}
        self._frame(b"E", json.dumps(ending).encode())
        self.parts.append(ending)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and the last chunk."""
        self._frame(b"M", json.dumps({**manifest, "parts": self.parts}).encode())
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _frame(self, kind: bytes, content: bytes) -> None:
        self._waiting += kind + len(content).to_bytes(4, "big") + content
        while len(self._waiting) > CHUNK:  # the last chunk, even a full one, waits for `finish`
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _seal(self, content: bytes, *, last: bool) -> None:
        self._write(self._cipher.encrypt(_nonce(self._number), content, _bound_to(self._header, last=last)))
        self._number += 1


def read_header(path: Path) -> Header:
    """
    What a backup says of itself.

    :raises BackupDamaged: it is not a backup of ours, or its beginning was changed.
    """
    with path.open("rb") as file:
        return _read_header(file, path)[0]


def _read_header(file: BinaryIO, path: Path) -> tuple[Header, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupDamaged(
            f"{path} does not begin as a backup does: it is something else, or its first bytes were changed. "
            "Take the same backup from the other destination, or an older one."
        )
    raw = file.read(min(int.from_bytes(file.read(4), "big"), LONGEST_HEADER))
    try:
        body = json.loads(raw)
        made_at = datetime.fromisoformat(body["made_at"])
        header = Header(body["id"], made_at.astimezone(UTC), int(body["master"]), body["wrapped"])
        bytes.fromhex(header.wrapped)
        if made_at.tzinfo is None:
            raise ValueError("a time without a zone is none of ours")
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise BackupDamaged(
            f"The header of {path} was changed or cut short. Take the same backup from the other destination, "
            "or an older one."
        ) from None
    return header, raw


def unwrap(header: Header) -> bytes | None:
    """
    The key of a backup; None when its header is not as it was written, or is of another deployment.

    :raises MasterKeyMissing: the master key that wraps it is gone.
    """
    master, blob = secrets.opened().master(header.master), bytes.fromhex(header.wrapped)
    try:
        return master.cipher.decrypt(blob[:12], blob[12:], _binding(header.id, header.made_at, header.master))
    except (InvalidTag, ValueError):
        return None


@dataclass(frozen=True)
class Part:
    """A part as it is read: take all of `pieces` before asking for the next one."""

    name: str
    pieces: Iterator[bytes]


class ArchiveReader:
    """Opens a backup from its beginning to its end. After the last part `manifest` holds what the writer knew."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.path = path
        self._file = file
        self.header, self._raw = _read_header(file, path)
        self._start = file.tell()
        self.size = os.fstat(file.fileno()).st_size
        self.manifest: dict[str, Any] = {}
        self._cipher = AESGCM(self._unwrap())
        self._content = self._chunks()
        self._buffer = bytearray()

    def parts(self) -> Iterator[Part]:
        """
        Yield the parts in the order in which they were written.

        :raises BackupDamaged: a chunk does not open, or the parts are not those of the manifest.
        """
        seen: list[dict[str, Any]] = []
        while True:
            kind, content = self._frame()
            if kind == b"M":
                break
            if kind != b"P":
                raise self._damaged("its parts do not follow each other as they should")
            yield Part(json.loads(content)["name"], self._pieces(json.loads(content)["name"], seen))
        manifest: dict[str, Any] = json.loads(content)
        if manifest["parts"] != seen:
            raise self._damaged("its parts are not those that its manifest names")
        if self._buffer or next(self._content, b""):
            raise self._damaged("something follows its manifest")
        self.manifest = manifest

    def _pieces(self, name: str, seen: list[dict[str, Any]]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        while True:
            kind, content = self._frame()
            if kind == b"D":
                digest.update(content)
                size += len(content)
                yield content
                continue
            ending = {"name": name, "size": size, "sha256": digest.hexdigest()}
            if kind != b"E" or json.loads(content) != ending:
                raise self._damaged(f"the part {name} is not as it was written")
            seen.append(ending)
            return

    def _frame(self) -> tuple[bytes, bytes]:
        head = self._take(5)
        return head[:1], self._take(int.from_bytes(head[1:], "big"))

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            piece = next(self._content, None)
            if piece is None:
                raise self._damaged("it ends in the midst of a part")
            self._buffer += piece
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _chunks(self) -> Iterator[bytes]:
        number, ended = 0, False
        while sealed := self._file.read(CHUNK + TAG):
            ended = self._start + number * (CHUNK + TAG) + len(sealed) == self.size
            try:
                yield self._cipher.decrypt(_nonce(number), sealed, _bound_to(self._raw, last=ended))
            except (InvalidTag, ValueError):
                raise self._damaged(self._what_is_wrong(number, sealed, ended)) from None
            number += 1
        if not ended:
            raise self._damaged("it was cut short right after its header")

    def _what_is_wrong(self, number: int, sealed: bytes, ended: bool) -> str:
        place = self._start + number * (CHUNK + TAG)
        if self._opens(number, sealed, last=not ended):
            return (
                f"it was cut short after byte {place + len(sealed):,}"
                if ended
                else f"something was added to it after byte {place + len(sealed):,}"
            )
        count = (self.size - self._start) // (CHUNK + TAG) + 1
        for other in range(min(count, 4096)):
            if self._opens(other, sealed, last=False) or self._opens(other, sealed, last=True):
                return f"its chunk {other} lies where chunk {number} should (byte {place:,})"
        if ended:
            return f"it was cut short or changed in its last chunk, after byte {place:,}"
        return f"its chunk {number} was changed or comes from another backup (bytes {place:,} to {place + len(sealed):,})"

    def _opens(self, number: int, sealed: bytes, *, last: bool) -> bool:
        try:
            self._cipher.decrypt(_nonce(number), sealed, _bound_to(self._raw, last=last))
        except (InvalidTag, ValueError):
            return False
        return True

    def _unwrap(self) -> bytes:
        try:
            key = unwrap(self.header)
        except MasterKeyMissing:
            raise BackupUnreadable(
                f"{self.path} was made under master key {self.header.master}, which is not in TROTH_KEYS. If it was destroyed "
                "at its turn, nobody can read this backup any more; otherwise put back the folder of keys that goes with it."
            ) from None
        if key is None:
            raise self._damaged("its header was changed, or TROTH_KEYS belongs to another deployment")
        return key

    def _damaged(self, what: str) -> BackupDamaged:
        return BackupDamaged(
            f"{self.path} is damaged: {what}. Take the same backup from the other destination, or an older one."
        )
