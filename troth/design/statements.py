"""The table of somebody's statement, as every face draws it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from troth.design.tables import Cell, Column, Table, table_of


class Change(Protocol):
    """One thing that changed what somebody owes, in pence."""

    @property
    def on(self) -> date:
        """The day."""

    @property
    def what(self) -> str:
        """In words."""

    @property
    def invoice(self) -> UUID:
        """What it belongs to."""

    @property
    def charged(self) -> int:
        """What it charged, or 0."""

    @property
    def paid(self) -> int:
        """What came, or 0."""

    @property
    def balance(self) -> int:
        """What is owed after it."""


def statement_of(
    caption: str,
    owed: str,
    changes: Iterable[Change],
    *,
    href: Callable[[UUID], str],
    pounds: Callable[[int], str],
) -> Table | None:
    """
    Each change and what it left, or nothing where nothing changed. `owed` is the face's word for what is left, `href` is where it
    shows an invoice, and `pounds` says pence.
    """
    columns = (
        Column("When", "figures"),
        Column("What", "name"),
        Column("Charged", "number", word="Charged"),
        Column("Paid", "number", word="Paid"),
        Column(owed, "number", word=owed),
    )
    rows: list[tuple[str | Cell, ...]] = [
        (
            f"{each.on:%-d %b %Y}",
            Cell(each.what, href=href(each.invoice)),
            pounds(each.charged) if each.charged else "",
            pounds(each.paid) if each.paid else "",
            pounds(each.balance),
        )
        for each in changes
    ]
    return table_of(caption, columns, rows) if rows else None
