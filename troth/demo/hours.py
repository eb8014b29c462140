"""When things happen in a demonstration: at hours at which somebody works, in London."""

from datetime import datetime, time, timedelta

from troth.law.calendar import LONDON

OPENS, CLOSES = time(8, 30), time(17, 30)


def at_work(moment: datetime) -> datetime:
    """The moment itself where people work then; otherwise a moment soon after they begin again, on the next working day."""
    local = moment.astimezone(LONDON)
    if local.weekday() < 5 and OPENS <= local.time() < CLOSES:
        return moment
    on = local.date()
    if local.weekday() >= 5 or local.time() >= CLOSES:
        on += timedelta(days=1)
    while on.weekday() >= 5:
        on += timedelta(days=1)
    # Some minutes in, which differ, so that not everything stands at the same minute of the morning.
    return datetime.combine(on, OPENS, tzinfo=LONDON) + timedelta(minutes=(local.minute * 7 + local.day * 11) % 150)
