"""What requests tell the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.prescribing import rules, selectors


@reasons.reason(
    "a request assigned to you", serves={Purpose.PRESCRIBING, Purpose.CARE}, told="your request was passed to them"
)
def assigned(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A prescriber has a reason while a request is theirs and open, and for fourteen days after their decision."""
    return selectors.assigned_to(actor.id, subjects, at=at) if actor.id else set()


@reasons.reason(
    "a request you are preparing", serves={Purpose.PRESCRIBING, Purpose.CARE}, told="they prepare your request"
)
def preparing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """An assistant has a reason while a request that they prepare is open."""
    return selectors.prepared_by(actor.id, subjects) if actor.id else set()


@reasons.reason("a request to pass on", serves={Purpose.PRESCRIBING}, told="your request waits to be passed on")
def passing_on(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Support staff have a reason while a request is open; what they see is who the person is, by the notice."""
    return selectors.with_open_request(subjects) if actor.roles & rules.PASSING_ON else set()
