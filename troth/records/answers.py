"""What the record tells: whose task it is, what treatments need of what is locked, since when recordings and photographs run."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.diary.rules import FOUND_FOR
from troth.gate import needs, reasons
from troth.gate.actors import Actor
from troth.gate.rules import Asker, Relation, Standing, decide
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.records import rules
from troth.records.selectors import locked, recordings
from troth.records.selectors.photographs import taken_back_on
from troth.records.selectors.tasks import with_task
from troth.rights.rules.ending import ends
from troth.rights.selectors.ending import RUNS_WITHIN, why_held
from troth.vault.categories import LOCKED
from troth.vault.saying import Known, says


@reasons.reason("a task for you", serves=set(rules.CARD_PURPOSES), told="they were given a task about you")
def has_task(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever has a task about somebody has a reason until it is ended, or two weeks past its day."""
    return with_task(actor, subjects, at=at) if actor.kind == "person" and actor.roles else set()


@ends("records.photographs")
def taken_back(subject: UUID) -> Mapping[str, date]:
    """Photographs rest on a consent: whoever takes it back has them go, long before the card."""
    return taken_back_on(subject)


@ends("records.calls", "records.clips")
def happened(subject: UUID) -> Mapping[str, date]:
    """The time of a recording runs from the day on which it was made, whenever it was sent here."""
    return recordings.happened_on(subject)


@reasons.reason(
    "a search for them by name",
    serves={Purpose.CALL_RECORDING, Purpose.CCTV},
    told="a recording of you was kept, heard or seen",
)
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever found somebody by name in the last half hour; which roles may hear or see is the notice's to say."""
    if actor.kind != "person" or not actor.roles or actor.id is None:
        return set()
    return people.found_by(actor.id, subjects, since=at - FOUND_FOR)


@needs.need
def treatments(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> needs.Needed:
    """Whoever gives a treatment that needs a locked kind has that need of people who come to them for it."""
    found = locked.needs_of(actor, subjects, at=at)
    return {subject: frozenset(lines) for subject, lines in found.items()}


@check(
    "records.locked",
    looks_at="the gate’s rule about genes, biometrics and origins for whoever needs none, and for what each entry was recorded",
)
def kept_locked(question: Question) -> Finding:
    """
    Whatever the notice covers, the gate's rule refuses staff who need nothing of it, and nothing was recorded without a need that
    stood. Whose need stands for whom is not asked here: that is the rooms' answer, person by person.
    """
    register = notices.register_in_force(question.at)
    sound = Standing(told=True, contract=True, consent=True)
    asked = opened = 0
    for purpose in (each for each in Purpose if not each.of_the_kernel):
        for category in LOCKED:
            for action in (Action.READ, Action.WRITE):
                asker = Asker(Relation.STAFF, frozenset(register.roles))
                asked += 1
                opened += decide(register, purpose, category, action, asker, sound, "a reason").allowed
    rows, bare = locked.count_without_need()
    counts = {"asked": asked, "opened": opened, "entries": rows, "entries_without_need": bare}
    if opened:
        return Finding(False, f"The gate opened {counted(opened, 'time')} what the viewer does not need", counts)
    if bare:
        return Finding(False, f"{counted(bare, 'entry', 'entries')} without a treatment that needed it", counts)
    return Finding(
        True,
        f"Asked the gate {asked} times as staff who need none: it refused each; and each entry, {rows} in all, has its need",
        counts,
    )


@check(
    "records.recordings",
    looks_at="recorded calls and clips from cameras, the days by which they go, and the register of cameras",
)
def recordings_go(question: Question) -> Finding:
    """None is kept without a day in the notice, none past its day, and no clip is from a camera that the register does not have."""
    register = notices.register_in_force(question.at)
    last_night = timezone.localdate(question.at - RUNS_WITHIN)
    known = {each.id for each in recordings.list_cameras()}
    kept = endless = late = strange = 0
    for purpose, (table, _) in recordings.KEPT.items():
        for row in table.objects.all():
            kept += 1
            until = recordings.last_day(purpose, row.happened_on, register)
            endless += until is None
            late += until is not None and until < last_night and not why_held(row.subject_id, at=question.at)
            strange += getattr(row, "camera", None) not in {None, *known}
    counts = {"kept": kept, "past_their_day": late, "without_a_day": endless, "cameras_not_in_register": strange}
    if late or endless or strange:
        said = f"{late} kept past their day, {endless} without one, {strange} from a camera that the register does not have"
        return Finding(False, f"Of {counted(kept, 'recording')} {said}", counts)
    return Finding(True, f"{counted(kept, 'recording').capitalize()} kept, each within its days", counts)


@says("records.bodychart", "strokes")
@says("records.treatmentconsent", "strokes")
def drawing_in_words(row: Any, field: str, known: Known) -> str:
    """A drawing is points in a box, which the file for machines has."""
    many = len(getattr(row, field) or ())
    return f"A drawing of {many} {'line' if many == 1 else 'lines'}" if many else ""


@says("records.observation", "value")
def number_with_its_unit(row: Any, field: str, known: Known) -> str:
    """What was measured, as the card has it: a number alone says nothing to whoever gets a copy."""
    return f"{row.value.normalize():f} {row.measure.unit}"


@says("records.clinicalnote", "answers")
def note_answers_in_words(row: Any, field: str, known: Known) -> str:
    """What was filled in of a template: each question with its answer."""
    return "\n".join(
        f"{each['question']}: {each['answer']}" for each in row.answers.get("answers", ()) if each["answer"]
    )
