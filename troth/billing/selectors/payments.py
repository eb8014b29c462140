"""Payments as pages and other rooms get them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q

from troth.billing.models import Order as Order
from troth.billing.models import Payment, Refund
from troth.billing.models import RefundState as RefundState
from troth.billing.models import State as State
from troth.billing.models import Trouble as Trouble
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.ledger import selectors as ledger
from troth.vault.categories import Category

#: Whoever opened the page of a payment pays within minutes, or not at all.
JUST_NOW = timedelta(minutes=30)


@dataclass(frozen=True)
class RefundLine:
    """Something given back, or on its way. Pence."""

    id: UUID
    pence: int
    why: str
    state: RefundState
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class PaymentLine:
    """A payment, opened. Amounts in pence."""

    id: UUID
    subject: UUID
    thing_kind: str
    thing: UUID
    what: str
    state: State
    order: Order
    trouble: Trouble
    holds: bool
    pence: int
    captured: int
    returned: int
    asked_at: datetime
    settled_at: datetime | None
    refunds: tuple[RefundLine, ...] = ()

    @property
    def left(self) -> int:
        """What could still be given back: taken, less what was given back or is on its way."""
        given = sum(each.pence for each in self.refunds if each.state is not RefundState.FAILED)
        return max(self.captured - max(given, self.returned), 0)


def takes_cards() -> bool:
    """Whether card payments can be taken at all: a firm is set up, or this is a demonstration with its stand-in."""
    return bool(settings.TROTH_STRIPE_KEY or settings.TROTH_DEMO)


def is_stand_in() -> bool:
    """Whether what takes them moves no money."""
    return settings.TROTH_DEMO and not settings.TROTH_STRIPE_KEY


def get_payment(payment: UUID, opened: Opened) -> PaymentLine:
    """
    One payment.

    :raises Refused: the viewer may not see money of this person, or there is no such payment.
    """
    row = Payment.objects.filter(pk=payment).first()
    opened.require(row.subject_id if row else payment, Category.FINANCIAL)
    assert row is not None
    return _line(row)


def list_payments(subject: UUID, opened: Opened) -> list[PaymentLine]:
    """
    A person's payments, the newest first.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    return [_line(row) for row in Payment.objects.filter(subject_id=subject).order_by("-recorded_at")]


def state_of(payment: UUID) -> State | None:
    """What the firm last said of a payment; None where there is none. It opens nothing."""
    return states_of([payment]).get(payment)


def states_of(payments: Collection[UUID]) -> dict[UUID, State]:
    """The same for many, in one query."""
    found = Payment.objects.filter(pk__in=payments).values_list("pk", "state")
    return {payment: State(state) for payment, state in found}


def with_money(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those between whom and the clinic there is or was money."""
    return linked(Payment.objects.all(), subjects)


def found_by(actor: UUID, subjects: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Of these people, those whom the ledger says this actor found since a moment."""
    wanted = {subject.hex: subject for subject in subjects}
    seen = ledger.search(actor=actor.hex, event="gate:opened", purpose="find", since=since, limit=200)
    return {wanted[event.subject] for event in seen if event.subject in wanted}


def list_urgent(*, at: datetime) -> list[UUID]:
    """
    Payments of which something is wanted, or whose askers have still to hear, or whose page was opened just now.

    It opens nothing.
    """
    wanted = Q(~Q(order=Order.NONE)) | ~Q(told=F("state")) | Q(state=State.ASKED, opened_at__gte=at - JUST_NOW)
    found = set(Payment.objects.filter(wanted).values_list("pk", flat=True))
    return sorted(found | set(Refund.objects.filter(state=RefundState.ASKED).values_list("payment_id", flat=True)))


def list_open() -> list[UUID]:
    """Every payment that is not over. It opens nothing."""
    return list(Payment.objects.filter(state__in=[State.ASKED, State.AUTHORISED]).values_list("pk", flat=True))


def _line(row: Payment) -> PaymentLine:
    return PaymentLine(
        row.pk,
        row.subject_id,
        row.thing_kind,
        row.thing,
        row.what or "",
        State(row.state),
        Order(row.order),
        Trouble(row.trouble),
        row.holds,
        row.pence or 0,
        row.captured or 0,
        row.returned or 0,
        row.recorded_at,
        row.settled_at,
        tuple(
            RefundLine(
                each.pk, each.pence or 0, each.why or "", RefundState(each.state), each.recorded_at, each.ended_at
            )
            for each in Refund.objects.filter(payment=row).order_by("recorded_at")
        ),
    )
