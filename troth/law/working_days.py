"""Working days and bank holidays of the four nations (LAW-1.6, LAW-1.23, LAW-1.24).

Never ask the holidays library for the United Kingdom as a whole: without a nation it leaves out Easter Monday and the
August holiday. Every question here therefore takes a nation.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from troth.law.steps import NoAnswer, Step, say

ONE_DAY = timedelta(days=1)

# The last day whose bank holidays have been announced and checked against the government's list (LAW-1.23). Later
# years can be worked out, but a holiday proclaimed for one occasion would be missing, so answers beyond it warn.
CHECKED_UNTIL = date(2028, 12, 31)
# Past this day the holidays library itself is silent.
CALENDAR_ENDS = date(2100, 12, 31)


class Nation(StrEnum):
    """The part of the United Kingdom whose bank holidays count. The value is what people type."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"

    @property
    def words(self) -> str:
        """The name as people read it."""
        return self.value.replace("-", " ").title()


_SUBDIVISIONS = {Nation.ENGLAND: "ENG", Nation.WALES: "WLS", Nation.SCOTLAND: "SCT", Nation.NORTHERN_IRELAND: "NIR"}

# Holidays proclaimed for one occasion. The library learns of them late, so they stand here too, whatever its version:
# royal proclamations under section 1(3) of the Banking and Financial Dealings Act 1971, printed in the Gazettes.
_EVERYWHERE: Mapping[date, str] = {
    date(2022, 6, 3): "Platinum Jubilee",
    date(2022, 9, 19): "state funeral of Queen Elizabeth II",
    date(2023, 5, 8): "coronation of King Charles III",
}
ONE_OFFS: Mapping[Nation, Mapping[date, str]] = {
    Nation.ENGLAND: _EVERYWHERE,
    Nation.WALES: _EVERYWHERE,
    Nation.NORTHERN_IRELAND: _EVERYWHERE,
    # Scotland's own: proclamation of February 2026 for the football World Cup (LAW-1.24, EX-43).
    Nation.SCOTLAND: {**_EVERYWHERE, date(2026, 6, 15): "bank holiday for the World Cup"},
}


@lru_cache(maxsize=1024)
def holiday_on(day: date, nation: Nation) -> str | None:
    """
    Name the bank holiday that falls on this day in this nation, if there is one (LAW-1.24).

    :raises NoAnswer: the day lies beyond every calendar we have.
    """
    if day > CALENDAR_ENDS:
        raise NoAnswer(
            f"The calendar of bank holidays ends on {say(CALENDAR_ENDS)}, and this reckoning reaches {say(day)}.",
            "Check the year of each date.",
            "LAW-1.24",
        )
    if name := ONE_OFFS[nation].get(day):
        return name
    found = _library(nation).get(day)
    return str(found) if found else None


@lru_cache(maxsize=4)
def _library(nation: Nation) -> Mapping[date, str]:
    import holidays  # slow to import, and a breach or a --help never needs it

    calendar: Mapping[date, str] = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], language="en_GB")
    return calendar


def closed_because(day: date, nation: Nation) -> str | None:
    """Say why this is no working day (`Saturday`, `Good Friday`), or return None for a working day (LAW-1.6)."""
    if holiday := holiday_on(day, nation):
        return holiday
    if day.weekday() >= 5:
        return f"{day:%A}"
    return None


def is_working_day(day: date, nation: Nation) -> bool:
    """Whether it is neither a weekend nor a bank holiday there (LAW-1.6)."""
    return closed_because(day, nation) is None


def on_or_after(day: date, nation: Nation) -> date:
    """Move a closed day forward to the next working day; a working day stays (LAW-1.6)."""
    while not is_working_day(day, nation):
        day += ONE_DAY
    return day


def on_or_before(day: date, nation: Nation) -> date:
    """Move a closed day back to the last working day; a working day stays. For planning, never for a limit."""
    while not is_working_day(day, nation):
        day -= ONE_DAY
    return day


def working_days_after(day: date, count: int, nation: Nation) -> date:
    """Count this many working days, the first being the one after `day` (a notice may promise them: LAW-1.25)."""
    for _ in range(count):
        day = on_or_after(day + ONE_DAY, nation)
    return day


def roll(end: date, nation: Nation, *, rule: str = "LAW-1.6") -> tuple[date, list[Step]]:
    """
    Move the end of a period to a working day, with the steps that say so (LAW-1.6).

    To be done once and last, after every other step; the start of a period is never moved.
    """
    rolled = on_or_after(end, nation)
    steps: list[Step] = []
    if rolled != end:
        closed = [end + timedelta(days=n) for n in range((rolled - end).days)]
        why = ", ".join(
            f"{say(day)} ({closed_because(day, nation)})" if closed_because(day, nation) != f"{day:%A}" else say(day)
            for day in closed
        )
        verb = "is no working day" if len(closed) == 1 else "are no working days"
        steps.append(
            Step(rule, f"{why} {verb} in {nation.words}, so the time runs to the end of {say(rolled)}.", rolled)
        )
    if rolled > CHECKED_UNTIL:
        steps.append(
            Step(
                "LAW-1.24",
                f"Bank holidays are known only until {say(CHECKED_UNTIL)}. {say(rolled)} rests on the regular ones "
                "and may move once later years are announced: reckon it again then.",
                rolled,
                warning=True,
            )
        )
    return rolled, steps
