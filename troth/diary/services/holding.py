"""
Holding time: for a visit that is booked, and for a while for who is about to book.

A stretch is written for each thing that a visit takes: the person, the practitioner with preparation and clean-down, a room, a
machine. A class holds its practitioner, room and machine; whoever comes to it holds themselves and one of its places.
Whoever writes any locks practitioner, rooms and machines first, in one order, so that two who want the same wait and do not fail;
that no two touch is the database's to say all the same.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError

from troth.diary import rules, selectors
from troth.diary.models import ALONE, Appointment, Hold, Practitioner, Resource
from troth.diary.selectors import Offered
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.law.calendar import LONDON
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.models import Subject

TAKEN = "That time has just been taken. Choose another one."
_ELSEWHERE = "This person has another visit at that time. Choose another one."
_OVER = "a time is kept for whoever asks, beside nobody's name: it is written in open columns and opens nothing"
SWEEPER = "diary-sweeper"
actors.declare_service(SWEEPER, purposes={Purpose.BOOKING}, categories=set(), modules={__name__, "troth.diary.jobs"})


class Planned(NamedTuple):
    """
    What a visit takes: its room and machine, if it needs them, and the stretches. `shared` are those that it takes past another.
    """

    room: UUID | None
    machine: UUID | None
    place: UUID
    stretches: list[tuple[UUID, int, int]]
    shared: frozenset[UUID]
    ends_at: datetime
    class_time: UUID | None = None


def _plan(
    offered: Offered,
    practitioner: UUID,
    starts_at: datetime,
    *,
    subject: UUID | None,
    at: datetime,
    override: bool = False,
) -> Planned:
    """
    Lock what a visit could take, clear away what is over by itself, and choose room and machine.

    :raises NotPossible: they do not work then, or something of it is taken.
    """
    # Both before anything is reckoned from it: no calendar goes on past the last of its years, and no clock shows every hour.
    rules.check_ahead(starts_at, at=at)
    rules.check_on_the_wall(starts_at)
    # By the clock of London, ninety minutes over a change of clocks would be thirty, or a hundred and fifty.
    starts_at = starts_at.astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=offered.minutes)
    worker = _locked_worker(practitioner, at=at)
    if offered.is_class:
        return _plan_place(offered, practitioner, starts_at, subject=subject, at=at, override=override)
    if not worker.does(offered.id):
        raise rules.NotPossible("They do not do that. Choose somebody else.")
    on = starts_at.astimezone(LONDON).date()
    week = selectors.working([worker], on - timedelta(days=1), on + timedelta(days=1))[practitioner]
    worked = [stretch for day in (-1, 0, 1) for stretch in rules.worked_on(week, on + timedelta(days=day))]
    rules.check_can_book(
        starts_at,
        ends_at,
        rules.joined(worked),
        at=at,
        before=offered.before,
        after=offered.after,
        overridden=override,
    )
    pairs = selectors.rooms_for(offered)
    if not pairs:
        raise rules.NotPossible("It needs a room or a machine that the clinic has not got.")
    resources = sorted({key for pair in pairs for key in pair[:2] if key is not None})
    # Locks are taken in the order of ids; whoever books the same person twice at once waits for the person's own row.
    list(Resource.objects.select_for_update().filter(pk__in=resources).order_by("pk").values_list("pk"))
    _lock_person(subject)
    things = {key: selectors.thing_of(key) for key in resources}
    begins, ends = rules.minutes_of(starts_at), rules.minutes_of(ends_at)
    wide = begins - offered.before, ends + offered.after
    asked = [practitioner, *things.values(), *([subject] if subject else [])]
    Hold.objects.filter(until__lte=at, thing__in=asked, first__lt=wide[1], last__gt=wide[0]).delete()
    taken = selectors.held(asked, *wide, at=at)
    if subject is not None and not rules.is_free(begins, ends, taken.get(subject, ())):
        raise rules.Taken(_ELSEWHERE)
    if not override and not rules.is_free(*wide, taken.get(practitioner, ())):
        raise rules.Taken(TAKEN)
    free = [
        pair for pair in pairs if all(rules.is_free(*wide, taken.get(things[key], ())) for key in pair[:2] if key)
    ]
    if not free and not override:
        raise rules.Taken("No room or machine of the kind it needs is free then. Choose another time.")
    room, machine, place = (free or pairs)[0]
    stretches = [(practitioner, *wide), *((things[key], *wide) for key in (room, machine) if key)]
    if subject is not None:
        stretches.append((subject, begins, ends))
    # Only an override comes here past what is taken; all else stays under the rule of the database.
    shared = frozenset(
        thing for thing, first, last in stretches if not rules.is_free(first, last, taken.get(thing, ()))
    )
    return Planned(room, machine, place, stretches, shared, ends_at)


def _plan_place(
    offered: Offered,
    practitioner: UUID,
    starts_at: datetime,
    *,
    subject: UUID | None,
    at: datetime,
    override: bool,
) -> Planned:
    """
    The same for a place in a class, once whoever gives it is locked: the class holds them, and the room.

    :raises NotPossible: there is no class then, or no place in it is left.
    """
    if override:
        raise rules.NotPossible("A class takes as many people as it has places, and nobody past that.")
    found = selectors.class_at(offered.id, practitioner, starts_at)
    if found is None:
        raise rules.NotPossible("There is no class at that time. Choose one of its times.")
    _lock_person(subject)
    begins, ends = rules.minutes_of(found.starts_at), rules.minutes_of(found.ends_at)
    seats = [selectors.seat_of(found.pk, number) for number in range(found.places)]
    asked = [*seats, *([subject] if subject else [])]
    Hold.objects.filter(until__lte=at, thing__in=asked, first__lt=ends, last__gt=begins).delete()
    taken = selectors.held(asked, begins, ends, at=at)
    if subject is not None and taken.get(subject):
        raise rules.Taken(_ELSEWHERE)
    seat = next((each for each in seats if not taken.get(each)), None)
    if seat is None:
        raise rules.Taken("That class is full by now. Choose another time.")
    there = selectors.where_is(found.pk)
    stretches = [(each, begins, ends) for each in (seat, subject) if each is not None]
    return Planned(there.room, there.machine, there.place, stretches, frozenset(), found.ends_at, found.pk)


def _lock_person(subject: UUID | None) -> None:
    if subject is not None:
        list(Subject.objects.select_for_update().filter(pk=subject).values_list("pk"))


def _write(
    planned: Planned,
    *,
    owner: UUID,
    appointment: UUID,
    until: datetime | None = None,
) -> None:
    """
    Write the stretches that a visit holds, or a time that is kept for a while.

    :raises Taken: the database found one that touches another.
    """
    try:
        Hold.objects.bulk_create(
            Hold(
                subject_id=owner,
                thing=thing,
                beside=appointment if thing in planned.shared else ALONE,
                first=first,
                last=last,
                appointment=appointment,
                until=until,
            )
            for thing, first, last in planned.stretches
        )
    except IntegrityError:
        # The act ends with it and is undone.
        raise rules.Taken(TAKEN) from None


@act(Event.TIME_HELD, purpose=Purpose.BOOKING, unasked=_OVER)
def hold_time(
    *,
    practitioner: UUID,
    service: UUID,
    starts_at: datetime,
    lasts: timedelta = rules.HELD_FOR,
    instead: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Keep a time for somebody who is about to book it, and give the number by which they do. It ends by itself after `lasts`, and
    then neither stands in anybody's way nor can be confirmed. It is nobody's, and says nothing of what for. `instead`: one that the
    same hand kept before, which ends with this.

    :raises NotPossible: the time is not one at which they work, or somebody else's by now.
    """
    offered = selectors.get_service(service)
    if offered is None or offered.closed:
        raise rules.NotPossible("That is not offered any more. Choose another service.")
    if instead is not None and not Appointment.objects.filter(pk=instead).exists():
        Hold.objects.filter(appointment=instead, until__isnull=False).delete()
    planned = _plan(offered, practitioner, starts_at, subject=None, at=at)
    made = uuid4()
    _write(planned, owner=practitioner, appointment=made, until=at + lasts)
    return made


