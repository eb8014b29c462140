"""Invoices, prices, and what the books say, as pages get them."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from troth.billing import rules
from troth.billing.models import (
    BankDetails,
    BankRefund,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Means,
    Payment,
    Price,
    Settlement,
    TillRow,
    VatRate,
)
from troth.billing.rules import Line, Totals
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.people import selectors as people
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.openable import openable


@dataclass(frozen=True)
class PriceLine:
    """A line of the price list. Pence, VAT included."""

    id: UUID
    name: str
    pence: int
    rate: VatRate
    offered: bool


@dataclass(frozen=True)
class Entry:
    """Money that came for an invoice, or went back from it. Pence."""

    on: date
    pence: int
    means: Means


@dataclass(frozen=True)
class BankRefundLine:
    """A refund by bank. `details` are given only where the viewer may see them and they are still held."""

    id: UUID
    pence: int
    paid_at: datetime | None
    given: bool
    details: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class InvoiceLine:
    """An invoice or a credit note, opened. Amounts in pence; `left` less than nothing is owed to the person."""

    id: UUID
    subject: UUID
    kind: InvoiceKind
    number: str
    state: InvoiceState
    issued_on: date
    taxed_on: date  # the day whose rate of VAT holds: of a credit note, that of its invoice
    due_on: date
    addressee: str
    lines: tuple[Line, ...]
    totals: Totals
    entries: tuple[Entry, ...]
    credits: str = ""
    credited: int = 0  # taken back of it by credit notes
    by_voucher: int = 0  # so much of that is no cancelling, but what vouchers paid that were taxed at their sale
    receipt_for: UUID | None = None  # the payment that had come when it was issued
    set_against: UUID | None = None
    refunds: tuple[BankRefundLine, ...] = ()

    @property
    def paid(self) -> int:
        """What came, less what went back."""
        return sum(each.pence for each in self.entries)

    @property
    def wanted(self) -> int:
        """What it comes to, less what credit notes took back of it."""
        return 0 if self.kind is InvoiceKind.CREDIT else self.totals.gross - self.credited

    @property
    def taken_off(self) -> list[tuple[str, int]]:
        """What credit notes took off it, and why, in words."""
        back = ", and gone back to them" if self.state is InvoiceState.CREDITED else ""
        parts = [
            (f"Paid with vouchers that were taxed when sold{back}", self.by_voucher),
            ("Taken back by credit notes", self.credited - self.by_voucher),
        ]
        return [(words, pence) for words, pence in parts if pence]

    @property
    def left(self) -> int:
        """What is still to pay."""
        return self.wanted - self.paid


@dataclass(frozen=True)
class Debt:
    """An open invoice in the list of what is owed: whose it is only where the viewer may see that."""

    id: UUID
    subject: UUID
    name: str
    number: str
    due_on: date
    left: int
    age: str


@dataclass(frozen=True)
class DayEnd:
    """What the books say of some days, from rows without a person. Pence."""

    first: date
    last: date
    invoiced: dict[str, tuple[int, int]] = field(
        default_factory=dict
    )  # by rate: gross and VAT, credit notes taken off
    moved: dict[str, tuple[int, int]] = field(default_factory=dict)  # by means: received and returned

    @property
    def received(self) -> int:
        """All the money that came, less what went back; a voucher was paid for when it was sold."""
        return sum(came - went for how, (came, went) in self.moved.items() if how != Means.VOUCHER)


def list_prices(*, all_of_them: bool = False) -> list[PriceLine]:
    """The price list, by name."""
    rows = Price.objects.order_by("name") if all_of_them else Price.objects.filter(offered=True).order_by("name")
    return [PriceLine(row.pk, row.name, row.pence, VatRate(row.rate), row.offered) for row in rows]


def rate_of(name: str) -> VatRate:
    """
    How what has this name is taxed: as its line of the price list says, whether or not it is still offered. What stands in no list
    is taxed at the standard rate, since health care is exempt only where somebody has said that it is health care.
    """
    return rate_in_list(name) or VatRate.STANDARD


def rate_in_list(name: str) -> VatRate | None:
    """How the line of the price list of this name is taxed, whether or not it is still offered; None where there is none."""
    found = Price.objects.filter(name=name).values_list("rate", flat=True).first()
    return VatRate(found) if found else None


def list_deposits(subject: UUID, opened: Opened) -> list[InvoiceLine]:
    """
    Invoices of what somebody paid before, which can still be taken off a later one, the oldest first.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    rows = Invoice.objects.filter(subject_id=subject, advance=True, state=InvoiceState.SETTLED, set_against=None)
    return _invoices(list(rows.order_by("number")))


