"""What a service needs of what is locked, and what is found for it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from troth.design.fields import Choices
from troth.desk.forms.record import EntryForm
from troth.records.selectors import Source


class NeedForm(forms.Form):
    """A service, the kind of data that it needs, and why."""

    service = forms.TypedChoiceField(label="Which service?", error_messages={"required": "Choose the service"})
    category = forms.ChoiceField(
        label="What does it need?", widget=Choices(), error_messages={"required": "Choose what it needs"}
    )
    why = forms.CharField(
        label="Why can it not be given safely without?",
        help_text="In a sentence, as a patient would understand it",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the service needs it"},
    )

    def __init__(
        self, *args: Any, services: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        for name, choices in (("service", services), ("category", kinds)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class FindingForm(EntryForm):
    """What was found. `entry` is its identifier, so that what is sent twice is kept once."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label="What is there to know?",
        help_text="Only what this treatment needs",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what was found"},
    )
    source = forms.ChoiceField(
        label="How do we know?",
        choices=[(item.value, item.words) for item in Source],
        widget=Choices(),
        error_messages={"required": "Choose how we know"},
    )
