"""
Acts by which a request comes to its end: asking, checking, prescribing, refusing, referring.

Whoever decides shows the review that they opened, as a ticket of this deployment: it says when it was opened, and what stood there
then. So a decision from a stale page, or without having looked, is none.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.intake import services as answering
from troth.ledger import signing
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.notice.schema.words import Origin
from troth.people import selectors as people
from troth.prescribing import rules
from troth.prescribing.models import (
    GpChoice,
    GpState,
    Matter,
    MedicationRequest,
    Method,
    Outcome,
    Prescription,
    RequestMessage,
    RequestStatus,
    SupplyStatus,
    Verification,
    Verified,
)
from troth.prescribing.rules import dispensing, gates, paper
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.machine import REQUEST, Step
from troth.prescribing.selectors import reviewing
from troth.prescribing.services.alerting import _tell
from troth.prescribing.services.paying import _move_money
from troth.rights import services as rights
from troth.vault import files, tickets
from troth.vault.categories import Category

#: Without letters and figures that are mistaken for each other.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: By which ways of checking somebody else tells us something: the person is told of it (LAW-9.3).
_ORIGINS = {Method.RECORD: Origin.GP, Method.THIRD_PARTY: Origin.ANOTHER}
#: What somebody says by one press, in the conversation where the prescriber reads it.
ALL_HOLDS = "I have looked through all of my answers. They hold as they stand now."
#: Of one request; whoever has more to say is rung.
MOST_MESSAGES = 100


@act(Event.REQUEST_ASKED, purpose=Purpose.PRESCRIBING)
def ask_patient(request: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will ask the person something; the request waits until they answer.

    :raises NotPossible: it is not with this prescriber.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_is_theirs(prescriber=row.prescriber, by=by.id)
    row.status = rules.step(REQUEST, row.status, Step.ASK)
    row.save()
    _write_message(row, words, by_staff=True, at=at)
    _tell(row.subject_id, by=by, at=at)


@act(Event.REQUEST_ANSWERED, purpose=Purpose.PRESCRIBING)
def answer_question(request: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will keep what the person writes about their request. Where they were asked, it goes back to its prescriber.

    :raises NotPossible: it is closed, or somebody else's.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_is_open(status=row.status)
    rules.check_is_own(subject=row.subject_id, by=by.id)
    if row.status == RequestStatus.ASKED:
        row.status = rules.step(REQUEST, row.status, Step.ANSWER)
        row.save()
    _write_message(row, words, by_staff=False, at=at)


@act(Event.REQUEST_CONFIRMED, purpose=Purpose.PRESCRIBING)
def confirm_answers(request: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will keep that all the answers hold as they stand, so that they are as good as on the day they were sent. It is said in
    the conversation too, and where the person was asked something, it goes back to its prescriber as an answer does.

    :raises NotPossible: it is closed, somebody else's, or a question that came since is not answered.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_is_own(subject=row.subject_id, by=by.id)
    rules.check_can_change(status=row.status, response=row.response)
    assert row.response is not None
    answering.confirm_answers(row.response, by=by, at=at)
    if row.status == RequestStatus.ASKED:
        row.status = rules.step(REQUEST, row.status, Step.ANSWER)
        row.save()
    _write_message(row, ALL_HOLDS, by_staff=False, at=at)


@act(Event.GP_CHOSEN, purpose=Purpose.PRESCRIBING)
def choose_gp(
    subject: UUID,
    *,
    state: GpState,
    practice: Mapping[str, str] | None = None,
    may_ask: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """
    This will keep whether a person's GP may be told, and asked, from now on; what was sent before stays recorded as sent.

    :raises NotPossible: they agreed and named no practice, or it is chosen by somebody else.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    acting().require(subject, Category.HEALTH)
    rules.check_is_own(subject=subject, by=by.id)
    rules.check_can_choose_gp(state=state, practice=practice)
    hold(subject)  # so that numbers follow each other
    GpChoice.objects.create(
        subject_id=subject,
        number=GpChoice.objects.filter(subject_id=subject).count() + 1,
        chosen_at=at,
        state=state,
        practice=dict(practice or {}),
        may_ask=may_ask and state is GpState.GIVEN,
    )


