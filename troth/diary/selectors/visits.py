"""Reading visits: who has a reason to look, days and weeks, one visit, and those on a card. Plain values only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connections
from django.db.models import Q

from troth.diary import rules
from troth.diary.models import Appointment, ClassTime, VisitState
from troth.diary.selectors.classes import Class, who_comes
from troth.diary.selectors.held import held
from troth.diary.selectors.offers import Offered, get_service, list_practitioners, list_services, workers, working
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.law.calendar import LONDON
from troth.people import selectors as people
from troth.vault.among import among, in_batches
from troth.vault.categories import Category
from troth.vault.openable import openable


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
    class_time: UUID | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def places(self) -> int:
        """As a service says it: more than one where it is a visit to a class, whatever the service is now."""
        return 2 if self.class_time else 1


@dataclass(frozen=True)
class Column:
    """One practitioner's day: their hours in minutes since 1970, visits and classes in order, and the free stretches between."""

    practitioner: people.StaffMember
    on: date
    worked: tuple[rules.Stretch, ...]
    visits: tuple[Visit, ...]
    classes: tuple[Class, ...]
    free: tuple[tuple[datetime, int], ...]

    @property
    def is_on(self) -> bool:
        """Whether they work that day, or somebody comes to them all the same."""
        return bool(self.worked or self.visits or self.classes)


def booked_with(practitioner: UUID, subjects: Collection[UUID], *, since: datetime, until: datetime) -> set[UUID]:
    """Of these people, those with a visit to this practitioner between two moments, unless it is cancelled or not yet booked."""
    rows = Appointment.objects.filter(
        subject_id__in=subjects, practitioner=practitioner, ends_at__gt=since, starts_at__lt=until
    ).exclude(state__in=[VisitState.CANCELLED, VisitState.AWAITING])
    return set(rows.values_list("subject_id", flat=True))


def practitioners_of(subjects: Collection[UUID], *, since: datetime, until: datetime) -> dict[UUID, set[UUID]]:
    """The same the other way round: for each of these people who has such a visit, to whom."""
    rows = Appointment.objects.filter(subject_id__in=subjects, ends_at__gt=since, starts_at__lt=until)
    rows = rows.exclude(state__in=[VisitState.CANCELLED, VisitState.AWAITING])
    found: dict[UUID, set[UUID]] = {}
    for subject, practitioner in rows.values_list("subject_id", "practitioner"):
        found.setdefault(subject, set()).add(practitioner)
    return found


