"""Counting: each act adds to a cell of figures that names nobody, in its own transaction."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from troth.law.calendar import LONDON

BOOKED, ATTENDED, REASON, DONE = "booked", "attended", "reason", "done"
#: Counted by the week. What was done is counted by the month: a week may hold one visit alone, and its service would be known.
_BY_WEEK = frozenset({ATTENDED})


def _count(
    kind: str, when: datetime, *, service: UUID | None = None, word: str = "", minutes: int = 0, pence: int = 0
) -> None:
    """Add one. It belongs to the act that is open, and is undone with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO diary_figure (kind, period, service, word, number, minutes, pence) VALUES (%s, %s, %s, %s, 1, %s, %s)"
            " ON CONFLICT (kind, period, service, word) DO UPDATE SET number = diary_figure.number + 1,"
            " minutes = diary_figure.minutes + excluded.minutes, pence = diary_figure.pence + excluded.pence",
            [kind, _period(kind, when), service.hex if service else "", str(word), minutes, pence],
        )


def _lock(cells: Iterable[tuple[str, datetime, str]]) -> None:
    """
    Hold the cells of these kinds, moments and words until the act has ended, in one order, so that no two acts which count several
    wait for each other. For an act that counts in each of them: one that is new stands at nought until then.
    """
    with connection.cursor() as cursor:
        for kind, period, word in sorted({(kind, _period(kind, when), str(word)) for kind, when, word in cells}):
            cursor.execute(
                "INSERT INTO diary_figure (kind, period, service, word, number, minutes, pence) VALUES (%s, %s, '', %s, 0, 0, 0)"
                " ON CONFLICT (kind, period, service, word) DO UPDATE SET number = diary_figure.number",
                [kind, period, word],
            )


def _period(kind: str, when: datetime) -> date:
    on = when.astimezone(LONDON).date()
    return on - timedelta(days=on.weekday()) if kind in _BY_WEEK else on.replace(day=1)


# No acts themselves: they belong to the act that is counted.
count, lock = _count, _lock
