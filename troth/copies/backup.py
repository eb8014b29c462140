"""
Making, checking, listing and removing backups, while the site runs.

The order is data, keys, files, and it is what makes a backup consistent without a stop: a key and a file exist before the
row that needs them, and go when or after it goes, so whatever row is in the copy of the data, its key and its file are in the
copies taken later, unless they were disposed of in between, which is what the journal says again at a restore.
"""

import os
import platform
import secrets as random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from troth.copies import checkpoints, destinations, journal, stores
from troth.copies.archive import FORMAT, ArchiveReader, ArchiveWriter, BackupDamaged, Header, read_header, unwrap
from troth.copies.marker import refuse_while_restoring
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.ledger.proving import NotSealed, latest_checkpoint
from troth.ledger.sealing import seal
from troth.ledger.writing import write
from troth.vault import secrets
from troth.vault.secrets import sync_folder

LOCK = ".backup-lock"
DRILL = ".drill-"  # how the folder of a drill begins
Progress = Callable[[str, int], None]


class BackupFailed(Exception):
    """A backup could not be made at a destination; the message says at which, and what stands nevertheless."""


@dataclass(frozen=True)
class Made:
    """A backup that was made: its id, where it lies, and what is in it."""

    id: str
    places: tuple[Path, ...]
    size: int
    manifest: dict[str, Any]
    pruned: tuple[Path, ...]


@dataclass(frozen=True)
class Listed:
    """
    A backup as it lies at a destination. `readable` is whether its master key still exists; `genuine` whether that key has its
    header for its own. Of one that nobody can read any more, that cannot be said.
    """

    path: Path
    header: Header | None
    size: int
    readable: bool
    genuine: bool


def _quiet(what: str, count: int) -> None:
    """No progress."""


def create_backup(*, at: datetime, progress: Progress = _quiet) -> Made:
    """
    Make a backup at every destination, remove those whose time is over, and write it into the ledger.

    :raises BackupFailed: a destination took no backup; the message names those that did.
    :raises StoreUnusable: a store could not be copied; no destination has anything of it.
    """
    refuse_while_restoring()
    seal()
    folders = destinations.list_destinations()
    # One backup at a time: two would remove each other's drafts.
    with _usable(folders):
        sweep()
        targets = _Targets(folders, f"troth-{at:%Y%m%dT%H%M%SZ}-{random.token_hex(4)}.backup")
        try:
            writer = ArchiveWriter(targets.write, backup_id=random.token_hex(16), made_at=at)
            manifest = _about(at)
            for alias in stores.ALIASES:
                writer.add(stores.PART_OF[alias], _counted(stores.snapshot(alias), stores.PART_OF[alias], progress))
            for number, (name, path) in enumerate(stores.stored_files(), 1):
                try:
                    file = path.open("rb")
                except FileNotFoundError:  # disposed of since the folder was listed
                    continue
                writer.add(name, stores.pieces_of(file))
                progress("files", number)
            writer.finish(manifest)
            places = targets.finish()
        except BaseException:
            targets.abandon()
            raise
        made = Made(writer.header.id, places, targets.size, {**manifest, "parts": writer.parts}, prune(at=at))
    with transaction.atomic():
        write([_event(Event.BACKUP_MADE, at, f"copies.backup/{made.id}/{len(places)}")])
    seal()
    if targets.failed:
        raise BackupFailed(
            f"No backup was made in {', '.join(targets.failed)}. It stands in "
            f"{', '.join(str(place) for place in places)}. Make room there, or make it writable, and do it again."
        )
    return made


def sweep() -> int:
    """Remove what killed backups and drills left; say how many copies of drills. The caller holds the lock of backups."""
    stores.sweep_drafts()
    stale = list(settings.TROTH_HOME.glob(f"{DRILL}*"))
    for folder in stale:
        shutil.rmtree(folder)
    return len(stale)


def _event(event: Event, at: datetime, objects: str, request: str = "") -> Draft:
    return Draft(at, event, "done", "service", "operator", objects=objects, request=request)


def _usable(folders: Sequence[Path]) -> Any:
    try:
        for folder in folders:
            destinations.make_folder(folder)
    except OSError:
        # One that cannot be made is met, and named, when its draft is opened.
        folders = [folder for folder in folders if folder.is_dir()]
    return destinations.locked(tuple(folder for folder in folders if os.access(folder, os.W_OK)), LOCK)


def _counted(pieces: Any, what: str, progress: Progress) -> Any:
    size = 0
    for piece in pieces:
        size += len(piece)
        progress(what, size)
        yield piece