def price_of(name: str) -> int | None:
    """Pence of a line of the price list by its name, VAT included; None where it is not offered."""
    found: int | None = Price.objects.filter(name=name, offered=True).values_list("pence", flat=True).first()
    return found


def is_taken_off(name: str) -> bool:
    """Whether a line of this name stood on the price list and is not offered any more."""
    return Price.objects.filter(name=name, offered=False).exists()


def list_invoices(subject: UUID, opened: Opened) -> list[InvoiceLine]:
    """
    A person's invoices and credit notes, the newest first.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    rows = Invoice.objects.filter(subject_id=subject).order_by("-issued_on", "-number")
    return _invoices(list(rows))


def get_invoice(invoice: UUID, opened: Opened) -> InvoiceLine:
    """
    One invoice, with the bank details of a refund that waits, where they are held.

    :raises Refused: the viewer may not see money of this person, or there is no such invoice.
    """
    row = Invoice.objects.filter(pk=invoice).first()
    opened.require(row.subject_id if row else invoice, Category.FINANCIAL)
    if row is None:
        raise nothing_there()
    return _invoices([row], details=True)[0]


def count_to_pay(subject: UUID) -> int:
    """How many invoices of a person are still to pay. It opens nothing."""
    return Invoice.objects.filter(subject_id=subject, kind=InvoiceKind.INVOICE, state=InvoiceState.OPEN).count()


def has_paid_or_owed(subject: UUID) -> bool:
    """Whether a person was ever sent an invoice or asked for a payment. It opens nothing."""
    return any(model.objects.filter(subject_id=subject).exists() for model in (Invoice, Payment))


def count_bank_details_wanted(subject: UUID) -> int:
    """How many refunds wait for the person to say where they should go. It opens nothing."""
    waiting = BankRefund.objects.filter(subject_id=subject, paid_at=None).values_list("pk", flat=True)
    return len(set(waiting) - set(BankDetails.objects.filter(refund__in=waiting).values_list("refund_id", flat=True)))


def list_debts(opened: Opened, *, on: date, start: int, most: int) -> tuple[list[Debt], int]:
    """Open invoices, the longest overdue first, and how many there are."""
    rows = Invoice.objects.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.OPEN).order_by("due_on", "number")
    found = list(rows[start : start + most])
    admitted = set(opened.admit([row.subject_id for row in found], Category.IDENTITY, Category.FINANCIAL).admitted)
    names = people.names_of(admitted, opened)
    left = {each.id: each.left for each in _invoices(openable(row for row in found if row.subject_id in admitted))}
    return [
        Debt(
            row.pk,
            row.subject_id,
            names.get(row.subject_id, ""),
            rules.numbered(InvoiceKind.INVOICE, row.number),
            row.due_on,
            left.get(row.pk, 0),
            rules.age_of(row.due_on, on),
        )
        for row in found
    ], rows.count()


def ages(debts: Iterable[Debt]) -> list[tuple[str, int, int]]:
    """Of debts, by age: how many and how much."""
    number, much = Counter[str](), Counter[str]()
    for each in debts:
        number[each.age] += 1
        much[each.age] += each.left
    order = [words for _, words in rules.AGES] + [rules.OLDER]
    return [(words, number[words], much[words]) for words in order if number[words]]


def day_end(first: date, last: date) -> DayEnd:
    """What the books say of the days from one to another, both of them included. It opens nothing."""
    invoiced: dict[str, tuple[int, int]] = {}
    moved: dict[str, tuple[int, int]] = {}
    for row in TillRow.objects.filter(on__gte=first, on__lte=last):
        if row.what in ("invoiced", "credited"):
            gross, vat = invoiced.get(row.how, (0, 0))
            invoiced[row.how] = gross + row.pence, vat + row.vat
        else:
            came, went = moved.get(row.how, (0, 0))
            moved[row.how] = came + max(row.pence, 0), went - min(row.pence, 0)
    return DayEnd(first, last, dict(sorted(invoiced.items())), dict(sorted(moved.items())))


def accountants_file(first: date, last: date) -> str:
    """
    The books of some days as CSV: a line for each fact, without a person and without what anything was for.

    Dates as YYYY-MM-DD, amounts in pounds with two decimals.
    """
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(["date", "fact", "rate or means", "amount", "vat"])
    for row in TillRow.objects.filter(on__gte=first, on__lte=last).order_by("on", "what", "how", "pence", "id"):
        out.writerow([row.on.isoformat(), row.what, row.how, f"{row.pence / 100:.2f}", f"{row.vat / 100:.2f}"])
    return written.getvalue()


def with_invoice(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those who were ever invoiced."""
    return linked(Invoice.objects.all(), subjects)


