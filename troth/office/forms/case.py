"""Deciding a case of erasure."""

from django import forms

from troth.design.fields import Choices

PLAN, EVERYTHING = "plan", "everything"


class DecideForm(forms.Form):
    """How far the erasure goes. Nothing is chosen for anybody."""

    extent = forms.ChoiceField(
        label="How far does it go?",
        choices=[(PLAN, "As planned above"), (EVERYTHING, "Everything but the file of this request")],
        widget=Choices(
            hints={
                PLAN: "What a law or their care still needs stays until its day.",
                EVERYTHING: "You found that no ground to keep anything holds, for example because we had no right to it.",
            }
        ),
        error_messages={"required": "Choose how far it goes"},
    )
