"""
What an invoice holds: what came for it less what went back or is on its way back, by card or by bank.

Whoever reckons with it holds the invoice, and so does whoever gives back: otherwise the same money goes back twice.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from troth.billing import rules
from troth.billing.models import BankRefund, Invoice, Order, Payment, Refund, RefundState, Settlement
from troth.law.calendar import LONDON

THING = "billing.invoice"


def _hold_invoice_of(payment: UUID) -> Invoice | None:
    """The invoice that a payment is for, or that was issued for it, held against a second hand before the payment is; else None."""
    thing = Payment.objects.filter(pk=payment, thing_kind=THING).values_list("thing", flat=True).first()
    row: Invoice | None = Invoice.objects.select_for_update().filter(Q(pk=thing) | Q(receipt_for=payment)).first()
    return row


def _held(row: Invoice) -> int:
    """Pence that an invoice holds, whether entered already or not. Reads: call it in a context."""
    return _came(row) - sum(each.pence or 0 for each in BankRefund.objects.filter(invoice=row, paid_at=None))


def _came(row: Invoice) -> int:
    """
    Pence that came for an invoice and stay, as the cards' own rows say it: a refund counts from when it was asked for, and what the
    firm took counts before it is entered. Bank refunds that wait are still in it.
    """
    came = sum(each.pence or 0 for each in Settlement.objects.filter(invoice=row, payment=None))
    payments = list(Payment.objects.filter(Q(thing_kind=THING, thing=row.pk) | Q(pk=row.receipt_for)))
    given = dict.fromkeys((each.pk for each in payments), 0)
    for refund in Refund.objects.filter(payment__in=payments).exclude(state=RefundState.FAILED):
        given[refund.payment_id] += refund.pence or 0
    return came + sum((each.captured or 0) - max(given[each.pk], each.returned or 0) for each in payments)


def _open_for(invoice: UUID) -> list[Payment]:
    """Payments of an invoice that can still be paid. Whoever asks holds the invoice."""
    return list(
        Payment.objects.select_for_update()
        .filter(thing_kind=THING, thing=invoice, state__in=rules.OPEN, order=Order.NONE)
        .order_by("recorded_at")
    )


def _year(at: datetime) -> int:
    return rules.financial_year(at.astimezone(LONDON).date(), settings.TROTH_FINANCIAL_YEAR_END)
