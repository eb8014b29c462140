"""
Erasure: decided, then carried to its end whatever stops it in between (pitfalls A1 to A3, A12).

The order never changes: the disposal journal at every backup destination, the keys, the search tokens, the rows, the files.
Each step can be repeated; what to do stands in the case from the decision on, so that any process can take it up again.
A certificate is issued when everything was looked for and nothing found, and not before.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from troth.copies import journal
from troth.gate import actors, facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, alone_with, hold, touched
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import CANNOT_OPEN, Check, Decision, Refused
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.rights.models import ErasureCertificate, RightsCase, State
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.letters import Composed, Ending, LetterKind
from troth.rights.selectors import cases, leavings
from troth.rights.selectors.certifying import certificate_content, decision_values
from troth.rights.selectors.holdings import called, file_places
from troth.rights.selectors.places import rows_of
from troth.rights.selectors.planning import ErasurePlan, born_on, plan_erasure, plan_unseen
from troth.rights.selectors.unseen import unseen_of
from troth.rights.services.cases import _write_case
from troth.rights.services.stepping import StepRefused, _ask_again, _close, _compose_for, _why_nobody, _why_unproven
from troth.rights.services.unseen import destroy_unseen
from troth.vault import files, keystore, search, turning
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment
from troth.vault.errors import Destroyed

_TRIES, _PAUSE = 20, 0.1  # for a reader of the key store to finish, so that its log can be emptied
_ENDED = (FactKind.CONTRACT, FactKind.CONSENT)
_ENDED_WITH_THE_LAST = (FactKind.NOTICE_GIVEN, FactKind.NOTICE_TOLD, FactKind.OBJECTION, FactKind.RESTRICTION)


class ErasureUnfinished(Exception):
    """An erasure is not at its end, so it is not certified. `problems` say why; it goes on by itself."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@act(Event.ERASURE_ASKED, purpose=Purpose.RIGHTS)
def ask_erasure(subject: UUID, *, by: Actor, at: datetime, words: str = "", close_account: bool = False) -> UUID:
    """
    Open a case of erasure with its due date, or give the one that waits already (LAW-1.1, LAW-3.4). What they wrote when they
    asked first stays, and what they write now is added. Whether their account goes too is what they said last; an officer takes
    nothing of that back.

    :raises StepRefused: they died, and an officer asks.
    :raises Refused: the actor may not ask it for that person.
    """
    acting().require(subject, Category.RIGHTS)
    by_another = by.id != subject and (bool(by.roles) or by.kind == "service")
    if by_another and (why_not := _why_nobody(subject, at=at)):
        raise StepRefused(why_not)
    waiting = RightsCase.objects.filter(subject_id=subject, right=Right.ERASURE, state=State.ASKED).first()
    if waiting is not None:
        with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
            waiting.close_account = close_account or (by_another and bool(waiting.close_account))
        waiting.save()
        _ask_again(waiting, words, on=timezone.localdate(at), at=at)
        found: UUID = waiting.pk
        return found
    decided = cases.undecided_erasure(subject)
    return decided or _write_case(subject, Right.ERASURE, at=at, words=words, close_account=close_account)


def _carry_out_erasure(
    case: UUID,
    *,
    by: Actor,
    at: datetime,
    everything: bool = False,
    plan: ErasurePlan | None = None,
) -> UUID:
    """
    Decide an erasure and carry it to its end; give the id of its certificate. Doing it again gives the same one.

    A person may have at once what nothing holds back (`everything` is the privacy officer's alone). `plan` is the one that
    was shown to whoever agreed to it: what it does not name is not destroyed.

    :raises Refused: the actor may not.
    :raises StepRefused: an officer decides, and it is not settled yet who asked (LAW-1.15).
    :raises ErasureUnfinished: something could not be done yet. What was decided stands, and is taken up again.
    :raises JournalUnavailable: a backup destination cannot be written, and so nothing was destroyed.
    """
    while True:
        row = RightsCase.objects.only("id", "subject", "state", "right").get(pk=case)
        actor = _eraser(row, by, at=at, everything=everything)
        try:
            if row.state == State.ASKED:
                if actor is by and (why_not := _why_unproven(case)):
                    raise StepRefused(why_not)
                _decide(row.pk, row.subject_id, by=actor, at=at, everything=everything, shown=plan)
            return _finish(row.pk, row.subject_id, by=actor, at=at)
        except Destroyed:
            # Another process carried the same case out while this one was still reading it: take up where that one is.
            if row.state != State.ASKED or RightsCase.objects.filter(pk=case, state=State.ASKED).exists():
                raise


