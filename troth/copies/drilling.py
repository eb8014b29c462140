"""
The drill: a backup restored into a throwaway place, checked, counted and removed. A backup nobody has restored is a hope.

It changes nothing at the destinations and seals nothing in the copy; the live ledger notes that a drill was held.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import transaction

from troth.copies import destinations, marker, replaying, stores
from troth.copies.backup import DRILL, LOCK, Progress, _event, _quiet, list_backups, sweep, verify_backup
from troth.copies.restoring import RestoreRefused, _timed, check_journal, fill
from troth.ledger.names import Event
from troth.ledger.sealing import seal
from troth.ledger.verifying import verify
from troth.ledger.writing import write
from troth.vault import keystore
from troth.vault.errors import Damaged, MasterKeyMissing
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.intact import open_field
from troth.vault.models import Holding, all_holdings
from troth.vault.walking import in_pieces

BATCH = 1_000


@dataclass
class Counted:
    """What lies in the stores: rows that open whole, rows whose key was destroyed, rows that should open and do not."""

    open: int = 0
    destroyed: int = 0
    damaged: list[str] = field(default_factory=list)
    files: int = 0


@dataclass(frozen=True)
class Drilled:
    """What a drill found. `holds` is whether the ledger holds and everything that should open does."""

    backup: Path
    made_at: datetime
    counted: Counted
    entries: int
    keys_destroyed: int
    ledger_events: int
    ledger_findings: tuple[str, ...]
    seconds: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether a real restore would have given back everything."""
        return not self.ledger_findings and not self.counted.damaged


def drill(path: Path | None = None, *, at: datetime, progress: Progress = _quiet) -> Drilled:
    """
    Restore a backup (the newest, unless one is named) into a throwaway place, verify its ledger, and count what opens.

    :raises RestoreRefused: there is no backup, or no journal that is new enough.
    :raises BackupDamaged: the backup does not hold.
    """
    if path is None:
        found = [each.path for each in list_backups() if each.readable]
        if not found:
            raise RestoreRefused("There is no readable backup to drill with. Make one: troth backup create.")
        path = found[0]
    seconds: dict[str, float] = {}
    with destinations.locked(destinations.list_destinations(), LOCK), _throwaway_home() as home:
        with _timed(seconds, "check"):
            reader = verify_backup(path, progress=progress)
            check_journal(reader.manifest)
        with stores.throwaway(home) as databases, marker.restoring(), stores.pointed_at(home, databases):
            with _timed(seconds, "fill"):
                fill(path, home, databases, keep_keys=False, progress=progress)
            with _timed(seconds, "replay"):
                entries, keys = replaying.replay(progress)
            with _timed(seconds, "ledger"):
                # As of then: what was not yet sealed when the backup was made has not waited since.
                report = verify(at=reader.header.made_at)
            with _timed(seconds, "open"):
                counted = count_openable(progress)
    findings = tuple(
        [each.words for each in report.findings] + [f"The guard {name} is missing." for name in report.guards_missing]
    )
    done = Drilled(path, reader.header.made_at, counted, entries, keys, report.events, findings, seconds)
    with transaction.atomic():
        # The event says which it was: that a restore was rehearsed and failed is no proof that one would succeed.
        write(
            [_event(Event.DRILLED, at, f"copies.backup/{reader.header.id}/{'drilled' if done.holds else 'damaged'}")]
        )
    seal()
    return done


class _throwaway_home:  # noqa: N801  reads as a phrase
    """A folder beside the files that it copies, on the same volume and under the same protection; never at a destination."""

    def __enter__(self) -> Path:
        sweep()
        self.path: Path = settings.TROTH_HOME / f"{DRILL}{token_hex(4)}"
        self.path.mkdir(mode=0o700)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def count_openable(progress: Progress = _quiet) -> Counted:
    """
    Open every sealed field and file of every holding, keep nothing, and count.

    It asks no gate, since nobody sees what is opened; it may be called only on a copy, or by a test.
    """
    counted = Counted()
    for model in all_holdings():
        for rows in in_pieces(model, BATCH):
            _count(model, rows, counted)
            progress("opened", counted.open)
    return counted


def _count(model: type[Holding], rows: list[Any], counted: Counted) -> None:
    fields = model.sealed_fields()
    keys = keystore.fetch({row.subject_id for row in rows}, sorted({each.compartment for each in fields}), scope=None)
    for row in rows:
        try:
            lost = False
            for each in fields:
                name = row.key_of(each)
                if name in keys:
                    counted.files += _open_field(each, row, name, keys[name])
                else:
                    lost = True
        except (Damaged, MasterKeyMissing):
            counted.damaged.append(row.reference)
            continue
        counted.destroyed += lost
        counted.open += not lost


def _open_field(each: SealedField[Any], row: Any, name: keystore.KeyName, held: keystore.WrappedKey) -> int:
    """Open one field; a file is read to its end. Gives the number of files."""
    value = open_field(each, row, name, held)
    if not isinstance(value, StoredFile):
        return 0
    for _ in value.read():
        pass
    return 1
