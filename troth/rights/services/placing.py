"""
Putting the request of somebody whom nobody knew under the record that was found later: with its words, its letters and its days.

That it stands there shows nothing. What says who they are is asked for with it, or looked at again beside the record, before
anything is handed out, changed, stopped or erased (LAW-1.15, decision 0305).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from troth.delivery import services as delivery
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.selectors import found_by
from troth.rights.models import Asked, CaseStep, RightsCase, StepKind
from troth.rights.rules.letters import PROOFS, Composed, LetterKind, proofs_for
from troth.rights.rules.placing import FOUND_FOR, needs_proof, proofs_to_compare
from troth.rights.selectors import clocks, placing
from troth.rights.selectors.cases import is_enquirer
from troth.rights.services.stepping import StepRefused, _add, _compose_for
from troth.rights.services.steps import COMES, _open_row, ask_for
from troth.vault import resealing
from troth.vault.categories import Category

COMPARE = (
    "It was found good before the request stood under this record. Compare what was written about it with the record."
)


@act(Event.CASE_MOVED, purpose=Purpose.RIGHTS)
def place_case(
    case: UUID,
    *,
    under: UUID,
    to: UUID,
    words: str,
    proof: str = "",
    by_post: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """
    Put a case, and the other open ones of its message, under the record of whoever wrote; or back, where that was a mistake.

    `under` is where it stood when somebody decided this, `to` the record that they found. `proof` is what is asked for in the same
    act, where nothing said yet who they are: one letter for all. A proof that was found good before is to be judged again, beside
    the record. The days go on as they were.

    :raises StepRefused: it is closed, work hangs on it, it stands there already or elsewhere by now, the record was not looked for,
        nothing was written, or nothing says who they are and no proof was chosen.
    :raises Refused: the actor may not do this for one of the two.
    """
    row = _open_row(case)
    hold(under, to)
    if row.subject_id != under:
        raise StepRefused("It was put under another record meanwhile. Look at it again.")
    if to == under:
        raise StepRefused("It stands under that record already.")
    if why_not := placing.why_not_move(case, at=at):
        raise StepRefused(why_not)
    if not words.strip():
        raise StepRefused("Write how you know that it is theirs.")
    _check_record(case, to, by=by, at=at)
    rows = [row, *(_open_row(each.pk) for each in placing.open_with(case) if each.pk != case)]
    back = is_enquirer(to)
    doubted = [] if back else [each for each in rows if needs_proof(Asked(each.right), clocks.happened_in(each.pk))]
    if doubted and not all(proof in proofs_for(Asked(each.right)) for each in doubted):
        raise StepRefused("Choose what would settle that it was them: nothing that happened so far does [LAW-1.15].")
    _take_over(rows, to, by=by, at=at)
    for each in rows:
        touched(under, f"rights.case/{each.pk.hex}/moved")
    touched(to, f"rights.case/{case.hex}/placed")
    # The gate is asked anew about them: the case that stands there now is the officer's reason.
    acting().require(to, Category.RIGHTS)
    for each in rows:
        compare = proofs_to_compare(clocks.happened_in(each.pk))
        _add(each, StepKind.MOVED, at=at, words=words, detail={"from": under.hex})
        for waits in compare:
            _add(each, COMES[waits], at=at, words=COMPARE)
    if doubted:
        first, *others = [each.pk for each in doubted]
        ask_for(first, PROOFS[proof][0], proof=proof, by_post=by_post, besides=others, by=by, at=at)


def _check_record(case: UUID, to: UUID, *, by: Actor, at: datetime) -> None:
    """:raises StepRefused: it is neither the record that was made for them nor one that this officer has just found."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        if to == placing.came_from(case, opened):
            return
    if by.id is None or is_enquirer(to) or to not in found_by(by.id, {to}, since=at - FOUND_FOR):
        raise StepRefused("Look for their record first, and choose it from what was found.")


def _take_over(rows: Sequence[RightsCase], to: UUID, *, by: Actor, at: datetime) -> None:
    """
    Seal the cases and their steps for the other record, and the emails that went out about them. Taking a request in needs no leave
    to read that record, so the service does it; what they were sealed with goes once that is certain.
    """
    under = rows[0].subject_id
    steps = list(CaseStep.objects.select_for_update().filter(case_id__in=[each.pk for each in rows]))
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        taken = resealing.take_out([*rows, *steps])
    _seal_anew(taken, to, by=actors.service("rights-intake", on_behalf_of=by.id), at=at)
    emails = [UUID(said["detail"]["message"]) for _, said in taken if "message" in (said.get("detail") or {})]
    delivery.move_messages(emails, under=under, to=to, by=by, at=at)
    resealing.forget_keys(under, taken)


@act(Event.CASE_TAKEN_IN, purpose=Purpose.RIGHTS)
def _seal_anew(taken: resealing.Opened, to: UUID, *, by: Actor, at: datetime) -> None:
    acting().require(to, Category.RIGHTS)
    resealing.seal_under(taken, to)


def _proof_letter(case: UUID, *, proof: str, at: datetime) -> Composed | None:
    """The letter that would go with it; None where none has to."""
    wanted = placing.to_be_proven(case)
    if not wanted or proof not in PROOFS:
        return None
    first, *others = wanted
    return _compose_for(first.pk, LetterKind.PROOF, proof=proof, besides=others, at=at)


# What the page asks before, and no act itself.
proof_letter = _proof_letter
