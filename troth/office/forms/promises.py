"""Recording that somebody saw that people keep a promise."""

from django import forms

from troth.assurance.selectors.board import ProofKind
from troth.design.fields import Choices, DateInBoxes


class SearchForm(forms.Form):
    """Words to look for among the promises."""

    words = forms.CharField(label="Words in the promise or in what was found", required=False, max_length=60)


class ProofForm(forms.Form):
    """When it was seen, how, and in which paper. Nothing is chosen for anybody, and nobody is named."""

    seen_on = DateInBoxes(
        label="When was it seen?", error_messages={"required": "Enter the day on which it was seen"}
    )
    kind = forms.ChoiceField(
        label="How was it seen?",
        choices=ProofKind.choices,
        widget=Choices(),
        error_messages={"required": "Choose how it was seen"},
    )
    paper = forms.CharField(
        label="Mark of the paper",
        help_text="As it stands in your own files, such as DPO/2026-11. Letters, digits, full stops, slashes and dashes; no names.",
        max_length=24,
        error_messages={
            "required": "Enter the mark of the paper",
            "max_length": "The mark has 24 characters at most",
        },
    )