@act(Event.TIME_LET_GO, purpose=Purpose.BOOKING, unasked=_OVER)
def clear_over(*, by: Actor, at: datetime) -> int:
    """Clear away the times that were kept and are over, and say how many rows that were."""
    gone, _ = Hold.objects.filter(until__lte=at).delete()
    return gone


def _kept(pending: UUID, *, at: datetime) -> bool:
    """Lock a time that was kept, and say whether it still is."""
    rows = list(Hold.objects.select_for_update().filter(appointment=pending, until__isnull=False).order_by("id"))
    return bool(rows) and all(row.until > at for row in rows)


def _locked_worker(practitioner: UUID, *, at: datetime) -> selectors.Worker:
    """
    Whoever books with a practitioner waits for whoever does so already.

    :raises NotPossible: they see nobody, or have left.
    """
    list(Practitioner.objects.select_for_update().filter(subject_id=practitioner).values_list("pk"))
    found = selectors.workers([practitioner], at=at).get(practitioner)
    if found is None:
        raise rules.NotPossible("They see nobody at the moment. Choose somebody else.")
    return found


def _lock_workers(practitioners: Collection[UUID]) -> None:
    """For an act that books with several: all are held before the first is planned, in one order."""
    list(
        Practitioner.objects.select_for_update()
        .filter(subject_id__in=practitioners)
        .order_by("subject_id")
        .values_list("pk")
    )


# No acts themselves: they belong to the act that books.
plan_time, write_holds, still_kept, locked_worker = _plan, _write, _kept, _locked_worker
lock_workers = _lock_workers
