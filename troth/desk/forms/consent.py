"""Writing down what somebody agreed to or took back. Nothing is chosen for anybody."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from troth.consent.rules import How
from troth.design.fields import Choices, DateInBoxes

GIVEN, BACK = "given", "back"
HOWS = {
    How.RECEPTION: ("Here, at reception", ""),
    How.TELEPHONE: ("By telephone", ""),
    How.PAPER: ("On paper", "Add the paper below"),
    How.MESSAGE: ("By email or letter", ""),
}


class ConsentForm(forms.Form):
    """Which use, what they said of it, how, when, and what shows it."""

    use = forms.ChoiceField(
        label="What is it about?",
        widget=Choices(),
        error_messages={"required": "Choose what it is about"},
    )
    word = forms.ChoiceField(
        label="What did they say?",
        choices=[(GIVEN, "They agree to it"), (BACK, "They take it back")],
        widget=Choices(hints={GIVEN: "In so many words, after they heard what it is", BACK: "It ends at once"}),
        error_messages={"required": "Choose what they said"},
    )
    how = forms.TypedChoiceField(
        label="How did they say it?",
        coerce=How,
        choices=[(how.value, words) for how, (words, _) in HOWS.items()],
        widget=Choices(hints={how.value: hint for how, (_, hint) in HOWS.items() if hint}),
        error_messages={"required": "Choose how they said it"},
    )
    said_on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day on which they said it"})
    proof = forms.CharField(
        label="What shows it?",
        help_text="Who heard it and what was said, or what was signed. The person can read this",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write what shows that they said it"},
    )
    paper = forms.FileField(
        label="The paper that they signed",
        help_text="A scan or a photograph. It is sealed as it arrives",
        required=False,
    )

    def __init__(self, *args: Any, uses: Sequence[tuple[str, str]], on: date) -> None:
        super().__init__(*args)
        self.on = on
        field = self.fields["use"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(uses)

    def clean_said_on(self) -> date:
        day: date = self.cleaned_data["said_on"]
        if day > self.on:
            raise forms.ValidationError("That day is still to come")
        return day
