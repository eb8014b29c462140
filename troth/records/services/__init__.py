"""
Writing to the record. Every function is an act for the care of the person, and asks the gate for what it seals.

Never save a signed note again: `sign_note` is the last change it sees, and `add_to_note` puts another one beside it.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records import rules
from troth.records.models import (
    TABLES,
    AllergyIntolerance,
    ClinicalHolding,
    ClinicalNote,
    Criticality,
    DocumentReference,
    Kind,
    Measure,
    MedicationStatement,
    NoteStatus,
    Observation,
    Release,
    Source,
    Verification,
)
from troth.records.rules.templates import check_says_something
from troth.records.selectors.releasing import is_professional, released
from troth.records.services.charts import draw_chart as draw_chart
from troth.records.services.consents import sign_consent as sign_consent
from troth.records.services.consents import take_back_consent as take_back_consent
from troth.records.services.letters import write_letter as write_letter
from troth.records.services.locked import declare_need as declare_need
from troth.records.services.locked import end_need as end_need
from troth.records.services.locked import record_locked as record_locked
from troth.records.services.photographs import add_photograph as add_photograph
from troth.records.services.recordings import keep_call as keep_call
from troth.records.services.recordings import keep_camera as keep_camera
from troth.records.services.recordings import keep_clip as keep_clip
from troth.records.services.sources import _note_source
from troth.records.services.tasks import end_task as end_task
from troth.records.services.tasks import give_task as give_task
from troth.records.services.tasks import hand_over_task as hand_over_task
from troth.records.services.tasks import route_task as route_task
from troth.records.services.tasks import settle_task as settle_task
from troth.records.services.templates import publish_template as publish_template
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

#: Looking after somebody, or examining them for a report: a clinic does one of the two, and its notice says which.
FOR = (Purpose.CARE, Purpose.MEDICAL_REPORTING)


@act(Event.ALLERGY_RECORDED, purpose=FOR)
def record_allergy(
    subject: UUID,
    *,
    substance: str,
    reaction: str,
    since: str,
    criticality: Criticality,
    verification: Verification,
    source: Source,
    by: Actor,
    at: datetime,
    release: Release = Release.HELD,
) -> AllergyIntolerance:
    """
    This will add an allergy to a person's card.

    :raises Refused: the actor may not write health data of this person for their care.
    """
    _note_source(subject, source, by=by, at=at)
    return AllergyIntolerance.objects.create(
        subject_id=subject,
        substance=substance,
        reaction=reaction,
        since=since,
        criticality=criticality,
        verification=verification,
        source=source,
        **_release(subject, release, source, by, at),
    )


@act(Event.MEDICATION_RECORDED, purpose=FOR)
def record_medicine(
    subject: UUID,
    *,
    medicine: str,
    dose: str,
    since: str,
    reason: str,
    source: Source,
    by: Actor,
    at: datetime,
    release: Release = Release.HELD,
) -> MedicationStatement:
    """
    This will add a medicine that the person takes to their card.

    :raises Refused: the actor may not write health data of this person for their care.
    """
    _note_source(subject, source, by=by, at=at)
    return MedicationStatement.objects.create(
        subject_id=subject,
        medicine=medicine,
        dose=dose,
        since=since,
        reason=reason,
        source=source,
        **_release(subject, release, source, by, at),
    )


@act(Event.MEASURED, purpose=FOR)
def record_measurement(
    subject: UUID,
    *,
    measure: Measure,
    value: Decimal,
    taken_on: date,
    source: Source,
    by: Actor,
    at: datetime,
    release: Release = Release.HELD,
) -> Observation:
    """
    This will add one measurement to a person's card.

    :raises Refused: the actor may not write health data of this person for their care.
    """
    _note_source(subject, source, by=by, at=at)
    return Observation.objects.create(
        subject_id=subject,
        measure=measure,
        value=value,
        taken_on=taken_on,
        source=source,
        **_release(subject, release, source, by, at),
    )


@act(Event.NOTE_WRITTEN, purpose=FOR)
def write_note(
    subject: UUID,
    *,
    heading: str,
    text: str,
    answers: dict[str, Any] | None = None,
    note: UUID | None = None,
    by: Actor,
    at: datetime,
) -> ClinicalNote:
    """
    This will begin a note as a draft of its author's. `note` is the identifier that its page was given, so that what a browser
    sends twice is kept once; `answers` is what was filled in with a template (`rules.templates.filled`).

    :raises NotPossible: nothing was written, or that note was begun already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    check_says_something(text, answers)
    hold(subject)  # against a second window: the database alone would answer the later one with a fault
    if note is not None and ClinicalNote.objects.filter(pk=note).exists():
        raise rules.NotPossible("This note was begun already, perhaps in another window. You find it on the card.")
    return ClinicalNote.objects.create(
        **({"pk": note} if note else {}),
        subject_id=subject,
        status=NoteStatus.DRAFT,
        author=_person(by),
        heading=heading,
        text=text,
        answers=answers,
    )


