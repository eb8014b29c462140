"""
Everything held about a person, found by walking every holding there is: complete by construction, with no list to keep.

A holding may say more of itself by class attributes: `called` (what people call it), `labels` (field: what people call that),
and `not_copied` (field: reason) for what a copy names and leaves out, such as a password's hash. A column `release` says
whether a copy that people take by themselves holds the row.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, models

from troth.gate.contexts import Opened
from troth.people import selectors as people
from troth.rights import rules
from troth.vault.categories import Category
from troth.vault.compartments import Per, get_compartment
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.models import Holding, Subject, all_holdings

BATCH = 500
BY_STAFF, BY_MACHINES = "Written by our staff", "Made by our machines"


@dataclass(frozen=True)
class HeldField:
    """One field: what it is called, its value as text, and as plain JSON. `withheld` says why a copy leaves it out."""

    name: str
    label: str
    text: str
    value: Any
    withheld: str = ""
    is_open: bool = False  # structure that stands in the clear: in a copy, and not on a page


@dataclass(frozen=True)
class HeldFile:
    """A file of a thing: what it was called and how large it is. `stored` opens it; it never goes to a page."""

    field: str
    name: str
    media_type: str
    size: int
    stored: StoredFile


@dataclass(frozen=True)
class HeldThing:
    """One row about a person, opened: plain values only. Not released things keep their content to themselves."""

    id: str
    model: str
    kind: str
    category: Category
    compartment: str
    scope: str
    fields: tuple[HeldField, ...]
    files: tuple[HeldFile, ...]
    recorded_at: dt.datetime
    changed_at: dt.datetime
    recorded_by: str  # a subject's hexadecimal identifier, or `service:NAME`
    by_themself: bool
    source: str
    released: bool

    def held_back(self) -> "HeldThing":
        """The same thing without its content: that it is there, what kind it is and since when."""
        return replace(self, fields=(), files=())


def everything_about(
    subject: UUID,
    opened: Opened,
    *,
    before: dt.datetime | None = None,
    kinds: Collection[Category] | None = None,
) -> list[HeldThing]:
    """
    Open everything held about a person in this context, oldest first within each kind: only what was recorded `before` a moment,
    and only of some kinds, when they are given.

    :raises Refused: this context may not open one of the kinds that are held.
    """
    opened.admit([subject])  # fetches every key of theirs in one query
    found: list[HeldThing] = []
    for model in {place.model: None for place in _places(subject)}:
        if kinds is not None and category_of(model) not in kinds:
            continue
        rows = model._base_manager.filter(subject_id=subject).order_by("recorded_at", "id")
        if before is not None:
            rows = rows.filter(recorded_at__lt=before)
        found += [_thing(row) for row in rows.iterator(chunk_size=BATCH)]
    return found


def is_known(subject: UUID) -> bool:
    """Whether there is a person of that id."""
    return Subject.objects.filter(pk=subject).exists()


def recorded_by(things: Iterable[HeldThing], subject: UUID) -> dict[str, str]:
    """Who wrote each row, as people may know them: staff by their published names."""
    ids = {thing.recorded_by for thing in things if len(thing.recorded_by) == 32 and thing.recorded_by != subject.hex}
    profiles = people.staff_profiles(UUID(each) for each in ids)
    names = {each: profiles[UUID(each)].name if UUID(each) in profiles else "a member of staff" for each in ids}
    return {**names, subject.hex: "You"}


def survey(subject: UUID) -> list[rules.Held]:
    """What is held about a person by compartment and key, from structure alone: nothing is opened."""
    found: dict[tuple[str, str], list[tuple[dt.date, dt.date]]] = {}
    for place in _places(subject):
        name = compartment_of(place.model)
        if not name:
            continue
        per = get_compartment(name).per
        scope = place.row if per is Per.ROW else str(place.year) if per is Per.YEAR else ""
        found.setdefault((name, scope), []).append((place.recorded_on, place.changed_on))
    return [
        rules.Held(
            name,
            scope,
            get_compartment(name).category,
            get_compartment(name).retention,
            len(days),
            min(first for first, _ in days),
            max(last for _, last in days),
        )
        for (name, scope), days in sorted(found.items())
    ]


class _Place(NamedTuple):
    """One row about a person, by structure alone. Days are those of UTC."""

    model: type[Holding]
    row: str  # its id in hexadecimal
    recorded_on: dt.date
    changed_on: dt.date
    year: int | None


def _places(subject: UUID) -> list[_Place]:
    """
    Every row about a person in the order of the tables, by one statement: most of the many tables hold nothing of somebody,
    and to ask each by itself is most of what a page about everything would cost.
    """
    models_ = holding_models()
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(_places_sql(models_, connection.vendor), [as_stored(subject)] * len(models_))
        rows = cursor.fetchall()
    return sorted(
        (
            _Place(models_[number], _hex(row), _day(first), _day(last), year)
            for number, row, first, last, year in rows
        ),
        key=lambda place: models_.index(place.model),
    )


@lru_cache(maxsize=4)
def _places_sql(models_: tuple[type[Holding], ...], vendor: str) -> str:
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


def rows_under(subject: UUID, compartment: str, scope: str) -> list[models.QuerySet[Any]]:
    """The rows of a person that lie under one key, one query for each table that has any."""
    per = get_compartment(compartment).per
    narrowed: dict[str, Any] = {}
    if per is Per.ROW:
        narrowed = {"pk": UUID(scope)}
    elif per is Per.YEAR:
        narrowed = {"disposal_year": int(scope)}
    return [
        model._base_manager.filter(subject_id=subject, **narrowed)
        for model in holding_models()
        if compartment_of(model) == compartment
    ]


def fields_under(compartment: str) -> list[str]:
    """The permanent ids of the sealed fields of a compartment: what its search tokens are filed under."""
    return [
        field.id for model in holding_models() for field in model.sealed_fields() if field.compartment == compartment
    ]


def file_places(subject: UUID, compartment: str, scope: str) -> list[str]:
    """Where the files of these rows lie. Needs an open context: their places are sealed with them."""
    return [
        value.place
        for rows in rows_under(subject, compartment, scope)
        if _has_files(rows.model)
        for row in rows.iterator(chunk_size=BATCH)
        for field in row.sealed_fields()
        if field.kind is StoredFile and isinstance(value := getattr(row, field.attname), StoredFile)
    ]


def compartment_of(model: type[Holding]) -> str:
    """The compartment of a holding's sealed fields, or "" when all of its columns are open."""
    return next((field.compartment for field in model.sealed_fields()), "")


