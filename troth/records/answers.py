"""What the record tells the gate: who has a task about whom, and so a reason to look for what the task serves."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.records import rules
from troth.records.selectors.tasks import with_task


def _has_task(purpose: Purpose, actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever has a task about somebody has a reason until it is ended, or two weeks past its day."""
    return with_task(actor, subjects, purpose, at=at) if actor.kind == "person" and actor.roles else set()


for _purpose in sorted(frozenset().union(*rules.SERVES.values())):
    # One answer for each purpose: a task that serves booking opens nothing for care.
    reasons.reason("a task for you", serves={_purpose}, told="they were given a task about you")(
        partial(_has_task, _purpose)
    )
