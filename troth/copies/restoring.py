"""
Putting a backup back: data, keys and files, then the disposal journal, and only then anybody else.

A restore that is killed at any point leaves its mark in the home, which keeps everyone out; the same call goes on with it.
"""

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.db import connection, connections, transaction

from troth.copies import checkpoints, destinations, journal, marker, replaying, stores, tables
from troth.copies.archive import ArchiveReader
from troth.copies.backup import Progress, _event, _quiet, verify_backup
from troth.ledger.check_export import Head
from troth.ledger.names import Event
from troth.ledger.proving import NotSealed, latest_checkpoint
from troth.ledger.sealing import seal
from troth.ledger.writing import write
from troth.vault import turning
from troth.vault.secrets import sync_folder

FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{32}")


class RestoreRefused(Exception):
    """A restore was not begun, or not gone on with; nothing was changed. The message says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """What a restore did. `heads` are the ledger's as restored and the newest one known, either of them None if there is none."""

    id: str
    home: Path
    aside: Path | None
    made_at: datetime
    entries: int
    keys_destroyed: int
    keys_turned: int
    heads: tuple[Head | None, Head | None]
    seconds: dict[str, float] = field(default_factory=dict)


def restore(
    path: Path,
    into: Path,
    *,
    at: datetime,
    replay: bool = True,
    aside: bool = False,
    keep_keys: bool = False,
    progress: Progress = _quiet,
) -> Restored:
    """
    Restore a backup into an empty home, destroy again what was disposed of since, and note it in the ledger.

    `aside` moves a home that is not empty out of the way. `keep_keys` leaves the key store as it is today, for when only the
    data was lost. `replay=False` is for tests: the mark stays, so that nobody can use what was restored.

    :raises RestoreRefused: the home is not empty or in use, or no journal is as new as the newest checkpoint.
    :raises BackupDamaged: the backup does not hold; nothing was touched.
    :raises BackupUnreadable: the master key of the backup is gone.
    :raises JournalDamaged: the journal was changed.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "check"):
        reader = verify_backup(path, progress=progress)
        check_journal(reader.manifest)
        _check_vendors(reader.manifest)
    databases = {
        alias: str(into / stores.file_of(alias).name)
        if stores.vendor(alias) == "sqlite"
        else str(connections[alias].settings_dict["NAME"])
        for alias in stores.ALIASES
    }
    _let_go()
    with marker.restoring():
        noted = _begin(reader, into, databases, aside=aside, keep_keys=keep_keys)
        _let_go()  # what was opened under our permission is not left to those who have none
        with stores.pointed_at(into, databases):
            if noted["step"] == "filling":
                with _timed(seconds, "fill"):
                    fill(path, into, databases, keep_keys=keep_keys, progress=progress)
                noted = _step(into, noted, "replaying")
            entries = keys = turned = 0
            heads: tuple[Head | None, Head | None] = (None, None)
            if replay:
                _bring_up_to_date(progress)
                with _timed(seconds, "replay"):
                    entries, keys = replaying.replay(progress)
                    turned = turning.turn(at=at, new=False)  # the backup's keys lie under the master key of its day
                with _timed(seconds, "ledger"):
                    heads = _note_in_ledger(noted, reader, at)
                marker.remove_mark(into)
    moved = Path(noted["aside"]) if noted["aside"] else None
    return Restored(noted["restore"], into, moved, reader.header.made_at, entries, keys, turned, heads, seconds)


def _let_go() -> None:
    for alias in stores.ALIASES:
        connections[alias].close()


class _timed:  # noqa: N801  reads as a word
    def __init__(self, into: dict[str, float], what: str) -> None:
        self.into, self.what = into, what

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.into[self.what] = round(time.monotonic() - self.began, 3)


def check_journal(manifest: Mapping[str, Any]) -> None:
    """
    Make sure that a journal at some destination is as new as the newest checkpoint at any, and as the backup itself.

    :raises RestoreRefused: none is: what was disposed of after it ends would come back.
    :raises JournalDamaged: it was changed, or tells another history.
    """
    folders = destinations.list_destinations()
    for _ in journal.entries_since(
        0
    ):  # to its last line: what would stop the replay is found before the home is touched
        pass
    known = checkpoints.newest_known(folders)
    if known is None and any(next((folder / destinations.CHECKPOINTS).glob("*.jsonl"), None) for folder in folders):
        raise RestoreRefused(
            "None of the checkpoints beside the backups bears the signature of this deployment. Put back the "
            "folder TROTH_KEYS that goes with these backups."
        )
    needed = [(journal.Position(*manifest["journal"]), "the backup itself")]
    if known is not None:
        needed.append((known.journal, f"the newest checkpoint, of {known.head.at},"))
    for position, whose in needed:
        if not journal.is_as_new_as(position):
            raise RestoreRefused(
                f"The disposal journal ends at line {journal.position().number}, but {whose} knew line {position.number}. Without "
                f"the missing lines, disposed data would come back. Put back {destinations.JOURNAL} from another copy of a "
                "destination, then restore."
            )


def _bring_up_to_date(progress: Progress) -> None:
    """
    Give an older backup the tables of this version, since the journal is replayed through them.

    :raises RestoreRefused: the backup is a later version's.
    """
    if sum(tables.count_unknown(alias) for alias in tables.IN_ORDER):
        raise RestoreRefused(
            "This backup was made by a later version of Troth, whose tables this one does not know. Run the same restore with that "
            "version, or a later one; it goes on where this one stopped."
        )
    if ran := tables.bring_up_to_date():
        progress("migrations", ran)


def _check_vendors(manifest: Mapping[str, Any]) -> None:
    for alias, was in manifest["vendors"].items():
        if stores.vendor(alias) != was:
            raise RestoreRefused(
                f"The backup's {stores.PART_OF[alias]} came from {was}, and the settings name "
                f"{stores.vendor(alias)}. Point TROTH_DATABASE_URL and TROTH_KEYS_DATABASE_URL at the same kind."
            )


def _begin(
    reader: ArchiveReader, into: Path, databases: Mapping[str, str], *, aside: bool, keep_keys: bool
) -> dict[str, Any]:
    """Go on with the restore whose mark stands here, or set the mark of a new one in an empty home."""
    noted = marker.read_mark(into)
    if noted is not None:
        if noted["backup"] != reader.header.id or noted["keep_keys"] != keep_keys:
            raise RestoreRefused(
                f"A restore of another backup ({noted['backup']}), or with other options, was begun in {into} "
                "and not finished. Finish that one, or move the folder away."
            )
        return noted
    moved = _make_room(into, databases, aside=aside, keep_keys=keep_keys)
    if keep_keys and stores.vendor("keys") == "sqlite" and not Path(databases["keys"]).exists():
        raise RestoreRefused(
            f"There is no key store at {databases['keys']} to keep. Put it there from the home that was moved "
            "aside, or restore the keys of the backup as well."
        )
    noted = {
        "backup": reader.header.id,
        "restore": token_hex(16),
        "step": "filling",
        "keep_keys": keep_keys,
        "aside": str(moved) if moved else "",
    }
    marker.write_mark(into, noted)
    return noted


def _step(into: Path, noted: dict[str, Any], step: str) -> dict[str, Any]:
    changed = {**noted, "step": step}
    marker.write_mark(into, changed)
    return changed


def _make_room(into: Path, databases: Mapping[str, str], *, aside: bool, keep_keys: bool) -> Path | None:
    for alias in stores.ALIASES:
        if (
            stores.vendor(alias) == "postgresql"
            and not (keep_keys and alias == "keys")
            and not stores.is_empty(alias)
        ):
            raise RestoreRefused(
                f"The database {databases[alias]} of the store {alias!r} is not empty. Make a new one "
                "(createdb) and point its URL there; the old one stays as it is."
            )
    ours = _key_files(databases) if keep_keys else frozenset()
    in_the_way = [each.name for each in into.iterdir() if each.name not in ours] if into.is_dir() else []
    if not in_the_way:
        destinations.make_folder(into)
        return None
    if not aside:
        raise RestoreRefused(
            f"{into} is not empty (it holds {', '.join(sorted(in_the_way)[:3])}). Stop the server and the "
            "workers, and either move it away or call this with --aside."
        )
    for alias in stores.ALIASES:
        if stores.vendor(alias) == "sqlite":
            _refuse_if_in_use(Path(databases[alias]))
    moved = into.with_name(f"{into.name}-before-{token_hex(4)}")
    into.rename(moved)
    destinations.make_folder(into)
    sync_folder(into.parent)
    if ours:
        _carry_keys(moved, databases)
    return moved


def _key_files(databases: Mapping[str, str]) -> frozenset[str]:
    if stores.vendor("keys") != "sqlite":
        return frozenset()
    name = Path(databases["keys"]).name
    return frozenset({name, f"{name}-wal", f"{name}-shm"})


def _carry_keys(moved: Path, databases: Mapping[str, str]) -> None:
    """Take today's key store out of the home that was moved aside. Nothing else may use that copy any more."""
    for name in _key_files(databases):
        if (moved / name).exists():
            shutil.move(moved / name, Path(databases["keys"]).with_name(name))


