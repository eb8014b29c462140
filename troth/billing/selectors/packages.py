"""Packages and vouchers, as pages get them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from troth.billing import rules
from troth.billing.models import (
    Invoice,
    InvoiceState,
    Package,
    PackageDraw,
    PackageSold,
    VatRate,
    Voucher,
    VoucherSale,
)
from troth.billing.selectors.vouchers import known_code
from troth.gate.contexts import Opened
from troth.vault.categories import Category


@dataclass(frozen=True)
class PackageLine:
    """A package of the price list. Pence, VAT included."""

    id: UUID
    name: str
    price: UUID
    serves: str
    many: int
    pence: int
    months: int
    offered: bool


@dataclass(frozen=True)
class SoldPackage:
    """A package that somebody has. Pence; `back` is what would go back of it today."""

    id: UUID
    invoice: UUID
    name: str
    serves: str
    many: int
    used: int
    expires_on: date
    paid: bool
    ended: bool
    back: int

    def is_open(self, on: date) -> bool:
        """Whether it can still be drawn from, once it is paid."""
        return not self.ended and on <= self.expires_on and self.used < self.many


@dataclass(frozen=True)
class VoucherLine:
    """
    A voucher as whoever bought it reads it. Pence; no code where it cannot be worked out any more. `only`: what alone it is for, or
    "".
    """

    code: str
    pence: int
    left: int
    expires_on: date
    only: str = ""


def list_packages(*, all_of_them: bool = False) -> list[PackageLine]:
    """The packages of the price list, by name: those that are sold, with what they are of, or all of them."""
    rows = Package.objects.select_related("price").order_by("name")
    return [
        PackageLine(row.pk, row.name, row.price_id, row.price.name, row.many, row.pence, row.months, row.offered)
        for row in (rows if all_of_them else rows.filter(offered=True, price__offered=True))
    ]


def packages_of(subject: UUID, opened: Opened) -> list[SoldPackage]:
    """
    What somebody has bought in packages, the newest first.

    :raises Refused: the viewer may not see money of this person.
    """
    opened.require(subject, Category.FINANCIAL)
    rows = PackageSold.objects.where("-recorded_at", subject_id=subject)
    drawn = PackageDraw.objects.filter(package__in=[row.pk for row in rows], back_at=None)
    used = list(drawn.values_list("package", flat=True))
    invoices = Invoice.objects.filter(pk__in=[row.invoice for row in rows], state=InvoiceState.SETTLED)
    paid = set(invoices.values_list("pk", flat=True))
    return [
        SoldPackage(
            row.pk,
            row.invoice,
            row.name or "",
            row.serves or "",
            row.many,
            used.count(row.pk),
            row.expires_on,
            row.invoice in paid,
            row.ended_at is not None,
            rules.goes_back(pence=row.pence or 0, many=row.many, used=used.count(row.pk)),
        )
        for row in rows
    ]


def has_package(subject: UUID, *, on: date) -> bool:
    """Whether somebody has a package that lasts still, whatever it is for. It opens nothing."""
    return PackageSold.objects.filter(subject_id=subject, ended_at=None, expires_on__gte=on).exists()


def is_drawn_for(thing: UUID) -> bool:
    """Whether a treatment was drawn from a package for a visit. It opens nothing."""
    return PackageDraw.objects.filter(thing=thing, back_at=None).exists()


def voucher_of(invoice: UUID, opened: Opened) -> VoucherLine | None:
    """
    The voucher that an invoice was for, with its code, or None.

    :raises Refused: the viewer may not see money of this person.
    """
    sale = VoucherSale.objects.filter(invoice=invoice).first()
    if sale is None:
        return None
    opened.require(sale.subject_id, Category.FINANCIAL)
    row = Voucher.objects.get(pk=UUID(sale.voucher))
    only = rules.VOUCHER_FOR[VatRate(row.rate)] if row.rate else ""
    return VoucherLine(known_code(row), row.pence, row.left, row.expires_on, only)
