"""What billing tells the kernel: the service that speaks with the payment firm, and who has a reason to see whose money."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from troth.billing import selectors, services
from troth.billing.selectors import State
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_FOR = {Purpose.PAYMENT, Purpose.ACCOUNTING}
#: Whoever was found by name may be invoiced by who found them, for half an hour.
FOUND_FOR = timedelta(minutes=30)

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
    return selectors.with_money(subjects) | selectors.with_invoice(subjects)


@reasons.reason("money between them and the clinic", serves=_FOR, told="there is money between you and us")
def settling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff have a reason to see the money of whoever has any with the clinic; whose role that is, is the notice's to say."""
    if actor.kind != "person" or not actor.roles:
        return set()
    return selectors.with_money(subjects) | selectors.with_invoice(subjects)


@reasons.reason("they asked you about money", serves=_FOR, told="you asked us about money")
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff may invoice whom they have found by name, with a reason, in the last half hour."""
    if actor.kind != "person" or not actor.roles or actor.id is None:
        return set()
    return selectors.found_by(actor.id, subjects, since=at - FOUND_FOR)


@services.follows(services.THING)
def paid(thing: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None:
    """What the firm took for an invoice, or gave back, is entered there."""
    if state in services.MOVED:
        services.settle_by_card(thing, payment=payment, by=by, at=at)
