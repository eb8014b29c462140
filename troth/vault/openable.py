"""
Rows that are on their way out: an erasure destroys keys first, and where it is stopped there the rows still lie in their table.

A list asks before it opens them, so that one such row does not keep everybody else's from being read.
"""

from collections.abc import Iterable
from typing import TypeVar

from troth.vault import keyring
from troth.vault.keystore import KeyName
from troth.vault.models import Holding

Row = TypeVar("Row", bound=Holding)


def openable(rows: Iterable[Row]) -> list[Row]:
    """
    Those of these rows whose key was not destroyed, in their order. It decides nothing: what may be opened is asked when it is.
    Where their people were admitted before, it costs no query.

    :raises Unopened: no context is open.
    """
    named = [(row, _names(row)) for row in rows]
    held = keyring.opening().held({name for _, names in named for name in names})
    return [row for row, names in named if held.issuperset(names)]


def _names(row: Holding) -> set[KeyName]:
    return {(row.subject_id.int, field.compartment, field.scope_of(row)) for field in row.sealed_fields()}
