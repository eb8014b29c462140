"""
Carrying out other rights: putting a fact right, adding what somebody says against an entry, telling recipients, using a restricted
record in one of the ways that the law leaves, and lifting a restriction only after the person was told.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.gate import actors, facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check
from troth.gate.rules import GLASS_MINUTES, PermittedUse, check_emergency_note
from troth.law.exemptions import Exemption
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.people.rules import normal_nhs_number
from troth.people.selectors.patients import holds_nhs_numbers
from troth.people.selectors.same import told_apart_of
from troth.rights.models import (
    Correction,
    DisputeStatement,
    LiftingNotice,
    RecipientTold,
    RestrictedUse,
    RightsCase,
    State,
    StepKind,
)
from troth.rights.rules import PRIVACY_OFFICER, check_can_announce, check_can_weigh
from troth.rights.rules.clock import is_unproven
from troth.rights.rules.letters import Composed, Ending, LetterKind
from troth.rights.selectors import answering, clocks
from troth.rights.selectors.cases import get_case
from troth.rights.selectors.holdings import category_of
from troth.rights.selectors.objected import objected_in
from troth.rights.selectors.values import as_text
from troth.rights.selectors.wishes import can_object, restricted_since
from troth.rights.services.standing import lift_restriction, object_to, withdraw_objection
from troth.rights.services.stepping import _add, _close, _compose_for, _name_use, _send, _title, _why_unproven
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice
from troth.vault.models import Holding


class AnswerRefused(Exception):
    """An answer cannot be given as asked; the message says why and what to do."""


@act(Event.CORRECTED, purpose=Purpose.RIGHTS)
def correct(
    case: UUID, *, model: str, item: UUID, field: str, value: str, words: str, by: Actor, at: datetime
) -> None:
    """
    Put one fact right, and keep what stood there before (LAW-3.3). `model` is the entry's, such as `people.identity`.

    :raises AnswerRefused: it is no such case, no fact, or the value does not fit.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.RECTIFICATION)
    if field not in answering.correctable_fields(model):
        raise AnswerRefused(
            "This is not changed: it is what somebody found or did. Add what they say against it instead (LAW-3.3)."
        )
    if not words.strip():
        raise AnswerRefused("Write in a sentence how you decided: it stands beside the correction.")
    if field == "nhs_number" and value.strip() and not holds_nhs_numbers(at):
        raise AnswerRefused("Our notice does not name the NHS number among what we hold, so none is written down.")
    if why_not := _why_unproven(case):
        raise AnswerRefused(why_not)
    row = answering.row_of(model, item, known.subject_id)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        was = getattr(row, field)
        before = as_text(was)
        setattr(row, field, _value_of(row, field, value))
        if model == "people.identity":
            row.told_apart_by = told_apart_of(row)  # type: ignore[attr-defined, arg-type]
        now = getattr(row, field)
        if field == "born_on" and now > timezone.localdate(at):
            raise AnswerRefused("That day is still to come. Check the year.")
        after = as_text(now)
    row.save()
    if (model, field) == ("people.identity", "born_on"):
        people.follow_birthday(known.subject_id, before=was, born_on=now, by=by, at=at)
    Correction.objects.create(
        subject_id=known.subject_id,
        case_id=case,
        item=item,
        category=category_of(type(row)).value,
        field=field,
        before=before,
        after=after,
        words=words,
    )


