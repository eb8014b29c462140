"""A photograph of what is treated, as it is sent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from troth.design.fields import Choices, DateInBoxes
from troth.records.selectors.photographs import Stage

_CHOOSE = "Choose one of the photographs"


class PhotographForm(forms.Form):
    """The picture, and what it shows. `photograph` is its identifier, so that what is sent twice is kept once."""

    photograph = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label="Photograph",
        help_text="JPEG, PNG or WebP, at most 25 MB. Where and with what it was taken is removed",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Choose a photograph", "empty": "That file is empty. Choose another"},
    )
    stage = forms.ChoiceField(
        label="When in the treatment?",
        choices=[(each.value, each.words) for each in Stage],
        widget=Choices(),
        error_messages={"required": "Choose when in the treatment"},
    )
    part = forms.CharField(
        label="What does it show?",
        help_text="For example: left cheek",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    taken_on = DateInBoxes(label="When was it taken?", error_messages={"required": "Enter the day"})


class CompareForm(forms.Form):
    """Which two photographs stand beside each other: as long as nobody chose, the first and the last."""

    one = forms.ChoiceField(label="First", error_messages=dict.fromkeys(("required", "invalid_choice"), _CHOOSE))
    two = forms.ChoiceField(label="Second", error_messages=dict.fromkeys(("required", "invalid_choice"), _CHOOSE))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        for name, place in (("one", 0), ("two", -1)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            field.initial = choices[place][0] if choices else None

    def clean_two(self) -> str:
        """:raises ValidationError: it is the first one again, so there is nothing to compare."""
        two: str = self.cleaned_data["two"]
        if two == self.cleaned_data.get("one"):
            raise ValidationError("Choose another photograph: this one is the first already")
        return two

    def pair(self) -> set[str]:
        """The two that are shown; none where what was asked for is no pair."""
        if not self.is_bound:
            return {self.fields[name].initial for name in ("one", "two")}
        return set(self.cleaned_data.values()) if self.is_valid() else set()
