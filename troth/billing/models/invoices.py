"""The price list, invoices and credit notes, and what settled them."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.billing.models.payments import ACCOUNTS, BANK, YEAR, VatRate
from troth.vault.fields import SealedChoice, SealedInteger, SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded


class InvoiceKind(Worded):
    """What a numbered paper is. Each kind has numbers of its own, without a gap."""

    INVOICE = "invoice", "Invoice"
    CREDIT = "credit", "Credit note"


class InvoiceState(Worded):
    """Whether anything is still to be paid."""

    OPEN = "open", "to pay"
    SETTLED = "settled", "paid"
    CREDITED = "credited", "cancelled by a credit note"


class Means(Worded):
    """By which way money came or went."""

    CARD = "card", "Card, through the payment firm"
    TERMINAL = "terminal", "Card machine at the desk"
    CASH = "cash", "Cash"
    BANK = "bank", "Bank transfer"
    VOUCHER = "voucher", "Gift voucher"

    @property
    def called(self) -> str:
        """Its words within a sentence."""
        return self.words[:1].lower() + self.words[1:]


#: How what stands in the price list is taxed; outside the scope is what is no supply at all, such as a voucher.
OFFERED_AT = (VatRate.EXEMPT, VatRate.STANDARD)


class Price(models.Model):
    """One line of the price list. It is about nobody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    pence = models.PositiveIntegerField()
    rate = models.CharField(max_length=8, choices=[(item.value, item.words) for item in OFFERED_AT])
    offered = models.BooleanField(default=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "name": "published in the price list",
        "pence": "published in the price list",
        "rate": "how the service is taxed, whoever has it",
        "offered": "whether it still stands in the list",
    }

    def __str__(self) -> str:
        return f"price {self.pk.hex[:8]}"


class Series(models.Model):
    """The last number given in a series. Its row is held while the next is given, so that none is skipped or given twice."""

    kind = models.CharField(max_length=7, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    open_columns: ClassVar[dict[str, str]] = {"kind": "the name of a series", "last": "a counter"}

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"


class Invoice(Holding):
    """
    An invoice or a credit note as it was issued. Of what it says nothing changes afterwards; only whether it is settled does.

    `lines`: for each, what, how many, pence each including VAT, and the rate. `receipt_for`: the payment that had come when it was
    issued, such as a deposit; an `advance` is taken off one later invoice, `set_against`. `voucher`: of a credit note, which one
    paid this part, having been taxed when it was sold.
    """

    called = "invoice"
    labels: ClassVar[dict[str, str]] = {
        "addressee": "to whom",
        "lines": "what for",
        "total": "total, in pence",
        "vat": "VAT in it, in pence",
        "voucher": "number of the voucher with us",
    }

    key = models.UUIDField(unique=True, default=uuid4)
    kind = models.CharField(max_length=7, choices=[(item.value, item.words) for item in InvoiceKind])
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8, choices=[(item.value, item.words) for item in InvoiceState], default=InvoiceState.OPEN
    )
    issued_on = models.DateField()
    due_on = models.DateField()
    credits = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    receipt_for = models.UUIDField(null=True, unique=True)
    advance = models.BooleanField(default=False)
    set_against = models.UUIDField(null=True, db_index=True)
    disposal_year = models.IntegerField()
    addressee = SealedText(ACCOUNTS, id="billing.invoice.addressee")
    lines = SealedJSON(ACCOUNTS, id="billing.invoice.lines")
    total = SealedInteger(ACCOUNTS, id="billing.invoice.total")
    vat = SealedInteger(ACCOUNTS, id="billing.invoice.vat")
    voucher = SealedText(ACCOUNTS, id="billing.invoice.voucher", null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier of whoever issued it: what is issued twice under it is issued once",
        "kind": "invoice or credit note",
        "number": "the law wants numbers without a gap, and the database sees to it; it says nothing of anybody",
        "state": "what is still to be paid is found by it",
        "issued_on": "lists of what is overdue are drawn from it",
        "due_on": "lists of what is overdue are drawn from it",
        "credits_id": "the random identifier of another invoice of the same person",
        "receipt_for": "the random identifier of a payment of the same person, of which the database lets one invoice be issued",
        "advance": "whether more is to follow: a matter of how the clinic works",
        "set_against": "the random identifier of another invoice of the same person",
        "disposal_year": YEAR,
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "due_on"], name="invoice_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_invoice_a_number"),
            models.CheckConstraint(
                condition=models.Q(kind="credit", credits__isnull=False) | models.Q(kind="invoice", credits=None),
                name="credit_note_names_its_invoice",
            ),
        ]


class Settlement(Holding):
    """Money that came for an invoice, or went back from it (less than nothing). Of a card payment, one row for each change."""

    called = "payment of an invoice"
    labels: ClassVar[dict[str, str]] = {
        "pence": "how much, in pence",
        "means": "how",
        "voucher": "number of the voucher with us",
    }

    key = models.UUIDField(unique=True, default=uuid4)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    payment = models.UUIDField(null=True, db_index=True)
    on = models.DateField()
    disposal_year = models.IntegerField()
    pence = SealedInteger(ACCOUNTS, id="billing.settlement.pence")
    means = SealedChoice(ACCOUNTS, of=Means, id="billing.settlement.means")
    voucher = SealedText(ACCOUNTS, id="billing.settlement.voucher", null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier: what is entered twice under it is entered once",
        "invoice_id": "the random identifier of an invoice of the same person",
        "payment": "the random identifier of a payment of the same person",
        "on": "the day on which it came, by which day-end lists are drawn",
        "disposal_year": YEAR,
    }


class BankRefund(Holding):
    """Money to be given back by bank transfer, since no card can take it."""

    called = "refund to a bank account"
    labels: ClassVar[dict[str, str]] = {"pence": "how much, in pence"}

    key = models.UUIDField(unique=True, default=uuid4)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(null=True)
    disposal_year = models.IntegerField()
    pence = SealedInteger(ACCOUNTS, id="billing.bank_refund.pence")

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier: what is asked twice under it is asked once",
        "invoice_id": "the random identifier of an invoice of the same person",
        "paid_at": "whether it was paid: until then bank details are held, and no longer",
        "disposal_year": YEAR,
    }


class BankDetails(Holding):
    """Where a refund goes. Held from when the person says it until the refund is paid, then destroyed with its key (OC-3.6)."""

    called = "bank details for a refund"
    labels: ClassVar[dict[str, str]] = {"name": "name on the account"}

    refund = models.OneToOneField(BankRefund, on_delete=models.PROTECT, related_name="+")
    name = SealedText(BANK, id="billing.bank_details.name")
    sort_code = SealedText(BANK, id="billing.bank_details.sort_code")
    account = SealedText(BANK, id="billing.bank_details.account")

    open_fields: ClassVar[dict[str, str]] = {"refund_id": "the random identifier of a refund of the same person"}


class TillRow(models.Model):
    """
    A fact of the books without a person: written by the act that makes it so, and all that day-ends and the accountants' file read.

    It says on which day how much was invoiced, credited, received or given back, how taxed or by which way. Nothing leads from
    it to anybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    on = models.DateField(db_index=True)
    what = models.CharField(max_length=8)  # invoiced, credited, received, returned
    how = models.CharField(max_length=8)  # the rate of what was invoiced, the means of what came
    pence = models.IntegerField()
    vat = models.IntegerField(default=0)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "on": "a day of the books",
        "what": "one of four words",
        "how": "a rate or a means of payment",
        "pence": "an amount without a person",
        "vat": "an amount without a person",
    }

    def __str__(self) -> str:
        return f"till row {self.pk.hex[:8]}"
