"""Paying an invoice, and saying where a refund should go. No field here takes a card number: none anywhere does."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from troth.billing.rules import pounds


class PayForm(forms.Form):
    """How much of an invoice is paid now: all of what is left, or a part."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    pounds = forms.DecimalField(
        label="How much do you want to pay now?",
        help_text="All of it, or a part",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": "Enter an amount", "invalid": "Enter an amount in pounds, such as 65 or 65.50"},
    )

    def __init__(self, *args: Any, left: int, **named: Any) -> None:
        named["initial"] = {"key": uuid4(), "pounds": pounds(left).lstrip("£").replace(",", "")}
        super().__init__(*args, **named)
        self.left = left

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: it is more than is left to pay."""
        cleaned = super().clean() or self.cleaned_data
        if "pounds" in cleaned:
            cleaned["pence"] = int(cleaned["pounds"] * 100)
            if cleaned["pence"] > self.left:
                raise ValidationError({"pounds": f"No more than {pounds(self.left)} is left to pay."})
        return cleaned


class BankForm(forms.Form):
    """Where a refund should go."""

    name = forms.CharField(
        label="Name on the account", max_length=100, error_messages={"required": "Enter the name on the account"}
    )
    sort_code = forms.CharField(
        label="Sort code",
        help_text="Six figures, such as 20-00-00",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter the sort code"},
    )
    account = forms.CharField(
        label="Account number",
        help_text="Eight figures",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter the account number"},
    )
