"""
Acts on cases. An instruction brings a claimant in; from then on each step is taken by whose step it is, in its order.

Which notice the claimant was given is recorded with the instruction: without it the gate opens nothing about them.
"""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.medicolegal import rules
from troth.medicolegal.models import Case, Stage
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.vault.categories import Category


@act(Event.CASE_INSTRUCTED, purpose=Purpose.INSTRUCTIONS)
def instruct(
    *,
    given_name: str,
    family_name: str,
    born_on: date,
    email: str,
    telephone: str,
    address: str,
    postcode: str,
    reference: str,
    accident_on: date,
    accident: str,
    questions: str,
    told: bool,
    title: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Take an instruction: the claimant's record is made, and the case begins. Gives the case.

    `told`: whoever instructs says that the claimant was given our notice.

    :raises NotPossible: the days make no sense, or the claimant was not told.
    :raises Refused: the actor may not instruct.
    """
    rules.check_instruction(accident_on=accident_on, born_on=born_on, on=timezone.localdate(at), told=told)
    claimant = people.record_claimant(
        title=title,
        given_name=given_name,
        family_name=family_name,
        born_on=born_on,
        email=email,
        telephone=telephone,
        address=address,
        postcode=postcode,
        by=by,
        at=at,
    )
    acting().created.add(claimant)
    assert by.id is not None
    case = Case.objects.create(
        subject_id=claimant,
        stage=Stage.INSTRUCTED,
        instructed_by=by.id,
        instructed_at=at,
        stage_since=at,
        their_reference=reference.strip(),
        accident_on=accident_on,
        accident=accident.strip(),
        questions=questions.strip(),
    )
    found: UUID = case.pk
    return found


@act(Event.CASE_ACCEPTED, purpose=Purpose.INSTRUCTIONS)
def accept(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take a case on: who does it handles it from now on.

    :raises NotPossible: somebody has answered it, or this is no case handler.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    if not by.roles & rules.HANDLING:
        raise rules.NotPossible("A case handler takes a case on.")
    rules.check_step(row.stage, Stage.ACCEPTED, handler=by.id, expert=row.expert, claimant=row.subject_id, by=by.id)
    row.handler = by.id
    _go(row, Stage.ACCEPTED, at)


@act(Event.CASE_DECLINED, purpose=Purpose.INSTRUCTIONS)
def decline(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Decline an instruction.

    :raises NotPossible: somebody has answered it, or this is no case handler.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    if not by.roles & rules.HANDLING:
        raise rules.NotPossible("A case handler answers an instruction.")
    rules.check_step(row.stage, Stage.DECLINED, handler=by.id, expert=row.expert, claimant=row.subject_id, by=by.id)
    _go(row, Stage.DECLINED, at)


@act(Event.EXAMINATION_BOOKED, purpose=Purpose.INSTRUCTIONS)
def book_examination(case: UUID, *, expert: UUID, when: datetime, by: Actor, at: datetime) -> None:
    """
    Book the examination with an expert, who from then on has a reason to look.

    :raises NotPossible: the case is not waiting for one, the time is past, or that is no expert.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    rules.check_step(
        row.stage, Stage.BOOKED, handler=row.handler, expert=row.expert, claimant=row.subject_id, by=by.id
    )
    rules.check_can_book(
        stage=row.stage,
        expert_is_one=bool(actors.person(expert, at=at).roles & rules.EXAMINING),
        instructed_at=row.instructed_at,
        when=when,
        at=at,
    )
    row.expert, row.examination_at = expert, when
    _go(row, Stage.BOOKED, at)


@act(Event.CASE_ADVANCED, purpose=(Purpose.MEDICAL_REPORTING, Purpose.INSTRUCTIONS))
def advance(case: UUID, *, to: Stage, by: Actor, at: datetime) -> None:
    """
    Take the next step in a case: ask for records, examine, sign, check, release, close.

    :raises NotPossible: the case does not go there from where it is, or it is somebody else's step.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    if to in (Stage.ACCEPTED, Stage.BOOKED, Stage.DECLINED) and row.stage != Stage.BOOKED:
        raise rules.NotPossible("That step has a form of its own.")
    rules.check_step(row.stage, to, handler=row.handler, expert=row.expert, claimant=row.subject_id, by=by.id)
    if row.stage == Stage.BOOKED and to is Stage.EXAMINED:
        rules.check_examined(examination_at=row.examination_at, at=at)
    _go(row, to, at)


def _go(row: Case, to: Stage, at: datetime) -> None:
    row.stage, row.stage_since = to, at
    row.save()


def _locked(case: UUID) -> Case:
    """The case, held against a second hand, when the gate lets the actor at it."""
    row: Case | None = Case.objects.select_for_update().filter(pk=case).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else case, Category.ACCIDENT)
    assert row is not None
    return row
