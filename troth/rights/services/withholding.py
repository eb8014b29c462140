"""
Acts by which something is kept from its person for somebody's protection, and by which that ends.

Whoever writes it down calls them in their own act, under the purpose of protecting people, whose events stand apart.
"""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.models.withholding import Withholding
from troth.rights.rules.withholding import FEWEST_WORDS
from troth.rights.services.stepping import StepRefused
from troth.vault.categories import Category


@act(Event.WITHHELD, purpose=Purpose.SAFEGUARDING)
def withhold(subject: UUID, *, thing: UUID, words: str, by: Actor, at: datetime) -> None:
    """
    This will keep `thing` from its person, on the opinion of the health professional who does this, whose `words` say why telling
    would be likely to cause serious harm (LAW-4.2); a second time, anew on theirs.

    :raises StepRefused: the words say nothing of that.
    :raises Refused: the actor may not write health data of this person for somebody's protection.
    """
    acting().require(subject, Category.HEALTH)
    if by.id is None or len(words.split()) < FEWEST_WORDS:
        raise StepRefused("Write why telling them would be likely to cause serious harm, and to whom.")
    row = Withholding.objects.select_for_update().filter(thing=thing).first()
    if row is None:
        Withholding.objects.create(
            subject_id=subject, thing=thing, since=at, opinion_at=at, opinion_by=by.id, words=words.strip()
        )
    elif row.ended_at is None:
        row.opinion_at, row.opinion_by, row.words = at, by.id, words.strip()
        row.save()


@act(Event.WITHHOLDING_ENDED, purpose=Purpose.SAFEGUARDING)
def end_withholding(subject: UUID, *, thing: UUID, by: Actor, at: datetime) -> None:
    """
    This will end it that `thing` is kept from its person, who reads it from now on. What was shown is not kept again.

    :raises Refused: the actor may not write health data of this person for somebody's protection.
    """
    acting().require(subject, Category.HEALTH)
    row = Withholding.objects.select_for_update().filter(thing=thing, ended_at=None).first()
    if row is not None:
        row.ended_at = at
        row.save()