def _refuse_if_in_use(path: Path) -> None:
    """Leaving write-ahead mode needs the file for oneself, so it fails while any other process has it open."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as store:
            store.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise RestoreRefused(
            f"{path} is in use by another process. Stop the server and the workers, then restore."
        ) from None
    except sqlite3.DatabaseError:
        return  # damaged, which may be why we are here


def fill(
    path: Path, into: Path, databases: Mapping[str, str], *, keep_keys: bool, progress: Progress = _quiet
) -> None:
    """
    Write the parts of a backup into the home and the stores. Done again from the start when it was stopped.

    :raises BackupDamaged: a part is not as it was written.
    :raises StoreUnusable: PostgreSQL did not take its part.
    """
    aliases = {part: alias for alias, part in stores.PART_OF.items()}
    with path.open("rb") as file:
        for number, part in enumerate(ArchiveReader(file, path).parts()):
            alias = aliases.get(part.name)
            if alias == "keys" and keep_keys:
                _skip(part.pieces)
            elif alias is not None and stores.vendor(alias) == "postgresql":
                # In one transaction: when a killed run left tables here, it left all of them.
                if stores.is_empty(alias):
                    stores.load_postgresql(alias, part.pieces)
                else:
                    _skip(part.pieces)
            elif alias is not None:
                stores.write_file(Path(databases[alias]), part.pieces)
            elif FILE.fullmatch(part.name):
                stores.write_file(into / part.name, part.pieces)
            else:
                raise RestoreRefused(
                    f"{path} holds a part that this version does not know. Restore with the version of Troth that "
                    "made it."
                )
            progress("restored", number + 1)


def _skip(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass


def _head() -> Head | None:
    try:
        return Head.parse(latest_checkpoint())
    except NotSealed:
        return None


def _note_in_ledger(noted: Mapping[str, Any], reader: ArchiveReader, at: datetime) -> tuple[Head | None, Head | None]:
    """
    Write that we restored, naming the ledger's head as restored and the newest one that was ever given out.

    The tree between the two is gone; whoever holds a checkpoint from there finds its size and root in this event.
    """
    restored = _head()
    known = checkpoints.newest_known()
    newest = known.head if known else None
    objects = [f"copies.backup/{reader.header.id}/restored"]
    for label, head in (("ledger.restored_head", restored), ("ledger.known_head", newest)):
        if head is not None:
            objects.append(f"{label}/{head.size}/{head.root.hex()}")
    with transaction.atomic():
        if not _noted_already(noted["restore"]):
            write([_event(Event.RESTORED, at, " ".join(objects), noted["restore"])])
    seal()
    return restored, newest


def _noted_already(restore_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_event WHERE request = %s LIMIT 1", [restore_id])
        return cursor.fetchone() is not None
