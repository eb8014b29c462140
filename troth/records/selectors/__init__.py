"""
Reading the record for a page: each section is shown with why it is visible, or withheld with the gate's decision.

Nothing here raises for what is withheld, and no row leaves: pages get plain values. Order is the newest first, by open stamps.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from troth.gate.contexts import Opened
from troth.gate.refusals import Decision, nothing_there
from troth.gate.whys import Triggers, Why, why
from troth.notice.schema.words import Trigger
from troth.records.models import (
    TABLES,
    AllergyIntolerance,
    ClinicalHolding,
    ClinicalNote,
    Criticality,
    DocumentReference,
    Measure,
    MedicationStatement,
    NoteStatus,
    Observation,
    Release,
    Source,
    TaskKind,
    TaskState,
    TemplateKind,
    Verification,
)
from troth.records.selectors.brought import which_files_are_here as which_files_are_here
from troth.records.selectors.consents import (
    AskedFor,
    ConsentLine,
    SignedHow,
    asked_for,
    consent_paper,
    get_consent,
    list_consents,
)
from troth.records.selectors.paper import paragraphs_of
from troth.records.selectors.tasks import (
    TaskLine,
    count_tasks,
    get_task,
    kinds_of_tasks,
    list_tasks,
    list_tasks_about,
    words_of_task,
)
from troth.records.selectors.templates import (
    TemplateLine,
    get_template,
    list_templates,
    list_versions,
)
from troth.vault.categories import Category
from troth.vault.files import StoredFile

# The vocabularies come with the values that pages get: a face imports no models.
__all__ = [
    "SECTIONS",
    "Addition",
    "AllergyLine",
    "AskedFor",
    "ConsentLine",
    "Criticality",
    "FileLine",
    "Line",
    "Measure",
    "MeasurementLine",
    "MedicineLine",
    "NoteLine",
    "NoteStatus",
    "Recorded",
    "Release",
    "Shown",
    "SignedHow",
    "Source",
    "TaskKind",
    "TaskLine",
    "TaskState",
    "TemplateKind",
    "TemplateLine",
    "Verification",
    "Withheld",
    "asked_for",
    "card_sections",
    "consent_paper",
    "count_tasks",
    "get_consent",
    "get_note",
    "get_task",
    "get_template",
    "kinds_of_tasks",
    "list_consents",
    "list_notes",
    "list_tasks",
    "list_tasks_about",
    "list_templates",
    "list_versions",
    "open_file",
    "paragraphs_of",
    "triggers",
    "words_of_task",
]

H = TypeVar("H", bound=ClinicalHolding)


@dataclass(frozen=True)
class Recorded:
    """Where a row came from: who recorded it and when, and its state of release."""

    id: UUID
    at: datetime
    by: str  # a staff or subject identifier, or `service:NAME`
    release: Release


@dataclass(frozen=True)
class AllergyLine:
    """An allergy as a page shows it."""

    recorded: Recorded
    substance: str
    reaction: str
    since: str
    criticality: Criticality
    verification: Verification
    source: Source


@dataclass(frozen=True)
class MedicineLine:
    """A medicine as a page shows it."""

    recorded: Recorded
    medicine: str
    dose: str
    since: str
    reason: str
    source: Source


@dataclass(frozen=True)
class MeasurementLine:
    """A measurement as a page shows it."""

    recorded: Recorded
    measure: Measure
    value: Decimal
    taken_on: date
    source: Source


@dataclass(frozen=True)
class Addition:
    """What was added under a signed note."""

    recorded: Recorded
    text: str
    author: UUID
    signed_at: datetime


@dataclass(frozen=True)
class NoteLine:
    """A note with what was added under it, the oldest addition first."""

    recorded: Recorded
    subject: UUID
    heading: str
    text: str
    author: UUID
    status: NoteStatus
    signed_at: datetime | None
    version: str  # a digest of the row as stored, by which a signature knows what was read
    title: str = ""  # of the template that it was written with
    template: tuple[str, int] | None = None  # its key and version
    answers: tuple[tuple[str, str], ...] = ()  # what it asked, and what was answered
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True)
class FileLine:
    """A file as a page names it. Its content comes from `open_file`."""

    recorded: Recorded
    title: str
    media_type: str
    size: int
    source: Source


Line = AllergyLine | MedicineLine | MeasurementLine | NoteLine | FileLine


@dataclass(frozen=True)
class Shown:
    """A section of a card that may be seen: its rows, and why."""

    key: str
    title: str
    rows: tuple[Line, ...]
    why: Why


@dataclass(frozen=True)
class Withheld:
    """A section of a card that may not be seen, and the gate's decision. It does not say whether there is anything."""

    key: str
    title: str
    decision: Decision


SECTIONS: tuple[tuple[str, str], ...] = (
    ("medicines", "Medicines and allergies"),
    ("notes", "Notes"),
    ("measurements", "Measurements"),
    ("files", "Files and letters"),
)


