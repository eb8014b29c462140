"""
Everything held about a person, found by walking every holding there is: complete by construction, with no list to keep.

A holding may say more of itself by class attributes: `called` (what people call it), `labels` (field: what people call that),
and `not_copied` (field: reason) for what a copy names and leaves out, such as a password's hash. A column `release` says
whether a copy that people take by themselves holds the row; a row that the model's `may_be_read` leaves out is in no copy, and
where the model is `uncounted` in no number or date either.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from troth.gate.contexts import Opened
from troth.people import selectors as people
from troth.rights import rules
from troth.rights.selectors.places import Places, compartment_of, key_of, places_of, rows_under
from troth.rights.selectors.things import HeldField as HeldField
from troth.rights.selectors.things import HeldFile as HeldFile
from troth.rights.selectors.things import HeldThing as HeldThing
from troth.rights.selectors.values import as_json as as_json
from troth.rights.selectors.values import as_text as as_text
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment
from troth.vault.fields import SealedField
from troth.vault.files import StoredFile
from troth.vault.models import Holding
from troth.vault.querysets import where_in_each
from troth.vault.saying import Known, way_of

BATCH = 500
BY_STAFF, BY_MACHINES, YOU_TOLD = "Written by our staff", "Made by our machines", "You told us"
#: Fields that name another person than one of our staff at work, who is never named in a copy, whatever else they are.
SOMEBODY_ELSE = frozenset({"other", "other_id", "representative", "asked_by", "applicant"})
#: What was brought in from a file has its source in that (UK GDPR Article 15(1)(g)), whatever its row says of itself.
BROUGHT, BEFORE = "service:bring-in", "The system that we used before"


def everything_about(
    subject: UUID,
    opened: Opened,
    *,
    before: dt.datetime | None = None,
    kinds: Collection[Category] | None = None,
    only: UUID | None = None,
    places: "Places | None" = None,
) -> list[HeldThing]:
    """
    Open everything held about a person in this context, oldest first within each kind: only what was recorded `before` a moment,
    only of some kinds, and `only` the row of that id, when they are given. `places` when they were looked up already.

    :raises Refused: this context may not open one of the kinds that are held.
    """
    opened.admit([subject], *(kinds or ()))  # fetches every key of theirs in one query
    found: list[HeldThing] = []
    known: Known = {}
    some = places_of(subject) if places is None else places
    wanted = [
        model
        for model in {place.model: None for place in some if only is None or place.row == only.hex}
        if kinds is None or category_of(model) in kinds
    ]
    whole = [model for model in wanted if before is None and only is None and not hasattr(model, "may_be_read")]
    read = dict(zip(whole, where_in_each(whole, "recorded_at", "id", subject_id=subject), strict=True))
    for model in wanted:
        if model in read:
            found += [_thing(row, known) for row in read[model]]
            continue
        rows = model._base_manager.filter(subject_id=subject).order_by("recorded_at", "id")
        if hasattr(model, "may_be_read"):  # what its person is not to learn of, or not yet (LAW-4.9, LAW-9.3)
            rows = rows.filter(model.may_be_read(before or opened.at, [subject]))
        if before is not None:
            rows = rows.filter(recorded_at__lt=before)
        if only is not None:
            rows = rows.filter(pk=only)
        found += [_thing(row, known) for row in rows.iterator(chunk_size=BATCH)]
    return found


def recorded_by(things: Iterable[HeldThing], subject: UUID) -> dict[str, str]:
    """Who wrote each row, as people may know them: staff by their published names."""
    ids = {thing.recorded_by for thing in things if len(thing.recorded_by) == 32 and thing.recorded_by != subject.hex}
    profiles = people.staff_profiles(UUID(each) for each in ids)
    names = {each: profiles[UUID(each)].name if UUID(each) in profiles else "a member of staff" for each in ids}
    return {**names, subject.hex: "You"}


def staff_in(things: Iterable[HeldThing]) -> dict[str, str]:
    """Whom of our staff these things name by a random identifier, as people may know them."""
    ids = {field.person for thing in things for field in thing.fields if field.person is not None}
    return {each.hex: profile.name for each, profile in people.staff_profiles(ids).items()}


def survey(subject: UUID, places: "Places | None" = None, *, told_at: dt.datetime | None = None) -> list[rules.Held]:
    """
    What is held about a person by compartment and key, from structure alone: nothing is opened. `told_at`: for the person themself,
    whom no number and no date tells of what is kept from them at that moment (LAW-4.2, LAW-4.9).
    """
    found: dict[tuple[str, str], list[tuple[dt.date, dt.date]]] = {}
    every = places_of(subject) if places is None else places
    for place in every if told_at is None else _told(every, subject, told_at):
        if key := key_of(place):
            found.setdefault(key, []).append((place.recorded_on, place.changed_on))
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


def _told(places: "Places", subject: UUID, at: dt.datetime) -> "Places":
    """Without the rows that no count may tell of: those of models that say so, as long as their person may not read them."""
    told: dict[type[Holding], set[str]] = {}
    for model in {place.model for place in places if getattr(place.model, "uncounted", False)}:
        rows = model._base_manager.filter(model.may_be_read(at, [subject]), subject_id=subject)  # type: ignore[attr-defined]
        told[model] = {row.hex for row in rows.values_list("pk", flat=True)}
    return [place for place in places if place.model not in told or place.row in told[place.model]]


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


def category_of(model: type[Holding]) -> Category:
    """The category of a holding; a table whose columns are all open says who somebody is and no more."""
    name = compartment_of(model)
    return get_compartment(name).category if name else Category.IDENTITY


def called(model: type[Holding]) -> str:
    """What people call a row of this holding."""
    return str(getattr(model, "called", model._meta.verbose_name))


def _has_files(model: type[Holding]) -> bool:
    return any(field.kind is StoredFile for field in model.sealed_fields())


def _thing(row: Holding, known: Known) -> HeldThing:
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
        fields=tuple(_fields(row, known)),
        files=tuple(_files(row)),
        recorded_at=row.recorded_at,
        changed_at=row.changed_at,
        recorded_by=row.recorded_by,
        by_themself=themself,
        source=_source(row, themself, known),
        released=rules.is_released(
            category, release=None if release is None else str(release), recorded_by_themself=themself
        ),
    )


class _Shown(NamedTuple):
    """What is the same of a field in every row: its name and label, why it is left out, its closed list, whom it may name."""

    name: str
    attname: str
    label: str
    left_out: str
    sealed: bool
    choices: dict[Any, Any]
    labelled: bool
    names_staff: bool


@lru_cache(maxsize=256)
def _shown(model: type[Holding]) -> tuple[_Shown, ...]:
    left_out: dict[str, str] = getattr(model, "not_copied", {})
    labels: dict[str, str] = getattr(model, "labels", {})
    found = []
    for field in model._meta.concrete_fields:
        sealed = isinstance(field, SealedField)
        if sealed or field.attname in model.open_fields:
            label = labels.get(field.name, str(field.verbose_name))
            found.append(
                _Shown(
                    field.name,
                    field.attname,
                    label[:1].upper() + label[1:],
                    left_out.get(field.name, ""),
                    sealed,
                    dict(field.flatchoices),
                    field.name in labels,
                    field.name not in SOMEBODY_ELSE,
                )
            )
    return tuple(found)


def _fields(row: Holding, known: Known) -> Iterable[HeldField]:
    model = row._meta.label_lower
    for field in _shown(type(row)):
        if field.left_out:
            yield HeldField(field.name, field.label, "", None, field.left_out)
            continue
        value = getattr(row, field.attname)
        if not isinstance(value, StoredFile):
            # What its room says in words is told to its person, however it is stored.
            way = None if value is None else way_of(model, field.name)
            is_open = not field.sealed and way is None
            listed = is_open and bool(field.choices)
            words = str(field.choices.get(value, value or "")).replace("_", " ") if listed else value
            yield HeldField(
                field.name,
                field.label,
                _said(row, field.name, words, known),
                as_json(value),
                is_open=is_open,
                for_machines=field.name == "release"
                or (is_open and not (listed or field.labelled or isinstance(value, dt.date | None))),
                person=value if isinstance(value, UUID) and field.names_staff else None,
            )


def _said(row: Holding, name: str, value: Any, known: Known) -> str:
    """What a field says to people: as its room says it, or as the value does by itself."""
    way = way_of(row._meta.label_lower, name)
    if way is None or value is None:
        return as_text(value)
    try:
        return way(row, name, known)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, ObjectDoesNotExist, TypeError, ValueError):
        return as_text(value)  # of another form than its room expects: it is said as it stands, and never kept back


def _files(row: Holding) -> Iterable[HeldFile]:
    left_out: dict[str, str] = getattr(row, "not_copied", {})
    for field in row.sealed_fields():
        if field.kind is StoredFile and field.name not in left_out:
            value = getattr(row, field.attname)
            if isinstance(value, StoredFile):
                yield HeldFile(field.name, value.name, value.media_type, value.size, value)


def _source(row: Holding, themself: bool, known: Known) -> str:
    if row.recorded_by == BROUGHT:
        return BEFORE
    said = getattr(row, "source", None)
    if said is not None:
        return _said(row, "source", said, known)
    if themself:
        return YOU_TOLD
    return BY_MACHINES if row.recorded_by.startswith("service:") else BY_STAFF
