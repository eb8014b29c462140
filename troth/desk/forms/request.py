"""Passing a request on, and deciding it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from troth.design.fields import Choices
from troth.prescribing.selectors import Outcome


class AssignForm(forms.Form):
    """Who decides. The choices are published profiles of staff."""

    prescriber = forms.ChoiceField(
        label="Who decides?", widget=Choices(), error_messages={"required": "Choose who decides"}
    )

    def __init__(self, *args: Any, prescribers: Iterable[tuple[UUID, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["prescriber"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(key), words) for key, words in prescribers]


class DecisionForm(forms.Form):
    """The decision and what the person is told about it."""

    outcome = forms.ChoiceField(
        label="What do you decide?",
        widget=Choices(),
        choices=[(Outcome.PRESCRIBED.value, "To prescribe it"), (Outcome.REFUSED.value, "Not to prescribe it")],
        error_messages={"required": "Choose what you decide"},
    )
    words = forms.CharField(
        label="What do you tell them?",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=20_000,
        help_text="The dose and for how long, or why not and what to do instead",
        error_messages={"required": "Write what they are told"},
    )
