"""
The clinical record of a person, in FHIR's nouns: allergies, medicines, measurements, notes and files.

Never change a signed note: it is added to. Every row carries a release state, which a health professional sets, and without
which a copy that people take by themselves leaves the row out (LAW-4.5).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.records.models.bases import RELEASE_OPEN
from troth.records.models.bases import ClinicalHolding as ClinicalHolding
from troth.records.models.bases import Release as Release
from troth.records.models.bases import Source as Source
from troth.records.models.charts import BodyChart as BodyChart
from troth.records.models.consents import TreatmentConsent as TreatmentConsent
from troth.records.models.locked import BiometricFinding as BiometricFinding
from troth.records.models.locked import EthnicOrigin as EthnicOrigin
from troth.records.models.locked import GeneticFinding as GeneticFinding
from troth.records.models.locked import Need as Need
from troth.records.models.photographs import Photograph as Photograph
from troth.records.models.recordings import CallRecording as CallRecording
from troth.records.models.recordings import Camera as Camera
from troth.records.models.recordings import CameraClip as CameraClip
from troth.records.models.templates import Template as Template
from troth.records.models.templates import TemplateKind as TemplateKind
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedDate, SealedDecimal, SealedJSON, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

CARD = compartments.declare("records.card", Category.HEALTH, retention="care_record")
NOTES = compartments.declare("records.notes", Category.HEALTH, retention="care_record")
# A file that was put on the wrong card must be able to go by itself, from every backup too: it has a key of its own.
FILES = compartments.declare("records.files", Category.HEALTH, retention="care_record", per=compartments.Per.ROW)
#: That something is to be done about somebody, and what kind of thing, is for whoever may see who they are.
TASKS = compartments.declare("records.tasks", Category.IDENTITY, retention="care_record")
TASK_WORDS = compartments.declare("records.task_words", Category.HEALTH, retention="care_record")


class Criticality(Worded):
    """FHIR AllergyIntolerance.criticality: what a next exposure could do."""

    HIGH = "high", "could endanger life"
    LOW = "low", "unpleasant, not dangerous"
    UNKNOWN = "unable-to-assess", "not known how bad"


class Verification(Worded):
    """FHIR AllergyIntolerance.verificationStatus."""

    UNCONFIRMED = "unconfirmed", "not confirmed"
    CONFIRMED = "confirmed", "confirmed"
    REFUTED = "refuted", "shown not to be so"


class Measure(StrEnum):
    """What an Observation measures, and the unit in which it is stored and shown."""

    words: str
    unit: str

    def __new__(cls, value: str, words: str = "", unit: str = "") -> "Measure":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.unit = words, unit
        return member

    WEIGHT = "weight", "Weight", "kg"
    HEIGHT = "height", "Height", "cm"
    SYSTOLIC = "systolic", "Blood pressure, upper", "mmHg"
    DIASTOLIC = "diastolic", "Blood pressure, lower", "mmHg"
    HEART_RATE = "heart_rate", "Heart rate", "beats a minute"


class NoteStatus(Worded):
    """Where a note is in its life. Signed is the end of it: a mistake is put right by an addendum beside it."""

    DRAFT = "draft", "being written; only its author sees it as theirs to change"
    SIGNED = "signed", "signed, and never changed again"


class TaskKind(Worded):
    """What a task asks for: one of a few words that say nothing of anybody's health, so that a list may show them."""

    RING = "ring", "Ring them"
    WRITE = "write", "Write to them"
    CHECK = "check", "Check something in their record"
    PREPARE = "prepare", "Prepare something for them"
    CHASE = "chase", "Chase somebody outside"
    REVIEW = "review", "Look at what has come in"


class TaskState(Worded):
    """Where a task is in its life. While it is open it is a reason to look."""

    OPEN = "open", "to do"
    DONE = "done", "done"
    GIVEN_UP = "given_up", "given up"


class AllergyIntolerance(ClinicalHolding):
    """Something that has harmed or could harm the person (FHIR AllergyIntolerance)."""

    called = "allergy"
    correctable: ClassVar[tuple[str, ...]] = ("substance", "reaction", "since")

    substance = SealedText(CARD, id="records.allergy.substance")
    reaction = SealedText(CARD, id="records.allergy.reaction")
    since = SealedText(CARD, id="records.allergy.since")  # as told: "2019", "as a child"
    criticality = SealedChoice(CARD, of=Criticality, id="records.allergy.criticality")
    verification = SealedChoice(CARD, of=Verification, id="records.allergy.verification")
    source = SealedChoice(CARD, of=Source, id="records.allergy.source")


class MedicationStatement(ClinicalHolding):
    """A medicine that the person takes, as far as the clinic knows (FHIR MedicationStatement)."""

    called = "medicine"
    correctable: ClassVar[tuple[str, ...]] = ("medicine", "dose", "since", "reason")

    medicine = SealedText(CARD, id="records.medicine.medicine")
    dose = SealedText(CARD, id="records.medicine.dose")
    since = SealedText(CARD, id="records.medicine.since")
    reason = SealedText(CARD, id="records.medicine.reason")
    source = SealedChoice(CARD, of=Source, id="records.medicine.source")


