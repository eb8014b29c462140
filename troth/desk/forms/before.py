"""Packages and vouchers: offering, selling and drawing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from troth.billing.rules import MOST_IN_PACKAGE, MOST_MONTHS, VOUCHER_FOR, VOUCHER_LEAST, VOUCHER_MOST, pounds
from troth.billing.selectors import PackageLine, PriceLine, VatRate
from troth.design.fields import Choices
from troth.desk.forms.money import AT_THE_DESK, Keyed, Pounds

ANYTHING = "anything"
_NUMBER = {"required": "Enter a number", "invalid": "Enter a whole number"}


class PackageForm(forms.Form):
    """A package of the price list."""

    name = forms.CharField(label="What is it called?", max_length=80, error_messages={"required": "Enter a name"})
    price = forms.ChoiceField(
        label="Of what?", widget=Choices(), error_messages={"required": "Choose what the package is of"}
    )
    many = forms.IntegerField(
        label="How many?",
        min_value=2,
        max_value=MOST_IN_PACKAGE,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=_NUMBER,
    )
    pence = Pounds(label="What does it cost in all, with VAT?", help_text="In pounds, such as 250")
    months = forms.IntegerField(
        label="For how many months does it last?",
        min_value=1,
        max_value=MOST_MONTHS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=_NUMBER,
    )
    offered = forms.BooleanField(label="It stands in the price list", required=False, initial=True)

    def __init__(self, *args: Any, prices: Sequence[PriceLine], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["price"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(price.id.hex, f"{price.name}, {pounds(price.pence)} each") for price in prices]


class SellPackageForm(Keyed):
    """Which package is sold."""

    package = forms.ChoiceField(
        label="Which package?", widget=Choices(), error_messages={"required": "Choose a package"}
    )

    def __init__(self, *args: Any, packages: Sequence[PackageLine], **named: Any) -> None:
        super().__init__(*args, **named)
        self.has_any = bool(packages)
        field = self.fields["package"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.id.hex, f"{each.name}, {pounds(each.pence)}") for each in packages]


class SellVoucherForm(Keyed):
    """A gift voucher, and how it is paid. For whom it is, is not asked."""

    pence = Pounds(
        label="What is it worth?", help_text=f"From {pounds(VOUCHER_LEAST)} to {pounds(VOUCHER_MOST)}, paid now"
    )
    only = forms.ChoiceField(
        label="What is it for?", initial=ANYTHING, error_messages={"required": "Choose what it is for"}
    )
    means = forms.ChoiceField(
        label="How is it paid?",
        choices=[(each.value, each.words) for each in AT_THE_DESK],
        widget=Choices(),
        error_messages={"required": "Choose how it is paid"},
    )

    def __init__(self, *args: Any, prices: Sequence[PriceLine], **named: Any) -> None:
        super().__init__(*args, **named)
        rates = [rate for rate in VatRate if any(price.rate is rate for price in prices)]
        if (
            len(rates) < 2 or not settings.TROTH_VAT_NUMBER
        ):  # nothing to choose: the law says how it is taxed, or nothing is
            del self.fields["only"]
            return
        field = self.fields["only"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = Choices(
            hints={ANYTHING: "Taxed when it is used", **dict.fromkeys(rates, "Taxed now, and not again")}
        )
        field.choices = [
            (ANYTHING, "Anything on the price list"),
            *((rate.value, f"{VOUCHER_FOR[rate][:1].upper()}{VOUCHER_FOR[rate][1:]} alone") for rate in rates),
        ]

    def clean_only(self) -> VatRate | None:
        """What alone it is for, or nothing."""
        given = self.cleaned_data["only"]
        return None if given == ANYTHING else VatRate(given)


class DrawForm(Keyed):
    """Drawing one treatment: what is sent again is drawn once."""


class UseVoucherForm(Keyed):
    """The code of a voucher that somebody brings."""

    code = forms.CharField(
        label="The voucher’s code",
        max_length=40,
        help_text="Sixteen letters and figures. As much is taken off it as is to pay, and the rest stays on it.",
        error_messages={"required": "Enter the code"},
    )
