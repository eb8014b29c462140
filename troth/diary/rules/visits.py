"""What may be done with a visit. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from troth.diary.models import AROUND, LONGEST, MOST_PLACES, STEP, Override, VisitState
from troth.diary.rules.times import TICK, NotPossible, Stretch, check_stretches, minutes_of, said, stretches_of
from troth.gate.actors import Actor
from troth.law.calendar import LONDON

#: A practitioner has a reason to look from a week before a visit, to prepare, until a fortnight after it, to finish notes.
DAYS_BEFORE = timedelta(days=7)
DAYS_AFTER = timedelta(days=14)
#: Whoever was found by name may be booked by who found them, for half an hour.
FOUND_FOR = timedelta(minutes=30)
#: Whom a practitioner has in care: who came to them within a year, or comes in the next two months.
IN_CARE, IN_CARE_AHEAD = timedelta(days=365), timedelta(days=60)
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
#: How far ahead a time must be to be offered, and how long before it the offer ends.
OFFERED_AHEAD = timedelta(hours=4)
OFFER_ENDS = timedelta(hours=2)
#: Until when a visit can be moved or cancelled by the person without it counting as late.
FREE_UNTIL = timedelta(hours=24)
#: How long before a visit its reminder leaves.
REMINDED = timedelta(hours=24)

#: Which states a visit can go to from which.
STEPS: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.AWAITING: frozenset({VisitState.BOOKED, VisitState.CANCELLED}),
    VisitState.BOOKED: frozenset({VisitState.ARRIVED, VisitState.MISSED, VisitState.CANCELLED}),
    VisitState.ARRIVED: frozenset({VisitState.COMPLETED}),
    VisitState.COMPLETED: frozenset(),
    VisitState.MISSED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}
#: Visits for which a treatment is drawn from a package: one that was missed counts as had.
DRAWN_FOR = frozenset({VisitState.BOOKED, VisitState.ARRIVED, VisitState.COMPLETED, VisitState.MISSED})
#: Why a visit that waited for its deposit ended, in words that its person reads.
UNPAID = "the deposit was not paid in time"
LOST_MEANWHILE = "the time was somebody else’s before the deposit was paid"
#: The states in which a visit holds its time.
HOLDING = frozenset({VisitState.BOOKED, VisitState.ARRIVED, VisitState.COMPLETED})


#: Those from which it can be cancelled.
CANCELLABLE = frozenset(state for state, to in STEPS.items() if VisitState.CANCELLED in to)


class Taken(NotPossible):
    """Somebody else has that time by now."""


class Lost(NotPossible):
    """A time that was kept is kept no longer."""


def check_ahead(starts_at: datetime, *, at: datetime) -> None:
    """
    Refuse a time in the past, or more than a year ahead.

    :raises NotPossible: either.
    """
    if starts_at < at:
        raise NotPossible("That time is over. Choose a later one.")
    if starts_at > at + AHEAD:
        raise NotPossible("That is more than a year ahead. Choose an earlier day.")


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
    check_ahead(starts_at, at=at)
    if starts_at.timestamp() % (TICK * 60) or ends_at.timestamp() % (TICK * 60):
        raise NotPossible("A visit begins and ends on a whole five minutes.")
    first, last = minutes_of(starts_at) - before, minutes_of(ends_at) + after
    if not overridden and not any(begins <= first and last <= ends for begins, ends in worked):
        raise NotPossible("They do not work at that time. Choose one of the free times.")


def is_bookable(on: date, *, at: datetime) -> bool:
    """Whether anything could be booked on a day: not one that is over, nor one more than a year ahead."""
    return at.astimezone(LONDON).date() <= on <= (at + AHEAD).astimezone(LONDON).date()


def read_moment(text: str, *, at: datetime) -> datetime | None:
    """A moment as a form sends it; None where it is none, or lies where nothing could be booked."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and at <= found <= at + AHEAD else None


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


def listed(clashes: Sequence[str]) -> str:
    """Several clashes as one sentence says them; nothing is booked where there is one."""
    return " ".join([*clashes, "None of them is booked."])


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


def check_plans(by: Actor) -> None:
    """
    Refuse whoever arranges no visits: a class is on the public timetable, so the gate is asked about no person.

    :raises NotPossible: none of their roles does.
    """
    if not by.roles & ARRANGING:
        raise NotPossible("Only reception or the clinic’s manager sets or cancels a class.")


def check_nobody_here(states: Iterable[str]) -> None:
    """
    Refuse to cancel a class for which somebody has arrived: they would wait for it, and nobody would tell them.

    :raises NotPossible: somebody has.
    """
    if any(state == VisitState.ARRIVED for state in states):
        raise NotPossible(
            "Somebody is here already, so the class cannot be cancelled. Cancel the visits of the others one by one."
        )


