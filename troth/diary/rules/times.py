"""
When somebody is free. Time is counted in minutes since 1970, which no change of clocks bends; hours of work are said by the wall.

A search over weeks keeps each practitioner's, room's and machine's time as one large number with a bit for every five minutes: what
is free for so long is then found by a few shifts, however many visits there are.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from troth.law.calendar import LONDON

TICK = 5
#: Visits that people book by themselves begin on a quarter of an hour; staff may begin one on any five minutes.
GRID = 15
Stretch = tuple[int, int]
_STRETCH = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?")
Hours = Mapping[str, Sequence[int] | Sequence[Sequence[int]]]


class NotPossible(Exception):
    """The diary does not allow it. The message is fit for the person who tried."""


@dataclass(frozen=True)
class Working:
    """
    When somebody works: the hours of each weekday, those of every second week where the weeks differ, and the days that are
    otherwise, the newest last. Stretches are quarters of the day by the clock on the wall.
    """

    hours: Hours
    other: Hours | None = None
    from_monday: date | None = None
    otherwise: Sequence[tuple[date, date, Sequence[Stretch]]] = field(default=())


@dataclass(frozen=True)
class Need:
    """How long a visit lasts, and what is needed before and after it, in minutes."""

    minutes: int
    before: int = 0
    after: int = 0


def minutes_of(moment: datetime) -> int:
    """A moment as minutes since 1970."""
    return int(moment.timestamp()) // 60


def moment_of(minutes: int) -> datetime:
    """And back, in UTC."""
    return datetime.fromtimestamp(minutes * 60, UTC)


def span_of(first: date, days: int) -> Stretch:
    """Some days of London as minutes since 1970: 23 or 25 hours are a day as well."""
    since = datetime.combine(first, time(), tzinfo=LONDON)
    until = datetime.combine(first + timedelta(days=days), time(), tzinfo=LONDON)
    return minutes_of(since), minutes_of(until)


def stretches_on(working: Working, on: date) -> list[Stretch]:
    """The stretches of a day on which somebody works, as quarters of the day."""
    for first, last, stretches in reversed(working.otherwise):
        if first <= on <= last:
            return sorted((a, b) for a, b in stretches)
    hours = working.hours
    if working.other is not None and working.from_monday is not None:
        # Whole weeks since a Monday of the first kind; days before it count backwards just as well.
        hours = working.other if (on - working.from_monday).days // 7 % 2 else hours
    return stretches_of(hours.get(str(on.weekday())))


def worked_on(working: Working, on: date) -> list[Stretch]:
    """The same as minutes since 1970."""
    return [(minutes_of(_wall(on, first)), minutes_of(_wall(on, last))) for first, last in stretches_on(working, on)]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same, those that touch made one: a night's work does not end at midnight."""
    found: list[Stretch] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def is_free(first: int, last: int, held: Iterable[Stretch]) -> bool:
    """Whether no stretch that is held touches this one."""
    return not any(begins < last and first < ends for begins, ends in held)


def fits(free: int, ticks: int) -> int:
    """Of a number with a bit for each free tick, the bits from which on so many ticks are free."""
    reached = 1
    while reached < ticks and free:
        step = min(reached, ticks - reached)
        free &= free >> step
        reached += step
    return free