def card_sections(subject: UUID, opened: Opened, *, kept: Triggers | None = None) -> list[Shown | Withheld]:
    """
    The sections of a person's card, each shown or withheld as the gate decides in the context that is open.

    `kept` (see `triggers`) is needed to name the day until which they are kept (LAW-6.6).
    """
    withheld = opened.admit([subject], Category.HEALTH).withheld
    if subject in withheld:
        return [Withheld(key, title, withheld[subject]) for key, title in SECTIONS]
    rows: dict[str, tuple[Line, ...]] = {
        "medicines": (
            *_lines(AllergyIntolerance, subject, _allergy),
            *_lines(MedicationStatement, subject, _medicine),
        ),
        "notes": list_notes(subject, viewer=opened.by.id),
        "measurements": _lines(Observation, subject, _measurement),
        "files": _lines(DocumentReference, subject, _file),
    }
    reason = why(opened, subject, Category.HEALTH, triggers=kept)
    return [Shown(key, title, rows[key], reason) for key, title in SECTIONS]


def triggers(subject: UUID, *, born_on: date | None, others: Iterable[datetime] = ()) -> Triggers:
    """
    What periods of keeping run from, as far as is known: birth, and the last time that anything was recorded.

    `others` are moments of contact that other rooms know of.
    """
    first, *tables = (
        table.objects.filter(subject_id=subject).values_list("recorded_at", flat=True) for table in TABLES.values()
    )
    stamps = [*first.union(*tables), *others]
    found = {Trigger.BIRTH: born_on} if born_on else {}
    if stamps:
        found[Trigger.LAST_CONTACT] = timezone.localdate(max(stamps))
    return found


def list_notes(subject: UUID, *, viewer: UUID | None) -> tuple[NoteLine, ...]:
    """A person's notes, the newest first: signed ones, and the viewer's own drafts. Opens them: call it in a context."""
    rows = ClinicalNote.objects.where("-recorded_at", subject_id=subject)
    additions: dict[UUID, list[Addition]] = {}
    for row in reversed(rows):
        if row.adds_to_id:
            additions.setdefault(row.adds_to_id, []).append(_addition(row))
    return tuple(
        _note(row, tuple(additions.get(row.pk, ())))
        for row in rows
        if row.adds_to_id is None and (row.status == NoteStatus.SIGNED or row.author == viewer)
    )


def get_note(note: UUID, opened: Opened) -> NoteLine:
    """
    One note, opened: a signed one, or the viewer's own draft.

    :raises Refused: it may not be seen, or there is none: both are answered alike.
    """
    row = ClinicalNote.objects.filter(pk=note).first()
    if row is not None and row.status == NoteStatus.DRAFT and row.author != opened.by.id:
        row = None
    opened.require(row.subject_id if row else note, Category.HEALTH)
    if row is None:
        raise nothing_there()
    under = ClinicalNote.objects.filter(adds_to=row).order_by("recorded_at")
    return _note(row, tuple(_addition(each) for each in under))


def open_file(document: UUID, opened: Opened) -> StoredFile:
    """
    What `gate.streams.send_file` sends.

    :raises Refused: it may not be seen, or there is none: both are answered alike.
    """
    row = DocumentReference.objects.filter(pk=document).first()
    opened.require(row.subject_id if row else document, Category.HEALTH)
    if row is None:
        raise nothing_there()
    stored: StoredFile = row.file
    return stored


def _lines(table: type[H], subject: UUID, made: Callable[[H], Line]) -> tuple[Line, ...]:
    return tuple(made(row) for row in table.objects.where("-recorded_at", subject_id=subject))


def _recorded(row: ClinicalHolding) -> Recorded:
    return Recorded(row.pk, row.recorded_at, row.recorded_by, Release(row.release))


def _allergy(row: AllergyIntolerance) -> AllergyLine:
    return AllergyLine(
        _recorded(row), row.substance, row.reaction, row.since, row.criticality, row.verification, row.source
    )


def _medicine(row: MedicationStatement) -> MedicineLine:
    return MedicineLine(_recorded(row), row.medicine, row.dose, row.since, row.reason, row.source)


def _measurement(row: Observation) -> MeasurementLine:
    return MeasurementLine(_recorded(row), row.measure, row.value, row.taken_on, row.source)


def _note(row: ClinicalNote, additions: tuple[Addition, ...]) -> NoteLine:
    filled = row.answers or {}
    return NoteLine(
        recorded=_recorded(row),
        subject=row.subject_id,
        heading=row.heading or "",
        text=row.text,
        author=row.author,
        status=NoteStatus(row.status),
        signed_at=row.signed_at,
        version=row.digest(),
        title=filled.get("title", ""),
        template=(filled["key"], filled["version"]) if "key" in filled else None,
        answers=tuple((each["question"], each["answer"]) for each in filled.get("answers", ())),
        additions=additions,
    )


def _addition(row: ClinicalNote) -> Addition:
    assert row.signed_at is not None
    return Addition(_recorded(row), row.text, row.author, row.signed_at)


def _file(row: DocumentReference) -> FileLine:
    stored: StoredFile = row.file
    return FileLine(_recorded(row), row.title, stored.media_type, stored.size, row.source)
