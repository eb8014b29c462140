"""What is held and what is free. Nothing of anybody is opened: holds are identifiers, keyed hashes and minutes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from troth.diary import rules
from troth.diary.models import Appointment, Hold, Resource, ResourceKind, VisitState, guards
from troth.diary.selectors.classes import count_faults, free_in_classes, places_left
from troth.diary.selectors.held import held, thing_of
from troth.diary.selectors.offers import Offered, Worker, get_service, workers, working
from troth.law.calendar import LONDON


@dataclass(frozen=True)
class Free:
    """A moment at which a visit could begin, and with whom."""

    at: datetime
    practitioner: UUID
    left: int | None = None  # of a class the places that are left


@dataclass(frozen=True)
class Clashes:
    """Of the times that visits hold, from open columns: how many there are, those that touch, visits and classes that hold
    none, and classes with more visits than places."""

    held: int
    touching: int
    unheld: int
    guarded: bool
    overfull: int = 0


def count_clashes(*, at: datetime) -> Clashes:
    """
    Look through all that is held from now on. Two that were booked past what the diary allows stand beside each other under the
    number of the visit for which that was decided, and are no clash.
    """
    begins = rules.minutes_of(at)
    last: dict[tuple[UUID, UUID], int] = {}
    held = touching = 0
    rows = Hold.objects.filter(last__gt=begins).order_by("thing", "beside", "first")
    for thing, beside, first, ends in rows.values_list("thing", "beside", "first", "last").iterator():
        held += 1
        touching += first < last.get((thing, beside), first)
        last[thing, beside] = max(ends, last.get((thing, beside), ends))
    # A visit holds its practitioner; one to a class, whose practitioner the class holds, the person and their place.
    mine = Q(thing=OuterRef("practitioner")) | Q(thing=OuterRef("subject_id"))
    own = Hold.objects.filter(mine, appointment=OuterRef("pk"))
    alone = own.filter(thing=OuterRef("practitioner"))
    visits = Appointment.objects.filter(starts_at__gt=at, state=VisitState.BOOKED)
    unheld = visits.filter(Q(~Exists(alone), class_time__isnull=True) | ~Exists(own)).count()
    overfull, homeless = count_faults(at=at)
    return Clashes(held, touching, unheld + homeless, not guards.guards_missing(connection), overfull)


def is_any_over(*, at: datetime) -> bool:
    """Whether a time that was kept is over and was not cleared away."""
    return Hold.objects.filter(until__lte=at).exists()


def rooms_for(service: Offered) -> list[tuple[UUID | None, UUID | None, UUID]]:
    """
    The rooms and machines that a service could use together, as (room, machine, place): both stand in one place. One pair of
    nothings where it needs neither. Empty: it needs what the clinic has not got.
    """
    wanted = [
        (kind, sort)
        for kind, sort in ((ResourceKind.ROOM, service.room_sort), (ResourceKind.MACHINE, service.machine_sort))
        if sort
    ]
    if not wanted:
        return [(None, None, UUID(int=0))]
    some = Q()
    for kind, sort in wanted:
        some |= Q(kind=kind, sort=sort)
    by_place: dict[UUID, dict[str, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    rows = Resource.objects.filter(some, closed=False, place__closed=False).order_by("place__name", "name")
    for key, of_kind, place in rows.values_list("id", "kind", "place_id"):
        by_place[place][of_kind].append(key)
    return [
        (room, machine, place)
        for place, there in by_place.items()
        for room in (there[ResourceKind.ROOM] if service.room_sort else [None])
        for machine in (there[ResourceKind.MACHINE] if service.machine_sort else [None])
    ]


def search_free(
    service: UUID,
    first: date,
    days: int,
    *,
    at: datetime,
    practitioners: Collection[UUID] | None = None,
    soonest: datetime | None = None,
    subject: UUID | None = None,
    without: UUID | None = None,
) -> dict[UUID, list[int]]:
    """
    For each practitioner who does a service, the minutes at which it could begin within some days: as many queries for weeks.

    `subject`: who comes, whose own visits are in the way too. `without`: a visit that is to be moved, or a
    time that is kept and given back, and so is in nobody's way.
    """
    offered = get_service(service)
    if offered is None:
        return {}
    who = [each for each in workers(practitioners, at=at).values() if each.does(service)]
    return free_of(offered, who, first, days, at=at, soonest=soonest, subject=subject, without=without)


def free_of(
    offered: Offered,
    who: Sequence[Worker],
    first: date,
    days: int,
    *,
    at: datetime,
    soonest: datetime | None = None,
    subject: UUID | None = None,
    without: UUID | None = None,
    grid: int = rules.GRID,
) -> dict[UUID, list[int]]:
    """The same for a service and practitioners that are at hand."""
    if not rules.is_bookable(first, at=at):
        return {each.subject: [] for each in who}
    if offered.is_class:
        return free_in_classes(offered, who, first, days, at=at, soonest=soonest, subject=subject, without=without)
    since, until = rules.span_of(first, days)
    begins = max(since, rules.minutes_of(soonest or at) + 1)
    pairs = rooms_for(offered)
    if begins >= until or not pairs:
        return {each.subject: [] for each in who}
    things = {key: thing_of(key) for pair in pairs for key in pair[:2] if key is not None}
    around = offered.before, offered.minutes + offered.after
    asked = {*things.values(), *(each.subject for each in who), *([subject] if subject else [])}
    taken = held(asked, begins - around[0], until + around[1], at=at, without=without)
    places: dict[UUID, tuple[set[UUID], set[UUID]]] = defaultdict(lambda: (set(), set()))
    for room, machine, place in pairs:
        if room:
            places[place][0].add(things[room])
        if machine:
            places[place][1].add(things[machine])
    # A night's work does not end at midnight: what begins before it is at work still.
    around_it = range(-1, days + 1)
    weeks = working(who, first + timedelta(days=-1), first + timedelta(days=days))
    found: dict[UUID, list[int]] = {}
    for each in who:
        worked = [
            stretch
            for number in around_it
            for stretch in rules.worked_on(weeks[each.subject], first + timedelta(days=number))
        ]
        starts: set[int] = set()
        for rooms, machines in places.values() or ((set(), set()),):
            others = [[taken.get(thing, ()) for thing in sort] for sort in (rooms, machines) if sort]
            starts.update(
                rules.starts_of(
                    offered.need, worked, taken.get(each.subject, ()), others, since=begins, until=until, grid=grid
                )
            )
        own = taken.get(subject, ()) if subject else ()
        found[each.subject] = sorted(
            start for start in starts if not own or rules.is_free(start, start + offered.minutes, own)
        )
    return found


def free_on(
    service: UUID,
    on: date,
    practitioner: UUID | None,
    *,
    subject: UUID | None = None,
    without: UUID | None = None,
    at: datetime,
) -> list[Free]:
    """
    The moments of a day at which a service is free, each with whom: the one asked for, or whoever has most time that day;
    a class with each who gives one.
    """
    who = None if practitioner is None else [practitioner]
    found = search_free(service, on, 1, at=at, practitioners=who, subject=subject, without=without)
    offered = get_service(service)
    left = places_left(offered, on, 1, at=at, without=without) if offered and offered.is_class else {}
    return _chosen(found, on, left, at=at)


def free_to_move(
    offered: Offered, visit: UUID, on: date, practitioner: UUID, *, subject: UUID | None = None, at: datetime
) -> list[Free]:
    """The moments of a day to which a visit that was booked as `offered` could be moved: it is in nobody's way itself."""
    who = list(workers([practitioner], at=at).values())
    left = places_left(offered, on, 1, at=at, without=visit) if offered.is_class else {}
    return _chosen(free_of(offered, who, on, 1, at=at, subject=subject, without=visit), on, left, at=at)


