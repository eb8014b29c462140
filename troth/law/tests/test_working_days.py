"""The bank holidays of the four nations against the published lists (LAW-1.23, LAW-1.24)."""

from datetime import date, timedelta

import pytest

from troth.law.steps import NoAnswer
from troth.law.working_days import (
    CHECKED_UNTIL,
    Nation,
    closed_because,
    holiday_on,
    is_working_day,
    on_or_after,
    on_or_before,
    working_days_after,
)

# Day and month of each bank holiday of England and Wales that falls on a weekday.
PUBLISHED = {
    2025: "1/1 18/4 21/4 5/5 26/5 25/8 25/12 26/12",
    2026: "1/1 3/4 6/4 4/5 25/5 31/8 25/12 28/12",
    2027: "1/1 26/3 29/3 3/5 31/5 30/8 27/12 28/12",
    2028: "3/1 14/4 17/4 1/5 29/5 28/8 25/12 26/12",
}


def weekday_holidays(year: int, nation: Nation) -> set[date]:
    first = date(year, 1, 1)
    year_long = (first + timedelta(days=n) for n in range(366))
    return {day for day in year_long if day.year == year and day.weekday() < 5 and holiday_on(day, nation)}


@pytest.mark.parametrize("nation", [Nation.ENGLAND, Nation.WALES])
@pytest.mark.parametrize("year", list(PUBLISHED))
def test_holidays_of_england_and_wales_are_those_published(year: int, nation: Nation) -> None:
    published = {
        date(year, int(month), int(day)) for day, month in (item.split("/") for item in PUBLISHED[year].split())
    }

    assert weekday_holidays(year, nation) == published


def test_checked_until_is_the_end_of_the_published_list() -> None:
    assert date(max(PUBLISHED), 12, 31) == CHECKED_UNTIL


def test_scotland_keeps_its_own_holidays() -> None:
    closed = weekday_holidays(2026, Nation.SCOTLAND)

    assert {date(2026, 1, 2), date(2026, 8, 3), date(2026, 11, 30), date(2026, 6, 15)} <= closed
    assert not {date(2026, 4, 6), date(2026, 8, 31)} & closed


def test_northern_ireland_keeps_saint_patrick_and_the_boyne() -> None:
    assert {date(2026, 3, 17), date(2026, 7, 13)} <= weekday_holidays(2026, Nation.NORTHERN_IRELAND)
    assert is_working_day(date(2026, 3, 17), Nation.ENGLAND)


@pytest.mark.parametrize("nation", list(Nation))
@pytest.mark.parametrize("day", [date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)])
def test_holidays_for_one_occasion_are_kept_everywhere(day: date, nation: Nation) -> None:
    assert not is_working_day(day, nation)


def test_the_world_cup_holiday_stands_whatever_the_library_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older library lacks it; our own table must carry it (EX-43)."""
    monkeypatch.setattr("troth.law.working_days._library", lambda nation: {})
    holiday_on.cache_clear()
    try:
        assert not is_working_day(date(2026, 6, 15), Nation.SCOTLAND)
        assert is_working_day(date(2026, 6, 15), Nation.ENGLAND)
    finally:
        holiday_on.cache_clear()


def test_closed_because_names_the_reason() -> None:
    assert closed_because(date(2026, 4, 3), Nation.ENGLAND) == "Good Friday"
    assert closed_because(date(2026, 4, 4), Nation.ENGLAND) == "Saturday"
    assert closed_because(date(2026, 4, 7), Nation.ENGLAND) is None


def test_moving_to_a_working_day() -> None:
    assert on_or_after(date(2026, 12, 25), Nation.ENGLAND) == date(2026, 12, 29)
    assert on_or_before(date(2026, 12, 28), Nation.ENGLAND) == date(2026, 12, 24)
    assert working_days_after(date(2026, 12, 24), 1, Nation.ENGLAND) == date(2026, 12, 29)


def test_beyond_every_calendar_is_refused() -> None:
    with pytest.raises(NoAnswer, match="ends on"):
        holiday_on(date(2101, 1, 1), Nation.ENGLAND)
