"""What this room tells the kernel: the service that writes the log, and why it may."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

#: Writes down what somebody else hands over, once the gate has let them: people read it under their rights.
actors.declare_service(
    "disclosure-log",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.sharing.services"},
)


@reasons.reason(
    "writing down what was passed on",
    serves={Purpose.RIGHTS},
    told="something about you was passed on, and written down",
)
def writes_the_log(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service has this reason for whoever something is passed on about."""
    return set(subjects) if actor.kind == "service" and actor.name == "disclosure-log" else set()
