"""
Acts by which a suspected reaction is told, looked at by a health professional, and sent to the Yellow Card scheme of the MHRA.

The scheme gets what happened, age, sex where we know it, and our random number of the report: no name, no day of birth, no address.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.prescribing import rules
from troth.prescribing.models import Drug, Prescription, Reaction, Recovery, Seriousness, SupplyStatus
from troth.prescribing.rules import reacting
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.machine import REACTION, Step
from troth.sharing import services as sharing
from troth.vault.categories import Category

#: Who gets a Yellow Card, as the notice names them.
RECIPIENT = "medicines_regulator"


@act(Event.REACTION_REPORTED, purpose=Purpose.PRESCRIBING)
def report_reaction(
    prescription: UUID,
    *,
    what: str,
    began_on: date,
    serious: Collection[Seriousness],
    recovery: Recovery,
    drug: Drug,
    others: str,
    key: UUID,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    This will keep what somebody noticed on a medicine: told by themself, or to a prescriber or a pharmacist. Gives the report.

    :raises NotPossible: they cannot have taken it, nothing is said, the day cannot be, or the key was used for another.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row: Prescription | None = Prescription.objects.select_for_update().filter(pk=prescription).first()
    acting().require(row.subject_id if row else prescription, Category.HEALTH)
    if row is None:
        raise nothing_there()
    if by.id != row.subject_id:
        rules.check_is_professional(by.roles)
    known = Reaction.objects.filter(key=key).first()
    if known is not None:
        if known.prescription_id != row.pk:
            raise rules.NotPossible("This was sent before, about something else. Begin again.")
        before: UUID = known.pk
        return before
    reacting.check_can_report(
        status=SupplyStatus(row.status),
        delivered=row.delivered_at is not None,
        what=what,
        began_on=began_on,
        left_on=timezone.localdate(row.dispatched_at) if row.dispatched_at else None,
        today=timezone.localdate(at),
    )
    made: UUID = Reaction.objects.create(
        subject_id=row.subject_id,
        key=key,
        prescription_id=row.pk,
        reported_at=at,
        what=what.strip(),
        began_on=began_on,
        serious=sorted(each.value for each in serious),
        recovery=recovery,
        drug=drug,
        others=others.strip(),
    ).pk
    return made


@act(Event.REACTION_REVIEWED, purpose=Purpose.PRESCRIBING)
def review_reaction(reaction: UUID, *, words: str, serious: Collection[Seriousness], by: Actor, at: datetime) -> bool:
    """
    This will record what a health professional found of a report, and how serious they count it. Gives whether the Yellow Card
    scheme is to be told: that follows from the medicine and from how serious it is, and nobody chooses it.

    :raises NotPossible: it was looked at already, nothing is said, or it is about the actor.
    :raises Refused: the actor may not write health data of this person for prescribing.
    """
    row = _locked(reaction, by)
    reacting.check_assessment(words)
    with processing(Purpose.PRESCRIBING, Action.READ, by=by, at=at):
        item = dict(Prescription.objects.get(pk=row.prescription_id).item)
    known = formulary().get(item["medicine"])
    due = reacting.is_due(serious, known.risks if known else ())
    row.state = rules.step(REACTION, row.state, Step.SEND_ON if due else Step.KEEP)
    row.reviewed_at, row.assessment = at, words.strip()
    row.serious = sorted(each.value for each in serious)
    row.save()
    return due


@act(Event.REACTION_SENT, purpose=Purpose.PRESCRIBING)
def record_card(reaction: UUID, *, number: str, by: Actor, at: datetime) -> None:
    """
    This will record that the Yellow Card scheme was told, and by which number it knows the report.

    :raises NotPossible: nobody has looked at it, it was sent already, or there is no number.
    :raises Refused: the actor may not disclose health data of this person for prescribing.
    """
    row = _locked(reaction, by)
    reacting.check_card_number(number)
    row.state = rules.step(REACTION, row.state, Step.POST)
    row.sent_at, row.card_number = at, number.strip()
    row.save()
    sharing.record_disclosure(
        row.subject_id,
        recipient=RECIPIENT,
        purpose=Purpose.PRESCRIBING,
        categories={Category.HEALTH},
        what="A Yellow Card about a suspected reaction, without a name",
        by=by,
        at=at,
    )


def _locked(reaction: UUID, by: Actor) -> Reaction:
    """The report, held against a second hand, when the gate lets the actor at this person's health data."""
    row: Reaction | None = Reaction.objects.select_for_update().filter(pk=reaction).first()
    acting().require(row.subject_id if row else reaction, Category.HEALTH)
    if row is None:
        raise nothing_there()
    rules.check_is_staff(subject=row.subject_id, by=by.id)
    rules.check_is_professional(by.roles)
    return row


__all__ = ["record_card", "report_reaction", "review_reaction"]
