"""Asking SQL for those of many people: one parameter, so the statement is the same text for one person and for fifty."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper

_MANY = 100
_Value = TypeVar("_Value")


def in_batches(values: Iterable[_Value], most: int = 500) -> Iterator[list[_Value]]:
    """The same values, some at once: for a query with one parameter for each, of which a database takes only so many."""
    listed = list(values)
    for start in range(0, len(listed), most):
        yield listed[start : start + most]


def among(connection: BaseDatabaseWrapper, column: str, values: Iterable[str], *, cast: str = "") -> tuple[str, str]:
    """
    The condition that a column is one of these values, and its parameter. `cast` is the column's type on PostgreSQL.

    The values are identifiers and declared names: no comma and no quotation mark is in any of them.
    """
    listed = list(values)
    if connection.vendor == "sqlite":
        condition = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  a column of our own
        return condition, '["' + '","'.join(listed) + '"]' if listed else "[]"
    if len(listed) > _MANY:
        # Looked up one by one or hashed. As `ANY` of a long array that is no constant, a scan would compare each row with each.
        one = cast.removesuffix("[]")
        return f"{column} IN (SELECT string_to_table(%s, ','){one})", ",".join(listed)
    return f"{column} = ANY(string_to_array(%s, ','){cast})", ",".join(listed)
