"""Telling of a suspected reaction: what the Yellow Card scheme asks, in words of a patient's own."""

from typing import Any
from uuid import uuid4

from django import forms

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.prescribing.selectors import Drug, Recovery, Seriousness

LONGEST = 10_000


class ReactionForm(forms.Form):
    """What was noticed, since when, how serious it was and how it came out."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.CharField(
        label="What did you notice?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what you noticed"},
    )
    began_on = DateInBoxes(label="When did it begin?", error_messages={"required": "Enter the day on which it began"})
    serious = forms.MultipleChoiceField(
        label="Was it serious?",
        help_text="Tick what holds. Leave it empty if nothing does",
        required=False,
        choices=[(each.value, each.words) for each in Seriousness if each is not Seriousness.DIED],
        widget=ManyChoices(),
    )
    recovery = forms.ChoiceField(
        label="How is it now?",
        choices=[(each.value, each.words) for each in Recovery if each is not Recovery.DIED],
        widget=Choices(),
        error_messages={"required": "Choose how it is now"},
    )
    drug = forms.ChoiceField(
        label="Do you still take the medicine?",
        choices=[
            (Drug.CONTINUED.value, "Yes, as before"),
            (Drug.LESS.value, "Yes, but less of it"),
            (Drug.STOPPED.value, "No, I stopped"),
        ],
        widget=Choices(),
        error_messages={"required": "Choose whether you still take it"},
    )
    others = forms.CharField(
        label="What else did you take in the last three months?",
        help_text="Other medicines, remedies and supplements. Leave it empty if there was nothing",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        named["initial"] = {"key": uuid4()}
        super().__init__(*args, **named)