@act(Event.STATEMENT_ADDED, purpose=Purpose.RIGHTS)
def add_statement(case: UUID, *, item: UUID, about: str, words: str, by: Actor, at: datetime) -> None:
    """
    Set what a person says against an entry beside it; the entry stays as it was written (LAW-3.3). `about` names the entry.

    :raises AnswerRefused: it is no such case, or nothing is said.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.RECTIFICATION)
    if not words.strip():
        raise AnswerRefused("Write what they say against it, in their words.")
    DisputeStatement.objects.create(subject_id=known.subject_id, item=item, about=about, words=words)


@act(Event.RECIPIENT_TOLD, purpose=Purpose.RIGHTS)
def tell_recipient(case: UUID, *, recipient: str, outcome: str, words: str, by: Actor, at: datetime) -> None:
    """
    Record that a recipient was told of what changed, or why that is impossible or out of proportion (LAW-3.7).

    :raises AnswerRefused: they had nothing of what changed, it was recorded already, or nothing is said.
    :raises Refused: the actor may not do this for that person.
    """
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = get_case(case, opened)
        wanted = {each.recipient: each for each in answering.recipients_of(known, opened)}
    if recipient not in wanted:
        raise AnswerRefused("Nothing of what changed was passed to them.")
    if wanted[recipient].outcome:
        raise AnswerRefused("This is recorded already.")
    if not words.strip():
        raise AnswerRefused("Write how they were told, or why that is not possible.")
    RecipientTold.objects.create(
        subject_id=known.subject, case_id=case, recipient=recipient, outcome=outcome, words=words
    )


@act(Event.OBJECTION_WEIGHED, purpose=Purpose.RIGHTS)
def weigh_objection(
    case: UUID, *, purpose: Purpose, upheld: bool, words: str, by_post: bool = False, by: Actor, at: datetime
) -> None:
    """
    Decide an objection: it stands for good, or the use goes on for grounds that outweigh it (LAW-3.9). Direct marketing is never
    weighed: an objection to it stands.

    :raises AnswerRefused: it is no such case, nothing is said, or it is about marketing.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.OBJECTION)
    if why_not := check_can_weigh(purpose, upheld=upheld, words=words):
        raise AnswerRefused(why_not)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        said = objected_in(get_case(case, opened), opened, at=at)
    if purpose not in said.waiting:
        raise AnswerRefused("No objection to that use waits in this case. Say first which use they object to.")
    if not upheld:
        _let_go_on(known.subject_id, purpose, by=by, at=at)
    letter = _weighing_letter(case, purpose=purpose, upheld=upheld, words=words, at=at)
    if said.waiting - {purpose}:
        _send(known, letter, by_post=by_post, by=by, at=at)
        detail = {"weighed": purpose.value, "upheld": "yes" if upheld else ""}
        _add(known, StepKind.NOTE, at=at, words=f"Weighed: {_title(purpose, at)}. {words}", detail=detail)
        return
    found = {**said.found, purpose: upheld}
    ending, grounds = _outcome(*found.values())
    also = {"upheld": upheld, "purpose": purpose.value}
    _close(known, ending, letter, by_post=by_post, grounds=grounds, words=words, also=also, by=by, at=at)


def _let_go_on(subject: UUID, purpose: Purpose, *, by: Actor, at: datetime) -> None:
    """End an objection under every record of theirs: the gate asks all of them, and would hold the use up for one."""
    for each in linking.subjects_of(subject, at=at):
        if any(fact.purpose == purpose.value for fact in facts.of(each, FactKind.OBJECTION, at=at)):
            withdraw_objection(each, purpose, by=by, at=at)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def name_use(case: UUID, *, purpose: Purpose, by: Actor, at: datetime) -> None:
    """
    Write down which use an objection is about, where nobody did when it came: it stops in the same act, until it is weighed
    (LAW-3.9). Until a proof that was asked for was looked at, only marketing stops (LAW-1.15).

    :raises AnswerRefused: it is no such case, nobody can object to that use, or it is not known yet that it was them.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.OBJECTION)
    declared = notices.register_in_force(at).purposes.get(purpose)
    if declared is None or not can_object(declared):
        raise AnswerRefused(
            "Our notice rests this on nothing that can be objected to: tell them so, and on what [LAW-3.9]."
        )
    if purpose is not Purpose.MARKETING and is_unproven([kind for kind, _ in clocks.happened_in(case)]):
        raise AnswerRefused("Look first at the proof of who they are: before, only marketing stops [LAW-1.15].")
    object_to(known.subject_id, purpose, by=by, at=at)
    _name_use(known, purpose, at=at)


def _outcome(*upheld: bool) -> tuple[Ending, tuple[str, ...]]:
    """How a case ends of which these objections were upheld, or not."""
    if all(upheld):
        return Ending.ANSWERED, ()
    return Ending.PARTLY if any(upheld) else Ending.REFUSED, (Exemption.COMPELLING.value,)


def _weighing_letter(case: UUID, *, purpose: Purpose, upheld: bool, words: str, at: datetime) -> Composed:
    """The letter that tells how an objection was weighed: it names the use, since one message may object to several."""
    ending, grounds = _outcome(upheld)
    kind = LetterKind.ANSWER if upheld else LetterKind.REFUSAL
    return _compose_for(case, kind, grounds=grounds, ending=ending, words=words, use=_title(purpose, at), at=at)


@act(Event.LIFTING_ANNOUNCED, purpose=Purpose.RIGHTS)
def announce_lifting(
    case: UUID, *, lifts_on: date, words: str, by_post: bool = False, by: Actor, at: datetime
) -> None:
    """
    Tell a person that the restriction of their record ends, before it does (UK GDPR Article 18(3), LAW-3.6).

    Who has no account is told by the letter that the officer prints.

    :raises AnswerRefused: nothing is restricted, the day is not after today, or nothing is said.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.RESTRICTION)
    if restricted_since(known.subject_id, at=at) is None:
        raise AnswerRefused("Their record is not restricted.")
    if why_not := check_can_announce(lifts_on, on=timezone.localdate(at), words=words):
        raise AnswerRefused(why_not)
    LiftingNotice.objects.create(subject_id=known.subject_id, lifts_on=lifts_on, words=words)
    letter = _compose_for(case, LetterKind.LIFTING, words=words, day=lifts_on, at=at)
    _send(known, letter, by_post=by_post, by=by, at=at)


