"""
Acts on cases. An instruction brings a claimant in; from then on each step is taken by whose step it is, in its order.

Which notice the claimant was given is recorded with the instruction: without it the gate opens nothing about them.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.medicolegal import rules
from troth.medicolegal.models import Case, Report, Stage
from troth.notice.purposes import Action, Purpose
from troth.notice.schema.words import Origin
from troth.people import services as people
from troth.rights import services as rights
from troth.sharing import services as sharing
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
    # The first message to them is written to an address that somebody else gave: they are told at once of whom we have it.
    origin = Origin.INSURER if "insurer_contact" in by.roles else Origin.SOLICITOR
    kinds = {Category.IDENTITY, Category.CONTACT, Category.ACCIDENT}
    rights.note_obtained(claimant, origin=origin, kinds=kinds, by=by, at=at)
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
    Take the next step in a case that changes nothing but where it is: ask for records, examine, call off, close.

    :raises NotPossible: the case does not go there from where it is, or it is somebody else's step.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    _check_step(row, to, by)
    if (row.stage, to) in rules.WITH_FORMS:
        raise rules.NotPossible("That step has a form of its own.")
    if row.stage == Stage.BOOKED and to is Stage.EXAMINED:
        rules.check_examined(examination_at=row.examination_at, at=at)
    _go(row, to, at)


@act(Event.REPORT_WRITTEN, purpose=Purpose.MEDICAL_REPORTING)
def write_report(case: UUID, *, parts: Mapping[str, str], stated: Collection[str], by: Actor, at: datetime) -> UUID:
    """
    Keep what the expert has written so far: a draft that nobody else reads. What is no part of a report is dropped.

    :raises NotPossible: the claimant was not examined yet, the report is signed, or this is not the case's expert.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    rules.check_may_write(row.stage, expert=row.expert, by=by.id)
    draft = _newest(row)
    if draft is None or draft.signed_at is not None:
        draft = Report(subject_id=row.subject_id, case=row.pk, version=draft.version + 1 if draft else 1)
    draft.parts = {part: parts[part].strip() for part in rules.PARTS if parts.get(part, "").strip()}
    draft.stated = [statement for statement in rules.STATEMENTS if statement in stated]
    draft.save()
    found: UUID = draft.pk
    return found


@act(Event.REPORT_SIGNED, purpose=Purpose.MEDICAL_REPORTING)
def sign_report(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Sign the report as it was last written: from now on it does not change, and the claimant may read it (LAW-13.6).

    :raises NotPossible: it lacks something that the court's rules ask for, or this is not the case's expert.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    rules.check_may_write(row.stage, expert=row.expert, by=by.id)
    draft = _newest(row)
    if draft is None or draft.signed_at is not None:
        raise rules.NotPossible("There is no draft to sign. Write the report first.")
    with processing(acting().purpose, Action.READ, by=by, at=at):
        rules.check_complete(draft.parts or {}, draft.stated or [])
    draft.signed_at = at
    draft.save()
    _go(row, Stage.SIGNED, at)


@act(Event.REPORT_CHECKED, purpose=Purpose.MEDICAL_REPORTING)
def check_report(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take in that the claimant has read the report and finds its facts right: it may be released now.

    :raises NotPossible: there is no signed report to read, or this is not the claimant.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    _check_step(row, Stage.CHECKED, by)
    _go(row, Stage.CHECKED, at)


@act(Event.REPORT_QUERIED, purpose=Purpose.MEDICAL_REPORTING)
def query_report(case: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Take in what the claimant says is wrong. The expert reads it and signs again, with or without a change; what was signed stays.

    :raises NotPossible: there is no signed report to read, nothing is said, or this is not the claimant.
    :raises Refused: the actor may not see this case.
    """
    row = _locked(case)
    _check_step(row, Stage.EXAMINED, by)
    signed = _newest(row)
    if signed is None or not words.strip():
        raise rules.NotPossible("Write what is wrong, so that the expert can look at it.")
    signed.claimant_said = words.strip()
    signed.save()
    with processing(acting().purpose, Action.READ, by=by, at=at):
        parts = signed.parts
    # The statements are made anew: they speak of what stands in the report when it is signed.
    Report.objects.create(subject_id=row.subject_id, case=row.pk, version=signed.version + 1, parts=parts, stated=[])
    _go(row, Stage.EXAMINED, at)


@act(Event.REPORT_RELEASED, purpose=Purpose.MEDICAL_REPORTING)
def release_report(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Give the report to whoever instructed, and write down that it went. Who handles the case sends it on and never opens it.

    :raises NotPossible: the claimant has not read it yet, or this is not the case's handler.
    :raises NotNamed: the notice names no such recipient.
    :raises Refused: the actor may not pass reports on.
    """
    row = _locked(case)
    _check_step(row, Stage.RELEASED, by)
    signed = _newest(row)
    if signed is None or signed.signed_at is None:
        raise rules.NotPossible("There is no signed report to release.")
    instructing = actors.person(row.instructed_by, at=at).roles
    if not instructing:  # it would be told as released, and go to nobody
        raise rules.NotPossible("Whoever instructed this case has no role here any more, so nobody would receive it.")
    _go(row, Stage.RELEASED, at)
    # A claimant who instructs through us reads it on their own page: then nothing leaves the house.
    for recipient in rules.recipients_of(instructing):
        sharing.record_disclosure(
            row.subject_id,
            recipient=recipient,
            purpose=Purpose.REPORT_RELEASE,
            categories={Category.IDENTITY, Category.REPORT},
            what=f"The report about your injury, signed on {timezone.localdate(signed.signed_at):%-d %B %Y}",
            by=by,
            at=at,
        )


def _newest(row: Case) -> Report | None:
    found: Report | None = Report.objects.filter(case=row.pk).order_by("-version").first()
    return found


def _check_step(row: Case, to: Stage, by: Actor) -> None:
    rules.check_step(row.stage, to, handler=row.handler, expert=row.expert, claimant=row.subject_id, by=by.id)


def _go(row: Case, to: Stage, at: datetime) -> None:
    row.stage, row.stage_since = to, at
    row.save()


def _locked(case: UUID) -> Case:
    """The case, held against a second hand, when the gate lets the actor at it."""
    row: Case | None = Case.objects.select_for_update().filter(pk=case).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else case, Category.ACCIDENT)
    if row is None:
        raise nothing_there()
    return row
