"""
What happens to a case between its coming and its answer. Each act adds a step, and the day in the list of work is reckoned anew
from all of them; no step is ever changed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Asked, CaseStep, RightsCase, State, StepKind, Waits
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.clock import check_can_extend, has_come, last_of_proof
from troth.rights.rules.deceased import APPLIES_AS
from troth.rights.rules.letters import EXTENSION_REASONS, Ending, LetterKind, letter_of, proofs_for
from troth.rights.rules.outcomes import check_can_close
from troth.rights.selectors import answering, clocks
from troth.rights.selectors.cases import get_case
from troth.rights.services.deceased import _end_given, _why_not_hand_over
from troth.rights.services.standing import object_to, restrict
from troth.rights.services.stepping import (
    StepRefused,
    _add,
    _close,
    _compose_for,
    _name_use,
    _reopen,
    _send,
    _why_unproven,
)
from troth.vault.categories import Category

ASKS = {
    Waits.IDENTITY: StepKind.IDENTITY_ASKED,
    Waits.AUTHORITY: StepKind.AUTHORITY_ASKED,
    Waits.FEE: StepKind.FEE_ASKED,
    Waits.ANSWER: StepKind.QUESTION_ASKED,
}
COMES = {
    Waits.IDENTITY: StepKind.IDENTITY_CAME,
    Waits.AUTHORITY: StepKind.AUTHORITY_CAME,
    Waits.FEE: StepKind.FEE_PAID,
    Waits.ANSWER: StepKind.QUESTION_ANSWERED,
}
#: What a proof is found to be: it settles it, or it does not.
JUDGED = {
    Waits.IDENTITY: (StepKind.IDENTITY_CHECKED, StepKind.IDENTITY_FAILED),
    Waits.AUTHORITY: (StepKind.AUTHORITY_CHECKED, StepKind.AUTHORITY_FAILED),
}
#: What an officer may add without a rule of its own: it moves no clock but that of records of the dead.
PLAIN = frozenset({StepKind.NOTE, StepKind.ENQUIRY, StepKind.ENTRY_FOUND})


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def add_note(case: UUID, *, kind: StepKind = StepKind.NOTE, words: str, by: Actor, at: datetime) -> None:
    """
    Write down something about a case: a note, an enquiry that was made, an entry that shortens the time (LAW-2.8, LAW-4.10).

    :raises StepRefused: the case is closed, nothing was written, or it is no such step.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    if kind not in PLAIN or not words.strip():
        raise StepRefused("Write what is to be kept.")
    if kind is StepKind.ENTRY_FOUND and row.right != Asked.DECEASED:
        raise StepRefused("Only the records of somebody who died have a shorter time for this [LAW-4.10].")
    _add(row, kind, at=at, words=words)