@act(Event.REQUEST_VERIFIED, purpose=Purpose.PRESCRIBING)
def record_verification(
    request: UUID, *, matter: Matter, method: Method, result: Verified, note: str, by: Actor, at: datetime
) -> None:
    """
    This will keep one check of what somebody said, made by another way than the questionnaire. It is never changed.

    :raises NotPossible: the request is closed, the person checks themself, or nothing is said of the evidence.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_is_open(status=row.status)
    rules.check_can_verify(subject=row.subject_id, by=by.id, note=note)
    origin = _ORIGINS.get(method)
    if origin is not None:
        kind = Category.IDENTITY if matter is Matter.IDENTITY else Category.HEALTH
        rights.note_obtained(row.subject_id, origin=origin, kinds={kind}, by=by, at=at)
    Verification.objects.create(
        subject_id=row.subject_id,
        request_id=row.pk,
        checked_at=at,
        matter=matter,
        method=method,
        result=result,
        note=note,
    )


@act(Event.REQUEST_DECIDED, purpose=Purpose.PRESCRIBING)
def decide_request(request: UUID, *, outcome: Outcome, words: str, review: str, by: Actor, at: datetime) -> None:
    """
    This will refuse a request or refer the person elsewhere, with what they are told. A medicine is prescribed by `prescribe`.

    :raises NotPossible: it is closed or with another, was not opened or changed since, or the outcome is a prescription.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_can_decide(status=row.status, prescriber=row.prescriber, by=by.id)
    rules.check_is_not_the_first(not_by=row.not_by, prescriber=by.id)
    dispensing.check_is_not_own(subject=row.subject_id, by=by.id)
    if outcome is Outcome.PRESCRIBED:
        raise rules.NotPossible("Choose the medicine, so that everything that must hold for it is looked at.")
    _decide(row, outcome, words, seconds=_seconds(review, row, by, at), by=by, at=at)


@act(Event.PRESCRIBED, purpose=Purpose.PRESCRIBING)
def prescribe(
    request: UUID,
    *,
    medicine: str,
    quantity: int,
    directions: str,
    indication: str,
    words: str,
    reasons: Mapping[str, str],
    review: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    This will prescribe a medicine and sign the prescription, once every gate holds. The pharmacist checks it next.

    :raises NotPossible: a gate does not hold (the first is named), something changed since it was opened, or it is not theirs.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request)
    rules.check_can_decide(status=row.status, prescriber=row.prescriber, by=by.id)
    rules.check_is_not_the_first(not_by=row.not_by, prescriber=by.id)
    dispensing.check_is_not_own(subject=row.subject_id, by=by.id)
    rules.check_may_prescribe(may_prescribe=bool(by.roles & rules.prescribing_roles(acting().register)))
    seconds = _seconds(review, row, by, at)
    wanted = formulary().get(medicine)
    if wanted is None:
        raise rules.NotPossible("This medicine is not in the formulary.")
    rules.check_amount(quantity=quantity, most=wanted.most, unit=wanted.unit, directions=directions)
    with processing(Purpose.PRESCRIBING, Action.READ, by=by, at=at) as opened:
        seen = reviewing.get_review(request, opened)
        closed = gates.unmet(seen.facts(wanted, dict(reasons)))
        if closed:
            raise rules.NotPossible(f"{closed[0].name}: {closed[0].sentence}")
        who = people.get_identity(row.subject_id, opened)
        reach = people.get_contact(row.subject_id, opened)
    assert seen.sheet is not None
    assert by.id
    assert who is not None
    _decide(row, Outcome.PRESCRIBED, words, seconds=seconds, by=by, at=at, grounds=dict(reasons))
    signer = people.staff_profiles([by.id]).get(by.id)
    item = {
        "medicine": wanted.id,
        "name": wanted.name,
        "form": wanted.form,
        "dmd": wanted.dmd,
        "quantity": quantity,
        "unit": wanted.unit,
        "directions": directions,
        "indication": indication,
        "treatment": seen.sheet.treatment.id,
        "cold": wanted.cold,
        "until": dispensing.last_day(
            timezone.localdate(at), controlled=gates.Risk.CONTROLLED in wanted.risks
        ).isoformat(),
    }
    return _sign(
        row,
        item,
        paper.Person(who.name, who.born_on, reach.address if reach else "", reach.postcode if reach else ""),
        paper.Signer(signer.name if signer else "", signer.registration if signer else ""),
        by=by,
        at=at,
    )


