"""Months, years and birthdays: the arithmetic under every clock. No weekend or holiday is known here."""

from calendar import monthrange
from datetime import date
from zoneinfo import ZoneInfo

MARCH = 3
#: The days and hours of the law, of a diary and of every page are those of the clinic's clock.
LONDON = ZoneInfo("Europe/London")


def months_after(start: date, months: int) -> date:
    """Return the same day-number so many months on, or the last day of a month that has none (LAW-1.4, LAW-1.5)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def years_after(start: date, years: int) -> date:
    """Return the anniversary; that of 29 February is 1 March in a common year, the later and safer day (LAW-6.8)."""
    if (start.month, start.day) == (2, 29) and monthrange(start.year + years, 2)[1] == 28:
        return date(start.year + years, MARCH, 1)
    return start.replace(year=start.year + years)


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age (LAW-6.8)."""
    return years_after(born, age)


def age_on(born: date, day: date) -> int:
    """Return how old somebody is on a day, in whole years (LAW-6.8)."""
    years = day.year - born.year
    return years if day >= birthday(born, years) else years - 1
