"""How a clock explains itself: the steps that led to a date, and the refusal to answer nonsense."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Step:
    """One sentence of a reckoning, the date or moment that it led to, and the rule that says so."""

    rule: str
    text: str
    date: date
    warning: bool = False  # the reader should not rely on the answer without looking at this


class NoAnswer(ValueError):
    """The question has no answer in law: what is wrong with it, how to mend it, and the rule."""

    def __init__(self, cause: str, cure: str, rule: str) -> None:
        super().__init__(f"{cause} {cure} ({rule})")
        self.cause = cause
        self.cure = cure
        self.rule = rule


def say(day: date) -> str:
    """Write a date as people read it: `Monday 5 October 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def say_moment(moment: datetime) -> str:
    """Write a moment as people read it, in its own zone: `Monday 23 November 2026 at 16:30 GMT`."""
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{say(moment)} at {clock} {moment:%Z}"


def plain_date(value: date, called: str) -> date:
    """
    Insist on a date without a time: a moment has no day until its time zone is settled.

    :raises TypeError: a `datetime` was passed, which Python would otherwise accept and then compare wrongly.
    """
    if isinstance(value, datetime):
        raise TypeError(f"{called} is a moment; pass the day it fell on in Europe/London")
    return value
