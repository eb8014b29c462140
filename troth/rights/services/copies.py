"""The acts of taking a copy away, and of handing a file to whoever has no account."""

from datetime import datetime
from uuid import UUID

from troth.gate import linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Asked, RightsCase, State, StepKind
from troth.rights.selectors.porting import can_fetch
from troth.rights.services.cases import open_case
from troth.rights.services.stepping import StepRefused, _add, _why_nobody, _why_unproven
from troth.vault.categories import Category


@act(Event.COPY_TAKEN, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def record_copy(subject: UUID, *, by: Actor, at: datetime, digest: str) -> None:
    """
    Record that a copy of a person's data is handed out; `digest` is the SHA-256 of its data file (LAW-3.1).

    :raises Refused: the actor may not take one.
    """
    acting().require(subject, *acting().covered())
    touched(subject, f"rights.copy/{digest}")


def _case_to_copy(subject: UUID, *, by: Actor, at: datetime) -> UUID:
    """
    The request that a copy made by an officer's hand answers: the one that waits, or a new one where none does.

    :raises StepRefused: it is not settled yet who asked for it, or they died.
    :raises Refused: the actor may not do this for that person.
    """
    if why_not := _why_nobody(subject, at=at):
        raise StepRefused(why_not)
    waiting = RightsCase.objects.filter(subject_id__in=linking.subjects_of(subject, at=at), right=Asked.ACCESS)
    found = list(waiting.exclude(state=State.DONE).order_by("due_on", "id").values_list("pk", "subject_id"))
    for case, _ in found:
        if why_not := _why_unproven(case):
            raise StepRefused(why_not)
    return next((case for case, of in found if of == subject), None) or open_case(subject, Right.ACCESS, by=by, at=at)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def hand_out_file(case: UUID, *, digest: str, by: Actor, at: datetime) -> None:
    """
    Record that the file of what somebody takes elsewhere was made for them by an officer, to post or to hand over: they have no
    account to fetch it in (LAW-3.8). The case stays open until it is answered, with how they got it.

    :raises StepRefused: it is no such case, it is closed, it is not settled yet who asked, or they have an account.
    :raises Refused: the actor may not take one.
    """
    row = RightsCase.objects.select_for_update().filter(pk=case).first()
    why_not = _why_not_hand_out(case, at=at)
    if row is None or why_not:
        raise StepRefused(why_not)
    acting().require(row.subject_id, Category.RIGHTS)
    record_copy(row.subject_id, by=by, at=at, digest=digest)
    _add(row, StepKind.HANDED_OUT, at=at, detail={"digest": digest})


def _why_not_hand_out(case: UUID, *, at: datetime) -> str:
    """Say why an officer may not make this file, or "" when they may: asked before anything of it is opened."""
    row = RightsCase.objects.only("id", "subject", "state").filter(pk=case, right=Asked.PORTABILITY).first()
    if row is None or row.state == State.DONE:
        return "There is no open request of this kind. Open it again first."
    if why_not := _why_unproven(case) or _why_nobody(row.subject_id, at=at):
        return why_not
    if can_fetch(row.subject_id, at=at):
        return "They have an account: the file is theirs there at once, under My data, and nobody else makes it [LAW-3.8]."
    return ""


# What is asked before anything is opened, and no acts themselves.
case_to_copy = _case_to_copy
why_not_hand_out = _why_not_hand_out