def _chosen(free: dict[UUID, list[int]], on: date, left: dict[tuple[UUID, int], int], *, at: datetime) -> list[Free]:
    found = [(start, who) for there in by_day(free).values() for start, who in there.items()]
    if left:  # two classes at one time are two: whoever comes chooses one
        return [Free(rules.moment_of(start), each, left.get((each, start))) for start, who in found for each in who]
    several = {each for _, who in found for each in who}
    least = _order(several, on, at=at)
    return [
        Free(rules.moment_of(start), whom, left.get((whom, start)))
        for start, who in found
        for whom in [min(who, key=least.__getitem__)]
    ]


def by_day(free: dict[UUID, list[int]]) -> dict[date, dict[int, list[UUID]]]:
    """What was found, by day of London and minute: who could do it then."""
    days: dict[date, dict[int, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for practitioner, starts in free.items():
        for start in starts:
            days[rules.moment_of(start).astimezone(LONDON).date()][start].append(practitioner)
    return {on: dict(sorted(days[on].items())) for on in sorted(days)}


def _order(practitioners: Collection[UUID], on: date, *, at: datetime) -> dict[UUID, int]:
    """How much time of a day is taken of each: who does not choose is spread over all."""
    taken = held(practitioners, *rules.span_of(on, 1), at=at) if len(practitioners) > 1 else {}
    return {each: sum(last - first for first, last in taken.get(each, ())) for each in practitioners}
