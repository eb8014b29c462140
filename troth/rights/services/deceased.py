"""The records of somebody who died: that they died, as what somebody applies, and when nothing may be handed over (LAW-4.10)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.consent.rules import How
from troth.consent.services import take_back
from troth.copies.disposing import dispose_rows
from troth.gate import facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.rights.models import AccessPack, Asked, CaseStep, PackState, RightsCase, StepKind
from troth.rights.models.deceased import Death, DeathShownBy
from troth.rights.rules.clock import is_unproven
from troth.rights.rules.deceased import check_can_hand_over, check_can_record
from troth.rights.selectors import clocks
from troth.rights.selectors.planning import born_on
from troth.rights.services.stepping import StepRefused, _add
from troth.vault.categories import Category


@act(Event.DEATH_RECORDED, purpose=Purpose.RIGHTS)
def record_death(
    case: UUID, *, died_on: date, shown_by: DeathShownBy, seen: str, wish: str = "", by: Actor, at: datetime
) -> None:
    """
    Record that the person of a case died, how we know, and what they said in life about who may see their record. From then on
    nothing is sent to them, their consents have ended, and so has everything that their account or anybody's authority over them
    opened, under each of their records.

    :raises StepRefused: the case is about nobody who died, it is recorded already, or nothing says how we know.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.select_for_update().filter(pk=case, right=Asked.DECEASED).first()
    if row is None:
        raise StepRefused("This request is not for the records of somebody who died.")
    known = Death.objects.filter(subject_id=row.subject_id).exists()
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        born = born_on(row.subject_id, opened)
    if why_not := check_can_record(died_on, on=timezone.localdate(at), seen=seen, known=known, born=born):
        raise StepRefused(why_not)
    Death.objects.create(
        subject_id=row.subject_id, died_on=died_on, shown_by=shown_by, seen=seen.strip(), wish=wish.strip()
    )
    persons = linking.subjects_of(row.subject_id, at=at)
    hold(*persons)  # all in one call, before any consent of theirs is ended: no two acts then wait for each other
    for each in persons:
        acting().require(each, Category.RIGHTS, Category.PREFERENCES)
        for agreed in sorted({fact.purpose for fact in facts.unended(each, FactKind.CONSENT, at=at)}):
            proof = f"It ended with their death on {died_on:%-d %B %Y}."
            take_back(each, Purpose(agreed), how=How.DEATH, proof=proof, by=by, at=at)
        if not facts.of(each, FactKind.DIED, at=at):  # it may stand from a record that was linked since
            facts.record(each, FactKind.DIED, at=at)
        people.end_account_of_the_dead(each, by=by, at=at)
    _add(row, StepKind.NOTE, at=at, words=f"Recorded that they died on {died_on:%-d %B %Y}.")


@act(Event.DEATH_TAKEN_BACK, purpose=Purpose.RIGHTS)
def take_back_death(case: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Take back that a person died, where it was a mistake: their account opens again, and they hear from us again. Consents and
    authorities that ended stay ended, since only they can give them again.

    :raises StepRefused: no death is recorded, or nothing says how it is known that it was a mistake.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.select_for_update().get(pk=case)
    acting().require(row.subject_id, Category.RIGHTS)
    if not words.strip():
        raise StepRefused("Write how you know that it was a mistake.")
    persons = linking.subjects_of(row.subject_id, at=at)
    hold(*persons)
    # What was recorded before their records were linked stands under one of them, and is the person's all the same.
    death = Death.objects.filter(subject_id__in=persons)
    stands = any(facts.of(each, FactKind.DIED, at=at) for each in persons)
    if row.right != Asked.DECEASED or not (stands or death.exists()):
        raise StepRefused("No death is recorded in this request.")
    for each in persons:
        acting().require(each, Category.RIGHTS)
        facts.end(each, FactKind.DIED, at=at)
    dispose_rows(list(death), at=at)
    _end_given(RightsCase.objects.filter(subject_id__in=persons, right=Asked.DECEASED).values("pk"), at=at)
    _add(row, StepKind.NOTE, at=at, words=f"Took back that they died: it was a mistake. {words.strip()}")


def _end_given(cases: Iterable[Any], *, at: datetime) -> None:
    """Whoever a record was released to cannot fetch it any more; the nightly run destroys its file."""
    given = AccessPack.objects.filter(case_id__in=cases, state=PackState.RELEASED, expires_at__gt=at)
    given.update(expires_at=at)


def _why_not_hand_over(row: RightsCase, *, words: str | None, by: Actor, at: datetime) -> str:
    """Say why the records of this case may not be handed over, or "" when they may. It is read apart from the act that asks."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        # A wish under any of their records binds for all of them.
        persons = linking.subjects_of(row.subject_id, at=at)
        for each in persons:
            opened.require(each, Category.RIGHTS)
        deaths = list(Death.objects.filter(subject_id__in=persons))
        wish = "\n".join(said for each in deaths if (said := (each.wish or "").strip()))
        return check_can_hand_over(recorded=bool(deaths), wish=wish, applies_as=_applies_as(row.pk), words=words)


def _applies_as(case: UUID) -> str:
    """As what somebody was found to apply, in a context that opens the case; "" where that was not shown, or no longer stands."""
    if is_unproven([kind for kind, _ in clocks.happened_in(case)]):
        return ""  # it was asked for anew, or found wrong, since
    judged = CaseStep.objects.filter(case_id=case, kind=StepKind.AUTHORITY_CHECKED).order_by(
        "-recorded_at", "-number"
    )
    return next(((step.detail or {}).get("applies_as", "") for step in judged), "")