def count_bank_details_kept_too_long() -> tuple[int, int]:
    """How many bank details are held, and how many of them for a refund that was paid already. It opens nothing."""
    held = BankDetails.objects.count()
    return held, BankDetails.objects.filter(refund__paid_at__isnull=False).count()


def who_takes_card_numbers() -> dict[str, bool]:
    """Whether a field of a form, and a sealed field, would take a card number: one that is nobody's, and nothing is stored."""
    number = "4242 4242 4242 4242"
    sealed = Invoice._meta.get_field("addressee")
    assert isinstance(sealed, SealedText)

    def takes(check: Callable[[str], object]) -> bool:
        try:
            check(number)
        except ValidationError:
            return False
        return True

    return {"forms": takes(forms.CharField().clean), "the vault": takes(sealed.check_value)}


def _invoices(rows: list[Invoice], *, details: bool = False) -> list[InvoiceLine]:
    """
    Invoices with what settled them, in as many queries for fifty as for one. `details`: bank details are opened too, where held.
    """
    entries: dict[UUID, list[Entry]] = {row.pk: [] for row in rows}
    for entry in Settlement.objects.filter(invoice__in=rows).order_by("on", "recorded_at"):
        entries[entry.invoice_id].append(Entry(entry.on, entry.pence or 0, Means(entry.means)))
    waiting = list(BankRefund.objects.filter(invoice__in=rows).order_by("recorded_at"))
    where = BankDetails.objects.filter(refund__in=waiting)
    given = set(where.values_list("refund_id", flat=True))
    said = {each.refund_id: (each.name or "", each.sort_code or "", each.account or "") for each in where if details}
    refunds: dict[UUID, list[BankRefundLine]] = {row.pk: [] for row in rows}
    for each in waiting:
        refunds[each.invoice_id].append(
            BankRefundLine(each.pk, each.pence or 0, each.paid_at, each.pk in given, said.get(each.pk))
        )
    cancelled = Invoice.objects.filter(pk__in=[row.credits_id for row in rows if row.credits_id])
    before = {key: (number, on) for key, number, on in cancelled.values_list("pk", "number", "issued_on")}
    credited, by_voucher = Counter[UUID](), Counter[UUID]()
    for note in Invoice.objects.filter(credits__in=rows):
        credited[note.credits_id] -= note.total or 0
        by_voucher[note.credits_id] -= (note.total or 0) if note.voucher else 0
    return [
        _invoice(
            row,
            before.get(row.credits_id),
            entries[row.pk],
            refunds[row.pk],
            credited=(credited[row.pk], by_voucher[row.pk]),
        )
        for row in rows
    ]


def _invoice(
    row: Invoice,
    cancels: tuple[int, date] | None,
    entries: list[Entry],
    refunds: list[BankRefundLine],
    *,
    credited: tuple[int, int],
) -> InvoiceLine:
    """`cancels`: number and day of the invoice that a credit note takes back, by whose rate it is reckoned."""
    lines = tuple(rules.lines_of(row.lines))
    taxed_on = cancels[1] if cancels else row.issued_on
    totals = rules.with_vat(rules.total(lines, on=taxed_on, registered=False), row.vat or 0)
    return InvoiceLine(
        row.pk,
        row.subject_id,
        InvoiceKind(row.kind),
        rules.numbered(InvoiceKind(row.kind), row.number),
        InvoiceState(row.state),
        row.issued_on,
        taxed_on,
        row.due_on,
        row.addressee or "",
        lines,
        totals,
        tuple(entries),
        rules.numbered(InvoiceKind.INVOICE, cancels[0]) if cancels else "",
        *credited,
        row.receipt_for,
        row.set_against,
        tuple(refunds),
    )