def _about(at: datetime) -> dict[str, Any]:
    """What the manifest says besides its parts. Taken before the first snapshot, so that it never says too much."""
    try:
        note: str | None = latest_checkpoint()
    except NotSealed:
        note = None
    try:
        ours = version("troth")
    except PackageNotFoundError:  # run from its source, not installed
        ours = "unpackaged"
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "checkpoint": note,
        "journal": list(journal.position()),
        "vendors": {alias: stores.vendor(alias) for alias in stores.ALIASES},
        "versions": {"troth": ours, "python": platform.python_version(), "server": _server_version()},
    }


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.vendor} {cursor.fetchone()[0]}"


class _Targets:
    """The same bytes into a draft at every destination. One that fails is dropped; with the last one the backup fails."""

    def __init__(self, folders: Sequence[Path], name: str) -> None:
        self.failed: list[str] = []
        self.size = 0
        self._open: dict[Path, int] = {}
        for folder in folders:
            path = folder / destinations.BACKUPS / name
            try:
                destinations.make_folder(path.parent)
                for stale in path.parent.glob(".*.part"):  # of a backup that was killed; we hold the lock
                    stale.unlink()
                self._open[path] = os.open(_draft(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except OSError as fault:
                self._drop(path, fault)

    def write(self, content: bytes) -> None:
        """Write to every destination that is still with us."""
        for path, handle in list(self._open.items()):
            try:
                destinations.write_all(handle, content)
            except OSError as fault:
                self._drop(path, fault)
        self.size += len(content)

    def finish(self) -> tuple[Path, ...]:
        """Make what was written durable and give it its name."""
        done = []
        for path, handle in list(self._open.items()):
            try:
                os.fsync(handle)
                os.close(handle)
                _draft(path).rename(path)
                sync_folder(path.parent)
                done.append(path)
            except OSError as fault:
                self._drop(path, fault)
        return tuple(done)

    def abandon(self) -> None:
        """Remove every draft."""
        for path, handle in self._open.items():
            os.close(handle)
            _draft(path).unlink(missing_ok=True)
        self._open.clear()

    def _drop(self, path: Path, fault: OSError) -> None:
        self.failed.append(f"{path.parent.parent} ({fault.strerror or type(fault).__name__})")
        handle = self._open.pop(path, None)
        if handle is not None:
            os.close(handle)
            _draft(path).unlink(missing_ok=True)
        if not self._open:
            raise BackupFailed(
                f"No backup was made: {', '.join(self.failed)}. Make room there, or make it writable, and do it "
                "again. The backups that were there still are."
            )


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def verify_backup(path: Path, *, progress: Progress = _quiet) -> ArchiveReader:
    """
    Open a backup from beginning to end and check every chunk and every part against its hash, restoring nothing.

    Gives the reader, whose `manifest` says what is in it.

    :raises BackupDamaged: it was changed, cut short, reordered or put together from others; the message says where.
    :raises BackupUnreadable: its master key is gone.
    """
    try:
        with path.open("rb") as file:
            reader = ArchiveReader(file, path)
            for part in reader.parts():
                size = 0
                for piece in part.pieces:
                    size += len(piece)
                    progress(part.name, size)
    except FileNotFoundError:
        raise BackupDamaged(
            f"There is no backup at {path}. `troth backup list` shows those that there are."
        ) from None
    return reader


def list_backups() -> list[Listed]:
    """Every backup at every destination, the newest first; one whose header does not read has none."""
    masters = secrets.opened().masters
    found = []
    for folder in destinations.list_destinations():
        for path in (folder / destinations.BACKUPS).glob("*.backup"):
            try:
                header: Header | None = read_header(path)
            except (BackupDamaged, OSError):
                header = None
            readable = header is not None and header.master in masters
            genuine = readable and header is not None and unwrap(header) is not None
            found.append(Listed(path, header, path.stat().st_size, readable, genuine))
    return sorted(found, key=lambda each: each.path.name, reverse=True)


def prune(*, at: datetime) -> tuple[Path, ...]:
    """
    Remove the backups that are older than TROTH_BACKUP_DAYS, and say which. One whose header does not read, or was changed, stays
    for a person to judge: its date may be what was changed.
    """
    limit = at - timedelta(days=settings.TROTH_BACKUP_DAYS)
    gone = []
    for each in list_backups():
        judged = each.genuine or not each.readable
        if each.header is not None and judged and each.header.made_at <= limit:
            each.path.unlink(missing_ok=True)
            sync_folder(each.path.parent)
            gone.append(each.path)
    checkpoints.prune(before=limit.date().isoformat())
    return tuple(gone)