def starts_of(
    need: Need,
    worked: Iterable[Stretch],
    held: Iterable[Stretch],
    others: Iterable[Collection[Iterable[Stretch]]],
    *,
    since: int,
    until: int,
    grid: int = GRID,
) -> list[int]:
    """
    The minutes at which a visit could begin within `since` and `until`: the practitioner at work and not held, and of each sort of
    thing in `others` one that is not. Whoever needs none of a sort leaves it out.
    """
    # Preparation may lie before the window, and clean-down behind it.
    base = (since - need.before) // TICK
    wide = -(-(until + need.minutes + need.after) // TICK) - base
    ticks = -(-(need.before + need.minutes + need.after) // TICK)
    found = fits(_bits(worked, base, wide) & ~_bits(held, base, wide), ticks)
    whole = (1 << wide) - 1
    for sort in others:
        some = 0
        for thing in sort:
            some |= fits(whole & ~_bits(thing, base, wide), ticks)
        found &= some
    # As text with the first tick first: a number of weeks is long, and taking bits from it one by one copies it each time.
    free = bin(found)[:1:-1]
    step = grid // TICK
    first = next((tick for tick in range(step) if ((base + tick) * TICK + need.before) % grid == 0), len(free))
    starts = ((base + tick) * TICK + need.before for tick in range(first, len(free), step) if free[tick] == "1")
    return [begins for begins in starts if since <= begins < until]


def is_on_the_wall(moment: datetime) -> bool:
    """Whether a clock on the wall of its own zone ever shows it: an hour of spring is left out."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)


def comes_twice(moment: datetime) -> bool:
    """Whether a clock on the wall of its own zone shows it two times over: an hour of autumn is had again."""
    return is_on_the_wall(moment) and moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def as_typed(on: date, clock: time, *, offered: bool = False) -> datetime:
    """
    The moment of a time that somebody typed, by the clock on the wall; `offered`, where the free times stand beside it.

    :raises NotPossible: that night leaves it out, or has it twice: which one is meant, nobody said.
    """
    moment = datetime.combine(on, clock, tzinfo=LONDON)
    check_on_the_wall(moment)
    if comes_twice(moment):
        instead = "Choose it from the free times, which say which it is, or write" if offered else "Write"
        raise NotPossible(
            f"The clocks go back that night, and {clock:%H:%M} comes twice. {instead} a time before 01:00, or from 02:00 on."
        )
    return moment


def check_on_the_wall(moment: datetime) -> None:
    """
    Refuse an hour that there is not.

    :raises NotPossible: the clocks go forward over it.
    """
    if not is_on_the_wall(moment):
        raise NotPossible(f"The clocks go forward that night, and {moment:%H:%M} is left out. Choose 02:00 or later.")


def moved_alike(moments: Sequence[datetime], first: datetime) -> list[datetime]:
    """Where several moments go when the first of them goes to `first`: as many days on, at its time by the clock on the wall."""
    local = first.astimezone(LONDON)
    days = local.date() - moments[0].astimezone(LONDON).date()
    return [datetime.combine(each.astimezone(LONDON).date() + days, local.time(), tzinfo=LONDON) for each in moments]


def gaps(worked: Iterable[Stretch], held: Iterable[Stretch]) -> list[Stretch]:
    """The free stretches within hours."""
    taken = sorted(held)
    found = []
    for first, last in sorted(worked):
        at = first
        for begins, ends in taken:
            if ends <= at or begins >= last:
                continue
            if begins > at:
                found.append((at, begins))
            at = max(at, ends)
        if at < last:
            found.append((at, last))
    return found


def said(moment: datetime) -> str:
    """The time by the clock on the wall; an hour that comes twice says which it is."""
    local = moment.astimezone(LONDON)
    twin = local.replace(fold=1 - local.fold)
    return f"{local:%H:%M}" + (f" ({local.tzname()})" if twin.utcoffset() != local.utcoffset() else "")


def _bits(stretches: Iterable[Stretch], base: int, wide: int) -> int:
    found = 0
    for first, last in stretches:
        # What touches a tick holds it whole.
        begins, ends = max(first // TICK - base, 0), min(-(-last // TICK) - base, wide)
        if begins < ends:
            found |= ((1 << (ends - begins)) - 1) << begins
    return found


def stretches_of(stored: Sequence[int] | Sequence[Sequence[int]] | None) -> list[Stretch]:
    """A day as it is stored: one pair, or several."""
    if not stored:
        return []
    if isinstance(stored[0], int):
        first, last = stored
        return [(int(first), int(last))]  # type: ignore[arg-type]
    return sorted((int(first), int(last)) for first, last in stored)  # type: ignore[misc]


def read_stretches(text: str) -> list[Stretch]:
    """
    The hours of a day as people type them, as quarters of it: `9:00 to 13:00, 14:00 to 18:00`, or `9-13`.

    :raises NotPossible: it is not hours, or off the quarter of an hour.
    """
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;]| and ", text))):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise NotPossible("Write hours as 9:00 to 13:00, 14:00 to 18:00.")
        first, last = (int(match[hour]) * 60 + int(match[minute] or 0) for hour, minute in ((1, 2), (3, 4)))
        if first % GRID or last % GRID:
            raise NotPossible("Hours begin and end on a quarter of an hour.")
        found.append((first // GRID, last // GRID))
    return check_stretches(found)


def say_stretches(stretches: Iterable[Stretch]) -> str:
    """And back, as `09:00 to 13:00, 14:00 to 18:00`."""
    return ", ".join(
        f"{first // 4:02}:{first % 4 * 15:02} to {last // 4:02}:{last % 4 * 15:02}" for first, last in stretches
    )


def check_stretches(stretches: Iterable[Sequence[int]]) -> list[Stretch]:
    """
    The stretches of a day in order, as quarters of it.

    :raises NotPossible: one ends before it begins, or two touch.
    """
    found = sorted((int(first), int(last)) for first, last in stretches)
    if any(not 0 <= first < last <= 96 for first, last in found):
        raise NotPossible("A day of work ends after it begins.")
    if any(one[1] > other[0] for one, other in itertools.pairwise(found)):
        raise NotPossible("Two stretches of one day lie over each other.")
    return found


def _wall(on: date, quarter: int) -> datetime:
    """A quarter of a day by the clock on a London wall. Twenty-four is a fine end of a day, and no time of it."""
    days, rest = divmod(quarter, 96)
    return datetime.combine(on + timedelta(days=days), time(rest // 4, rest % 4 * 15), tzinfo=LONDON)
