"""Where the rows about a person lie, by structure alone: nothing is opened."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, models

from troth.vault.compartments import Per, get_compartment
from troth.vault.models import Holding, all_holdings


class Place(NamedTuple):
    """One row about a person, by structure alone. Days are those of UTC."""

    model: type[Holding]
    row: str  # its id in hexadecimal
    recorded_on: dt.date
    changed_on: dt.date
    year: int | None

    @property
    def reference(self) -> str:
        """How the ledger names the row: `room.model/id`."""
        return f"{self.model._meta.app_label}.{self.model._meta.model_name}/{self.row}"


Places = Sequence[Place]


def places_of(subject: UUID, compartments: Collection[str] | None = None) -> Places:
    """
    Every row about a person in the order of the tables, or those of some compartments, by one statement: most of the many
    tables hold nothing of somebody, and to ask each by itself is most of what a page about everything would cost.
    """
    models_ = holding_models()
    if compartments is not None:
        models_ = _models_in(frozenset(compartments), models_)
    if not models_:
        return []
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(_places_sql(models_), [as_stored(subject)] * len(models_))
        rows = cursor.fetchall()
    rows.sort(key=itemgetter(0))
    return [
        Place(models_[number], _hex(row), _day(first), _day(last), year) for number, row, first, last, year in rows
    ]


def places_under(
    subject: UUID, scopes: Iterable[tuple[str, str]], places: "Places | None" = None
) -> "dict[tuple[str, str], list[Place]]":
    """The rows of a person that lie under each of these keys, none for a key under which nothing lies."""
    found: dict[tuple[str, str], list[Place]] = {scope: [] for scope in scopes}
    for place in places_of(subject, {compartment for compartment, _ in found}) if places is None else places:
        if (key := key_of(place)) in found:
            found[key].append(place)
    return found


def key_of(place: "Place") -> tuple[str, str] | None:
    """Compartment and scope of the key that a row lies under; None when all of its columns are open."""
    name = compartment_of(place.model)
    if not name:
        return None
    per = get_compartment(name).per
    return name, place.row if per is Per.ROW else str(place.year) if per is Per.YEAR else ""


@lru_cache(maxsize=256)
def _models_in(compartments: frozenset[str], models_: tuple[type[Holding], ...]) -> tuple[type[Holding], ...]:
    return tuple(model for model in models_ if compartment_of(model) in compartments)


@lru_cache(maxsize=256)
def _places_sql(models_: tuple[type[Holding], ...]) -> str:
    quote = connections["default"].ops.quote_name
    without = "CAST(NULL AS integer)"  # PostgreSQL wants to know what kind of nothing it is
    return " UNION ALL ".join(
        f"SELECT {number} AS place, id, recorded_at, changed_at, "  # noqa: S608  names of our own tables
        f"{'disposal_year' if _has_years(model) else without} FROM {quote(model._meta.db_table)} WHERE subject_id = %s"
        for number, model in enumerate(models_)
    )


def _has_years(model: type[Holding]) -> bool:
    name = compartment_of(model)
    return bool(name) and get_compartment(name).per is Per.YEAR


def as_stored(subject: UUID) -> UUID | str:
    """An identifier as plain SQL takes it: SQLite keeps it in hexadecimal."""
    return subject.hex if connections["default"].vendor == "sqlite" else subject


def _hex(stored: UUID | str) -> str:
    return stored if isinstance(stored, str) else stored.hex


def _day(stored: dt.datetime | str) -> dt.date:
    """The day of a stored moment: SQLite keeps it as text, UTC."""
    return dt.date.fromisoformat(stored[:10]) if isinstance(stored, str) else stored.astimezone(dt.UTC).date()


def rows_of(subject: UUID, scopes: Iterable[tuple[str, str]]) -> list[models.QuerySet[Any]]:
    """The rows of a person that lie under any of these keys, one query for each table that may have some."""
    of: dict[str, list[str]] = {}
    for compartment, scope in scopes:
        of.setdefault(compartment, []).append(scope)
    found = []
    for compartment, every in of.items():
        per = get_compartment(compartment).per
        narrowed: dict[str, Any] = {}
        if per is Per.ROW:
            narrowed = {"pk__in": [UUID(scope) for scope in every]}
        elif per is Per.YEAR:
            narrowed = {"disposal_year__in": [int(scope) for scope in every]}
        found += [
            model._base_manager.filter(subject_id=subject, **narrowed)
            for model in models_under(compartment, holding_models())
        ]
    return found


def rows_under(subject: UUID, compartment: str, scope: str) -> list[models.QuerySet[Any]]:
    """The same of one key."""
    return rows_of(subject, [(compartment, scope)])


@lru_cache(maxsize=256)
def models_under(compartment: str, models_: tuple[type[Holding], ...]) -> tuple[type[Holding], ...]:
    """Those of these holdings that lie in a compartment."""
    return tuple(model for model in models_ if compartment_of(model) == compartment)


def fields_under(compartment: str) -> list[str]:
    """The permanent ids of the sealed fields of a compartment: what its search tokens are filed under."""
    return [
        field.id
        for model in models_under(compartment, holding_models())
        for field in model.sealed_fields()
        if field.compartment == compartment
    ]


def compartment_of(model: type[Holding]) -> str:
    """The compartment of a holding's sealed fields, or "" when all of its columns are open."""
    return next((field.compartment for field in model.sealed_fields()), "")


def holding_models() -> tuple[type[Holding], ...]:
    return all_holdings()
