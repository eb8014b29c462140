"""Asking SQL for those of many people: one parameter, so the statement is the same text for one person and for fifty."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

_MANY = 100


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
