"""What cases tell the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.medicolegal import rules, selectors
from troth.notice.purposes import Purpose


@reasons.reason(
    "a case assigned to you", serves={Purpose.INSTRUCTIONS, Purpose.MEDICAL_REPORTING}, told="your case is theirs"
)
def assigned(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Handler and expert have a reason while a case is theirs and open, and for fourteen days after."""
    return selectors.assigned_to(actor.id, subjects, at=at) if actor.id and actor.roles else set()


@reasons.reason("a case you instructed", serves={Purpose.INSTRUCTIONS}, told="they instructed your case")
def instructed(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever instructed a case has a reason while it is open, and for fourteen days after."""
    return selectors.instructed_by(actor.id, subjects, at=at) if actor.id and actor.roles else set()


@reasons.reason("an instruction to answer", serves={Purpose.INSTRUCTIONS}, told="your case waited for an answer")
def unanswered(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Case handlers have a reason while nobody has answered an instruction."""
    return selectors.to_take_on(subjects) if actor.roles & rules.HANDLING else set()