def with_visit(subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those with a visit that ends after a moment. A cancelled one counts, since it is asked about too."""
    rows = Appointment.objects.filter(subject_id__in=subjects, ends_at__gt=since)
    return set(rows.values_list("subject_id", flat=True))


#: Whoever has these was not here, or is not expected before their deposit came.
_NOT_HERE = (VisitState.CANCELLED, VisitState.AWAITING, VisitState.MISSED)


def last_here(subjects: Collection[UUID]) -> dict[UUID, date]:
    """
    Of these people, the day on which the last visit ended or is to end, in London. One that nobody marked as done counts, since
    nobody said that they did not come.
    """
    connection = connections["default"]
    # In plain SQL, since every page about somebody asks: to have the ORM word a sum takes three times as long as the answer.
    of_these, listed = among(connection, "subject_id", [subject.hex for subject in subjects], cast="::uuid[]")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id, MAX(ends_at) FROM {Appointment._meta.db_table} "  # noqa: S608  names of our own
            f"WHERE {of_these} AND state NOT IN (%s, %s, %s) GROUP BY subject_id",
            [listed, *(state.value for state in _NOT_HERE)],
        )
        found = cursor.fetchall()
    if connection.vendor == "sqlite":  # which keeps identifiers in hexadecimal and moments as text, UTC
        found = [(UUID(subject), datetime.fromisoformat(last).replace(tzinfo=UTC)) for subject, last in found]
    return {subject: last.astimezone(LONDON).date() for subject, last in found}


def with_visit_ahead(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose visit is not over, waiting for its deposit or not."""
    over = [VisitState.CANCELLED, VisitState.MISSED, VisitState.COMPLETED]
    rows = Appointment.objects.filter(subject_id__in=subjects, ends_at__gt=at).exclude(state__in=over)
    return set(rows.values_list("subject_id", flat=True))


def list_visits(first: date, days: int, opened: Opened) -> list[Visit]:
    """
    The visits of some days in order, cancelled ones and those to classes that take place left out; names and services of those whom
    the viewer may see, and nothing else of them.

    A colleague's people are not asked about, and stand as time that is taken: a look at the diary tries nobody's record. As many
    queries for fifty as for five.
    """
    since = datetime.combine(first, time(), tzinfo=LONDON)
    stands = {"starts_at__gte": since, "starts_at__lt": since + timedelta(days=days)}
    # Whoever could not be told that their class is cancelled still comes, and no block of a class shows them.
    gone = ClassTime.objects.filter(**stands, cancelled_at__isnull=False).values("pk")
    rows = list(
        Appointment.objects.filter(Q(class_time__isnull=True) | Q(class_time__in=gone), **stands)
        .exclude(state=VisitState.CANCELLED)
        .order_by("starts_at")
        .defer("note", "ended_because")
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
    seen = {row.pk for row in openable(row for row in rows if row.subject_id in admitted)}
    return [
        _listed(row, names.get(row.subject_id, ""), colours)
        if row.pk in seen and (arranges or row.practitioner == opened.by.id)
        else visit_of(row, "", False)
        for row in rows
    ]


def _listed(row: Appointment, name: str, colours: Mapping[UUID, str]) -> Visit:
    """A visit as a week shows it. Its note and why it was cancelled stay shut: they are read where it is opened by itself."""
    offered = _id(row.detail or {}, "service")
    return Visit(
        row.pk,
        row.subject_id,
        row.practitioner,
        row.starts_at,
        row.ends_at,
        VisitState(row.state),
        name,
        row.service or "",
        offered=offered,
        colour=colours.get(offered, "") if offered else "",
        override=row.override,
        late=row.late,
        series=row.series,
        class_time=row.class_time,
    )


def columns(
    first: date,
    days: int,
    visits: Sequence[Visit],
    *,
    classes: Sequence[Class] = (),
    at: datetime,
    only: UUID | None = None,
) -> list[list[Column]]:
    """
    For each practitioner, or for one, their days. Practitioners in order of name. Whoever has left works no more, and stands here
    only while visits to them do: somebody moves those.
    """
    known = workers(None if only is None else [only], at=None)
    here = people.on_staff(known, at=at)
    known = {
        key: each
        for key, each in known.items()
        if key in here or key in {each.practitioner for each in visits} | {each.practitioner for each in classes}
    }
    weeks = working(list(known.values()), first, first + timedelta(days=days))
    since, until = rules.span_of(first, days)
    taken = held(known, since, until, at=at)
    by_day: dict[tuple[UUID, date], list[Visit]] = defaultdict(list)
    together: dict[tuple[UUID, date], list[Class]] = defaultdict(list)
    for each in classes:
        together[each.practitioner, each.starts_at.astimezone(LONDON).date()].append(each)
    for visit in visits:
        by_day[visit.practitioner, visit.starts_at.astimezone(LONDON).date()].append(visit)
    made = []
    for member in list_practitioners(at=None):
        if member.subject not in known:
            continue
        line = []
        for number in range(days):
            on = first + timedelta(days=number)
            worked = rules.worked_on(weeks[member.subject], on) if member.subject in here else []
            free = rules.gaps(worked, taken.get(member.subject, ()))
            line.append(
                Column(
                    member,
                    on,
                    tuple(worked),
                    tuple(by_day.get((member.subject, on), ())),
                    tuple(together.get((member.subject, on), ())),
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
    if row is None:
        raise nothing_there()
    return visit_of(row, people.names_of({row.subject_id}, opened).get(row.subject_id, ""), True)


def visits_to(class_time: UUID, opened: Opened) -> list[Visit]:
    """
    Those who come to a class, in the order in which they booked; of each only what the viewer may see. Once it lies too far back
    for anybody to have a reason to look, nobody is asked about.
    """
    rows = who_comes(class_time)
    subjects = list(dict.fromkeys(row.subject_id for row in rows if row.ends_at > opened.at - rules.DAYS_AFTER))
    admitted = set(opened.admit(subjects, Category.IDENTITY, Category.CORRESPONDENCE).admitted)
    names = people.names_of(admitted, opened)
    seen = {row.pk for row in openable(row for row in rows if row.subject_id in admitted)}
    return [visit_of(row, names.get(row.subject_id, ""), row.pk in seen) for row in rows]


def which_visits_are_here(ids: Iterable[UUID]) -> set[UUID]:
    """Of these ids, those of visits that are here."""
    here = (Appointment.objects.filter(pk__in=some).values_list("pk", flat=True) for some in in_batches(ids))
    return set[UUID]().union(*here)


def that_follow(series: UUID | None, after: datetime, *, at: datetime) -> list[UUID]:
    """The visits of a series that are booked and begin after a moment, in order; none where it is no series."""
    if series is None:
        return []
    rows = Appointment.objects.filter(series=series, state=VisitState.BOOKED, starts_at__gt=max(after, at))
    return list(rows.order_by("starts_at").values_list("pk", flat=True))


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
        places=visit.places,
    )


def visits_of(subject: UUID, opened: Opened) -> list[Visit] | None:
    """A person's visits, the newest first; None where they are withheld from this viewer."""
    if not opened.decision(subject, Category.CORRESPONDENCE).allowed:
        return None
    rows = Appointment.objects.filter(subject_id=subject).order_by("-starts_at")
    return [visit_of(row, "", True) for row in rows]


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
        class_time=row.class_time,
    )


def _id(detail: dict[str, str], name: str) -> UUID | None:
    return UUID(detail[name]) if detail.get(name) else None
