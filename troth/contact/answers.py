"""What questions tell the gate: who has a reason to look at who asked one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.contact import selectors
from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose


@reasons.reason("a question to answer", serves={Purpose.ENQUIRIES}, told="you asked us something")
def asked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff have a reason while a question waits and for fourteen days after; which roles answer is the notice's to say."""
    return selectors.with_question(subjects, at=at) if actor.kind == "person" and actor.roles else set()
