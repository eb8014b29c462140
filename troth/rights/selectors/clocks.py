"""The clocks of cases and the list of work. Nothing of anybody is opened for either."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from troth.law.working_days import Nation
from troth.rights.models import Asked, CaseStep, RightsCase, Route, State, StepKind, Waits
from troth.rights.rules.clock import Happened, Reckoned, promise_of, reckon
from troth.rights.selectors.wording import notice_now


@dataclass(frozen=True)
class Waiting:
    """A case of the list of work. Nothing of it is opened."""

    id: UUID
    subject: UUID
    asked: Asked
    state: State
    route: Route
    received_on: date
    due_on: date
    waits_for: Waits | None
    assigned_to: UUID | None
    happened: tuple[Happened, ...]

    @property
    def reference(self) -> str:
        """What people quote: eight characters of a random identifier."""
        return reference_of(self.id)

    def is_late(self, on: date) -> bool:
        """Whether its day is over while its clock runs. An acknowledged complaint has no day any more (LAW-2.6)."""
        return self.waits_for is None and self.due_on < on and not self.acknowledged

    @property
    def acknowledged(self) -> bool:
        """Whether it is a complaint that was acknowledged, so that no day of the law is left."""
        return self.asked is Asked.COMPLAINT and any(kind is StepKind.ACKNOWLEDGED for kind, _ in self.happened)


def reference_of(case: UUID) -> str:
    """`4F0C-11A9`: eight characters of a random identifier."""
    return f"{case.hex[:4]}-{case.hex[4:8]}".upper()


def nation() -> Nation:
    """Whose bank holidays count here (LAW-1.24)."""
    return Nation(settings.TROTH_NATION)


def happened_in(case: UUID) -> list[Happened]:
    """What happened to a case and on which days, in order."""
    return [
        (StepKind(kind), on)
        for kind, on in CaseStep.objects.filter(case_id=case).order_by(*CaseStep.IN_ORDER).values_list("kind", "on")
    ]


def clock_of(case: UUID, *, at: datetime) -> Reckoned:
    """
    The clock of a case now, from what happened to it (LAW-1, LAW-2).

    :raises RightsCase.DoesNotExist: there is none of that id.
    """
    right, received = RightsCase.objects.values_list("right", "received_on").get(pk=case)
    return reckoned(Asked(right), received, happened_in(case), at=at)


def reckoned(asked: Asked, received_on: date, happened: Iterable[Happened], *, at: datetime) -> Reckoned:
    """The clock of what was asked, by the notice in force and the bank holidays of this clinic."""
    return reckon(
        asked,
        received_on,
        happened,
        on=timezone.localdate(at),
        nation=nation(),
        promise=promise_of(asked, notice_now(at)),
    )


def list_queue(
    *,
    asked: str = "",
    standing: str = "",
    whose: UUID | None = None,
    nobodys: bool = False,
    reference: str = "",
    on: date,
    start: int = 0,
    most: int = 50,
) -> tuple[list[Waiting], int]:
    """
    Cases, soonest due first, and how many fit. `standing` is `running`, `waiting`, `late`, `done`, or "" for all that wait.
    """
    rows = RightsCase.objects.filter(state=State.DONE) if standing == "done" else _open()
    if asked in Asked._value2member_map_:
        rows = rows.filter(right=asked)
    if standing == "waiting":
        rows = rows.exclude(waits_for="")
    elif standing in ("running", "late"):
        rows = rows.filter(waits_for="")
    if standing == "late":
        rows = _late(rows, on)
    if nobodys:
        rows = rows.filter(assigned_to=None)
    elif whose is not None:
        rows = rows.filter(assigned_to=whose)
    letters = "".join(each for each in reference.lower() if each in "0123456789abcdef")
    if letters:
        padded = [UUID((letters + digit * 32)[:32]) for digit in "0f"]
        rows = rows.filter(pk__gte=padded[0], pk__lte=padded[1])
    order = ("-changed_at", "id") if standing == "done" else ("due_on", "id")
    return _waiting(rows.order_by(*order)[start : start + most]), rows.count()


def cases_of_message(message: UUID) -> list[tuple[UUID, Asked]]:
    """The cases that came with one message."""
    found = RightsCase.objects.filter(message=message).order_by("right", "id").values_list("pk", "right")
    return [(case, Asked(right)) for case, right in found]


def load_by_week(on: date, *, weeks: int = 6) -> list[tuple[date, int, int]]:
    """For each of the next weeks: its Monday, how many cases are due in it, and how many of those nobody has."""
    monday = on - timedelta(days=on.weekday())
    due = Counter()  # type: ignore[var-annotated]
    nobodys = Counter()  # type: ignore[var-annotated]
    last = monday + timedelta(weeks=weeks)
    for day, assigned in _open().filter(due_on__lt=last).values_list("due_on", "assigned_to"):
        week = max(monday, day - timedelta(days=day.weekday()))
        due[week] += 1
        nobodys[week] += assigned is None
    return [
        (week, due[week], nobodys[week]) for week in (monday + timedelta(weeks=number) for number in range(weeks))
    ]


def list_near(on: date, *, within: timedelta) -> list[Waiting]:
    """Every case whose clock runs and whose day is near or over, soonest first."""
    rows = _open().filter(waits_for="", due_on__lte=on + within)
    return [each for each in _waiting(rows.order_by("due_on", "id")) if not each.acknowledged]


def count_late(on: date) -> int:
    """How many cases are past their day while their clock runs."""
    return _late(_open().filter(waits_for=""), on).count()


def misreckoned(*, at: datetime) -> list[UUID]:
    """Open cases whose day in the list of work is not the one that their clock gives now."""
    return [
        each.id
        for each in _waiting(_open())
        if (clock := reckoned(each.asked, each.received_on, each.happened, at=at)).due_on != each.due_on
        or clock.waits_for is not each.waits_for
    ]


def _open() -> "QuerySet[RightsCase]":
    return RightsCase.objects.exclude(state=State.DONE)


def _late(rows: "QuerySet[RightsCase]", on: date) -> "QuerySet[RightsCase]":
    acknowledged = CaseStep.objects.filter(kind=StepKind.ACKNOWLEDGED).values("case_id")
    return rows.filter(due_on__lt=on).exclude(Q(right=Asked.COMPLAINT) & Q(pk__in=acknowledged))


def _waiting(rows: Iterable[RightsCase]) -> list[Waiting]:
    found = list(rows)
    steps: dict[UUID, list[Happened]] = {row.pk: [] for row in found}
    for case, kind, on in (
        CaseStep.objects.filter(case_id__in=steps).order_by(*CaseStep.IN_ORDER).values_list("case_id", "kind", "on")
    ):
        steps[case].append((StepKind(kind), on))
    return [
        Waiting(
            row.pk,
            row.subject_id,
            Asked(row.right),
            State(row.state),
            Route(row.route),
            row.received_on,
            row.due_on,
            Waits(row.waits_for) if row.waits_for else None,
            row.assigned_to,
            tuple(steps[row.pk]),
        )
        for row in found
    ]
