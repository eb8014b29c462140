"""
The query set of every holding: ordinary queries, writes only inside an act, and never past the seal.

A plain `QuerySet` of a holding would know none of this, and is refused (decision 0040).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import lru_cache
from typing import Any, NamedTuple, Self

from django.core.exceptions import FieldError
from django.db import connections, models

from troth.vault import keyring
from troth.vault.among import in_batches
from troth.vault.columns import SealedCol
from troth.vault.errors import SealedMisuse
from troth.vault.fields import SealedField


class HoldingQuerySet(models.QuerySet[Any]):
    """Ordinary queries; writes in bulk only inside an act, and never past the seal."""

    def where(self, *order: str, **values: Any) -> list[Any]:
        """
        The rows in which these open columns have these values, in an order: `where("-recorded_at", subject_id=…)`.

        What `filter(…).order_by(…)` gives, by a statement that is worded once: to have the ORM word it anew costs several times
        what the reading does, and a page about somebody reads from a dozen tables in this way.

        :raises FieldError: one of the columns is sealed, a value is None, which in SQL is like nothing at all, or the query is
            narrowed already, which this would forget.
        """
        if self.query.where or self.query.is_sliced:
            raise FieldError("where() words the whole statement: call it first, or use filter(…) throughout.")
        if None in values.values():
            raise FieldError("where() compares with values: use filter(…__isnull=True) for rows that have none.")
        return _rows(self.model, order, values, connections[self.db])

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Seal and insert many rows in a few statements, the keys of them all made first."""
        rows = list(objs)
        acting = keyring.acting()
        first = {field.compartment: field for field in self.model.sealed_fields()}
        acting.make_keys(row.key_of(field) for row in rows for field in first.values())
        if options.get("update_conflicts") or options.get("ignore_conflicts"):
            raise SealedMisuse(
                "A holding is inserted or fails: what was skipped or replaced would leave the ledger wrong."
            )
        super().bulk_create(rows, *args, **options)
        acting.written.extend((row.subject_id, row.reference, row.digest()) for row in rows)
        return rows

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        raise keyring.poison(
            SealedMisuse(
                "Holdings are not bulk-updated: save each row in its act, so that it is sealed and "
                "the ledger names it."
            )
        )

    def update(self, **values: Any) -> int:
        for name in values:
            field = self.model._meta.get_field("id" if name == "pk" else name)
            if field.name in ("id", "subject", "disposal_year"):
                raise keyring.poison(
                    SealedMisuse(
                        f"{self.model.__name__}.{name} is what its sealed fields are bound to: they would "
                        "never open again. Write a new row."
                    )
                )
            if isinstance(field, SealedField):
                raise keyring.poison(
                    SealedMisuse(
                        f"{self.model.__name__}.{name} is sealed and cannot be updated in a query: "
                        "set it on the row and save that in an act."
                    )
                )
        acting, rows = keyring.acting(), list(self.model._base_manager.filter(pk__in=self.values("pk")))
        for row in rows:
            acting.change(row.subject_id, self.model.compartments())
        changed = super().update(**values)
        names = in_batches(row.pk for row in rows)
        rows = [row for some in names for row in self.model._base_manager.filter(pk__in=some)]
        acting.written.extend((row.subject_id, row.reference, row.digest()) for row in rows)
        return changed

    def order_by(self, *names: Any) -> Self:
        """Sort by open columns. Ciphertext has no order that means anything."""
        sealed = {field.name for field in self.model.sealed_fields()}
        for name in names:
            if isinstance(name, str) and name.lstrip("-") in sealed:
                raise FieldError(
                    f"{self.model.__name__}.{name.lstrip('-')} is sealed: the database cannot sort by it. Sort the "
                    "opened values in Python."
                )
        return super().order_by(*names)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """A query as the value of a filter. Ciphertext compared with anything matches nothing, in silence."""
        for query in (self.query, *self.query.combined_queries):
            if any(isinstance(column, SealedCol) for column in query.select):
                raise FieldError(
                    f"A query for sealed columns of {self.model.__name__} cannot be the value of a filter: the database "
                    "holds ciphertext. Use vault.search, or open the rows and compare in Python."
                )
        return super().resolve_expression(*args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        acting, rows = keyring.acting(), list(self.all())
        for row in rows:
            acting.change(row.subject_id, self.model.compartments())
        acting.touches.extend((row.subject_id, f"{row.reference}/gone") for row in rows)
        return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        keyring.acting()
        return int(super()._raw_delete(using))


def rows_where(model: type[models.Model], *order: str, **values: Any) -> list[Any]:
    """
    What `where` gives, of any table.

    :raises FieldError: one of the columns is sealed.
    """
    return _rows(model, order, values, connections["default"])


def _rows(model: Any, order: tuple[str, ...], values: Mapping[str, Any], connection: Any) -> list[Any]:
    worded, given = _asked(model, order, values, connection)
    with connection.cursor() as cursor:
        cursor.execute(worded.statement, given)
        return _made(model, worded, cursor.fetchall(), connection)


def where_in_each(models_: Sequence[type[models.Model]], *order: str, **values: Any) -> list[list[Any]]:
    """
    What `where` gives of each of these tables, in their order. PostgreSQL is asked all of it before the first answer is waited
    for: to wait for each in turn takes longer than to find it.

    :raises FieldError: one of the columns is sealed.
    """
    connection = connections["default"]
    asked = [(model, *_asked(model, order, values, connection)) for model in models_]
    if not asked:
        return []
    with ExitStack() as open_until_read:
        cursors = [open_until_read.enter_context(connection.cursor()) for _ in asked]
        # What breaks while all of it is waited for is said in Django's words, as it is of one statement.
        together = connection.connection.pipeline() if connection.vendor == "postgresql" else nullcontext()
        with connection.wrap_database_errors, together:
            for cursor, (_, worded, given) in zip(cursors, asked, strict=True):
                cursor.execute(worded.statement, given)
        return [
            _made(model, worded, cursor.fetchall(), connection)
            for cursor, (model, worded, _) in zip(cursors, asked, strict=True)
        ]


def _asked(
    model: Any, order: tuple[str, ...], values: Mapping[str, Any], connection: Any
) -> "tuple[_Worded, list[Any]]":
    worded = _worded(model, order, tuple(values))
    return worded, [
        field.get_db_prep_value(value, connection)
        for field, value in zip(worded.fields, values.values(), strict=True)
    ]


def _made(model: Any, worded: "_Worded", stored: Iterable[Sequence[Any]], connection: Any) -> list[Any]:
    found = [list(row) for row in stored]
    for place, read, column in _conversions(model, connection.vendor):
        for row in found:
            row[place] = read(row[place], column, connection)
    return [model.from_db(connection.alias, worded.names, row) for row in found]


class _Worded(NamedTuple):
    """A statement of `where`, the fields that its parameters belong to, and the names of the columns that it reads."""

    statement: str
    fields: "tuple[models.Field[Any, Any], ...]"
    names: tuple[str, ...]


@lru_cache(maxsize=1_000)
def _conversions(model: type[models.Model], vendor: str) -> tuple[tuple[int, Callable[..., Any], Any], ...]:
    """What makes a Python value of a stored one, by place, as the ORM would find out for each query anew."""
    connection = next(each for each in connections.all() if each.vendor == vendor)
    columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
    return tuple(
        (place, read, column)
        for place, column in enumerate(columns)
        for read in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    )


@lru_cache(maxsize=1_000)
def _worded(model: type[models.Model], order: tuple[str, ...], columns: tuple[str, ...]) -> _Worded:
    quote = connections["default"].ops.quote_name

    def open_column(name: str) -> "models.Field[Any, Any]":
        field = model._meta.get_field(name)
        if isinstance(field, SealedField) or not isinstance(field, models.Field):
            raise FieldError(
                f"{model.__name__}.{name} is sealed: the database holds ciphertext. Open the rows and compare."
            )
        return field

    fields = tuple(open_column(name) for name in columns)
    shown = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    met = " AND ".join(f"{quote(field.column)} = %s" for field in fields)
    by = [
        quote(open_column(name.removeprefix("-")).column) + (" DESC" if name.startswith("-") else "")
        for name in order
    ]
    return _Worded(
        f"SELECT {shown} FROM {quote(model._meta.db_table)} WHERE {met}"  # noqa: S608  names of our own tables and columns
        + (f" ORDER BY {', '.join(by)}" if by else ""),
        fields,
        tuple(field.attname for field in model._meta.concrete_fields),
    )


_plain_init = models.QuerySet.__init__


def _refuse_plain(self: models.QuerySet[Any], model: Any = None, *args: Any, **options: Any) -> None:
    if hasattr(model, "sealed_fields") and not isinstance(self, HoldingQuerySet):
        raise keyring.poison(
            SealedMisuse(
                f"{model.__name__} is a holding: go through {model.__name__}.objects, which writes in acts alone."
            )
        )
    _plain_init(self, model, *args, **options)


# The one thing of Django's that is replaced: a plain query set would update and delete outside any act.
models.QuerySet.__init__ = _refuse_plain  # type: ignore[method-assign]
