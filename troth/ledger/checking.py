"""Checking the whole ledger aside from any page: asked for, run by a worker, its progress and its findings kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from troth.ledger.models import LedgerCheck
from troth.ledger.verifying import verify

#: So many findings are kept; the first says where to begin, and `troth ledger verify --json` lists them all.
KEPT = 50


@dataclass(frozen=True)
class Checked:
    """A check as it stands. `holds` is None until it has finished."""

    id: UUID
    asked_at: datetime
    asked_by: str
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    of: int
    holds: bool | None
    events: int
    checkpoints: int
    root: str
    findings: tuple[str, ...]

    @property
    def took_s(self) -> int:
        """How long it took, in whole seconds."""
        return (
            round((self.finished_at - self.started_at).total_seconds()) if self.finished_at and self.started_at else 0
        )


def ask(*, by: str, at: datetime) -> UUID:
    """Note that a check is wanted; the worker's job does it."""
    return LedgerCheck.objects.create(asked_at=at, asked_by=by).pk


def waiting() -> Checked | None:
    """The check that waits or runs, if one does."""
    row = LedgerCheck.objects.filter(finished_at=None).order_by("-asked_at").first()
    return None if row is None else _checked(row)


def latest(number: int = 10) -> list[Checked]:
    """The checks that have finished, the newest first."""
    return [_checked(row) for row in LedgerCheck.objects.exclude(finished_at=None).order_by("-finished_at")[:number]]


def run(check: UUID, *, workers: int = 1, now: Callable[[], datetime] = timezone.now) -> None:
    """Do a check that was asked for. One that is finished is left alone; one whose worker died is begun again."""
    row = LedgerCheck.objects.filter(pk=check, finished_at=None).first()
    if row is None:
        return
    mine = LedgerCheck.objects.filter(pk=check)
    mine.update(started_at=now())
    told = -1

    def progress(done: int, of: int) -> None:
        nonlocal told
        percent = done * 100 // of if of else 100
        if percent != told:  # a hundred small writes at most, however long the ledger is
            told = percent
            mine.update(done=done, of=of)

    report = verify(at=now(), workers=workers, progress=progress)
    found = [finding.words for finding in report.findings[:KEPT]]
    found += [f"The guard {name} is missing or altered." for name in report.guards_missing]
    mine.update(
        finished_at=now(),
        holds=report.holds,
        events=report.events,
        checkpoints=report.checkpoints,
        root=report.root,
        findings=found,
    )


def _checked(row: LedgerCheck) -> Checked:
    return Checked(
        row.pk,
        row.asked_at,
        row.asked_by,
        row.started_at,
        row.finished_at,
        row.done,
        row.of,
        row.holds,
        row.events,
        row.checkpoints,
        row.root,
        tuple(row.findings),
    )