def _write_message(row: MedicationRequest, words: str, *, by_staff: bool, at: datetime) -> None:
    """
    Put a message into a request's conversation, within the act that is open.

    :raises NotPossible: it says nothing, or there are too many.
    """
    number = RequestMessage.objects.filter(request_id=row.pk).count()
    rules.check_can_write(words=words, number=number, most=MOST_MESSAGES)
    RequestMessage.objects.create(
        subject_id=row.subject_id,
        request_id=row.pk,
        number=number + 1,
        written_at=at,
        by_staff=by_staff,
        words=words,
    )


def _decide(
    row: MedicationRequest,
    outcome: Outcome,
    words: str,
    *,
    seconds: int | None,
    by: Actor,
    at: datetime,
    grounds: Mapping[str, str] | None = None,
) -> None:
    """Write the decision down."""
    step = {Outcome.PRESCRIBED: Step.PRESCRIBE, Outcome.REFUSED: Step.REFUSE, Outcome.REFERRED: Step.REFER}[outcome]
    row.status, row.decided_at = rules.step(REQUEST, row.status, step), at
    row.outcome, row.outcome_words = outcome, words
    row.seconds, row.grounds = seconds, dict(grounds or {})
    row.save()
    _move_money(row, step, by=by, at=at)
    _tell(row.subject_id, by=by, at=at)


def _sign(
    request: MedicationRequest,
    item: dict[str, Any],
    person: paper.Person,
    signer: paper.Signer,
    *,
    by: Actor,
    at: datetime,
) -> UUID:
    """Set the document, seal it and sign its digest, within the act that prescribes."""
    whole = "".join(secrets.choice(_LETTERS) for _ in range(12))
    reference = "-".join(whole[each : each + 4] for each in (0, 4, 8))
    version = notices.version_in_force(at)
    assert version is not None
    controller = notices.notice_of(version).controller
    assert controller is not None
    document = paper.set_prescription(
        reference=reference,
        item=item,
        person=person,
        signer=signer,
        clinic=paper.Clinic(controller.trading_name or controller.legal_name, controller.address, controller.website),
        at=at,
    )
    digest = hashlib.sha256(document).hexdigest()
    assert by.id
    signature = signing.signer().sign(paper.signed_text(reference, digest, by.id, at))
    made = Prescription.objects.create(
        subject_id=request.subject_id,
        request_id=request.pk,
        status=SupplyStatus.SIGNED,
        number=reference,
        prescriber=by.id,
        signed_at=at,
        file_hash=digest,
        signature=signature,
        item=item,
        file=files.store([document], name="prescription.pdf", media_type="application/pdf"),
    )
    found: UUID = made.pk
    return found


def _seconds(review: str, row: MedicationRequest, by: Actor, at: datetime) -> int:
    """
    For how long the prescriber had the review before them.

    :raises NotPossible: they did not open it, or something was added since.
    """
    assert by.id
    try:
        said = tickets.read(review, page=reviewing.REVIEW, holder=by.id, at=at)
    except tickets.TicketInvalid:
        raise rules.NotPossible("Open the request and read it first; what you had open has run out.") from None
    if said["request"] != row.pk.hex:
        raise rules.NotPossible("What you had open is another request. Open this one.")
    rules.check_is_as_read(read=said["mark"], stands=reviewing.mark_of(row.pk, row.subject_id, row.response))
    return max(0, int((at - datetime.fromisoformat(said["at"])).total_seconds()))


def _locked(request: UUID) -> MedicationRequest:
    """The request, held against a second hand, when the gate lets the actor at this person's health data."""
    row: MedicationRequest | None = MedicationRequest.objects.select_for_update().filter(pk=request).first()
    acting().require(row.subject_id if row else request, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return row


__all__ = [
    "answer_question",
    "ask_patient",
    "choose_gp",
    "decide_request",
    "prescribe",
    "record_verification",
]