def _resume_erasures(*, at: datetime) -> list[UUID]:
    """
    Carry every erasure that was decided to its end, and give the certificates.

    :raises ErasureUnfinished: one of them still cannot be; the others were done.
    """
    done: list[UUID] = []
    problems: list[str] = []
    decided = RightsCase.objects.filter(right=Right.ERASURE, state=State.DECIDED)
    for case, subject in decided.values_list("pk", "subject_id"):
        try:
            done.append(_finish(case, subject, by=actors.service("erasure"), at=at))
        except (ErasureUnfinished, journal.JournalUnavailable) as stopped:
            problems += getattr(stopped, "problems", [str(stopped)])
        except Exception as wrong:  # noqa: BLE001  one that fails keeps no other from its end, and is named by its type alone
            problems.append(f"Case {case.hex[:8]} stopped with {type(wrong).__name__}.")
    if problems:
        raise ErasureUnfinished(problems)
    return done


def _eraser(row: RightsCase, by: Actor, *, at: datetime, everything: bool) -> Actor:
    """The person themself acts through the service, within the plan; everybody else as who they are."""
    bound = bool(by.roles) or by.held_back  # at work one is not oneself under another record (decision 0105)
    own = (row.subject_id,) if bound else linking.subjects_of(row.subject_id, at=at)
    if by.kind == "person" and by.id in own and not by.enquirer and not everything:
        return actors.service("erasure", on_behalf_of=by.id)
    if everything and PRIVACY_OFFICER not in by.roles and not (by.kind == "service" and by.on_behalf_of):
        raise Refused(
            Decision(
                allowed=False,
                check=Check.ROLE,
                spoken=Check.ROLE,
                rule="LAW-3.5",
                sentence="Only the privacy officer decides that no ground to keep anything holds.",
            )
        )
    if by.kind == "person" and not by.roles:
        raise Refused(Decision(allowed=False, check=Check.REASON, sentence=CANNOT_OPEN))
    return by


def _decide(
    case: UUID,
    subject: UUID,
    *,
    by: Actor,
    at: datetime,
    everything: bool,
    shown: ErasurePlan | None,
) -> None:
    # Nobody adds to their record between the plan and the decision: what came in then might refer to what goes, and hold it back.
    # The case before the person, as every step of a case takes the two.
    with boundary(), transaction.atomic(), processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        list(RightsCase.objects.select_for_update().filter(pk=case).values_list("pk"))
        hold(subject)
        asked = cases.get_case(case, opened)
        plan = plan_erasure(
            subject, at=at, close_account=asked.close_account, everything=everything, born_on=born_on(subject, opened)
        )
        if shown is not None:
            plan = plan.narrowed_to(shown)
        places = {
            f"{compartment}|{scope}": found
            for compartment, scope in plan.scopes
            if (found := file_places(subject, compartment, scope))
        }
        tokens = leavings.count_tokens(subject, leavings.token_rows(subject, plan.scopes))
        _write_decision(
            case, plan, decision_values(plan, places, tokens, by=by.reference, everything=everything), by=by, at=at
        )


