"""
Acts on requests for treatment.

Passing a request on changes who may look, and nothing of what is held: support staff do it without a key to the answers. The
gate is asked whether they may see who the person is for this purpose, since that is all their role lets them see of it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.intake import selectors as intake
from troth.intake import services as answering
from troth.intake.rules import suiting
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.prescribing import rules
from troth.prescribing.models import EarlierDecision, MedicationRequest, Outcome, RequestStatus
from troth.prescribing.rules import dispensing
from troth.prescribing.rules.machine import REQUEST, Step
from troth.prescribing.selectors import pricing, supplies
from troth.prescribing.services.arriving import (
    file_gp_message,
    open_gp_message,
    read_mailbox,
    set_gp_message_aside,
)
from troth.prescribing.services.asking import ask_gp, keep_gp_records, remind_gp
from troth.prescribing.services.carrying import carry_gp_letter, watch_gp_letters
from troth.prescribing.services.chasing import chase_gps
from troth.prescribing.services.deciding import (
    answer_question,
    ask_patient,
    choose_gp,
    confirm_answers,
    decide_request,
    prescribe,
    record_verification,
)
from troth.prescribing.services.documents import (
    decide_document,
    destroy_documents,
    send_document,
    take_document_back,
)
from troth.prescribing.services.noticing import _mark, compare_card, raise_concern, weigh_concern
from troth.prescribing.services.paying import THING, _charge, _move_money, hear_of, pay_request
from troth.prescribing.services.reacting import record_card, report_reaction, review_reaction
from troth.prescribing.services.supplying import (
    answer_query,
    cancel_prescription,
    deliver,
    dispatch,
    follow_up,
    query_prescription,
    release_prescription,
    take_back,
)
from troth.prescribing.services.taking_in import (
    have_gp_reminded,
    keep_taken_in,
    put_gp_answer_back,
    take_in_gp_answer,
)
from troth.prescribing.services.telling import (
    bounce_gp_letter,
    post_gp_letter,
    record_gp_answer,
    write_gp_letter,
)
from troth.vault.categories import Category

__all__ = [
    "THING",
    "answer_query",
    "answer_question",
    "ask_gp",
    "ask_patient",
    "assign_assistant",
    "assign_request",
    "bounce_gp_letter",
    "cancel_prescription",
    "carry_gp_letter",
    "change_answers",
    "chase_gps",
    "choose_gp",
    "compare_card",
    "confirm_answers",
    "contest_decision",
    "decide_document",
    "decide_request",
    "deliver",
    "destroy_documents",
    "dispatch",
    "file_gp_message",
    "follow_up",
    "have_gp_reminded",
    "hear_of",
    "keep_gp_records",
    "keep_taken_in",
    "open_gp_message",
    "pay_request",
    "post_gp_letter",
    "prescribe",
    "put_gp_answer_back",
    "query_prescription",
    "raise_concern",
    "read_mailbox",
    "record_card",
    "record_gp_answer",
    "record_verification",
    "release_prescription",
    "remind_gp",
    "report_reaction",
    "request_treatment",
    "review_reaction",
    "send_document",
    "send_request",
    "set_gp_message_aside",
    "take_back",
    "take_document_back",
    "take_in_gp_answer",
    "watch_gp_letters",
    "weigh_concern",
    "withdraw_request",
    "write_gp_letter",
]

ROUTES = "support passes a request on without a key to what was asked for; who it is, is asked for"


@act(Event.TREATMENT_REQUESTED, purpose=Purpose.PRESCRIBING)
def request_treatment(
    subject: UUID,
    *,
    medicine: str,
    answers: list[dict[str, Any]],
    by: Actor,
    at: datetime,
) -> MedicationRequest:
    """
    This will put a person's request, with their answers as question and answer, into the queue.

    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    return MedicationRequest.objects.create(
        subject_id=subject, status=RequestStatus.REQUESTED, requested_at=at, medicine=medicine, answers=answers
    )


@act(Event.TREATMENT_REQUESTED, purpose=Purpose.PRESCRIBING)
def send_request(response: UUID, *, asks_review: bool, by: Actor, at: datetime) -> UUID:
    """
    This will send a person's answers as a request. Where a rule stops it, it goes on only when they ask that a prescriber looks
    (LAW-3.11): no rule refuses anybody.

    :raises NotPossible: something is not answered, a rule stops it and no review was asked for, or it is not offered.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    with processing(Purpose.PRESCRIBING, by=by, at=at) as opened:
        subject = intake.subject_of(response)
        opened.require(subject, Category.IDENTITY, Category.HEALTH)
        who = people.get_identity(subject, opened)
        reach = people.get_contact(subject, opened)
        earlier = supplies.supplies_of(subject, opened)
    sheet = answering.send_answers(response, by=by, at=at)
    found = suiting.assess(
        sheet.treatment,
        sheet.form,
        sheet.answers,
        born_on=who.born_on if who else None,
        last_supplied_on=supplies.last_on(earlier, sheet.treatment.id),
        today=timezone.localdate(at),
    )
    if any(each.stops for each in found) and not asks_review:
        raise rules.NotPossible("A rule stops this request. Ask that a prescriber looks at it, or leave it.")
    made = MedicationRequest(
        subject_id=subject,
        status=RequestStatus.REQUESTED,
        requested_at=at,
        response=response,
        medicine=sheet.treatment.title,
        answers=[],
        findings=[asdict(each) for each in found],
    )
    pence = pricing.price_of(sheet.treatment)
    if pence is None:
        raise rules.NotPossible("We do not offer this treatment at the moment. Your answers stay with you, unsent.")
    _charge(made, pence, pricing.rate_of(sheet.treatment), by=by, at=at)
    made.save()
    _mark(made, who, reach, at=at)
    sent: UUID = made.pk
    return sent


@act(Event.REQUEST_CHANGED, purpose=Purpose.PRESCRIBING)
def change_answers(request: UUID, given: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """
    This will put later answers beside those that were sent, while nobody has decided. Whoever decides sees both.

    :raises NotPossible: it is closed, somebody else's, or an answer does not fit.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request, Category.HEALTH)
    rules.check_is_own(subject=row.subject_id, by=by.id)
    rules.check_can_change(status=row.status, response=row.response)
    assert row.response is not None
    answering.change_answers(row.response, given, by=by, at=at)