def check_wish(first_on: date, last_on: date, *, at: datetime) -> None:
    """
    Refuse to wait for days that are over, or more than a year ahead.

    :raises NotPossible: so it is.
    """
    if last_on < first_on:
        raise NotPossible("The last day comes before the first.")
    if not is_bookable(last_on, at=at):
        raise NotPossible("Choose days from today until a year ahead.")


def offered_until(starts_at: datetime, *, at: datetime) -> datetime:
    """Until when a time is somebody's to take: a day, and not until just before it."""
    return min(at + OFFERED_FOR, starts_at - OFFER_ENDS)


def check_service(
    minutes: int, before: int, after: int, price_pence: int, deposit_pence: int, places: int = 1
) -> None:
    """
    Refuse lengths off the five minutes, a deposit above the price, and more places than a class can have.

    :raises NotPossible: one of these.
    """
    if minutes not in range(STEP, LONGEST + 1, STEP):
        raise NotPossible("A visit lasts a whole number of five minutes, eight hours at most.")
    if before not in range(0, AROUND + 1, STEP) or after not in range(0, AROUND + 1, STEP):
        raise NotPossible("Preparation and clean-down are whole numbers of five minutes, two hours at most.")
    if not 0 <= deposit_pence <= price_pence:
        raise NotPossible("A deposit is part of the price, so it cannot be more.")
    if places not in range(1, MOST_PLACES + 1):
        raise NotPossible(f"A visit is for one person, or a class for {MOST_PLACES} at most.")


def check_can_ask_deposit(state: str, *, ahead: bool, pence: int, known: bool, taken: bool, drawn: bool) -> None:
    """
    Refuse to ask for a deposit where none is to pay. `known`: it was asked for or paid; `taken`: cards are taken here; `drawn`: a
    treatment is drawn from a package for it.

    :raises NotPossible: so it is.
    """
    if state != VisitState.BOOKED or not ahead:
        raise NotPossible("A deposit is asked for while a visit is booked and ahead.")
    if not pence or not taken:
        raise NotPossible("This service has no deposit, or no cards are taken here.")
    if known:
        raise NotPossible("Its deposit was asked for already.")
    if drawn:
        raise NotPossible("This visit is drawn from a package, so that it is paid already.")


def check_can_book_unpaid(state: str, *, ahead: bool) -> None:
    """
    Refuse to book without its deposit what waits for none.

    :raises NotPossible: so it is.
    """
    if state != VisitState.AWAITING or not ahead:
        raise NotPossible("It waits for no deposit any more. Look where it stands.")


def check_can_draw(state: str, *, deposit: bool) -> None:
    """
    Refuse to draw a visit from a package that never was or is not to be. `deposit`: one was asked for, or is with us.

    :raises NotPossible: so it is.
    """
    if state not in DRAWN_FOR:
        raise NotPossible(f"This visit is {VisitState(state).words}, so nothing is drawn for it.")
    if deposit:
        raise NotPossible(
            "A deposit was asked for or paid for this visit. Once that went back or is over, it can be drawn."
        )


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


def why_not_brought(state: VisitState, starts_at: datetime, *, minutes: int, lasts: int | None, at: datetime) -> str:
    """
    Why a visit of the system before cannot have been what it says there; empty where it can. `lasts`: how many minutes its service
    takes here, None where that is not offered.
    """
    if state is VisitState.BOOKED and starts_at <= at:
        return "It is over, and nothing says what became of it: write attended, missed or cancelled"
    if state in {VisitState.COMPLETED, VisitState.MISSED} and starts_at > at:
        return "It is ahead, so that nobody can have come to it, or not come"
    if state is VisitState.BOOKED and lasts is None:
        return "Nothing of that name is offered here. Add the service first"
    if state is VisitState.BOOKED and lasts != minutes:
        return "It is ahead and lasts otherwise than its service does here. Change its minutes, or offer one of that length"
    return ""


def check_brought(state: VisitState, starts_at: datetime, *, minutes: int, lasts: int | None, at: datetime) -> None:
    """
    Refuse a visit of the system before that cannot have been.

    :raises NotPossible: so it is.
    """
    if words := why_not_brought(state, starts_at, minutes=minutes, lasts=lasts, at=at):
        raise NotPossible(words)


def check_can_move(state: str) -> None:
    """
    Refuse to move a visit that has begun or is over.

    :raises NotPossible: it has, or is.
    """
    if state != VisitState.BOOKED:
        raise NotPossible(f"This visit is {VisitState(state).words}, so it cannot be moved.")
