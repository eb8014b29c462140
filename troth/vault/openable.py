"""
Rows that are on their way out: an erasure destroys keys first, and where it is stopped there the rows still lie in their table.

A list asks before it opens them, so that one such row does not keep everybody else's from being read.
"""

from collections.abc import Iterable
from typing import TypeVar

from troth.vault import keyring
from troth.vault.models import Holding

Row = TypeVar("Row", bound=Holding)


def openable(rows: Iterable[Row]) -> list[Row]:
    """
    Those of these rows, all of one table, whose key was not destroyed, in their order. It decides nothing: what may be opened is
    asked when it is. Where their people were admitted before, it costs no query.

    :raises Unopened: no context is open.
    """
    listed = list(rows)
    if not listed:
        return []
    field = listed[0].sealed_fields()[
        0
    ]  # of a table one stands for all: they lie in one compartment (`inventory.misfiled`)
    names = [row.key_of(field) for row in listed]
    held = keyring.opening().held(set(names))
    return [row for row, name in zip(listed, names, strict=True) if name in held]
