"""Payments as pages and other rooms get them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from troth.billing.models import BankRefund, Invoice, InvoiceKind, InvoiceState, Payment, Refund
from troth.billing.models import Order as Order
from troth.billing.models import RefundState as RefundState
from troth.billing.models import State as State
from troth.billing.models import Trouble as Trouble
from troth.billing.models import VatRate as VatRate
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.vault.categories import Category
from troth.vault.openable import openable

#: By a payment in these states nothing is paid: not yet, not any more, or not at all.
UNPAID = frozenset({State.ASKED, State.RELEASED, State.FAILED, State.REFUNDED})
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
    rate: VatRate | None = None
    refunds: tuple[RefundLine, ...] = ()

    @property
    def left(self) -> int:
        """What could still be given back: taken, less what was given back or is on its way."""
        given = sum(each.pence for each in self.refunds if each.state is not RefundState.FAILED)
        return max(self.captured - max(given, self.returned), 0)

    @property
    def stuck(self) -> RefundLine | None:
        """The last refund, where the firm would not make it and what it was for is still with us."""
        last = self.refunds[-1] if self.refunds else None
        return last if last is not None and last.state is RefundState.FAILED and self.left >= last.pence else None


@dataclass(frozen=True)
class FailedRefund:
    """Money that the firm would not give back, and that is with us still. Whose it is only where the viewer may see that. Pence."""

    subject: UUID
    name: str
    pence: int
    why: str
    ended_at: datetime | None


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
    if row is None:
        raise nothing_there()
    return _lines([row])[0]


def list_payments(subject: UUID, opened: Opened) -> list[PaymentLine]:
    """
    A person's payments, the newest first.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    return _lines(Payment.objects.where("-recorded_at", subject_id=subject))


@dataclass(frozen=True)
class PaymentFor:
    """A payment as the room that asked for it may know it without opening anything."""

    id: UUID
    state: State
    order: Order
    holds: bool


def payment_for(thing_kind: str, thing: UUID) -> PaymentFor | None:
    """The payment for a thing, the latest where one came to nothing before, or None. It opens nothing."""
    rows = Payment.objects.filter(thing_kind=thing_kind, thing=thing).order_by("-recorded_at")
    row = rows.values_list("pk", "state", "order", "holds").first()
    return PaymentFor(row[0], State(row[1]), Order(row[2]), row[3]) if row else None


def state_of(payment: UUID) -> State | None:
    """What the firm last said of a payment; None where there is none. It opens nothing."""
    found = Payment.objects.filter(pk=payment).values_list("state", flat=True).first()
    return None if found is None else State(found)


def held_among(payments: Collection[UUID]) -> set[UUID]:
    """Of these, those whose amount is held on a card for us to take, or was taken. One query, and it opens nothing."""
    held = Q(state=State.AUTHORISED, order=Order.NONE) | Q(state=State.CAPTURED)
    return set(Payment.objects.filter(held, pk__in=payments).values_list("pk", flat=True))


def unpaid_among(payments: Collection[UUID]) -> set[UUID]:
    """Of these, those by which nothing is paid: not paid yet, let go by the bank, or given back whole. It opens nothing."""
    return set(Payment.objects.filter(state__in=UNPAID, pk__in=payments).values_list("pk", flat=True))


def is_set_against(payment: UUID) -> bool:
    """Whether what a payment brought was taken off an invoice, so that it does not go back by itself. It opens nothing."""
    return Invoice.objects.filter(receipt_for=payment).exclude(set_against=None).exists()


