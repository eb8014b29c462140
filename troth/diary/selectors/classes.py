"""Classes: their times, the places that are left, and who comes. Only the last opens anything of anybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from troth.diary import rules
from troth.diary.models import Appointment, ClassTime, Hold, Resource, ResourceKind, VisitState
from troth.diary.selectors.held import held, mark_of, seat_of, thing_of
from troth.diary.selectors.offers import Offered, Worker, list_services
from troth.law.calendar import LONDON

_AHEAD = (VisitState.BOOKED, VisitState.ARRIVED)


@dataclass(frozen=True)
class Class:
    """One time of a class as it is published, and how many come. `service` is None where that is offered no more."""

    id: UUID
    practitioner: UUID
    starts_at: datetime
    ends_at: datetime
    places: int
    taken: int
    ahead: int
    service: UUID | None
    name: str
    colour: str
    cancelled: bool = False


@dataclass(frozen=True)
class Where:
    """The room and machine that a class holds, and the place they stand in."""

    room: UUID | None
    machine: UUID | None
    place: UUID


def list_classes(first: date, days: int) -> list[Class]:
    """The classes of some days that take place, in order of time. Three queries, however many there are."""
    since = datetime.combine(first, time(), tzinfo=LONDON)
    return _values(
        ClassTime.objects.filter(
            starts_at__gte=since, starts_at__lt=since + timedelta(days=days), cancelled_at__isnull=True
        ).order_by("starts_at")
    )


def get_class(class_time: UUID) -> Class | None:
    """One of them, whether or not it takes place; None where there never was one."""
    return next(iter(_values(ClassTime.objects.filter(pk=class_time))), None)


def class_at(service: UUID, practitioner: UUID, starts_at: datetime) -> ClassTime | None:
    """The class of a service that somebody gives at a moment, if it takes place. For acts, which write what follows from it."""
    found: ClassTime | None = ClassTime.objects.filter(
        service_mark=mark_of(service), subject_id=practitioner, starts_at=starts_at, cancelled_at__isnull=True
    ).first()
    return found


def where_is(class_time: UUID) -> Where:
    """Which room and machine a class holds: what is held is known by keyed hashes alone."""
    things = set(Hold.objects.filter(appointment=class_time).values_list("thing", flat=True))
    mine = [row for row in Resource.objects.all() if thing_of(row.pk) in things]
    by_kind: dict[str, UUID] = {row.kind: row.pk for row in mine}
    return Where(
        by_kind.get(ResourceKind.ROOM),
        by_kind.get(ResourceKind.MACHINE),
        next((row.place_id for row in mine), UUID(int=0)),
    )


def seats_left(of: Sequence[ClassTime], *, at: datetime, without: UUID | None = None) -> dict[UUID, int]:
    """For each of these how many places are held by nobody. One query for ten thousand places. `without`: what is given back."""
    if not of:
        return {}
    seats = {seat_of(row.pk, number): row.pk for row in of for number in range(row.places)}
    begins = min(rules.minutes_of(row.starts_at) for row in of)
    ends = max(rules.minutes_of(row.ends_at) for row in of)
    taken = Counter(seats[thing] for thing, some in held(seats, begins, ends, at=at, without=without).items() if some)
    return {row.pk: row.places - taken[row.pk] for row in of}


def places_left(
    offered: Offered, first: date, days: int, *, at: datetime, without: UUID | None = None
) -> dict[tuple[UUID, int], int]:
    """By practitioner and minute of beginning, the places that are left in the classes of some days; nothing where it is none."""
    rows = _ahead(offered, first, days, at=at) if offered.is_class else []
    left = seats_left(rows, at=at, without=without)
    return {(row.subject_id, rules.minutes_of(row.starts_at)): left[row.pk] for row in rows}


def free_in_classes(
    offered: Offered,
    who: Sequence[Worker],
    first: date,
    days: int,
    *,
    at: datetime,
    soonest: datetime | None = None,
    subject: UUID | None = None,
    without: UUID | None = None,
) -> dict[UUID, list[int]]:
    """What `free_of` says of a service, for a class: the minutes at which one begins that has a place left."""
    rows = _ahead(offered, first, days, at=soonest or at)
    left = seats_left(rows, at=at, without=without)
    since, until = rules.span_of(first, days)
    own = held([subject], since, until, at=at, without=without)[subject] if subject else ()
    found: dict[UUID, list[int]] = {each.subject: [] for each in who}
    for row in rows:
        begins, ends = rules.minutes_of(row.starts_at), rules.minutes_of(row.ends_at)
        if row.subject_id in found and left[row.pk] > 0 and rules.is_free(begins, ends, own):
            found[row.subject_id].append(begins)
    return found


def who_comes(class_time: UUID) -> list[Appointment]:
    """The visits to one class that are not cancelled, in the order in which they were booked. For whoever opens them."""
    return list(
        Appointment.objects.filter(class_time=class_time)
        .exclude(state=VisitState.CANCELLED)
        .order_by("recorded_at", "pk")
    )


def count_faults(*, at: datetime) -> tuple[int, int]:
    """Of the classes ahead: how many have more visits than places, and how many hold no time of their practitioner's."""
    rows = ClassTime.objects.filter(starts_at__gt=at, cancelled_at__isnull=True)
    booked = dict(
        Appointment.objects.filter(class_time__in=rows.values("pk"), state__in=_AHEAD)
        .values_list("class_time")
        .annotate(number=Count("pk"))
    )
    overfull = sum(booked.get(key, 0) > places for key, places in rows.values_list("pk", "places"))
    own = Hold.objects.filter(appointment=OuterRef("pk"), thing=OuterRef("subject_id"))
    return overfull, rows.filter(~Exists(own)).count()


def _ahead(offered: Offered, first: date, days: int, *, at: datetime) -> list[ClassTime]:
    since, until = rules.span_of(first, days)
    return list(
        ClassTime.objects.filter(
            service_mark=mark_of(offered.id),
            starts_at__gt=max(at, rules.moment_of(since) - timedelta(microseconds=1)),
            starts_at__lt=rules.moment_of(until),
            cancelled_at__isnull=True,
        ).order_by("starts_at")
    )


def _values(rows: Iterable[ClassTime]) -> list[Class]:
    found = list(rows)
    if not found:
        return []
    come = {
        key: (taken, ahead)
        for key, taken, ahead in Appointment.objects.filter(class_time__in=[row.pk for row in found])
        .exclude(state=VisitState.CANCELLED)
        .values("class_time")
        .annotate(taken=Count("pk"), ahead=Count("pk", filter=Q(state__in=_AHEAD)))
        .values_list("class_time", "taken", "ahead")
    }
    known = {mark_of(each.id): each for each in list_services(closed=True)}
    made = []
    for row in found:
        service = known.get(row.service_mark)
        taken, ahead = come.get(row.pk, (0, 0))
        made.append(
            Class(
                row.pk,
                row.subject_id,
                row.starts_at,
                row.ends_at,
                row.places,
                taken,
                ahead,
                service.id if service else None,
                service.name if service else "A class",
                service.colour if service else "",
                row.cancelled_at is not None,
            )
        )
    return made
