"""What was decided before its person asked that another prescriber looks again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate.contexts import Opened
from troth.prescribing.models import EarlierDecision, Outcome
from troth.vault.categories import Category


@dataclass(frozen=True)
class ContestLine:
    """That somebody asked for another look: what was decided before, when, and what they said against it."""

    at: datetime
    decided_at: datetime
    outcome: Outcome
    outcome_words: str
    objection: str


def contest_of(request: UUID, opened: Opened) -> ContestLine | None:
    """
    The decision on a request that its person asked another prescriber to look at again; None where they did not.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = EarlierDecision.objects.filter(request_id=request).first()
    if row is None:
        return None
    opened.require(row.subject_id, Category.HEALTH)
    return ContestLine(row.contested_at, row.decided_at, row.outcome, row.outcome_words or "", row.objection or "")
