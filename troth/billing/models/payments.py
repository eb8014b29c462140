"""Payments through the payment firm: what was asked, and what the firm says became of it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault import compartments, search
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedChoice, SealedInteger, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

#: One key a financial year: what falls due together is disposed of together.
ACCOUNTS = compartments.declare("billing.accounts", Category.FINANCIAL, retention="accounts", per=Per.YEAR)
#: Where a refund goes has a key of its own, since it goes as soon as the refund was paid.
BANK = compartments.declare("billing.bank", Category.FINANCIAL, retention="accounts", per=Per.ROW)
CARDS = compartments.declare("billing.cards", Category.FINANCIAL, retention="care_record")
YEAR = "the financial year by which it is disposed of; it says nothing of anybody"


class VatRate(Worded):
    """How a service is taxed."""

    EXEMPT = "exempt", "Exempt: health care"
    STANDARD = "standard", "Standard rate"
    OUTSIDE = "outside", "Outside the scope of VAT"


class State(Worded):
    """What the payment firm says has become of a payment."""

    ASKED = "asked", "not paid yet"
    AUTHORISED = "authorised", "held on the card, not taken"
    CAPTURED = "captured", "paid"
    RELEASED = "released", "let go, nothing was taken"
    PART_REFUNDED = "part_refunded", "paid, and part of it given back"
    REFUNDED = "refunded", "given back"
    FAILED = "failed", "not paid"


class Order(Worded):
    """What we want of the firm and have not heard back about."""

    NONE = "", "nothing"
    CAPTURE = "capture", "to take what is held"
    RELEASE = "release", "to let it go"


class Trouble(Worded):
    """Why the last try did not work, as far as it is anybody's to know here."""

    NONE = "", ""
    DECLINED = "declined", "the bank did not take the card"
    EXPIRED = "expired", "it was not paid in time"
    LAPSED = "lapsed", "the bank let the money go before it was taken"
    DIFFERS = "differs", "the firm's amount is not ours"


class RefundState(Worded):
    """Where a refund is."""

    ASKED = "asked", "on its way"
    DONE = "done", "given back"
    FAILED = "failed", "could not be given back to the card"


class Payment(Holding):
    """
    Money that a person is asked for, by card. `holds`: it is first held on the card, and taken or let go later.

    `key` is the asker's: asking twice under one key is asking once. `told` is the last state that whoever asked has heard of.
    `rate`: an invoice that is taxed so is issued when the money comes; `advance`: more is to follow, less by this.
    """

    called = "payment"
    labels: ClassVar[dict[str, str]] = {
        "pence": "how much, in pence",
        "captured": "taken, in pence",
        "returned": "given back, in pence",
        "what": "what for",
        "firm_number": "number at the payment firm",
        "rate": "how it is taxed",
    }

    key = models.UUIDField(unique=True, default=uuid4)
    thing_kind = models.CharField(max_length=40)
    thing = models.UUIDField(db_index=True)
    state = models.CharField(max_length=13, choices=[(item.value, item.words) for item in State], default=State.ASKED)
    holds = models.BooleanField()
    advance = models.BooleanField(default=False)
    order = models.CharField(
        max_length=7, choices=[(item.value, item.words) for item in Order], default=Order.NONE, blank=True
    )
    trouble = models.CharField(
        max_length=8, choices=[(item.value, item.words) for item in Trouble], default=Trouble.NONE, blank=True
    )
    told = models.CharField(max_length=13, default=State.ASKED, blank=True)
    opened_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    disposal_year = models.IntegerField()
    pence = SealedInteger(ACCOUNTS, id="billing.payment.pence")
    captured = SealedInteger(ACCOUNTS, id="billing.payment.captured")
    returned = SealedInteger(ACCOUNTS, id="billing.payment.returned")
    what = SealedText(ACCOUNTS, id="billing.payment.what")
    firm_number = SealedText(ACCOUNTS, id="billing.payment.firm_number", find=search.exact("payment_reference"))
    rate = SealedChoice(ACCOUNTS, of=VatRate, id="billing.payment.rate", null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier of whoever asked: what is asked twice under it is asked once",
        "thing_kind": "a code: which room asked",
        "thing": "a random identifier of what it is for",
        "state": "what is still to be asked of the firm is found by it; it says nothing of what was paid for",
        "holds": "whether it is held first: a matter of how the clinic works",
        "advance": "whether more is to follow: a matter of how the clinic works",
        "order": "what is still to be asked of the firm is found by it",
        "trouble": "a word of a closed list",
        "told": "the last state that the room that asked has heard of, or nothing when there is news, by which that is found",
        "opened_at": "the moment at which the firm was first asked, by which what nobody paid is found",
        "settled_at": "the moment at which it ended, by which day-end lists are drawn",
        "disposal_year": YEAR,
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "order"], name="payment_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[item.value for item in State]), name="payment_state_is_known"
            ),
            models.CheckConstraint(
                # Nothing can be wanted of a payment that is over.
                condition=models.Q(order="") | models.Q(state__in=[State.ASKED, State.AUTHORISED]),
                name="payment_over_wants_nothing",
            ),
        ]


class CardMark(Holding):
    """
    The card that paid, as a keyed hash of the firm's sign for it, where whoever asked compares cards (`services.cards`). It lies
    apart from the books, and goes with the marks by which a second account is noticed.
    """

    called = "card that you paid with, as a keyed hash, to find a second account by"
    labels: ClassVar[dict[str, str]] = {"card": "keyed hash of the card"}

    payment = models.UUIDField(unique=True)
    card = SealedText(CARDS, id="billing.card_mark.card", find=search.exact("payment_card"))

    open_fields: ClassVar[dict[str, str]] = {"payment": "the random identifier of the payment"}


class Refund(Holding):
    """Money given back to the card that it came from. Its id is the key under which the firm does it once."""

    called = "refund"
    labels: ClassVar[dict[str, str]] = {"pence": "how much, in pence", "why": "why"}

    key = models.UUIDField(unique=True, default=uuid4)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=6, choices=[(item.value, item.words) for item in RefundState], default=RefundState.ASKED
    )
    ended_at = models.DateTimeField(null=True)
    disposal_year = models.IntegerField()
    pence = SealedInteger(ACCOUNTS, id="billing.refund.pence")
    why = SealedText(ACCOUNTS, id="billing.refund.why")

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier of whoever asked: what is asked twice under it is asked once",
        "payment_id": "the random identifier of another row of the same person",
        "state": "what is still to be asked of the firm is found by it",
        "ended_at": "the moment at which it ended, by which day-end lists are drawn",
        "disposal_year": YEAR,
    }
