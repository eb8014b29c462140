"""Prices, invoices, what settled them, and giving back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError

from troth.billing.rules import pounds
from troth.billing.selectors import OFFERED_AT, InvoiceLine, Means, PriceLine, VatRate
from troth.design.fields import Choices, ManyChoices

RATES = {
    VatRate.EXEMPT.value: "Protects, keeps or restores health, by a registered professional",
    VatRate.STANDARD.value: "Makes somebody look otherwise, or is a report for somebody else",
}


#: What becomes of an invoice of which money goes back that is not owed.
LESS, AGAIN = "less", "again"
#: By which ways money comes at the desk.
AT_THE_DESK = (Means.TERMINAL, Means.CASH, Means.BANK)


class Pounds(forms.DecimalField):
    """An amount in pounds as people type it, given as whole pence."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            min_value=0,
            max_digits=8,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"required": "Enter an amount", "invalid": "Enter an amount, such as 65 or 65.50"},
            **named,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("£", "").replace(",", "").strip() if isinstance(value, str) else value)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found * 100)


class Numbers(forms.MultipleChoiceField):
    """
    Any of some things by their numbers, given as they are. One that is in the list no more is let through: whether what it means
    was done already, or can be done no more, is the act's to say.
    """

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> Any:
        return [UUID(each) for each in super().clean(value)]


class Keyed(forms.Form):
    """A form that is sent once: what is sent again under its key is done once."""

    # No label points at it, and one page may have several such forms: so it has no id.
    key = forms.UUIDField(widget=forms.HiddenInput({"id": False}))

    def __init__(self, *args: Any, **named: Any) -> None:
        named["initial"] = {"key": uuid4(), **named.get("initial", {})}
        super().__init__(*args, **named)


class PriceForm(forms.Form):
    """A line of the price list."""

    name = forms.CharField(label="What is it called?", max_length=80, error_messages={"required": "Enter a name"})
    pence = Pounds(label="What does it cost, with VAT?", help_text="In pounds, such as 65 or 65.50")
    rate = forms.ChoiceField(
        label="How is it taxed?",
        choices=[(rate.value, rate.words) for rate in OFFERED_AT],
        widget=Choices(hints=RATES),
        error_messages={"required": "Choose how it is taxed"},
    )
    offered = forms.BooleanField(label="It stands in the price list", required=False, initial=True)


class IssueForm(Keyed):
    """What to invoice: for each line of the price list how many."""

    def __init__(
        self, *args: Any, prices: list[PriceLine], deposits: Sequence[InvoiceLine] = (), **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.prices = prices
        self.has_deposits = bool(deposits)
        self.fields["deposits"] = Numbers(
            label="Take off what they paid before?",
            choices=[
                (each.id.hex, f"{pounds(each.wanted)}, {each.number}, paid {each.issued_on:%-d %B %Y}")
                for each in deposits
            ],
            required=False,
            widget=ManyChoices(),
            error_messages={"invalid_choice": "That is no deposit"},
        )
        for price in prices:
            self.fields[price.id.hex] = forms.IntegerField(
                label=f"{price.name}, {pounds(price.pence)} each",
                initial=0,
                min_value=0,
                max_value=50,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={"required": "Enter how many, 0 for none", "invalid": "Enter a whole number"},
            )

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: nothing is chosen."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["lines"] = [
            (price.id, cleaned.get(price.id.hex) or 0) for price in self.prices if cleaned.get(price.id.hex)
        ]
        if not cleaned["lines"] and not self.errors:
            raise ValidationError("Enter how many of at least one thing.")
        return cleaned


class SettleForm(Keyed):
    """Money that came at the desk or by bank."""

    pence = Pounds(label="How much came?")
    means = forms.ChoiceField(
        label="How?",
        choices=[(each.value, each.words) for each in AT_THE_DESK],
        widget=Choices(),
        error_messages={"required": "Choose how it came"},
    )


class BackForm(Keyed):
    """Money to give back: to the card that it came from, over the counter, or to a bank account."""

    pence = Pounds(label="How much goes back?")
    why = forms.CharField(
        label="Why?", help_text="Kept with what goes back to the card", max_length=200, required=False
    )
    then = forms.ChoiceField(
        label="Nothing is owed to them. What becomes of the invoice?",
        choices=[(LESS, "They pay so much less"), (AGAIN, "It is still to be paid, in another way")],
        widget=Choices(
            hints={
                LESS: "A credit note over that part takes the next number, and takes back its VAT",
                AGAIN: "What goes back stands as to pay again: here, on their own pages and in their statement",
            }
        ),
        error_messages={"required": "Choose what becomes of the invoice"},
    )

    def __init__(self, *args: Any, asks: bool, by_card: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        if not asks:
            del self.fields["then"]
        if not by_card:  # no other way keeps it
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        """Why is asked where it is kept."""
        said = super().clean() or self.cleaned_data
        if "why" in self.fields and self.data.get("to") == "card" and not said.get("why") and not self.errors:
            self.add_error("why", "Write why")
        return said
