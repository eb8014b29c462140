"""The clock of an application for the records of somebody who died: forty days, or twenty-one (LAW-4.10)."""

from collections.abc import Iterable
from datetime import date, timedelta

from troth.law import in_force
from troth.law.clocks.pauses import Pause
from troth.law.clocks.results import DueOn
from troth.law.limits import deceased_records_due
from troth.law.steps import NoAnswer, Step, plain_date, say
from troth.law.working_days import CALENDAR_ENDS

#: So long more may be asked for, the first day being that of the application.
ASKING = timedelta(days=13)


def deceased_asking_ends(applied: date) -> date:
    """Give the last day on which asking for more begins the time anew: the fourteenth (LAW-4.10)."""
    return applied + ASKING


def deceased_due(applied: date, *, recent_entry: bool = False, asked: Iterable[Pause] = ()) -> DueOn:
    """
    Count forty days, or twenty-one, that of the application being the first; no weekend moves the end (LAW-4.10).

    What was asked for within fourteen days begins the time anew with the day it came; what was asked for later moves nothing.

    :raises NoAnswer: a day is impossible beside the others, or outside the years that the law and the calendar cover.
    """
    asked = sorted(asked)
    plain_date(applied, "applied")
    _check(applied, asked)
    steps = [
        Step(
            "LAW-4.10",
            f"The application arrived on {say(applied)}. No right of the UK GDPR outlives a person: the Access to Health "
            "Records Act 1990 governs it.",
            applied,
        )
    ]
    in_time = [each for each in asked if each.asked <= deceased_asking_ends(applied)]
    start = max([applied, *(each.answered for each in in_time)])
    if start != applied:
        steps.append(
            Step("LAW-4.10", f"What was asked for came on {say(start)}, and the time begins with that day.", start)
        )
    steps += [
        too_late(each.asked, applied, came=f" It came on {say(each.answered)}.")
        for each in asked
        if each not in in_time
    ]
    due = deceased_records_due(applied, recent_entry=recent_entry, completed=start)
    steps.append(
        Step(
            "LAW-4.10",
            f"{'Something was entered in the forty days before, so it is 21 days' if recent_entry else 'It is 40 days'}, that "
            f"day being the first: {say(due)}. No weekend moves it.",
            due,
        )
    )
    return DueOn(due, due, tuple(steps))


def too_late(asked_on: date, applied: date, *, came: str = "") -> Step:
    """Say of what was asked for after the fourteen days that it moves nothing."""
    return Step(
        "LAW-4.10",
        f"More was asked for on {say(asked_on)}, after the fourteen days that ended on {say(deceased_asking_ends(applied))}: the "
        f"time goes on.{came}",
        asked_on,
        warning=True,
    )


def _check(applied: date, asked: list[Pause]) -> None:
    if applied < in_force.HEALTH_RECORDS_ACT_FROM:
        raise NoAnswer(
            f"The Act has applied since {say(in_force.HEALTH_RECORDS_ACT_FROM)}.", "Check the year.", "LAW-4.10"
        )
    for each in asked:
        if each.asked < applied:
            raise NoAnswer(
                f"More was asked for on {say(each.asked)}, before the application arrived on {say(applied)}.",
                "Check the two dates.",
                "LAW-4.10",
            )
    last = max([applied, *(each.answered for each in asked)])
    if last > CALENDAR_ENDS:
        raise NoAnswer(
            f"The calendar ends on {say(CALENDAR_ENDS)}; {say(last)} is past it.",
            "Check the year of each date.",
            "LAW-1.24",
        )
