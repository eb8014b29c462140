"""What is paid before it is had: packages of treatments, and gift vouchers."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.billing.models.invoices import OFFERED_AT, Price
from troth.billing.models.payments import ACCOUNTS, YEAR
from troth.vault.fields import SealedInteger, SealedText
from troth.vault.models import Holding


class Package(models.Model):
    """So many of one line of the price list at a price of their own, to be had within some months. It is about nobody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="+")
    many = models.PositiveSmallIntegerField()
    pence = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    offered = models.BooleanField(default=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "name": "published in the price list",
        "price_id": "a line of the price list",
        "many": "published in the price list",
        "pence": "published in the price list",
        "months": "published in the price list",
        "offered": "whether it still stands in the list",
    }

    def __str__(self) -> str:
        return f"package {self.pk.hex[:8]}"


class PackageSold(Holding):
    """
    A package that somebody bought, as it was sold: `serves` is the line of the price list that it is drawn for, `pence` what the
    whole cost. It can be drawn from once its `invoice` is paid.
    """

    called = "package of treatments"
    labels: ClassVar[dict[str, str]] = {
        "name": "what",
        "serves": "for which treatment",
        "pence": "what it cost, in pence",
        "many": "how many",
        "expires_on": "to be had until",
    }

    invoice = models.UUIDField(unique=True)
    many = models.PositiveSmallIntegerField()
    expires_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    disposal_year = models.IntegerField()
    name = SealedText(ACCOUNTS, id="billing.package_sold.name")
    serves = SealedText(ACCOUNTS, id="billing.package_sold.serves")
    pence = SealedInteger(ACCOUNTS, id="billing.package_sold.pence")

    open_fields: ClassVar[dict[str, str]] = {
        "invoice": "the random identifier of an invoice of the same person, for which the database lets one be sold",
        "many": "how many: the next that is drawn is found by it, and it says nothing of what",
        "expires_on": "what can still be drawn from is found by it",
        "ended_at": "whether what was left of it was given back",
        "disposal_year": YEAR,
    }


class PackageDraw(Holding):
    """
    One treatment of a package, drawn for a visit (`thing`), or at the desk under a random number. The database lets no place of a
    package be drawn twice, and no visit draw twice, unless it was given back.
    """

    called = "treatment drawn from a package"
    labels: ClassVar[dict[str, str]] = {"what": "what", "drawn_on": "on"}

    package = models.UUIDField(db_index=True)
    place = models.PositiveSmallIntegerField()
    thing = models.UUIDField(db_index=True)
    drawn_on = models.DateField()
    back_at = models.DateTimeField(null=True)
    disposal_year = models.IntegerField()
    what = SealedText(ACCOUNTS, id="billing.package_draw.what")

    open_fields: ClassVar[dict[str, str]] = {
        "package": "the random identifier of a package of the same person",
        "place": "which of the package it is: what must not be drawn twice",
        "thing": "the random identifier of a visit of the same person, or of nothing",
        "drawn_on": "a day of the books",
        "back_at": "whether it was given back, and can be drawn again",
        "disposal_year": YEAR,
    }

    class Meta(Holding.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["package", "place"], condition=models.Q(back_at=None), name="drawn_once_from_a_package"
            ),
            models.UniqueConstraint(
                fields=["thing"], condition=models.Q(back_at=None), name="drawn_once_for_a_visit"
            ),
        ]


class Voucher(models.Model):
    """
    A gift voucher, for whoever brings its code. It is about nobody: who bought it and who paid with it stands sealed with their own
    invoices. `rate`: of a single-purpose voucher, how what it is for is taxed; VAT was due at its sale and is not at its use (VAT
    Act 1994 Schedule 10B). The code is worked out of its number and a secret of this server; stored is its hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    pence = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    expires_on = models.DateField()
    rate = models.CharField(
        max_length=8, blank=True, default="", choices=[(item.value, item.words) for item in OFFERED_AT]
    )

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; whose it is stands nowhere in the clear",
        "code_hash": "SHA-256 of an HMAC under a key of this server: nobody gets the code from it without that key",
        "pence": "an amount without a person",
        "left": "an amount without a person: what must not be spent twice",
        "expires_on": "a day without a person",
        "rate": "how what it is for is taxed, whoever has it",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(left__lte=models.F("pence")), name="voucher_holds_what_it_cost")
        ]

    def __str__(self) -> str:
        return f"voucher {self.pk.hex[:8]}"


class VoucherSale(Holding):
    """Which voucher an invoice was for. For whom it was bought is not asked."""

    called = "gift voucher that was bought"
    labels: ClassVar[dict[str, str]] = {"voucher": "its number with us"}

    invoice = models.UUIDField(unique=True)
    disposal_year = models.IntegerField()
    voucher = SealedText(ACCOUNTS, id="billing.voucher_sale.voucher")

    open_fields: ClassVar[dict[str, str]] = {
        "invoice": "the random identifier of an invoice of the same person",
        "disposal_year": YEAR,
    }
