"""A photograph of what is treated, as it is sent."""

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.records.selectors.photographs import Stage


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
    """Which two photographs stand beside each other."""

    one = forms.ChoiceField(label="First")
    two = forms.ChoiceField(label="Second")

    def __init__(self, choices: list[tuple[str, str]], *, initial: dict[str, str]) -> None:
        super().__init__(initial=initial)
        for name in ("one", "two"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
