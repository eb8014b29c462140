"""What the record tells the gate: who has a task about whom, and so a reason to open their card."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.records import rules
from troth.records.selectors.tasks import with_task


@reasons.reason("a task for you", serves=set(rules.CARD_PURPOSES), told="they were given a task about you")
def has_task(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever has a task about somebody has a reason until it is ended, or two weeks past its day."""
    return with_task(actor, subjects, at=at) if actor.kind == "person" and actor.roles else set()