@act(Event.NOTE_CHANGED, purpose=FOR)
def change_draft(
    note: UUID,
    *,
    heading: str,
    text: str,
    answers: dict[str, Any] | None = None,
    read: str | None = None,
    by: Actor,
    at: datetime,
) -> str:
    """
    This will replace the words of a draft, and what was filled in where `answers` are given, and give its new version; empty
    ones make it free. `read` is the version that the writer's page was drawn from: what was written in another window since then
    is not written over.

    :raises NotPossible: it is signed, someone else's, empty, or was changed since it was read.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    row = _locked(note)
    rules.check_can_change(status=row.status, author=row.author, by=by.id)
    if read is not None:
        rules.check_is_unchanged(stored=row.digest(), read=read)
    check_says_something(text, answers)
    row.heading, row.text = heading, text
    if answers is not None:
        row.answers = answers or None
    row.save()
    return row.digest()


@act(Event.NOTE_DISCARDED, purpose=FOR)
def discard_draft(note: UUID, *, read: str, by: Actor, at: datetime) -> None:
    """
    This will throw a draft away, which nobody but its author ever read.

    :raises NotPossible: it is signed, someone else's, or was changed since it was read.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    row = _locked(note)
    rules.check_can_change(status=row.status, author=row.author, by=by.id)
    rules.check_is_unchanged(stored=row.digest(), read=read)
    row.delete()


@act(Event.NOTE_SIGNED, purpose=FOR)
def sign_note(note: UUID, *, release: Release, by: Actor, at: datetime, read: str | None = None) -> None:
    """
    This will sign a draft, which is its last change, and set its release if a health professional signs (LAW-4.5).

    `read` is the version (`NoteLine.version`) that the signer had before them, where a page showed one.

    :raises NotPossible: it is signed already, someone else's, or not what was read.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    row = _locked(note)
    rules.check_can_change(status=row.status, author=row.author, by=by.id)
    if read is not None:
        rules.check_is_as_read(stored=row.digest(), read=read)
    row.status, row.signed_at = NoteStatus.SIGNED, at
    _set(row, _release(row.subject_id, release, None, by, at))
    row.save()


@act(Event.NOTE_ADDED_TO, purpose=FOR)
def add_to_note(
    note: UUID, *, text: str, release: Release, addition: UUID | None = None, by: Actor, at: datetime
) -> ClinicalNote:
    """
    This will put a signed addition under a signed note, whose words stay as they are. `addition` is the identifier that its page
    was given, so that what a browser sends twice is kept once.

    :raises NotPossible: the note is a draft, or the addition stands already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    row = _locked(note)
    rules.check_can_add(status=row.status)
    if addition is not None and ClinicalNote.objects.filter(pk=addition).exists():
        raise rules.NotPossible("This addition stands under the note already.")
    return ClinicalNote.objects.create(
        **({"pk": addition} if addition else {}),
        subject_id=row.subject_id,
        status=NoteStatus.SIGNED,
        signed_at=at,
        author=_person(by),
        adds_to_id=row.adds_to_id or row.pk,
        text=text,
        **_release(row.subject_id, release, None, by, at),
    )


@act(Event.RELEASE_DECIDED, purpose=FOR)
def decide_release(kind: Kind, row: UUID, *, release: Release, by: Actor, at: datetime) -> None:
    """
    This will set whether a row goes into the copy that the person takes by themselves (LAW-4.3, LAW-4.5).

    :raises NotPossible: the actor is no health professional, or the note is a draft.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    held: ClinicalHolding | None = TABLES[kind].objects.select_for_update().filter(pk=row).first()
    acting().require(held.subject_id if held else row, Category.HEALTH)
    assert held is not None
    rules.check_can_release(professional=is_professional(by))
    if isinstance(held, ClinicalNote):
        rules.check_can_add(status=held.status)
    _set(held, {"release": release, "released_at": at, "released_by": by.id})
    held.save()


@act(Event.FILE_ADDED, purpose=FOR)
def add_file(
    subject: UUID,
    *,
    title: str,
    source: Source,
    upload: SealedUpload,
    by: Actor,
    at: datetime,
    release: Release = Release.HELD,
    who: str = "",
    received_on: date | None = None,
) -> DocumentReference:
    """
    This will keep an upload as a file of the person's record, sealed as it arrived. `who`: the name of whom it came from, and
    `received_on` when, where that is known; its person is told of both.

    Pictures are kept with what the camera wrote into them; making them anew without it is work of another issue (B18).

    :raises Refused: the actor may not write health data of this person for their care.
    """
    _note_source(subject, source, who=who, received_on=received_on, by=by, at=at)
    made = DocumentReference.objects.create(
        subject_id=subject,
        title=title,
        source=source,
        file=upload.stored,
        **_release(subject, release, source, by, at),
    )
    upload.kept = True
    return made


def _locked(note: UUID) -> ClinicalNote:
    """The note, held against a second signature, when the actor may write about its person at all."""
    row: ClinicalNote | None = ClinicalNote.objects.select_for_update().filter(pk=note).first()
    # A note that does not exist is answered as one of a stranger: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else note, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return row


def _person(by: Actor) -> UUID:
    if by.id is None:
        raise rules.NotPossible("A note has an author, who signs it. Sign in first.")
    return by.id


def _release(subject: UUID, asked: Release, source: Source | None, by: Actor, at: datetime) -> dict[str, Any]:
    """The three columns of release of a row that this actor records or signs now."""
    return released(asked, by, at, source=source, own=by.id == subject)


def _set(row: ClinicalHolding, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
