"""Reading the diary: who has a reason to look, days and weeks, free times, and the visits on a card. Plain values only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from troth.diary import rules
from troth.diary.models import Appointment, Practitioner, Quarter, Service, VisitState
from troth.gate.contexts import Opened
from troth.law.calendar import LONDON
from troth.ledger import selectors as ledger
from troth.people import selectors as people
from troth.vault.categories import Category

# The vocabulary comes with the values that pages get: a face imports no models.
__all__ = [
    "Column",
    "Offered",
    "Visit",
    "VisitState",
    "booked_with",
    "columns",
    "count_left",
    "found_by",
    "free_times",
    "get_visit",
    "is_kept",
    "list_practitioners",
    "list_services",
    "list_visits",
    "visits_of",
    "with_visit",
]


@dataclass(frozen=True)
class Offered:
    """A service as it is published."""

    id: UUID
    name: str
    minutes: int
    words: str


@dataclass(frozen=True)
class Visit:
    """A visit. Whose it is and what for is empty where the viewer may not see it."""

    id: UUID
    subject: UUID
    practitioner: UUID
    starts_at: datetime
    ends_at: datetime
    state: VisitState
    name: str = ""
    service: str = ""
    note: str = ""
    withheld: bool = False

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True)
class Column:
    """One practitioner's day: their hours, visits in order, and the free stretches between."""

    practitioner: people.StaffMember
    on: date
    worked: tuple[int, int] | None
    visits: tuple[Visit, ...]
    free: tuple[tuple[datetime, int], ...]


def booked_with(practitioner: UUID, subjects: Collection[UUID], *, since: datetime, until: datetime) -> set[UUID]:
    """Of these people, those with a visit to this practitioner between two moments, cancelled ones left out."""
    rows = Appointment.objects.filter(
        subject_id__in=subjects, practitioner=practitioner, ends_at__gt=since, starts_at__lt=until
    ).exclude(state=VisitState.CANCELLED)
    return set(rows.values_list("subject_id", flat=True))


def with_visit(subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those with a visit that ends after a moment. A cancelled one counts, since it is asked about too."""
    rows = Appointment.objects.filter(subject_id__in=subjects, ends_at__gt=since)
    return set(rows.values_list("subject_id", flat=True))


def found_by(actor: UUID, subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those whom the ledger says this actor found since a moment."""
    wanted = {subject.hex: subject for subject in subjects}
    seen = ledger.search(actor=actor.hex, event="gate:opened", purpose="find", since=since, limit=200)
    return {wanted[event.subject] for event in seen if event.subject in wanted}


def list_services() -> list[Offered]:
    """What can be booked, by name."""
    return [Offered(row.pk, row.name, row.minutes, row.words) for row in Service.objects.order_by("name")]


def is_kept() -> bool:
    """Whether there is a diary at all: somebody's hours were set, or a visit was booked once."""
    return Practitioner.objects.exists() or Appointment.objects.exists()


def list_practitioners() -> list[people.StaffMember]:
    """Who sees people, by name. Their profiles and hours are published."""
    ids = set(Practitioner.objects.values_list("subject_id", flat=True))
    return [member for member in people.list_staff() if member.subject in ids]


def list_visits(first: date, days: int, opened: Opened) -> list[Visit]:
    """
    The visits of some days in order, cancelled ones left out; names and services of those whom the viewer may see.

    A colleague's people are not asked about, and stand as time that is taken: a look at the diary tries nobody's record. As many
    queries for fifty as for five.
    """
    since = datetime.combine(first, time(), tzinfo=LONDON)
    rows = list(
        Appointment.objects.filter(starts_at__gte=since, starts_at__lt=since + timedelta(days=days))
        .exclude(state=VisitState.CANCELLED)
        .order_by("starts_at")
    )
    arranges = bool(opened.by.roles & rules.ARRANGING)
    subjects = list(
        dict.fromkeys(
            row.subject_id
            for row in rows
            if (arranges or row.practitioner == opened.by.id) and row.ends_at > opened.at - rules.DAYS_AFTER
        )
    )
    admitted = set(opened.admit(subjects, Category.IDENTITY, Category.CORRESPONDENCE).admitted)
    names = people.names_of(admitted, opened)
    return [
        _visit(row, names.get(row.subject_id, ""), row.subject_id in admitted)
        if arranges or row.practitioner == opened.by.id
        else _visit(row, "", False)
        for row in rows
    ]


def columns(first: date, days: int, visits: Sequence[Visit]) -> list[list[Column]]:
    """For each practitioner, their days. Practitioners in order of name."""
    hours = _hours()
    made = []
    for member in list_practitioners():
        line = []
        for number in range(days):
            on = first + timedelta(days=number)
            worked = hours[member.subject].get(str(on.weekday()))
            theirs = tuple(
                visit
                for visit in visits
                if visit.practitioner == member.subject and visit.starts_at.astimezone(LONDON).date() == on
            )
            held = [
                quarter
                for visit in theirs
                if visit.state in rules.HOLDING
                for quarter in rules.quarters_of(visit.starts_at, visit.ends_at)
            ]
            line.append(
                Column(
                    member,
                    on,
                    (worked[0], worked[1]) if worked else None,
                    theirs,
                    tuple(rules.gaps(worked, on, held)),
                )
            )
        made.append(line)
    return made


def free_times(practitioner: UUID, on: date, minutes: int, *, at: datetime) -> list[datetime]:
    """The moments of a day at which a visit of so many minutes to this practitioner could begin."""
    hours = _hours().get(practitioner)
    if hours is None:
        return []
    since = datetime.combine(on, time(), tzinfo=LONDON)
    day = rules.quarters_of(since, since + timedelta(days=1))
    taken = set(
        Quarter.objects.filter(practitioner=practitioner, quarter__gte=day.start, quarter__lt=day.stop).values_list(
            "quarter", flat=True
        )
    )
    return rules.free_times(on, minutes, hours, taken, at=at)


def get_visit(appointment: UUID, opened: Opened) -> Visit:
    """
    One visit, opened.

    :raises Refused: the viewer may not see visits of this person, or there is no such visit.
    """
    row = Appointment.objects.filter(pk=appointment).first()
    opened.require(row.subject_id if row else appointment, Category.IDENTITY, Category.CORRESPONDENCE)
    assert row is not None
    return _visit(row, people.names_of({row.subject_id}, opened).get(row.subject_id, ""), True)


def visits_of(subject: UUID, opened: Opened) -> list[Visit] | None:
    """A person's visits, the newest first; None where they are withheld from this viewer."""
    if not opened.decision(subject, Category.CORRESPONDENCE).allowed:
        return None
    rows = Appointment.objects.filter(subject_id=subject).order_by("-starts_at")
    return [_visit(row, "", True) for row in rows]


def count_left(first: date, days: int) -> int:
    """How many visits of these days are still to come or here."""
    since = datetime.combine(first, time(), tzinfo=LONDON)
    return Appointment.objects.filter(
        starts_at__gte=since,
        starts_at__lt=since + timedelta(days=days),
        state__in=[VisitState.BOOKED, VisitState.ARRIVED],
    ).count()


def _visit(row: Appointment, name: str, admitted: bool) -> Visit:
    return Visit(
        row.pk,
        row.subject_id,
        row.practitioner,
        row.starts_at,
        row.ends_at,
        VisitState(row.state),
        name,
        (row.service or "") if admitted else "",
        (row.note or "") if admitted else "",
        not admitted,
    )


def _hours() -> Mapping[UUID, rules.Hours]:
    return dict(Practitioner.objects.values_list("subject_id", "hours"))
