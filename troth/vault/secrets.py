"""
Secrets that lie outside every database: the master keys, each with a number and a life, and a few named keys.

They are files of mode 0600 in TROTH_KEYS, opened once at start. A master key may instead be wrapped by a KMS: its file
then holds the wrapped key and the name of the KMS key, and one call opens it (pitfalls B13). Never log or print one.
"""

import contextlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from troth.vault.errors import MasterKeyMissing

Unwrap = Callable[[dict[str, str]], bytes]
#: Made with the first master key. A new one later would find nobody and take every standing fact for a forgery.
WITH_THE_FIRST = ("facts", "index")


@dataclass(frozen=True)
class MasterKey:
    """One master key. `retired_at` is when it stopped wrapping new keys; it is destroyed once backups have aged out."""

    number: int
    made_at: datetime
    retired_at: datetime | None
    cipher: AESGCM


def _kms() -> Any:
    """
    A client of the KMS, which gives up within seconds.

    :raises MasterKeyMissing: boto3 is not installed.
    """
    try:
        import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from botocore.config import Config  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise MasterKeyMissing("A master key is wrapped by a KMS: install boto3, which reaches it.") from None
    return boto3.client(
        "kms",
        endpoint_url=os.environ.get("TROTH_KMS_URL") or None,
        config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}),
    )


def _kms_context(number: str) -> dict[str, str]:
    """What the KMS binds a wrapped master key to, and writes into its own log."""
    return {"troth": "master key", "number": number}


def open_with_kms(record: dict[str, str]) -> bytes:
    """
    Unwrap a master key with AWS KMS (or a server that speaks its API), once at start.

    :raises MasterKeyMissing: boto3 is not installed, or the KMS refused.
    """
    number = record["number"]
    try:
        answer = _kms().decrypt(
            CiphertextBlob=bytes.fromhex(record["wrapped"]),
            KeyId=record["kms_key"],
            EncryptionContext=_kms_context(number),
        )
    except MasterKeyMissing:
        raise
    except Exception as error:  # noqa: BLE001  boto3 raises classes made at run time
        raise MasterKeyMissing(
            f"The KMS did not unwrap master key {number} ({type(error).__name__}). Check that it is reached "
            "(TROTH_KMS_URL, the credentials) and that its key is enabled."
        ) from None
    plaintext: bytes = answer["Plaintext"]
    return plaintext


def wrap_with_kms(key: bytes, kms_key: str, number: str) -> dict[str, str]:
    """
    Wrap a new master key by the KMS key named, for its file.

    :raises MasterKeyMissing: boto3 is not installed, or the KMS refused; no master key was made.
    """
    try:
        answer = _kms().encrypt(KeyId=kms_key, Plaintext=key, EncryptionContext=_kms_context(number))
    except MasterKeyMissing:
        raise
    except Exception as error:  # noqa: BLE001  as above
        raise MasterKeyMissing(
            f"The KMS did not wrap a new master key ({type(error).__name__}), so none was made. Check that it "
            "is reached (TROTH_KMS_URL, the credentials) and that TROTH_KMS_KEY names an enabled key."
        ) from None
    return {"scheme": "kms", "kms_key": kms_key, "wrapped": answer["CiphertextBlob"].hex()}


SCHEMES: dict[str, Unwrap] = {"file": lambda record: bytes.fromhex(record["key"]), "kms": open_with_kms}