@act(Event.CASE_ASSIGNED, purpose=Purpose.RIGHTS)
def assign_case(case: UUID, *, to: UUID | None, by: Actor, at: datetime) -> None:
    """
    Give a case to a privacy officer, or to nobody.

    :raises StepRefused: the case is closed, or they are no privacy officer.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    if to is not None and PRIVACY_OFFICER not in actors.person(to, at=at).roles:
        raise StepRefused("Only a privacy officer can have a case.")
    if row.assigned_to == to:
        return
    RightsCase.objects.filter(pk=case).update(assigned_to=to)
    _add(row, StepKind.ASSIGNED, at=at, detail={"to": to.hex if to else ""})


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def ask_for(
    case: UUID,
    waits: Waits,
    *,
    proof: str = "",
    words: str = "",
    use: Purpose | None = None,
    by_post: bool = False,
    besides: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> None:
    """
    Ask for proof, a fee or an answer by letter. The clock begins when proof or fee comes, and stands still for an answer about a
    copy (LAW-1.2, LAW-1.10, LAW-1.15). `use` is the one that stops when the proof shows who it was. `besides` are other
    cases of the same message: one letter asks for all of them.

    :raises StepRefused: the case is closed, it waits for the same already, there is no need, or nothing says what is asked.
    :raises Refused: the actor may not do this for that person.
    """
    rows = [_open_row(each) for each in (case, *besides)]
    for row in rows:
        if why_not := _why_not_ask(row.pk, waits, at=at):
            raise StepRefused(why_not)
    kind = LetterKind.PROOF if waits in (Waits.IDENTITY, Waits.AUTHORITY) else LetterKind.QUESTION
    if kind is LetterKind.PROOF and any(proof not in proofs_for(Asked(row.right), waits) for row in rows):
        raise StepRefused("Choose what would settle it, and no more than that [LAW-1.15].")
    if kind is LetterKind.QUESTION and not words.strip():
        raise StepRefused("Write what you ask.")
    for row in rows:
        stops = {"use": use.value} if use and row.right == Asked.OBJECTION else {}
        _add(row, ASKS[waits], at=at, words=words, detail={"proof": proof, **stops} if proof else {})
    first, *others = rows
    letter = _compose_for(case, kind, proof=proof, words=words, besides=others, at=at)
    _send(first, letter, by_post=by_post, besides=others, by=by, at=at)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def record_came(case: UUID, waits: Waits, *, on: date, words: str = "", by: Actor, at: datetime) -> None:
    """
    Record that what was asked for came, and on which day: from that day the month begins, or goes on (LAW-1.3, LAW-1.11). What
    shows who they are counts for every case of their message that waits for it.

    :raises StepRefused: nothing of the kind was asked, or the day cannot be.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    if clocks.clock_of(case, at=at).waits_for is not waits and not _asked(case, waits):
        raise StepRefused("Nothing of the kind was asked for, so its coming moves nothing [LAW-1.2].")
    if on > timezone.localdate(at):
        raise StepRefused("That day is still to come.")
    asked_on = max((day for kind, day in clocks.happened_in(case) if kind is ASKS[waits]), default=on)
    if on < asked_on:  # what came before it was asked for began nothing, and would leave the case waiting for ever
        raise StepRefused(f"It was asked for on {asked_on:%-d %B %Y}: it cannot have come before [LAW-1.2].")
    for each in (row, *_waiting_with(row, waits)):
        _add(each, COMES[waits], at=at, on=on, words=words)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def judge_proof(
    case: UUID, waits: Waits, *, holds: bool, words: str, applies_as: str = "", by: Actor, at: datetime
) -> None:
    """
    Record what was found of a proof: who looked at what, and whether it settles it. No copy of it is kept (LAW-1.15, LAW-3.15).
    What waited for it stops in the same act: a restriction, or the use that they object to (LAW-3.6, LAW-3.9). What it says of who
    they are holds for every case of their message that waited for it.

    `applies_as` is as what somebody asks for the records of somebody who died (LAW-4.10).

    :raises StepRefused: none came, or nothing was written.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    judged = JUDGED.get(waits)
    if judged is None or not has_come([kind for kind, _ in clocks.happened_in(case)], waits):
        raise StepRefused("Nothing came since it was asked for that could be looked at.")
    if not words.strip():
        raise StepRefused("Write what you looked at and what you found.")
    if row.right == Asked.DECEASED and waits is Waits.AUTHORITY and holds and applies_as not in APPLIES_AS:
        raise StepRefused("Say as what they apply: they deal with the estate, or they may have a claim [LAW-4.10].")
    for each in (row, *_waiting_with(row, waits)):
        _add(
            each,
            judged[0] if holds else judged[1],
            at=at,
            words=words,
            detail={"applies_as": applies_as} if holds and applies_as else {},
        )
        if holds and waits is Waits.IDENTITY:
            _stop_what_waited(each, by=by, at=at)
    if not holds and row.right == Asked.DECEASED:
        _end_given([row.pk], at=at)


@act(Event.CASE_EXTENDED, purpose=Purpose.RIGHTS)
def extend_case(case: UUID, *, reason: str, words: str = "", by_post: bool = False, by: Actor, at: datetime) -> None:
    """
    Give a complex request two further months and tell the person why, inside the first month (LAW-1.7, LAW-1.8).

    :raises StepRefused: the first month is over, it was extended before, or the reason is none of the law's.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    on = timezone.localdate(at)
    if why_not := check_can_extend(Asked(row.right), clocks.clock_of(case, at=at), on=on):
        raise StepRefused(why_not)
    if reason not in EXTENSION_REASONS:
        raise StepRefused("Choose why: that it is complex, or how many things were asked [LAW-1.7].")
    _add(row, StepKind.EXTENDED, at=at, words=words, detail={"reason": reason})
    _send(
        row,
        _compose_for(case, LetterKind.EXTENSION, reason=reason, words=words, at=at),
        by_post=by_post,
        by=by,
        at=at,
    )


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def acknowledge(case: UUID, *, words: str = "", by_post: bool = False, by: Actor, at: datetime) -> None:
    """
    Confirm to somebody that their complaint is here and looked into (LAW-2.3).

    :raises StepRefused: it is no complaint, it is closed, or it was acknowledged.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    if row.right != Asked.COMPLAINT:
        raise StepRefused("Only a complaint is acknowledged; a request has its receipt [LAW-2.3].")
    if any(kind is StepKind.ACKNOWLEDGED for kind, _ in clocks.happened_in(case)):
        raise StepRefused("It was acknowledged already.")
    _add(row, StepKind.ACKNOWLEDGED, at=at)
    _send(row, _compose_for(case, LetterKind.ACKNOWLEDGEMENT, words=words, at=at), by_post=by_post, by=by, at=at)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def tell_progress(case: UUID, *, words: str, by_post: bool = False, by: Actor, at: datetime) -> None:
    """
    Tell somebody how it goes (LAW-2.6).

    :raises StepRefused: the case is closed, or nothing was written.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    if not words.strip():
        raise StepRefused("Write how it goes.")
    _add(row, StepKind.PROGRESS, at=at, words=words)
    _send(row, _compose_for(case, LetterKind.PROGRESS, words=words, at=at), by_post=by_post, by=by, at=at)