def with_untold(thing_kind: str, subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those of whose payments for such things the room that asked has still to hear. It opens nothing."""
    return linked(Payment.objects.filter(~Q(told=F("state")), thing_kind=thing_kind), subjects)


def with_money(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those between whom and the clinic there is or was money."""
    return linked(Payment.objects.all(), subjects)


def with_open_money(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those who owe something by an invoice, or of whose card something is held or asked. It opens nothing."""
    owing = linked(Invoice.objects.filter(state=InvoiceState.OPEN, kind=InvoiceKind.INVOICE), subjects)
    return owing | linked(Payment.objects.filter(state__in=[State.ASKED, State.AUTHORISED]), subjects)


def list_urgent(*, at: datetime) -> list[UUID]:
    """
    Payments of which something is wanted, or whose askers have still to hear, or whose page was opened just now.

    Whose money is only settled still is passed over where the asker has yet to hear: that waits until a restriction is lifted. It
    opens nothing.
    """
    wanted = Q(~Q(order=Order.NONE)) | Q(state=State.ASKED, opened_at__gte=at - JUST_NOW)
    found = set(Payment.objects.filter(wanted).values_list("pk", flat=True))
    untold = dict(_untold().values_list("pk", "subject_id"))
    closed = closed_among(set(untold.values()), at=at)
    found |= {payment for payment, subject in untold.items() if subject not in closed}
    return sorted(found | set(Refund.objects.filter(state=RefundState.ASKED).values_list("payment_id", flat=True)))


def count_left(*, at: datetime) -> int:
    """How many payments nobody hears of, since their people restricted their record or had it erased. It opens nothing."""
    untold = list(_untold().values_list("subject_id", flat=True))
    closed = closed_among(set(untold), at=at)
    return sum(subject in closed for subject in untold)


def is_only_settled(payment: UUID, *, at: datetime) -> bool:
    """Whether the payment is of somebody whose money is only settled still. It opens nothing."""
    return bool(closed_among(list(Payment.objects.filter(pk=payment).values_list("subject_id", flat=True)), at=at))


def closed_among(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those who restricted the use of their record, or whose agreement an erasure ended. It opens nothing."""
    return rights.restricted_among(subjects, at=at) | rights.without_agreement_among(subjects, at=at)


def _untold() -> QuerySet[Payment]:
    return Payment.objects.filter(~Q(told=F("state")))


def list_open() -> list[UUID]:
    """Every payment that is not over. It opens nothing."""
    return list(Payment.objects.filter(state__in=[State.ASKED, State.AUTHORISED]).values_list("pk", flat=True))


def still_failed(subject: UUID) -> set[UUID]:
    """Refunds of one person that the firm would not make, and that went back in no other way since. It opens nothing."""
    return set(_still_failed().filter(subject_id=subject).values_list("pk", flat=True))


def _still_failed() -> QuerySet[Refund]:
    """Neither asked for again since, nor given back by bank, nor all given back."""
    since = OuterRef("recorded_at")
    asked = Refund.objects.filter(payment=OuterRef("payment")).filter(
        Q(recorded_at__gt=since) | Q(recorded_at__gte=since) & ~Q(state=RefundState.FAILED)
    )
    mine = Q(invoice_id=OuterRef("payment__thing")) | Q(invoice__receipt_for=OuterRef("payment"))
    by_bank = BankRefund.objects.filter(mine, recorded_at__gte=since)
    rows = Refund.objects.filter(~Exists(asked), ~Exists(by_bank), state=RefundState.FAILED)
    return rows.exclude(payment__state=State.REFUNDED)


def list_failed_refunds(opened: Opened, *, start: int, most: int) -> tuple[list[FailedRefund], int]:
    """What the firm would not give back and was not asked for again since, the longest waiting first, and how many there are."""
    rows = _still_failed()
    found = list(rows.order_by("ended_at", "pk")[start : start + most])
    admitted = set(opened.admit([row.subject_id for row in found], Category.IDENTITY, Category.FINANCIAL).admitted)
    names = people.names_of(admitted, opened)
    open_ones = {row.pk for row in openable(row for row in found if row.subject_id in names)}
    return [
        FailedRefund(row.subject_id, names[row.subject_id], row.pence or 0, row.why or "", row.ended_at)
        if row.pk in open_ones
        else FailedRefund(row.subject_id, "", 0, "", row.ended_at)
        for row in found
    ], rows.count()


def _lines(rows: list[Payment]) -> list[PaymentLine]:
    """Payments with what was given back of each, in one more query for all of them."""
    refunds: dict[UUID, list[RefundLine]] = {row.pk: [] for row in rows}
    for each in Refund.objects.filter(payment__in=rows).order_by("recorded_at"):
        refunds[each.payment_id].append(
            RefundLine(
                each.pk, each.pence or 0, each.why or "", RefundState(each.state), each.recorded_at, each.ended_at
            )
        )
    return [
        PaymentLine(
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
            VatRate(row.rate) if row.rate else None,
            tuple(refunds[row.pk]),
        )
        for row in rows
    ]