def write_private_file(path: Path, content: bytes) -> None:
    """
    Create a file of mode 0600 that appears whole or not at all, even after a power cut.

    :raises FileExistsError: another process made it first; re-read it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # refuses to replace, unlike rename
    finally:
        draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def destroy_file(path: Path) -> None:
    """Overwrite a key file and remove its name. A file that is already gone is no error: the step is repeatable."""
    with contextlib.suppress(FileNotFoundError):
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)


def _read_master(path: Path) -> dict[str, str] | None:
    """
    What a master key's file says; None when another process destroyed it between the listing and the reading. It
    takes the name away first and then overwrites the bytes, so a reader that had it open may meet noise.

    :raises MasterKeyMissing: the file is there and cannot be read.
    """
    try:
        record = json.loads(path.read_bytes())
        if not {"number", "scheme", "made_at"} <= record.keys():
            raise ValueError
        return dict(record)
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError):
        if not path.exists():
            return None
        raise _damaged(path) from None


def _damaged(path: Path) -> MasterKeyMissing:
    """The error for a key file that is there and cannot be read."""
    return MasterKeyMissing(
        f"{path.name} in TROTH_KEYS is damaged: put it back from where keys are kept. Nothing was changed."
    )


class Secrets:
    """The opened secrets of one process. Master keys made by another process are found when their number is met."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._masters: dict[int, MasterKey] = {}
        self._named: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._unwrapped: dict[int, bytes] = {}
        self._seen_at = -1.0
        self._looked_at = 0.0

    def reload(self) -> None:
        """Read the folder again: which master keys there are, and which are retired."""
        masters: dict[int, MasterKey] = {}
        for path in sorted(self.folder.glob("master-*.json")):
            record = _read_master(path)
            if record is None:
                continue
            number = int(record["number"])
            if number not in self._unwrapped:
                try:
                    self._unwrapped[number] = SCHEMES[record["scheme"]](record)
                except (ValueError, KeyError):
                    raise _damaged(path) from None
            retired_at = None
            with contextlib.suppress(FileNotFoundError):  # not retired, or destroyed since its own file was read
                retired_at = datetime.fromisoformat(path.with_suffix(".retired").read_text().strip())
            masters[number] = MasterKey(
                number, datetime.fromisoformat(record["made_at"]), retired_at, AESGCM(self._unwrapped[number])
            )
        self._unwrapped = {number: key for number, key in self._unwrapped.items() if number in masters}
        self._masters = masters

    def _folder_changed(self) -> bool:
        """Whether the folder's names changed since the last look: one stat call, so every process sees a turn at once."""
        try:
            seen = self.folder.stat().st_mtime
        except FileNotFoundError:
            return True
        if seen != self._seen_at:
            self._seen_at = seen
            return True
        return False

    @property
    def masters(self) -> dict[int, MasterKey]:
        """Every master key that still exists, by number."""
        if self._folder_changed() or not self._masters:
            self.reload()
        return self._masters

    def current(self) -> MasterKey:
        """The newest master key, which wraps new keys; the first one is made when the folder holds none."""
        masters = self.masters
        if not masters:
            self.make_master(at=datetime.now(UTC))
            masters = self.masters
        return masters[max(masters)]

    def master(self, number: int) -> MasterKey:
        """
        The master key of that number.

        :raises MasterKeyMissing: it was destroyed, or this folder belongs to another deployment.
        """
        now = time.monotonic()
        if now - self._looked_at > 1:  # another process may have turned or destroyed one
            self._looked_at = now
            found = self.masters.get(number)
        else:
            found = self._masters.get(number) or self.masters.get(number)
        if found is None:
            # The folder's time of change has a grain: what was made within the same tick as the last look shows only by looking.
            self.reload()
            found = self._masters.get(number)
        if found is None:
            raise MasterKeyMissing(
                f"Master key {number} is not in TROTH_KEYS. It was destroyed at its turn, or this folder "
                "belongs to another deployment; put back the folder that goes with the data."
            )
        return found

    def make_master(self, *, at: datetime) -> int:
        """Make the next master key. Two processes racing make one: the first file wins."""
        number = max(self.masters, default=0) + 1
        if number == 1:
            for name in WITH_THE_FIRST:
                self.named(name)
        key = os.urandom(32)
        kms_key = os.environ.get("TROTH_KMS_KEY", "")
        held = wrap_with_kms(key, kms_key, str(number)) if kms_key else {"scheme": "file", "key": key.hex()}
        record = {"number": str(number), "made_at": at.isoformat(), **held}
        with contextlib.suppress(FileExistsError):
            write_private_file(self.folder / f"master-{number:04d}.json", json.dumps(record).encode())
        self.reload()
        return number

    def retire_master(self, number: int, *, at: datetime) -> None:
        """Note that a master key wraps nothing living any more. Repeatable: the first date stands."""
        with contextlib.suppress(FileExistsError):
            write_private_file(self.folder / f"master-{number:04d}.retired", at.isoformat().encode())
        self.reload()

    def hide_master(self, number: int) -> None:
        """Take a master key out of use, so that whoever looks after this does not find it. `show_master` undoes it."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / f"master-{number:04d}.json").rename(self.folder / f"master-{number:04d}.leaving")
            sync_folder(self.folder)
        self.reload()

    def show_master(self, number: int) -> None:
        """Put a hidden master key back into use."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / f"master-{number:04d}.leaving").rename(self.folder / f"master-{number:04d}.json")
            sync_folder(self.folder)
        self.reload()

    def is_in_use(self, number: int) -> bool:
        """Whether a master key is there at this very moment, whatever was read before."""
        return (self.folder / f"master-{number:04d}.json").exists()

    def hidden(self) -> list[int]:
        """The master keys that a destruction hid and was killed before it decided about."""
        return sorted(int(path.stem.removeprefix("master-")) for path in self.folder.glob("master-*.leaving"))

    def finish_destroying(self) -> None:
        """Overwrite and remove what a destruction had decided about, this one or one that was killed half way."""
        for path in self.folder.glob("master-*.gone"):
            # No secret, and so not overwritten first: another process may be reading it.
            path.with_suffix(".retired").unlink(missing_ok=True)
            destroy_file(path)

    def destroy_master(self, number: int) -> None:
        """Destroy a master key for good. Every key and backup wrapped by it becomes unreadable."""
        self.hide_master(number)  # the name first: who reads the folder now either has the key or does not look
        with contextlib.suppress(FileNotFoundError):
            leaving = self.folder / f"master-{number:04d}.leaving"
            leaving.rename(leaving.with_suffix(".gone"))  # decided: half overwritten, it must never be shown again
            sync_folder(self.folder)
        self.finish_destroying()
        self.reload()

    def has(self, name: str) -> bool:
        """Whether a secret of this name was made already, and is there at this very moment."""
        return (self.folder / f"{name}.key").exists()

    def named(self, name: str) -> bytes:
        """
        A 32-byte secret of its own name (index, facts, sessions), made on first use and never turned with the masters.

        :raises MasterKeyMissing: it was made with the first master key, and is not there any more.
        """
        with self._lock:
            if name not in self._named:
                path = self.folder / f"{name}.key"
                if not path.exists():
                    if name in WITH_THE_FIRST and self.masters:
                        raise MasterKeyMissing(
                            f"{path.name} is missing from TROTH_KEYS, and a new one would not go with what is stored: put it "
                            "back from where keys are kept."
                        )
                    with contextlib.suppress(FileExistsError):
                        write_private_file(path, os.urandom(32).hex().encode())
                try:
                    key = bytes.fromhex(path.read_text().strip())
                    if len(key) != 32:
                        raise ValueError
                except ValueError:
                    raise _damaged(path) from None
                self._named[name] = key
            return self._named[name]


_opened: Secrets | None = None


def opened() -> Secrets:
    """The secrets of this deployment (settings.TROTH_KEYS), opened once per process."""
    global _opened
    if _opened is None or _opened.folder is not settings.TROTH_KEYS:  # another folder: only tests change it
        _opened = Secrets(settings.TROTH_KEYS)
    return _opened