class Observation(ClinicalHolding):
    """One measured number (FHIR Observation). The unit is that of its measure."""

    called = "measurement"
    correctable: ClassVar[tuple[str, ...]] = ("value", "taken_on")

    measure = SealedChoice(CARD, of=Measure, id="records.observation.measure")
    value = SealedDecimal(CARD, id="records.observation.value")
    taken_on = SealedDate(CARD, id="records.observation.taken_on")
    source = SealedChoice(CARD, of=Source, id="records.observation.source")


class ClinicalNote(ClinicalHolding):
    """
    What a clinician wrote. A draft may be changed by its author; a signed note never, and is added to by further notes.

    `author` is who signs; `adds_to` is the signed note that an addendum stands under. `answers` is what a template asked and what
    was written to it, `{"key", "version", "title", "answers": [{"question", "answer"}]}`, whole: a later version of the template
    changes no note. The database refuses every change of what was signed (`guards`).
    """

    called = "note"
    labels: ClassVar[dict[str, str]] = {"answers": "what was filled in"}

    status = models.CharField(max_length=8, choices=[(item.value, item.words) for item in NoteStatus])
    signed_at = models.DateTimeField(null=True)
    author = models.UUIDField()
    adds_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    heading = SealedText(NOTES, id="records.note.heading")
    text = SealedText(NOTES, id="records.note.text")
    answers = SealedJSON(NOTES, id="records.note.answers")

    open_fields: ClassVar[dict[str, str]] = {
        **RELEASE_OPEN,
        "status": "draft or signed, so that a signed note is refused a change before anything is opened",
        "signed_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "author": "a random identifier of a member of staff",
        "adds_to_id": "the random identifier of another note of the same person",
    }

    class Meta(ClinicalHolding.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=NoteStatus.DRAFT, signed_at=None)
                | models.Q(status=NoteStatus.SIGNED, signed_at__isnull=False),
                name="note_is_signed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(status=NoteStatus.SIGNED) | models.Q(release=Release.HELD), name="draft_is_held"
            ),
        ]


class DocumentReference(ClinicalHolding):
    """A file about the person, sealed as it arrived (FHIR DocumentReference). `title` says what it is, for people."""

    called = "file"

    title = SealedText(FILES, id="records.document.title")
    file = SealedFile(FILES, id="records.document.file")
    source = SealedChoice(FILES, of=Source, id="records.document.source")


class Kind(Worded):
    """The kinds of row, as pages name them."""

    ALLERGY = "allergy", "allergy"
    MEDICINE = "medicine", "medicine"
    MEASUREMENT = "measurement", "measurement"
    NOTE = "note", "note"
    FILE = "file", "file"
    CONSENT = "consent", "consent to a treatment"
    CHART = "chart", "body chart"


TABLES: Mapping[Kind, type[ClinicalHolding]] = {
    Kind.ALLERGY: AllergyIntolerance,
    Kind.MEDICINE: MedicationStatement,
    Kind.MEASUREMENT: Observation,
    Kind.NOTE: ClinicalNote,
    Kind.FILE: DocumentReference,
    Kind.CONSENT: TreatmentConsent,
    Kind.CHART: BodyChart,
}


class Task(Holding):
    """
    Something to be done about a person, for a role or for one colleague (FHIR Task). What it is about stands apart, as health data.

    It is a reason to look, so it says for what it was given (`serves`) and until when it holds (`due_on`).
    """

    called = "task about you"
    labels: ClassVar[dict[str, str]] = {"kind": "what is to be done"}

    kind = SealedChoice(TASKS, of=TaskKind, id="records.task.kind")
    state = models.CharField(
        max_length=8, choices=[(item.value, item.words) for item in TaskState], default=TaskState.OPEN
    )
    serves = models.CharField(max_length=40)
    for_role = models.CharField(max_length=40, blank=True)
    for_person = models.UUIDField(null=True)
    due_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "state": "whether it is still to be done: the gate asks by it who has a reason to look",
        "serves": "a code of the vocabulary of purposes: for what it was given",
        "for_role": "a role of the notice: the gate asks by it who has a reason to look",
        "for_person": "a random identifier: the gate asks by it who has a reason to look",
        "due_on": "the day by which it is to be done: lists are ordered by it, and the reason to look ends by it",
        "ended_at": "the moment at which it was done or given up",
    }

    class Meta(Holding.Meta):
        indexes = [
            models.Index(fields=["state", "for_person", "due_on"], name="task_by_person"),
            models.Index(fields=["state", "for_role", "due_on"], name="task_by_role"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(for_role="", for_person__isnull=False)
                | (~models.Q(for_role="") & models.Q(for_person=None)),
                name="task_is_for_a_role_or_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.OPEN, ended_at=None)
                | (~models.Q(state=TaskState.OPEN) & models.Q(ended_at__isnull=False)),
                name="ended_task_has_a_moment",
            ),
        ]


class TaskWords(ClinicalHolding):
    """What a task is about, in words that may be health data."""

    called = "what a task about you says"

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")
    words = SealedText(TASK_WORDS, id="records.task_words.words")

    open_fields: ClassVar[dict[str, str]] = {
        **RELEASE_OPEN,
        "task_id": "the random identifier of the task it belongs to",
    }
