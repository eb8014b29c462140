"""Which versions of the notice a person was given or told of. Standing facts hold codes alone, so no key is needed for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate import facts
from troth.gate.facts import FactKind


@dataclass(frozen=True)
class Receipt:
    """One version that reached one person, and when. `given`: they had it before them; else they were told of it."""

    version: int
    at: datetime
    given: bool


def list_receipts(subject: UUID, *, at: datetime) -> list[Receipt]:
    """The receipts that stand about a person, the newest first (UK GDPR Article 13)."""
    found = [
        Receipt(int(fact.value), facts.moment(fact.since), kind is FactKind.NOTICE_GIVEN)
        for kind in (FactKind.NOTICE_GIVEN, FactKind.NOTICE_TOLD)
        for fact in facts.of(subject, kind, at=at)
        if fact.value.isdigit()
    ]
    return sorted(found, key=lambda receipt: (receipt.at, receipt.version), reverse=True)