@act(Event.ERASURE_DECIDED, purpose=Purpose.RIGHTS, action=Action.ERASE)
def _write_decision(case: UUID, plan: ErasurePlan, decision: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Fix what goes, and end what the gate would still let the data be used for. The first to decide wins."""
    acting().require(plan.subject, Category.RIGHTS, *{get_compartment(name).category for name, _ in plan.scopes})
    row = RightsCase.objects.select_for_update().get(pk=case)
    if row.state != State.ASKED:
        return
    row.state, row.decision = State.DECIDED, decision
    row.save()
    for kind in (*_ENDED, *(() if _more_than_papers(plan) else _ENDED_WITH_THE_LAST)):
        facts.end(plan.subject, kind, at=at)


def _more_than_papers(plan: ErasurePlan) -> bool:
    """Whether anything stays besides the file of the request itself."""
    return any(fate.stays and fate.held.category is not Category.RIGHTS for fate in plan.fates)


def _finish(case: UUID, subject: UUID, *, by: Actor, at: datetime) -> UUID:
    """Every step of an erasure that was decided, from the first, whichever were done before."""
    issued = cases.certificate_of(case)
    if issued is not None:
        return issued
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = cases.get_case(case, opened)
    decision = known.decision
    scopes = [(compartment, scope) for compartment, scope in decision["scopes"]]
    places = [place for found in decision["files"].values() for place in found]
    # What its person may not know of is in no decision, which they read: it is reckoned anew, and goes first and by itself.
    besides = plan_unseen(subject, at=at) if decision.get("everything") else []
    unseen = unseen_of(subject, [*scopes, *besides], at=at)
    apart = [key for key in unseen.scopes if key not in scopes]
    if scopes or apart:
        line = journal.record(
            [
                *leavings.disposals(subject, [*scopes, *apart], decision["files"]),
                *leavings.alone(subject, unseen, [*scopes, *apart]),
            ],
            at=datetime.fromisoformat(decision["at"]),
        ).number
        if unseen.rows:
            destroy_unseen(subject, unseen, by=by, at=at)
        if scopes:
            _destroy(case, subject, scopes, line, by=by, at=at)
        for place in places:
            files.destroy(place)
    if decision["close_account"]:
        people.end_sessions(subject, by=actors.service("erasure"), at=at)
    problems = leavings.what_is_left(subject, [*scopes, *apart], places)
    if not problems and not _traces_forgotten():
        problems = ["The key store's log still holds what was overwritten, because another process is reading it."]
    if problems:
        raise ErasureUnfinished(problems)
    return _certify(case, subject, by=by, at=at)


@act(Event.ERASED, purpose=Purpose.RIGHTS, action=Action.ERASE)
def _destroy(
    case: UUID,
    subject: UUID,
    scopes: list[tuple[str, str]],
    line: int,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Destroy keys, then search tokens, then rows. The keys go at once, whatever becomes of this transaction."""
    acting().require(subject, *{get_compartment(name).category for name, _ in scopes})
    with alone_with(subject):
        keystore.destroy_scopes(subject, scopes)
    for compartment, scope in scopes:
        touched(subject, f"vault.key/{compartment}:{scope or 'all'}/destroyed")
    search.forget(leavings.token_rows(subject, scopes))
    removed = _remove_rows(rows_of(subject, scopes))
    row = RightsCase.objects.select_for_update().get(
        pk=case
    )  # whoever issues the certificate meanwhile is waited for
    if row.state == State.DECIDED:
        before = _outcome(row, by=by, at=at)
        row.outcome = {"rows": before.get("rows", 0) + removed, "journal_line": before.get("journal_line") or line}
        row.save()


def _outcome(row: RightsCase, *, by: Actor, at: datetime) -> dict[str, Any]:
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        return row.outcome or {}


def _reply_to(row: RightsCase, *, by: Actor, at: datetime) -> dict[str, str]:
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        return row.reply_to or {}


def _remove_rows(waiting: list["models.QuerySet[Any]"]) -> int:
    """Remove rows, those that refer to others first. A row that stays never lets go of one that it refers to."""
    removed = 0
    while waiting:
        held = []
        for rows in waiting:
            try:
                for found in _own_first(rows):
                    removed += found.delete()[1].get(found.model._meta.label, 0)
            except models.ProtectedError:
                held.append(rows)
        if len(held) == len(waiting):
            names = sorted({called(rows.model) for rows in held})
            raise ErasureUnfinished([f"Rows that must stay refer to {', '.join(names)}."])
        waiting = held
    return removed


def _own_first(rows: "models.QuerySet[Any]") -> "Iterator[models.QuerySet[Any]]":
    """What goes of one table, in turn: rows that refer to others of it, such as an addition to a note, before those."""
    own = [field for field in rows.model._meta.concrete_fields if field.related_model is rows.model]
    for field in own:
        referred = rows.model._base_manager.exclude(**{field.name: None}).values(field.attname)
        while (last := rows.exclude(**{field.name: None}).exclude(pk__in=referred)).exists():
            yield rows.model._base_manager.filter(pk__in=list(last.values_list("pk", flat=True)))
    yield rows


def _traces_forgotten() -> bool:
    for attempt in range(_TRIES):
        if turning.forget_traces():
            return True
        if attempt + 1 < _TRIES:
            time.sleep(_PAUSE)
    return False


def _certify(case: UUID, subject: UUID, *, by: Actor, at: datetime) -> UUID:
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = cases.get_case(case, opened)
    outcome = {"rows": 0, "journal_line": 0, **known.outcome}
    content = certificate_content(known.decision, outcome, asked_on=known.received_on.isoformat(), at=at)
    return _issue(case, subject, content, by=by, at=at)


@act(Event.ERASURE_CERTIFIED, purpose=Purpose.RIGHTS)
def _issue(case: UUID, subject: UUID, content: dict[str, Any], *, by: Actor, at: datetime) -> UUID:
    """Issue the certificate, and close the case. Of two that come at once, the second gives the first one's."""
    acting().require(subject, Category.RIGHTS)  # asked while the case still waits, which is the actor's reason
    row = RightsCase.objects.select_for_update().get(pk=case)
    issued = cases.certificate_of(case)
    if row.state == State.DONE and issued is not None:
        return issued
    ending = Ending.PARTLY if content["stays"] else Ending.ANSWERED
    # Nobody is left to tell whose address went too.
    told = people.can_be_told(subject, at=at) or bool(_reply_to(row, by=by, at=at))
    letter = _compose_for(case, LetterKind.CERTIFICATE, ending=ending, at=at) if told else None
    if not cases.is_enquirer(subject):
        row.reply_to = {}  # it was kept for this letter alone, which reads it from the row as it stands
    _close(row, ending, letter, by=by, at=at)
    return ErasureCertificate.objects.create(subject_id=subject, case_id=case, content=content).pk


def _certificate_letter(case: UUID, *, everything: bool, by: Actor, at: datetime) -> Composed | None:
    """
    The letter that will tell of the certificate, if the erasure is decided so now; None where it leaves nobody to tell.

    :raises Refused: the actor may not open the case.
    """
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        asked = cases.get_case(case, opened)
        plan = plan_erasure(
            asked.subject,
            at=at,
            close_account=asked.close_account,
            everything=everything,
            born_on=born_on(asked.subject, opened),
        )
    reached_by = {fate.category for fate in plan.staying} & {Category.ACCOUNT, Category.CONTACT}
    if not asked.reply_to and not (reached_by and people.can_be_told(asked.subject, at=at)):
        return None
    ending = Ending.PARTLY if plan.staying else Ending.ANSWERED
    return _compose_for(case, LetterKind.CERTIFICATE, ending=ending, at=at)


# Made of several acts, each in a transaction of its own, so that an erasure can be stopped anywhere and taken up again: they are
# no acts themselves, which is what a public function of this room would have to be.
carry_out_erasure = _carry_out_erasure
certificate_letter = _certificate_letter
resume_erasures = _resume_erasures
