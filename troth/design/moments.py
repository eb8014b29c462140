"""A moment as a person reads it who comes here or is cared for here. Staff read the clock of twenty-four hours: 14:30."""

from datetime import datetime
from zoneinfo import ZoneInfo

#: Every page is read by the clinic's clock.
_CLOCK = ZoneInfo("Europe/London")


def hour_of(moment: datetime) -> str:
    """
    `2:30pm`, by the clock on the clinic's wall; an hour that comes twice says which it is: `1:30am (GMT)`.

    :raises ValueError: the moment has no time zone, so nobody knows when it was.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone has no hour on a wall.")
    local = moment.astimezone(_CLOCK)
    twin = local.replace(fold=1 - local.fold)
    which = f" ({local.tzname()})" if twin.utcoffset() != local.utcoffset() else ""
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}{which}"


def day_and_hour(moment: datetime, day: str = "%-d %B %Y", between: str = ", ") -> str:
    """
    `27 November 2026, 2:30pm`, or with the day in another form of `strftime`.

    :raises ValueError: the moment has no time zone.
    """
    hour = hour_of(moment)
    return f"{moment.astimezone(_CLOCK):{day}}{between}{hour}"


def said_when(moment: datetime) -> str:
    """
    `Thursday 26 November, 2:30pm`: a moment that is near, as messages and visits name it.

    :raises ValueError: the moment has no time zone.
    """
    return day_and_hour(moment, "%A %-d %B")
