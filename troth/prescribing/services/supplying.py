"""Acts on a prescription and its supply: signing, the pharmacist's check, sending, coming back, following up."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.prescribing import rules
from troth.prescribing.models import MedicationRequest, Prescription, RequestMessage
from troth.prescribing.rules import dispensing, triage
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.machine import BY_ANOTHER, SUPPLY, Step
from troth.prescribing.selectors import supplies
from troth.prescribing.services import setting, telling
from troth.prescribing.services.alerting import _tell
from troth.prescribing.services.paying import _check_is_taken, _move_money
from troth.records import selectors as records
from troth.records.selectors import TaskKind
from troth.records.services import give_task, settle_task
from troth.sharing import services as sharing
from troth.vault.categories import Category

#: The notice's recipient that dispenses, where the clinic does not do so itself.
PHARMACY = "pharmacy"


@act(Event.SUPPLY_QUERIED, purpose=Purpose.PRESCRIBING)
def query_prescription(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will send a prescription back to its prescriber with a question.

    :raises NotPossible: it does not wait for a check, or its prescriber asks.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.QUERY, by)
    _message(row, words, at)


@act(Event.SUPPLY_EXPLAINED, purpose=Purpose.PRESCRIBING)
def answer_query(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will answer the pharmacist's question; they check again.

    :raises NotPossible: there is none, or another prescriber signed.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.REPLY, by)
    rules.check_is_theirs(prescriber=row.prescriber, by=by.id)
    _message(row, words, at)


@act(Event.SUPPLY_RELEASED, purpose=Purpose.PRESCRIBING)
def release_prescription(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will record the pharmacist's own check, after which the medicine may be sent. It is never the signer's. Where a pharmacy
    outside dispenses, it has the prescription from now on, and the person reads so.

    :raises NotPossible: it does not wait for a check, has run out, the actor signed it or asked for it, or is no pharmacist.
    :raises Refused: the actor may not write health data of this person for prescribing, or not pass it on.
    """
    row = _step(prescription, Step.RELEASE, by)
    _check_is_in_date(row, by=by, at=at)
    row.pharmacist, row.checked_at = by.id, at
    row.save()
    _message(row, words, at)
    if PHARMACY in acting().register.purposes[Purpose.PRESCRIBING].recipients:
        sharing.record_disclosure(
            row.subject_id,
            recipient=PHARMACY,
            purpose=Purpose.PRESCRIBING,
            categories={Category.IDENTITY, Category.CONTACT, Category.HEALTH},
            what="A prescription, to be sent to your address",
            by=by,
            at=at,
        )


@act(Event.SUPPLY_CANCELLED, purpose=Purpose.PRESCRIBING)
def cancel_prescription(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will end a supply that has not left: by its prescriber, by a pharmacist, or by the person themself. The person reads why.

    :raises NotPossible: it has left.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.CANCEL, by)
    if by.id not in (row.subject_id, row.prescriber):
        rules.check_is_pharmacist(by.roles)
    _message(row, words, at, by_staff=by.id != row.subject_id, among_staff=False)
    _move_money(MedicationRequest.objects.get(pk=row.request_id), Step.CANCEL, by=by, at=at)
    _tell(row.subject_id, by=by, at=at)