@act(Event.LIFTED_BY_OFFICER, purpose=Purpose.RIGHTS)
def lift_after_notice(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Lift a restriction on or after the day of which the person was told, and close the case (LAW-3.6).

    :raises AnswerRefused: they were not told, or the day has not come.
    :raises Refused: the actor may not do this for that person.
    """
    known = _case(case, Right.RESTRICTION)
    if why_not := _why_not_lift(known.subject_id, at=at):
        raise AnswerRefused(why_not)
    for subject in linking.subjects_of(known.subject_id, at=at):
        lift_restriction(subject, by=by, at=at)
    letter = _compose_for(case, LetterKind.LIFTED, at=at)
    _close(known, Ending.ANSWERED, letter, also={"lifted": True}, by=by, at=at)


def _why_not_lift(subject: UUID, *, at: datetime) -> str:
    told, since = answering.lifting_notice(subject), restricted_since(subject, at=at)
    if told is None or since is None or told[1] < since:
        return "Tell them first: a restriction is never lifted before they know (UK GDPR Article 18(3))."
    early = timezone.localdate(at) < told[0]
    return f"They were told that it ends on {told[0]:%-d %B %Y}. Lift it then." if early else ""


def _lifted_letter(case: UUID, *, at: datetime) -> Composed:
    """
    The letter that tells that a restriction was lifted.

    :raises AnswerRefused: it cannot be lifted yet, so no letter says so.
    """
    if why_not := _why_not_lift(RightsCase.objects.only("subject").get(pk=case).subject_id, at=at):
        raise AnswerRefused(why_not)
    return _compose_for(case, LetterKind.LIFTED, at=at)


def _use_restricted(
    subject: UUID, use: PermittedUse, *, purpose: Purpose, words: str, by: Actor, at: datetime
) -> datetime:
    """
    Open a restricted record to this actor for thirty minutes, for a use that the law leaves (LAW-3.6). Gives when it closes.

    :raises AnswerRefused: something else than the restriction keeps them out, or the words say nothing.
    """
    if why_not := check_emergency_note(words).replace("what the emergency is", "what it is needed for"):
        raise AnswerRefused(why_not)
    with processing(purpose, Action.READ, by=by, at=at) as opened:
        checks = {opened.decision(subject, category).check for category in opened.covered()}
    if Check.RESTRICTION not in checks or by.id is None:
        raise AnswerRefused("It is not the restriction that keeps you out, so this does not open it.")
    until = at + timedelta(minutes=GLASS_MINUTES)
    _record_use(
        subject, use, until, words, user=by.id, by=actors.service("restricted-use", on_behalf_of=by.id), at=at
    )
    return until


@act(Event.RESTRICTED_USE, purpose=Purpose.RIGHTS)
def _record_use(
    subject: UUID, use: PermittedUse, until: datetime, words: str, *, user: UUID, by: Actor, at: datetime
) -> None:
    RestrictedUse.objects.create(subject_id=subject, use=use.value, user=user, until=until, words=words)
    facts.record(subject, FactKind.RESTRICTED_USE, at=at, value=use.value, other=user, until=until)
    touched(subject, f"rights.use/{use.value}/{user.hex}")


def _case(case: UUID, right: Right) -> RightsCase:
    open_ones = RightsCase.objects.select_for_update().filter(pk=case, right=right).exclude(state=State.DONE)
    row: RightsCase | None = open_ones.first()
    if row is None:
        raise AnswerRefused("This request was answered already, or is about another right.")
    acting().require(row.subject_id, Category.RIGHTS)
    if PRIVACY_OFFICER not in acting().by.roles:
        raise AnswerRefused("A privacy officer answers this.")
    return row


def _value_of(row: Holding, name: str, text: str) -> Any:
    """A typed value as its field takes it."""
    field: Any = type(row)._meta.get_field(name)
    text = text.strip()
    try:
        if name == "nhs_number":
            return normal_nhs_number(text) if text else None
        if isinstance(field, SealedChoice) and field.of is not None:
            return field.of(text)
        if field.kind is date:
            return date.fromisoformat(text)
        if field.kind is Decimal:
            return Decimal(text)
    except (ValueError, InvalidOperation):
        raise AnswerRefused(
            "This does not fit: write a date as 1971-03-09, a number in digits (an NHS number has ten, and its last checks the "
            "others), and a word of a list as it stands there."
        ) from None
    return text


# What a page shows before it goes, and no acts themselves.
weighing_letter = _weighing_letter
lifted_letter = _lifted_letter
# Not an act itself: the service writes it down for whoever asked.
use_restricted = _use_restricted
