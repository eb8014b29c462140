"""What the last looks found: for the wall, for the page of one promise, and for the public."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from troth.assurance.models import CheckResult, CheckRun, LookAsked, Proof, ProofKind, Status
from troth.assurance.rules import evidence
from troth.assurance.rules.catalogue import Promised, get_promise, promises_of
from troth.assurance.rules.evidence import Look

#: A look whose worker has not come back after this is over, and another may be asked for.
OVER_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Standing:
    """Where one promise stood at the last look. `since`: the first look of the present state without a break."""

    promise: Promised
    status: Status
    evidence: dict[str, Any]
    since: datetime | None


@dataclass(frozen=True)
class Board:
    """The last look at a pack's promises, in the order of the notice."""

    run: CheckRun
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> dict[Status, int]:
        """How many stand where, every state named."""
        found = Counter(each.status for each in self.standings)
        return {status: found[status] for status in Status}

    @property
    def slipped(self) -> tuple[Standing, ...]:
        """Those that fall short, in order."""
        return tuple(each for each in self.standings if each.status is Status.FALLS_SHORT)


@dataclass(frozen=True)
class Turn:
    """A stretch of looks that found the same: from the first of them to the last, and how many."""

    status: Status
    first: datetime
    last: datetime
    looks: int
    words: str


@dataclass(frozen=True)
class ProofSeen:
    """A proof of what people keep."""

    seen_on: date
    kind: str
    paper: str
    recorded_at: datetime


def last_run(pack: str) -> CheckRun | None:
    """The newest look at a pack, if there was one."""
    return CheckRun.objects.filter(pack=pack).order_by("-at", "-id").first()


def board_of(pack: str) -> Board | None:
    """The newest look, or None when nobody has looked yet. Promises that the catalogue no longer has are left out."""
    run = last_run(pack)
    if run is None:
        return None
    found = {row.promise: row for row in CheckResult.objects.filter(run=run)}
    since = _since(pack, found.values())
    return Board(
        run,
        tuple(
            Standing(promise, Status(row.status), row.evidence, since.get(promise.id))
            for promise in promises_of(pack)
            if (row := found.get(promise.id))
        ),
    )


def history_of(promise: str, *, limit: int = 50) -> list[Turn]:
    """How a promise stood over time, the newest first, looks that found the same put together."""
    rows = (
        CheckResult.objects.filter(promise=promise)
        .select_related("run")
        .order_by("-run__at")
        .values_list("status", "run__at", "evidence__words")[:2_000]
    )
    turns: list[Turn] = []
    for status, at, words in rows:
        last = turns[-1] if turns else None
        if last is not None and last.status == status:
            turns[-1] = Turn(last.status, at, last.last, last.looks + 1, last.words)
        elif len(turns) < limit:
            turns.append(Turn(Status(status), at, at, 1, words))
        else:
            break
    return turns


def proofs_of(promise: str) -> list[ProofSeen]:
    """The proofs of a promise that people keep, the newest first."""
    return [
        ProofSeen(row.seen_on, row.get_kind_display(), row.paper, row.recorded_at)
        for row in Proof.objects.filter(promise=promise).order_by("-seen_on", "-recorded_at")[:50]
    ]


def last_statuses(pack: str) -> dict[str, Status]:
    """Where each promise stood at the newest look; empty before the first."""
    run = last_run(pack)
    if run is None:
        return {}
    return {
        promise: Status(status)
        for promise, status in CheckResult.objects.filter(run=run).values_list("promise", "status")
    }


@dataclass(frozen=True)
class Running:
    """A look that was asked for and is not done: how many promises of how many, since when."""

    done: int
    of: int
    started_at: datetime | None


def running_look(pack: str, *, at: datetime) -> Running | None:
    """The look that waits or runs, if one does."""
    row = LookAsked.objects.filter(pack=pack, finished_at=None, asked_at__gt=at - OVER_AFTER).first()
    return None if row is None else Running(row.done, row.of, row.started_at)


def slow_looks(pack: str) -> dict[str, Look]:
    """What the checks that only the clock asks found at the newest look, each with the moment it was found."""
    slow = {check.name for check in evidence.list_checks() if check.scheduled}
    run = last_run(pack)
    found: dict[str, Look] = {}
    if run is None:
        return found
    for said in CheckResult.objects.filter(run=run).values_list("evidence", flat=True):
        for values in said["looks"]:
            if values["check"] in slow:
                found[values["check"]] = Look(**values)
    return found


def _since(pack: str, rows: Iterable[CheckResult]) -> dict[str, datetime]:
    """For each result of the newest look, the first look from which on every one found that state."""
    now = {row.promise: row.status for row in rows}
    since: dict[str, datetime] = {}
    broken: set[str] = set()
    for promise, status, at in (
        CheckResult.objects.filter(run__pack=pack)
        .order_by("-run__at")
        .values_list("promise", "status", "run__at")[:20_000]
    ):
        if promise in broken or promise not in now:
            continue
        if status == now[promise]:
            since[promise] = at
        else:
            broken.add(promise)
    return since


__all__ = [
    "Board",
    "ProofKind",
    "Standing",
    "Status",
    "Turn",
    "board_of",
    "get_promise",
    "history_of",
    "last_run",
    "proofs_of",
    "running_look",
    "slow_looks",
]
