"""The records of somebody who died: that they died, as what somebody applies, and when nothing may be handed over (LAW-4.10)."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Asked, CaseStep, RightsCase, StepKind
from troth.rights.models.deceased import Death, DeathShownBy
from troth.rights.rules.deceased import check_can_hand_over, check_can_record
from troth.rights.services.stepping import StepRefused, _add


@act(Event.DEATH_RECORDED, purpose=Purpose.RIGHTS)
def record_death(
    case: UUID, *, died_on: date, shown_by: DeathShownBy, seen: str, wish: str = "", by: Actor, at: datetime
) -> None:
    """
    Record that the person of a case died, how we know, and what they said in life about who may see their record. Their consents
    end with them: nothing is sent to somebody who died.

    :raises StepRefused: the case is about nobody who died, it is recorded already, or nothing says how we know.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.select_for_update().filter(pk=case, right=Asked.DECEASED).first()
    if row is None:
        raise StepRefused("This request is not for the records of somebody who died.")
    known = Death.objects.filter(subject_id=row.subject_id).exists()
    if why_not := check_can_record(died_on, on=timezone.localdate(at), seen=seen, known=known):
        raise StepRefused(why_not)
    Death.objects.create(
        subject_id=row.subject_id, died_on=died_on, shown_by=shown_by, seen=seen.strip(), wish=wish.strip()
    )
    facts.end(row.subject_id, FactKind.CONSENT, at=at)
    _add(row, StepKind.NOTE, at=at, words=f"Recorded that they died on {died_on:%-d %B %Y}.")


def _why_not_hand_over(row: RightsCase, *, words: str, by: Actor, at: datetime) -> str:
    """Say why the records of this case may not be handed over, or "" when they may. It is read apart from the act that asks."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        death = Death.objects.filter(subject_id=row.subject_id).first()
        judged = CaseStep.objects.filter(case_id=row.pk, kind=StepKind.AUTHORITY_CHECKED).order_by("-recorded_at")
        said = next(((step.detail or {}).get("applies_as", "") for step in judged), "")
        return check_can_hand_over(
            recorded=death is not None, wish=(death.wish or "") if death else "", applies_as=said, words=words
        )