def category_of(model: type[Holding]) -> Category:
    """The category of a holding; a table whose columns are all open says who somebody is and no more."""
    name = compartment_of(model)
    return get_compartment(name).category if name else Category.IDENTITY


def called(model: type[Holding]) -> str:
    """What people call a row of this holding."""
    return str(getattr(model, "called", model._meta.verbose_name))


def holding_models() -> tuple[type[Holding], ...]:
    return all_holdings()


def _has_files(model: type[Holding]) -> bool:
    return any(field.kind is StoredFile for field in model.sealed_fields())


def _thing(row: Holding) -> HeldThing:
    model = type(row)
    name = compartment_of(model)
    category = category_of(model)
    scope = model.sealed_fields()[0].scope_of(row) if name else ""
    themself = row.recorded_by == row.subject_id.hex
    release = getattr(row, "release", None)
    return HeldThing(
        id=row.pk.hex,
        model=model._meta.label_lower,
        kind=called(model),
        category=category,
        compartment=name,
        scope=scope,
        fields=tuple(_fields(row)),
        files=tuple(_files(row)),
        recorded_at=row.recorded_at,
        changed_at=row.changed_at,
        recorded_by=row.recorded_by,
        by_themself=themself,
        source=_source(row, themself),
        released=rules.is_released(
            category, release=None if release is None else str(release), recorded_by_themself=themself
        ),
    )


def _fields(row: Holding) -> Iterable[HeldField]:
    left_out: dict[str, str] = getattr(row, "not_copied", {})
    labels: dict[str, str] = getattr(row, "labels", {})
    for field in row._meta.concrete_fields:
        if not isinstance(field, SealedField) and field.attname not in row.open_fields:
            continue
        label = labels.get(field.name, str(field.verbose_name))
        label = label[:1].upper() + label[1:]
        if field.name in left_out:
            yield HeldField(field.name, label, "", None, left_out[field.name])
            continue
        value = getattr(row, field.attname)
        if not isinstance(value, StoredFile):
            yield HeldField(
                field.name, label, as_text(value), as_json(value), is_open=not isinstance(field, SealedField)
            )


def _files(row: Holding) -> Iterable[HeldFile]:
    left_out: dict[str, str] = getattr(row, "not_copied", {})
    for field in row.sealed_fields():
        if field.kind is StoredFile and field.name not in left_out:
            value = getattr(row, field.attname)
            if isinstance(value, StoredFile):
                yield HeldFile(field.name, value.name, value.media_type, value.size, value)


def _source(row: Holding, themself: bool) -> str:
    said = getattr(row, "source", None)
    if said is not None:
        return str(getattr(said, "words", said))
    if themself:
        return "You told us"
    return BY_MACHINES if row.recorded_by.startswith("service:") else BY_STAFF


def as_text(value: Any) -> str:
    """A value as people read it. Lists and answers become lines."""
    if value is None:
        return ""
    words = getattr(value, "words", None)
    if isinstance(value, Enum):
        return str(words if isinstance(words, str) else value.value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "\n".join(f"{key}: {as_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "\n".join(as_text(each) for each in value)
    if isinstance(value, dt.datetime):
        return f"{value:%-d %B %Y, %H:%M %Z}"
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    return value.hex if isinstance(value, UUID) else str(value)


def as_json(value: Any) -> Any:
    """A value as plain JSON: dates and moments as ISO 8601, decimals as text so that no digit is lost."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