@act(Event.REQUEST_ASSIGNED, purpose=Purpose.PRESCRIBING, action=Action.READ, unasked=ROUTES)
def assign_request(request: UUID, *, prescriber: UUID, by: Actor, at: datetime) -> None:
    """
    This will pass a request to a prescriber, who from then on has a reason to look; one who had it before has none.

    :raises NotPossible: it is closed, or they may not prescribe.
    :raises Refused: the actor may not see who the person is for prescribing.
    """
    row = _locked(request, Category.IDENTITY)
    rules.check_can_assign(status=row.status, may_prescribe=_may_prescribe(actors.person(prescriber, at=at)))
    rules.check_is_not_the_first(not_by=row.not_by, prescriber=prescriber)
    dispensing.check_is_not_own(subject=row.subject_id, by=prescriber)
    row.status, row.prescriber = rules.step(REQUEST, row.status, Step.ASSIGN), prescriber
    row.save()


@act(Event.ASSISTANT_ASSIGNED, purpose=Purpose.PRESCRIBING, action=Action.READ, unasked=ROUTES)
def assign_assistant(request: UUID, *, assistant: UUID, by: Actor, at: datetime) -> None:
    """
    This will ask a healthcare assistant to prepare a request, who from then on has a reason to look.

    :raises NotPossible: it is closed, or they do not prepare requests.
    :raises Refused: the actor may not see who the person is for prescribing.
    """
    row = _locked(request, Category.IDENTITY)
    prepares = bool(actors.person(assistant, at=at).roles & rules.PREPARING)
    rules.check_can_prepare(status=row.status, may_prepare=prepares)
    dispensing.check_is_not_own(subject=row.subject_id, by=assistant)
    row.assistant = assistant
    row.save()


@act(Event.REQUEST_CONTESTED, purpose=Purpose.PRESCRIBING)
def contest_decision(request: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will put a request that was not prescribed back into the queue, for another prescriber than who decided it. What was
    decided is kept as it was, with what its person says against it (LAW-3.11, LAW-3.12).

    :raises NotPossible: it is open, somebody else's, was prescribed, or was looked at again before.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request, Category.HEALTH)
    rules.check_is_own(subject=row.subject_id, by=by.id)
    with processing(Purpose.PRESCRIBING, Action.READ, by=by, at=at):
        outcome, said, grounds = row.outcome, row.outcome_words, row.grounds
    rules.check_can_contest(
        status=row.status,
        prescribed=outcome is Outcome.PRESCRIBED,
        contested=EarlierDecision.objects.filter(request_id=row.pk).exists(),
        decided_at=row.decided_at,
        words=words,
        at=at,
    )
    assert row.prescriber is not None
    assert row.decided_at is not None
    EarlierDecision.objects.create(
        subject_id=row.subject_id,
        request_id=row.pk,
        prescriber=row.prescriber,
        decided_at=row.decided_at,
        contested_at=at,
        seconds=row.seconds,
        outcome=outcome,
        outcome_words=said,
        grounds=grounds,
        objection=words.strip(),
    )
    row.status = rules.step(REQUEST, row.status, Step.CONTEST)
    row.not_by, row.prescriber, row.assistant = row.prescriber, None, None
    row.decided_at = row.seconds = row.outcome = row.outcome_words = row.grounds = None
    row.save()


@act(Event.REQUEST_WITHDRAWN, purpose=Purpose.PRESCRIBING)
def withdraw_request(request: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will take a request back, for the person who made it. What was answered stays on their record.

    :raises NotPossible: it is closed, or somebody else's.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(request, Category.HEALTH)
    rules.check_is_own(subject=row.subject_id, by=by.id)
    rules.check_can_withdraw(status=row.status)
    row.status = rules.step(REQUEST, row.status, Step.WITHDRAW)
    row.save()
    _move_money(row, Step.WITHDRAW, by=by, at=at)


def _locked(request: UUID, category: Category) -> MedicationRequest:
    """The request, held against a second hand, when the gate lets the actor at this category of its person."""
    row: MedicationRequest | None = MedicationRequest.objects.select_for_update().filter(pk=request).first()
    # A request that does not exist is answered as one of a stranger: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else request, category)
    if row is None:
        raise nothing_there()
    return row


def _may_prescribe(actor: Actor) -> bool:
    return bool(actor.roles & rules.prescribing_roles(acting().register))
