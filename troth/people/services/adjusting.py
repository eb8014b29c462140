"""What is to be arranged for somebody's visits is written down, by themself or by whoever books and receives."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.people.models import Adjusted, Adjustment
from troth.people.rules import ADJUSTING, check_language
from troth.vault.categories import Category


class ChangedMeanwhile(Exception):
    """What is to be arranged for them was written down anew since whoever writes now has read it."""


@act(Event.ADJUSTMENTS_STATED, purpose=ADJUSTING)
def state_adjustments(
    subject: UUID, *, wanted: Collection[str], language: str, seen: str | None = None, by: Actor, at: datetime
) -> None:
    """
    Write down what is to be arranged for a person at each appointment, in place of what was there (Equality Act 2010 section 20).
    It is a row of its own each time, so that who said so, and when, is said of what stands and never of what stood before it.

    It takes codes of a list and a language of another, and no words of anybody's: why they need it is nobody's business here.
    `seen` is the `mark` of what the writer had before them, "" for nothing, or None where they had read nothing.

    :raises ValueError: something is not of the list, or an interpreter is wanted and no language named.
    :raises ChangedMeanwhile: something else stands there than what was seen.
    :raises Refused: the actor may not write it of this person, or the notice does not say that the clinic keeps it.
    """
    acting().require(subject, Category.ADJUSTMENTS)
    hold(subject)  # two who write the first at once would each find nothing
    codes = [each.value for each in Adjustment if each in {Adjustment(code) for code in wanted}]
    spoken = check_language(language, codes)
    row = Adjusted.objects.filter(subject_id=subject).first()
    if seen is not None and seen != (row.pk.hex if row else ""):
        raise ChangedMeanwhile
    if row is not None:
        row.delete()
    Adjusted.objects.create(subject_id=subject, wanted=codes, language=spoken)
