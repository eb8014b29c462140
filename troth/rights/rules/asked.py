"""What is asked for, as letters say it: one thing, or all that came in one message."""

from collections.abc import Sequence
from datetime import date

from troth.rights.models import Asked

ASKED_WORDS: dict[Asked, str] = {
    Asked.ACCESS: "A copy of your data",
    Asked.RECTIFICATION: "A correction",
    Asked.ERASURE: "Erasure",
    Asked.RESTRICTION: "To put the use of your record on hold",
    Asked.PORTABILITY: "To take your data elsewhere",
    Asked.OBJECTION: "To stop a use",
    Asked.REVIEW: "That a person decides again",
    Asked.COMPLAINT: "A complaint about your data",
    Asked.DECEASED: "The records of somebody who died",
}


def said_together(reference: str, besides: Sequence[tuple[Asked, str]]) -> str:
    """The references of one letter in a row; those that are not given yet are left out."""
    *first, last = [reference, *(each for _, each in besides if each)]
    return f"{', '.join(first)} and {last}" if first else last


def due_together(
    asked: Asked, due_on: date | None, besides: Sequence[tuple[Asked, str]], days: Sequence[date]
) -> str:
    """By when all of one letter is answered: one day, or where they differ each with what it is for."""
    if due_on is None or not set(days) - {due_on}:
        return say_day(due_on) if due_on else ""
    each = zip((asked, *(one for one, _ in besides)), (due_on, *days), strict=True)
    return "; ".join(f"{say_day(by)} ({lower(ASKED_WORDS[one])})" for one, by in each)


def lower(words: str) -> str:
    """The words as they stand within a sentence."""
    return words[:1].lower() + words[1:]


def say_day(day: date) -> str:
    """A day as letters write it."""
    return f"{day:%-d %B %Y}"
