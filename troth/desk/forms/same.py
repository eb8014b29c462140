"""Telling two records apart: why they may be one person's, what was looked at, and why a link is undone."""

from typing import Any

from django import forms

from troth.design.fields import Choices
from troth.people.rules import TooVague, read_query
from troth.people.selectors import MadeSure

LINK, APART = "link", "apart"


def _words(label: str, hint: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        error_messages={"required": required},
    )


class PairSearchForm(forms.Form):
    """Posted, so that no name lands in an address (pitfalls B1)."""

    q = forms.CharField(
        label="Find among these by name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter three letters of a name"},
    )

    def clean_q(self) -> str:
        typed: str = self.cleaned_data["q"]
        try:
            if not read_query(typed).names:
                raise TooVague("Enter three letters of a name")
        except TooVague as vague:
            raise forms.ValidationError(str(vague)) from None
        return typed


class ProposeForm(forms.Form):
    """Why two records may be one person's."""

    reason = _words(
        "Why do you think that this is one person?",
        "A colleague reads it before they decide. Both records keep it",
        "Say why you think that this is one person",
    )


class DecideForm(forms.Form):
    """Whether they are one person, and how that was made sure."""

    decision = forms.ChoiceField(
        label="Are they one person?",
        choices=[(LINK, "Yes: link the two records"), (APART, "No: they are two people")],
        widget=Choices(),
        error_messages={"required": "Say whether they are one person"},
    )
    made_sure = forms.ChoiceField(
        label="If yes, how did you make sure?",
        choices=[(each.value, each.words) for each in MadeSure],
        widget=Choices(),
        required=False,
    )
    words = _words(
        "What did you look at?",
        "A wrong link shows one person what is held about another. Write what made you sure",
        "Write what you looked at",
    )

    @property
    def links(self) -> bool:
        """Whether they were found to be one person."""
        return bool(self.cleaned_data["decision"] == LINK)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == LINK and not given.get("made_sure"):
            self.add_error("made_sure", "Say how you made sure that they are one person")
        return given


class UndoForm(forms.Form):
    """Why a link is undone."""

    words = _words(
        "Why is the link undone?",
        "From then on neither record shows anything of the other. Both keep what you write",
        "Say why the link is undone",
    )
