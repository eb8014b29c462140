"""What may be done with a visit, and when somebody is free, as pure rules. No database, no clock."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from troth.diary.models import VisitState
from troth.law.calendar import LONDON

QUARTER = timedelta(minutes=15)
_SECONDS = 900
#: A practitioner has a reason to look from a week before a visit, to prepare, until a fortnight after it, to finish notes.
DAYS_BEFORE = timedelta(days=7)
DAYS_AFTER = timedelta(days=14)
#: Whoever was found by name may be booked by who found them, for half an hour.
FOUND_FOR = timedelta(minutes=30)
#: Roles that arrange visits for others. They see who comes and when, as far as the notice lets them.
ARRANGING = frozenset({"receptionist", "clinic_manager", "patient_support"})
#: How far ahead a visit can be booked.
AHEAD = timedelta(days=365)

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
Hours = Mapping[str, tuple[int, int] | list[int]]


class NotPossible(Exception):
    """The diary does not allow it. The message is fit for the person who tried."""


def quarters_of(starts_at: datetime, ends_at: datetime) -> range:
    """The quarters of an hour from one moment to another, counted since 1970."""
    return range(int(starts_at.timestamp()) // _SECONDS, -(-int(ends_at.timestamp()) // _SECONDS))


def check_can_book(starts_at: datetime, ends_at: datetime, hours: Hours, *, at: datetime) -> None:
    """
    Refuse a time off the quarter, in the past, more than a year ahead, or outside the practitioner's hours.

    :raises NotPossible: one of these.
    """
    if starts_at.timestamp() % _SECONDS or ends_at.timestamp() % _SECONDS:
        raise NotPossible("A visit begins and ends on a quarter of an hour.")
    if starts_at < at:
        raise NotPossible("That time is over. Choose a later one.")
    if starts_at > at + AHEAD:
        raise NotPossible("That is more than a year ahead. Choose an earlier day.")
    local = starts_at.astimezone(LONDON)
    first, last = _quarter_of_day(local), _quarter_of_day(local) + int((ends_at - starts_at) / QUARTER)
    worked = hours.get(str(local.weekday()))
    if worked is None or not worked[0] <= first or not last <= worked[1]:
        raise NotPossible("They do not work at that time. Choose one of the free times.")


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


def free_times(on: date, minutes: int, hours: Hours, taken: Collection[int], *, at: datetime) -> list[datetime]:
    """The moments of a day at which a visit of so many minutes could begin: within hours, not taken, not past."""
    worked = hours.get(str(on.weekday()))
    if worked is None:
        return []
    wanted, found = minutes // 15, []
    for number in range(worked[0], worked[1] - wanted + 1):
        # Wall time: a quarter past nine is that on the days when clocks change, too.
        start = _wall(on, number).astimezone(UTC)
        held = quarters_of(start, start + timedelta(minutes=minutes))
        if start > at and not any(quarter in taken for quarter in held):
            found.append(start)
    return found


def gaps(worked: tuple[int, int] | list[int] | None, on: date, held: Iterable[int]) -> list[tuple[datetime, int]]:
    """The free stretches within the hours of a day: when each begins, and its minutes."""
    if worked is None:
        return []
    taken, found = set(held), []
    begun: int | None = None
    for number in range(worked[0], worked[1] + 1):
        # Twenty-four is a fine end of a day, and no time of it.
        busy = number == worked[1] or int(_wall(on, number).timestamp()) // _SECONDS in taken
        if busy and begun is not None:
            found.append((_wall(on, begun), (number - begun) * 15))
            begun = None
        elif not busy and begun is None:
            begun = number
    return found


def _wall(on: date, quarter: int) -> datetime:
    """A quarter of a day by the clock on a London wall."""
    return datetime.combine(on, time(quarter // 4, quarter % 4 * 15), tzinfo=LONDON)


def _quarter_of_day(moment: datetime) -> int:
    return moment.hour * 4 + moment.minute // 15
