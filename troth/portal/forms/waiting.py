"""Asking to be told when a time is free: from when to when it suits, with whom, and who asks."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.portal.forms.account import RegisterForm

ANYBODY = "any"


class WaitForm(forms.Form):
    """The days that suit, and with whom."""

    first_on = DateInBoxes(
        label="From which day does it suit you?", error_messages={"required": "Enter the first day"}
    )
    last_on = DateInBoxes(label="Until which day?", error_messages={"required": "Enter the last day"})
    whom = forms.ChoiceField(label="With whom?", widget=Choices(), initial=ANYBODY)

    def __init__(self, *args: Any, practitioners: Iterable[tuple[UUID, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["whom"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(ANYBODY, "Whoever has time"), *((str(key), name) for key, name in practitioners)]

    def wanted(self) -> dict[str, Any]:
        """What the acts take of it."""
        given = self.cleaned_data
        return {
            "first_on": given["first_on"],
            "last_on": given["last_on"],
            "practitioner": None if given["whom"] == ANYBODY else UUID(given["whom"]),
        }


class WhoWaitsForm(RegisterForm):
    """Who asks, without an account: no password, and no address on paper."""

    def __init__(self, *args: Any, on: date, **named: Any) -> None:
        super().__init__(*args, on=on, **named)
        for name in ("address", "postcode", "password"):
            del self.fields[name]
        self.fields["email"].help_text = "We tell you there when a time is free"
