"""What is held and what is free. Nothing of anybody is opened: holds are identifiers, keyed hashes and minutes."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from troth.diary import rules
from troth.diary.models import Hold, Resource, ResourceKind
from troth.diary.selectors.offers import Offered, Worker, get_service, workers, working
from troth.law.calendar import LONDON
from troth.vault import secrets

Held = dict[UUID, list[rules.Stretch]]
#: How many days a search looks ahead.
WEEKS = 8


@dataclass(frozen=True)
class Free:
    """A moment at which a visit could begin, and with whom."""

    at: datetime
    practitioner: UUID


def thing_of(resource: UUID) -> UUID:
    """By what a room or machine stands in the table of holds: a keyed hash, since which room it is tells what for."""
    key = secrets.opened().named("diary")
    return UUID(bytes=hmac.digest(key, b"resource|" + resource.bytes, hashlib.sha256)[:16])


def held(things: Collection[UUID], first: int, last: int, *, at: datetime) -> Held:
    """For each of these things the stretches that are held between two minutes. What is over by itself does not count."""
    rows = Hold.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), thing__in=list(things), first__lt=last, last__gt=first
    )
    found: Held = defaultdict(list)
    for thing, begins, ends in rows.values_list("thing", "first", "last"):
        found[thing].append((begins, ends))
    return found


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

    `subject`: who comes, whose own visits are in the way too. `without`: a visit that is to be moved, and so is in nobody's way.
    """
    offered = get_service(service)
    if offered is None:
        return {}
    who = [each for each in workers(practitioners).values() if each.does(service)]
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
    since, until = rules.span_of(first, days)
    begins = max(since, rules.minutes_of(soonest or at) + 1)
    pairs = rooms_for(offered)
    if begins >= until or not pairs:
        return {each.subject: [] for each in who}
    things = {key: thing_of(key) for pair in pairs for key in pair[:2] if key is not None}
    around = offered.before, offered.minutes + offered.after
    asked = {*things.values(), *(each.subject for each in who), *([subject] if subject else [])}
    taken = _held(asked, begins - around[0], until + around[1], at=at, without=without)
    places: dict[UUID, tuple[set[UUID], set[UUID]]] = defaultdict(lambda: (set(), set()))
    for room, machine, place in pairs:
        if room:
            places[place][0].add(things[room])
        if machine:
            places[place][1].add(things[machine])
    weeks = working(who, first, first + timedelta(days=days))
    found: dict[UUID, list[int]] = {}
    for each in who:
        worked = [
            stretch
            for number in range(days)
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
        found[each.subject] = sorted(start for start in starts if rules.is_free(start, start + offered.minutes, own))
    return found


def free_on(
    service: UUID, on: date, practitioner: UUID | None, *, subject: UUID | None = None, at: datetime
) -> list[Free]:
    """The moments of a day at which a service is free, each with whom: the one asked for, or whoever has most time that day."""
    who = None if practitioner is None else [practitioner]
    return _chosen(search_free(service, on, 1, at=at, practitioners=who, subject=subject), on, at=at)


def free_to_move(
    offered: Offered, visit: UUID, on: date, practitioner: UUID, *, subject: UUID | None = None, at: datetime
) -> list[Free]:
    """The moments of a day to which a visit that was booked as `offered` could be moved: it is in nobody's way itself."""
    who = list(workers([practitioner]).values())
    return _chosen(free_of(offered, who, on, 1, at=at, subject=subject, without=visit), on, at=at)


def _chosen(free: dict[UUID, list[int]], on: date, *, at: datetime) -> list[Free]:
    found = [(start, who) for there in by_day(free).values() for start, who in there.items()]
    several = {each for _, who in found for each in who}
    least = _order(several, on, at=at)
    return [Free(rules.moment_of(start), min(who, key=least.__getitem__)) for start, who in found]


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


def _held(things: Collection[UUID], first: int, last: int, *, at: datetime, without: UUID | None) -> Held:
    if without is None:
        return held(things, first, last, at=at)
    own = set(Hold.objects.filter(appointment=without).values_list("thing", "first", "last"))
    return {
        thing: [(begins, ends) for begins, ends in stretches if (thing, begins, ends) not in own]
        for thing, stretches in held(things, first, last, at=at).items()
    }
