"""What is to be arranged for somebody's visits is written down, by themself or by whoever books and receives."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.people.models import Adjusted, Adjustment
from troth.people.rules import ADJUSTING, check_language
from troth.vault.categories import Category


@act(Event.ADJUSTMENTS_STATED, purpose=ADJUSTING)
def state_adjustments(subject: UUID, *, wanted: Collection[str], language: str, by: Actor, at: datetime) -> None:
    """
    Write down what is to be arranged for a person at every visit, in place of what stood there (Equality Act 2010 section 20).

    It takes codes of a list and the name of a language, and no words of anybody's: why they need it is nobody's business here.

    :raises ValueError: something is not of the list, or an interpreter is wanted and no language named.
    :raises Refused: the actor may not write it of this person, or the notice does not say that the clinic keeps it.
    """
    acting().require(subject, Category.ADJUSTMENTS)
    codes = [each.value for each in Adjustment if each in {Adjustment(code) for code in wanted}]
    spoken = check_language(language, codes)
    row = Adjusted.objects.select_for_update().filter(subject_id=subject).first() or Adjusted(subject_id=subject)
    row.wanted, row.language = codes, spoken
    row.save()
