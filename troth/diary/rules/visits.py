"""What may be done with a visit. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from troth.diary.models import AROUND, LONGEST, STEP, Override, VisitState
from troth.diary.rules.times import TICK, NotPossible, Stretch, check_stretches, minutes_of, said, stretches_of
from troth.gate.actors import Actor
from troth.law.calendar import LONDON

#: A practitioner has a reason to look from a week before a visit, to prepare, until a fortnight after it, to finish notes.
DAYS_BEFORE = timedelta(days=7)
DAYS_AFTER = timedelta(days=14)
#: Whoever was found by name may be booked by who found them, for half an hour.
FOUND_FOR = timedelta(minutes=30)
#: Roles that arrange visits for others. They see who comes and when, as far as the notice lets them.
ARRANGING = frozenset({"receptionist", "clinic_manager", "patient_support"})
#: Roles that may book past what the diary allows, with a reason that is written down; a practitioner for their own time.
OVERRIDING = frozenset({"clinic_manager", "practitioner"})
#: Roles that keep what is offered, where and when.
KEEPERS = frozenset({"administrator", "clinic_manager"})
#: How far ahead a visit can be booked.
AHEAD = timedelta(days=365)
#: How soon a person may book by themselves.
NEWEST = timedelta(hours=1)
#: How long a time is kept for who fills in a form, and for whom it was offered from the waiting list.
HELD_FOR = timedelta(minutes=15)
OFFERED_FOR = timedelta(hours=24)
#: Until when a visit can be moved or cancelled by the person without it counting as late.
FREE_UNTIL = timedelta(hours=24)
#: How long before a visit its reminder leaves.
REMINDED = timedelta(hours=24)

#: Which states a visit can go to from which.
STEPS: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.BOOKED: frozenset({VisitState.ARRIVED, VisitState.MISSED, VisitState.CANCELLED}),
    VisitState.ARRIVED: frozenset({VisitState.COMPLETED}),
    VisitState.COMPLETED: frozenset(),
    VisitState.MISSED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}
#: The states in which a visit holds its time.
HOLDING = frozenset({VisitState.BOOKED, VisitState.ARRIVED, VisitState.COMPLETED})


class Taken(NotPossible):
    """Somebody else has that time by now."""


class Lost(NotPossible):
    """A time that was kept is kept no longer."""


def check_can_book(
    starts_at: datetime,
    ends_at: datetime,
    worked: Iterable[Stretch],
    *,
    at: datetime,
    before: int = 0,
    after: int = 0,
    overridden: bool = False,
) -> None:
    """
    Refuse a time off the five minutes, in the past, more than a year ahead, or outside the practitioner's hours (`worked`, in
    minutes since 1970). Hours alone can be overridden.

    :raises NotPossible: one of these.
    """
    if starts_at.timestamp() % (TICK * 60) or ends_at.timestamp() % (TICK * 60):
        raise NotPossible("A visit begins and ends on a whole five minutes.")
    if starts_at < at:
        raise NotPossible("That time is over. Choose a later one.")
    if starts_at > at + AHEAD:
        raise NotPossible("That is more than a year ahead. Choose an earlier day.")
    first, last = minutes_of(starts_at) - before, minutes_of(ends_at) + after
    if not overridden and not any(begins <= first and last <= ends for begins, ends in worked):
        raise NotPossible("They do not work at that time. Choose one of the free times.")


def check_in_time(starts_at: datetime, *, at: datetime) -> None:
    """
    Refuse that a person moves their own visit when it is too late for that.

    :raises NotPossible: it is.
    """
    if is_late(starts_at, at=at):
        raise NotPossible(
            "It is less than a day until your visit, so it can’t be moved here. Ring us: we look for another time."
        )


def said_day(moment: datetime) -> str:
    """A moment as people read it: Thursday 26 November, 14:30."""
    return f"{moment.astimezone(LONDON):%A %-d %B}, {said(moment)}"


def is_due_a_reminder(starts_at: datetime, *, at: datetime) -> bool:
    """Whether a visit is near enough to remind of, and still ahead."""
    return at < starts_at <= at + REMINDED


def check_keeps(by: Actor) -> None:
    """
    Refuse whoever does not keep the diary's settings. They are about nobody, so the gate is asked about no person.

    :raises NotPossible: none of their roles does.
    """
    if by.kind != "service" and not by.roles & KEEPERS:
        raise NotPossible("Only an administrator or the clinic’s manager changes this.")


def check_service(minutes: int, before: int, after: int, price_pence: int, deposit_pence: int) -> None:
    """
    Refuse lengths off the five minutes, and a deposit above the price.

    :raises NotPossible: one of these.
    """
    if minutes not in range(STEP, LONGEST + 1, STEP):
        raise NotPossible("A visit lasts a whole number of five minutes, eight hours at most.")
    if before not in range(0, AROUND + 1, STEP) or after not in range(0, AROUND + 1, STEP):
        raise NotPossible("Preparation and clean-down are whole numbers of five minutes, two hours at most.")
    if not 0 <= deposit_pence <= price_pence:
        raise NotPossible("A deposit is part of the price, so it cannot be more.")


def check_override(override: str, practitioner: UUID, by: Actor) -> None:
    """
    Refuse to book past what the diary allows without a reason of the list, or by whose it is not to decide.

    :raises NotPossible: either.
    """
    if override not in set(Override):
        raise NotPossible("Choose why you book past what the diary allows.")
    if not by.roles & OVERRIDING or ("clinic_manager" not in by.roles and by.id != practitioner):
        raise NotPossible(
            "Only the clinic’s manager, or the practitioner themselves, books past what the diary allows."
        )


def stored_hours(hours: Mapping[int, Sequence[int] | Sequence[Sequence[int]]]) -> dict[str, list[list[int]]]:
    """
    Hours as they are stored; a day may be given as one pair.

    :raises NotPossible: a stretch cannot be.
    """
    return {
        str(day): [list(each) for each in check_stretches(stretches_of(given))]
        for day, given in hours.items()
        if given
    }


def is_late(starts_at: datetime, *, at: datetime) -> bool:
    """Whether a visit can no longer be given up without it counting as late."""
    return at > starts_at - FREE_UNTIL


def check_step(state: str, to: VisitState, *, starts_at: datetime, at: datetime) -> None:
    """
    Refuse a step that a visit cannot take, and one that cannot have happened yet.

    :raises NotPossible: either.
    """
    if to not in STEPS[VisitState(state)]:
        raise NotPossible(f"This visit is {VisitState(state).words}, so it cannot become “{to.words}”.")
    if to is VisitState.MISSED and at < starts_at:
        raise NotPossible("The visit has not begun yet, so nobody has missed it.")
    if to is VisitState.ARRIVED and starts_at.astimezone(LONDON).date() != at.astimezone(LONDON).date():
        raise NotPossible("The visit is on another day.")


def check_can_move(state: str) -> None:
    """
    Refuse to move a visit that has begun or is over.

    :raises NotPossible: it has, or is.
    """
    if state != VisitState.BOOKED:
        raise NotPossible(f"This visit is {VisitState(state).words}, so it cannot be moved.")
