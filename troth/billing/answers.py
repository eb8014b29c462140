"""What billing tells the kernel: the service that speaks with the payment firm, and who has a reason to see whose money."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.billing import selectors
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_FOR = {Purpose.PAYMENT, Purpose.ACCOUNTING}

actors.declare_service(
    "payments",
    purposes={Purpose.PAYMENT},
    categories={Category.FINANCIAL},
    modules={"troth.billing.services.payments"},
)


@reasons.reason("a payment on its way", serves={Purpose.PAYMENT}, told="you paid us, or were asked to")
def carrying(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service has reason to open payments of whoever has one, and nothing else of them."""
    if actor.kind != "service" or actor.name != "payments":
        return set()
    return selectors.with_money(subjects)


@reasons.reason("money between you and us", serves=_FOR, told="there is money between you and us")
def settling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff have a reason to see the money of whoever has any with the clinic; whose role that is, is the notice's to say."""
    return selectors.with_money(subjects) if actor.kind == "person" and actor.roles else set()
