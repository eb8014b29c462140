"""Passing a request on, and everything by which it is decided."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from troth.design.fields import Choices
from troth.prescribing.selectors import Matter, Method, Outcome, Verified

LONGEST = 10_000


def _words(label: str, missing: str, *, hint: str = "", rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


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


class AskForm(forms.Form):
    """A question to the person."""

    prefix = "ask"
    words = _words(
        "What do you ask?", "Write your question", hint="They read it in their own pages, and answer there"
    )


class VerifyForm(forms.Form):
    """One check by another way than the questionnaire."""

    prefix = "verify"
    matter = forms.ChoiceField(
        label="What did you check?",
        widget=Choices(),
        choices=[(each.value, each.words) for each in Matter],
        error_messages={"required": "Choose what you checked"},
    )
    method = forms.ChoiceField(
        label="How?",
        widget=Choices(),
        choices=[(each.value, each.words) for each in Method],
        error_messages={"required": "Choose how"},
    )
    result = forms.ChoiceField(
        label="What did it come to?",
        widget=Choices(hints={Verified.CONTRADICTED.value: "It blocks a prescription, and no later check undoes it"}),
        choices=[(each.value, each.words.capitalize()) for each in Verified if each is not Verified.NONE],
        error_messages={"required": "Choose what it came to"},
    )
    note = _words("The evidence", "Write what you saw, heard or read", hint="What you saw, heard or read", rows=3)


class DecisionForm(forms.Form):
    """Not to prescribe, or to send elsewhere, and what the person is told about it."""

    prefix = "decide"
    outcome = forms.ChoiceField(
        label="What do you decide?",
        widget=Choices(),
        choices=[
            (Outcome.REFUSED.value, "Not to prescribe"),
            (Outcome.REFERRED.value, "To send them to somebody who can see them"),
        ],
        error_messages={"required": "Choose what you decide"},
    )
    words = _words(
        "What do you tell them?", "Write what they are told", hint="Why not, and what to do instead", rows=5
    )


class PrescribeForm(forms.Form):
    """The medicine with its directions, and a reason for each rule that asks for one."""

    prefix = "prescribe"
    quantity = forms.IntegerField(
        label="Quantity",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter the quantity", "invalid": "Enter the quantity as a number"},
    )
    directions = _words("Directions", "Write how it is taken", rows=2)
    indication = _words("For what", "Write what it is for", rows=1)
    words = _words("What do you tell them?", "Write what they are told", hint="And when to stop and ask", rows=4)

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, str]] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        self.reasons = tuple(reasons)
        for key, sentence in self.reasons:
            self.fields[f"reason_{key}"] = _words(
                sentence, "Write the reason, in a sentence", hint="It stays with the decision", rows=3
            )

    def written(self) -> dict[str, str]:
        """The reasons by the gate that asks for each."""
        return {key: self.cleaned_data.get(f"reason_{key}", "") for key, _ in self.reasons}


class SupplyForm(forms.Form):
    """What is written with a step of a supply."""

    words = _words("What do you write?", "Write it down", rows=3)


class DispatchForm(forms.Form):
    """The parcel's number."""

    tracking = forms.CharField(
        label="By which number is the parcel followed?",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the parcel’s number"},
    )
