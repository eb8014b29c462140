"""
Where backups go: the folder TROTH_BACKUPS, and TROTH_BACKUPS_2 where one is named. Each holds, and holds whole:

    backups/troth-….backup      sealed archives
    journal.jsonl               the disposal journal
    checkpoints/YYYY-MM-DD.jsonl  every checkpoint of the ledger, with the journal's position at that moment

Nothing is written here that a reader of the folder alone could open.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from troth.vault.secrets import sync_folder

JOURNAL = "journal.jsonl"
BACKUPS = "backups"
CHECKPOINTS = "checkpoints"


def list_destinations() -> tuple[Path, ...]:
    """Every folder to which backups, journal and checkpoints go, in the order of the settings."""
    second: Path | None = getattr(settings, "TROTH_BACKUPS_2", None)
    return (settings.TROTH_BACKUPS,) if second is None else (settings.TROTH_BACKUPS, second)


@contextlib.contextmanager
def locked(folders: tuple[Path, ...], name: str = ".lock") -> Iterator[None]:
    """
    Hold these destinations against every other process of this machine, always in the same order.

    :raises OSError: a folder cannot be made or written.
    """
    with contextlib.ExitStack() as held:
        for folder in sorted(folders):
            make_folder(folder)
            handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and make its name durable. Repeatable."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(folder.parent)


def append(path: Path, content: bytes) -> None:
    """
    Add whole lines to a file and make them durable; what cannot be added whole is taken back.

    :raises OSError: the disk is full, read-only or gone.
    """
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        try:
            write_all(handle, content)
            os.fsync(handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
                os.fsync(handle)
            raise
    finally:
        os.close(handle)
    if is_new:
        sync_folder(path.parent)


def write_all(handle: int, content: bytes) -> None:
    """Write every byte: one call may take fewer on a disk that is nearly full."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def cut_torn_line(path: Path) -> None:
    """Remove an unfinished last line, which a process killed in its midst left; nobody was told that it stood."""
    try:
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size == 0:
                return
            keep = _end_of_last_line(file.fileno(), size)
            if keep != size:
                file.truncate(keep)
                file.flush()
                os.fsync(file.fileno())
    except FileNotFoundError:
        return


def _end_of_last_line(handle: int, size: int) -> int:
    """Where the last whole line ends."""
    stop = size
    while stop:
        start = max(0, stop - 65536)
        place = os.pread(handle, stop - start, start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        stop = start
    return 0


def last_line(path: Path) -> bytes:
    """The last whole line of a file, without its end; empty when there is none."""
    try:
        with path.open("rb") as file:
            stop = _end_of_last_line(file.fileno(), file.seek(0, os.SEEK_END))
            if stop == 0:
                return b""
            start = _end_of_last_line(file.fileno(), stop - 1)
            file.seek(start)
            return file.read(stop - 1 - start)
    except (FileNotFoundError, NotADirectoryError):
        return b""
