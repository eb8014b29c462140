"""Reading visits: who has a reason to look, days and weeks, one visit, and those on a card. Plain values only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from troth.diary import rules
from troth.diary.models import Appointment, VisitState
from troth.diary.selectors.holds import held
from troth.diary.selectors.offers import Offered, get_service, list_practitioners, list_services, workers, working
from troth.gate.contexts import Opened
from troth.law.calendar import LONDON
from troth.people import selectors as people
from troth.vault.categories import Category


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
    offered: UUID | None = None
    room: UUID | None = None
    machine: UUID | None = None
    before: int = 0
    after: int = 0
    colour: str = ""
    override: str = ""
    late: bool = False
    because: str = ""
    series: UUID | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True)
class Column:
    """One practitioner's day: their hours in minutes since 1970, visits in order, and the free stretches between."""

    practitioner: people.StaffMember
    on: date
    worked: tuple[rules.Stretch, ...]
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
    colours = {each.id: each.colour for each in list_services(closed=True)}
    found = [
        visit_of(row, names.get(row.subject_id, ""), row.subject_id in admitted)
        if arranges or row.practitioner == opened.by.id
        else visit_of(row, "", False)
        for row in rows
    ]
    return [replace(each, colour=colours.get(each.offered, "")) if each.offered else each for each in found]


def columns(
    first: date, days: int, visits: Sequence[Visit], *, at: datetime, only: UUID | None = None
) -> list[list[Column]]:
    """For each practitioner, or for one, their days. Practitioners in order of name."""
    known = workers(None if only is None else [only])
    weeks = working(list(known.values()), first, first + timedelta(days=days))
    since, until = rules.span_of(first, days)
    taken = held(known, since, until, at=at)
    by_day: dict[tuple[UUID, date], list[Visit]] = defaultdict(list)
    for visit in visits:
        by_day[visit.practitioner, visit.starts_at.astimezone(LONDON).date()].append(visit)
    made = []
    for member in list_practitioners():
        if member.subject not in known:
            continue
        line = []
        for number in range(days):
            on = first + timedelta(days=number)
            worked = rules.worked_on(weeks[member.subject], on)
            free = rules.gaps(worked, taken.get(member.subject, ()))
            line.append(
                Column(
                    member,
                    on,
                    tuple(worked),
                    tuple(by_day.get((member.subject, on), ())),
                    tuple((rules.moment_of(begins).astimezone(LONDON), ends - begins) for begins, ends in free),
                )
            )
        made.append(line)
    return made


def get_visit(appointment: UUID, opened: Opened) -> Visit:
    """
    One visit, opened.

    :raises Refused: the viewer may not see visits of this person, or there is no such visit.
    """
    row = Appointment.objects.filter(pk=appointment).first()
    opened.require(row.subject_id if row else appointment, Category.IDENTITY, Category.CORRESPONDENCE)
    assert row is not None
    return visit_of(row, people.names_of({row.subject_id}, opened).get(row.subject_id, ""), True)


def as_booked(visit: Visit) -> Offered:
    """What a visit was booked for, as it was planned: it lasts as long as it did, whatever the service takes now."""
    now = get_service(visit.offered) if visit.offered else None
    return Offered(
        now.id if now else UUID(int=0),
        visit.service,
        visit.minutes,
        "",
        before=visit.before,
        after=visit.after,
        price_pence=now.price_pence if now else 0,
        room_sort=now.room_sort if now else "",
        machine_sort=now.machine_sort if now else "",
    )


def visits_of(subject: UUID, opened: Opened) -> list[Visit] | None:
    """A person's visits, the newest first; None where they are withheld from this viewer."""
    if not opened.decision(subject, Category.CORRESPONDENCE).allowed:
        return None
    rows = Appointment.objects.filter(subject_id=subject).order_by("-starts_at")
    return [visit_of(row, "", True) for row in rows]


def count_left(first: date, days: int) -> int:
    """How many visits of these days are still to come or here."""
    since = datetime.combine(first, time(), tzinfo=LONDON)
    return Appointment.objects.filter(
        starts_at__gte=since,
        starts_at__lt=since + timedelta(days=days),
        state__in=[VisitState.BOOKED, VisitState.ARRIVED],
    ).count()


def visit_of(row: Appointment, name: str, admitted: bool) -> Visit:
    """A row as a value, opened where that is admitted."""
    if not admitted:
        return Visit(
            row.pk, row.subject_id, row.practitioner, row.starts_at, row.ends_at, VisitState(row.state), withheld=True
        )
    detail = row.detail or {}
    return Visit(
        row.pk,
        row.subject_id,
        row.practitioner,
        row.starts_at,
        row.ends_at,
        VisitState(row.state),
        name,
        row.service or "",
        row.note or "",
        offered=_id(detail, "service"),
        room=_id(detail, "room"),
        machine=_id(detail, "machine"),
        before=int(detail.get("before", 0)),
        after=int(detail.get("after", 0)),
        override=row.override,
        late=row.late,
        because=row.ended_because or "",
        series=row.series,
    )


def _id(detail: dict[str, str], name: str) -> UUID | None:
    return UUID(detail[name]) if detail.get(name) else None