@act(Event.CASE_CLOSED, purpose=Purpose.RIGHTS)
def finish_case(
    case: UUID,
    *,
    ending: Ending,
    ground: str = "",
    words: str = "",
    by_post: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """
    Close a case with its outcome and the letter that tells of it. An erasure that goes through closes with its certificate; one
    that is refused, or taken back, closes here (LAW-1.17, LAW-2.7).

    :raises StepRefused: it is closed, it may not end like this, or a refusal names no exemption or says nothing.
    :raises Refused: the actor may not do this for that person.
    """
    row = _open_row(case)
    asked = Asked(row.right)
    if asked is Asked.ERASURE and (row.state != State.ASKED or ending in (Ending.ANSWERED, Ending.PARTLY)):
        raise StepRefused("An erasure closes with its certificate: decide it above [LAW-3.5].")
    clock = clocks.clock_of(case, at=at)
    if why_not := check_can_close(
        asked, ending, ground=ground, words=words, may_unanswered=clock.may_close_unanswered(timezone.localdate(at))
    ):
        raise StepRefused(why_not)
    if ending in (Ending.ANSWERED, Ending.PARTLY):
        of_dead = _why_not_hand_over(row, words=words, by=by, at=at) if asked is Asked.DECEASED else ""
        if why_not := _why_unproven(case) or of_dead:
            raise StepRefused(why_not)
    if asked is Asked.RECTIFICATION and (untold := _untold(case, by=by, at=at)):
        raise StepRefused(f"Tell {untold} first what changed, or write why that is not possible [LAW-3.7].")
    kind = letter_of(asked, ending)
    grounds = [ground] if ground else []
    letter = _compose_for(case, kind, grounds=grounds, ending=ending, words=words, at=at) if kind else None
    _close(row, ending, letter, by_post=by_post, grounds=grounds, words=words, by=by, at=at)


@act(Event.CASE_REOPENED, purpose=Purpose.RIGHTS)
def reopen_case(case: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Open a case again, because the person wrote: what was closed for want of an answer opens on reply (LAW-1.14).

    :raises StepRefused: it is open, it was an erasure that was carried out, or nothing was written.
    :raises Refused: the actor may not do this for that person.
    """
    row = (
        RightsCase.objects.select_for_update().filter(pk=case, state=State.DONE).exclude(right=Right.ERASURE).first()
    )
    if row is None:
        raise StepRefused("Only a closed case that was no erasure is opened again.")
    if not words.strip():
        raise StepRefused("Write what they wrote.")
    acting().require(row.subject_id, Category.RIGHTS)
    waits = clocks.clock_of(case, at=at).waits_for
    _reopen(row, words=words, came=COMES[waits] if waits is not None else None, at=at)


def _waiting_with(row: RightsCase, waits: Waits) -> list[RightsCase]:
    """The other open cases of a message whose proof of who they are stands where that of this one does, before a step is added."""
    if waits is not Waits.IDENTITY or row.message is None:
        return []
    others = RightsCase.objects.select_for_update().filter(subject_id=row.subject_id, message=row.message)
    here = last_of_proof(clocks.happened_in(row.pk), waits)
    return [
        each
        for each in others.exclude(pk=row.pk).exclude(state=State.DONE)
        if here is not None and last_of_proof(clocks.happened_in(each.pk), waits) == here
    ]


def _stop_what_waited(row: RightsCase, *, by: Actor, at: datetime) -> None:
    if row.right == Asked.RESTRICTION:
        restrict(row.subject_id, by=by, at=at)
    if row.right != Asked.OBJECTION:
        return
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        asked = CaseStep.objects.filter(case_id=row.pk, kind=StepKind.IDENTITY_ASKED)
        uses = {(step.detail or {}).get("use", "") for step in asked} - {""}
    if not uses:
        words = (
            "Proof came. Which use they object to was not written down when it was asked for: stop it as they say."
        )
        _add(row, StepKind.NOTE, at=at, words=words)
    for use in sorted(uses):
        object_to(row.subject_id, Purpose(use), by=by, at=at)
        _name_use(row, Purpose(use), at=at)


def _why_not_ask(case: UUID, waits: Waits, *, at: datetime) -> str:
    """Say why this may not be asked for now, or "" when it may."""
    row = RightsCase.objects.only("id", "subject", "right", "route", "asked_by").get(pk=case)
    asked = Asked(row.right)
    if waits is Waits.IDENTITY and row.route == "portal":
        return "They were signed in when they asked: we know who they are, and ask for nothing [LAW-1.15]."
    if asked is Asked.COMPLAINT and waits is not Waits.ANSWER:
        return "A complaint is taken as it comes: its days run from its receipt alone [LAW-2.3]."
    if waits is Waits.FEE and asked is Asked.DECEASED:
        return "No fee is charged for the records of somebody who died [LAW-4.10]."
    if clocks.clock_of(case, at=at).waits_for is waits:
        return "It was asked for already, and has not come."
    return ""


def _asked_with(case: UUID, waits: Waits, *, at: datetime) -> list[RightsCase]:
    """
    The other open cases of its message for which the same proof is wanted now, so that one letter asks for all. Whoever asks for
    the records of somebody who died is another person.
    """
    row = RightsCase.objects.only("id", "subject", "right", "message").get(pk=case)
    if waits is not Waits.IDENTITY or row.message is None:
        return []
    others = RightsCase.objects.filter(subject_id=row.subject_id, message=row.message).exclude(pk=case)
    here = last_of_proof(clocks.happened_in(case), waits)
    return [
        each
        for each in others.exclude(state=State.DONE).order_by("recorded_at", "id")
        if (each.right == Asked.DECEASED) is (row.right == Asked.DECEASED)
        and last_of_proof(clocks.happened_in(each.pk), waits) == here
        and not _why_not_ask(each.pk, waits, at=at)
    ]


def _untold(case: UUID, *, by: Actor, at: datetime) -> str:
    """Who had what this case put right and was not dealt with yet, or "" (UK GDPR Article 19). It is read apart from the act."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        wanted = answering.recipients_of(get_case(case, opened), opened)
    return next((each.who for each in wanted if not each.outcome), "")


def _open_row(case: UUID) -> RightsCase:
    # Locked: whoever answers the same case at this moment is waited for, and an older state is never written back.
    row = RightsCase.objects.select_for_update().filter(pk=case).first()
    if row is None:
        raise StepRefused("There is no such case.")
    acting().require(row.subject_id, Category.RIGHTS)
    if row.state == State.DONE:
        raise StepRefused("This case is closed. Open it again first.")
    return row  # type: ignore[no-any-return]


def _asked(case: UUID, waits: Waits) -> bool:
    return any(kind is ASKS[waits] for kind, _ in clocks.happened_in(case))


# Reads that the pages ask before an act is tried: no acts themselves, as a public function of this room would be.
why_not_ask = _why_not_ask
asked_with = _asked_with
compose_for = _compose_for
