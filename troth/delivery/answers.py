"""What this room tells the kernel: the service that writes and carries messages, and why it may."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_FOR = {Purpose.ACCOUNT_SECURITY, Purpose.RIGHTS, Purpose.MARKETING, Purpose.SERVICE_MESSAGES, Purpose.MESSAGES}

actors.declare_service(
    "delivery",
    purposes=_FOR,
    categories={Category.CONTACT},
    modules={
        "troth.delivery.services.outbox",
        "troth.delivery.services.carrying",
        "troth.delivery.services.moving",
        "troth.delivery.selectors",
    },
)


@reasons.reason("a message to you", serves=_FOR, told="we wrote to you")
def carrying(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service has reason to open messages of whoever they are for, and nothing else of them."""
    return set(subjects) if actor.kind == "service" and actor.name == "delivery" else set()