@act(Event.SUPPLY_SENT, purpose=Purpose.PRESCRIBING)
def dispatch(prescription: UUID, *, tracking: str, by: Actor, at: datetime) -> None:
    """
    This will record that the parcel left, with the number by which it is followed; and write to the GP, if they may be told.

    :raises NotPossible: nobody has checked it, it has run out, or no number is given.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.DISPATCH, by)
    _check_is_in_date(row, by=by, at=at)
    rules.check_tracking(tracking)
    _check_is_taken(row.request_id)
    row.tracking, row.dispatched_at = tracking.strip(), at
    row.task = _plan_follow_up(row, by=by, at=at)
    row.save()
    if setting.FOR in acting().register.purposes:  # a clinic that writes to no GP declares no such purpose
        telling.write_gp_letter(prescription, by=by, at=at)
    _tell(row.subject_id, by=by, at=at)


@act(Event.SUPPLY_DELIVERED, purpose=Purpose.PRESCRIBING)
def deliver(prescription: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will record that it was received: the pharmacy says so, or the person.

    :raises NotPossible: it is not on its way.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.DELIVER, by)
    row.delivered_at = at
    row.save()


@act(Event.SUPPLY_RETURNED, purpose=Purpose.PRESCRIBING)
def take_back(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will record that a parcel came back. A medicine that has left is never supplied again.

    :raises NotPossible: it never left.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    _message(_step(prescription, Step.RETURN, by), words, at)


@act(Event.SUPPLY_FOLLOWED_UP, purpose=Purpose.PRESCRIBING)
def follow_up(prescription: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will record how they are on the medicine, which closes the supply, and ends the task to ask, whoever it was for.

    :raises NotPossible: it was not delivered.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _step(prescription, Step.FOLLOW_UP, by)
    _message(row, words, at)
    if row.task and records.get_task(row.task) is not None:
        settle_task(row.task, by=by, at=at)


def _step(prescription: UUID, step: Step, by: Actor) -> Prescription:
    """
    The prescription after a step, held against a second hand.

    :raises NotPossible: the step does not lead on from where it is, or is not this actor's.
    """
    row: Prescription | None = Prescription.objects.select_for_update().filter(pk=prescription).first()
    acting().require(row.subject_id if row else prescription, Category.HEALTH)
    if row is None:
        raise nothing_there()
    if step in BY_ANOTHER:
        rules.check_is_pharmacist(by.roles)
        rules.check_is_another(signer=row.prescriber, by=by.id)
    if step in (Step.DISPATCH, Step.RETURN):
        rules.check_is_pharmacist(by.roles)
    if step in (*BY_ANOTHER, Step.DISPATCH, Step.RETURN):
        dispensing.check_is_not_own(subject=row.subject_id, by=by.id)
    if step is Step.FOLLOW_UP:
        rules.check_is_staff(subject=row.subject_id, by=by.id)
    after = rules.step(SUPPLY, row.status, step)
    row.status = after
    if step is not Step.RELEASE:  # a release is saved with who checked it: the database takes it in no other way
        row.save()
    return row


def _check_is_in_date(row: Prescription, *, by: Actor, at: datetime) -> None:
    """
    Refuse what has run out since it was signed.

    :raises NotPossible: it has.
    """
    with processing(Purpose.PRESCRIBING, Action.READ, by=by, at=at) as opened:
        until = supplies.get_supply(row.pk, opened).until
    dispensing.check_is_in_date(until=until, today=timezone.localdate(at))


def _plan_follow_up(row: Prescription, *, by: Actor, at: datetime) -> UUID | None:
    """
    A task for whoever signed: to ask how they are, on the day that what is known of the medicine asks for. A task is a reason to
    look, so it is one colleague's and not all of them's, save where that one has left meanwhile; None where nobody here prescribes.
    """
    stays = bool(actors.person(row.prescriber, at=at).roles & rules.DECIDING)
    role = "" if stays else min(rules.prescribing_roles(acting().register), default="")
    if not stays and not role:
        return None
    with processing(Purpose.PRESCRIBING, Action.READ, by=by, at=at):
        item = dict(row.item)
    known = formulary().get(item["medicine"])
    return give_task(
        row.subject_id,
        TaskKind.REVIEW,
        words=f"Ask how they are on {item['name']}, and record it with the supply.",
        due_on=timezone.localdate(at) + timedelta(days=triage.follow_up_after(known.risks if known else ())),
        for_role=role,
        for_person=row.prescriber if stays else None,
        by=by,
        at=at,
    )


def _message(row: Prescription, words: str, at: datetime, *, by_staff: bool = True, among_staff: bool = True) -> None:
    """
    What was written with a step, in the conversation of the request; among staff, its person does not read it there.

    :raises NotPossible: it says nothing.
    """
    # However much was written before: a supply that must not leave is stopped all the same.
    rules.check_can_write(words=words)
    number = RequestMessage.objects.filter(request_id=row.request_id).count()
    RequestMessage.objects.create(
        subject_id=row.subject_id,
        request_id=row.request_id,
        number=number + 1,
        written_at=at,
        by_staff=by_staff,
        among_staff=among_staff,
        words=words,
    )
