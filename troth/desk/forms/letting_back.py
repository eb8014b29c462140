"""Letting somebody back in who lost their second step: how it was made sure who they are, and what happened."""

from django import forms

from troth.design.fields import Choices
from troth.people.selectors import Recognised


class LetBackForm(forms.Form):
    """Nothing is chosen beforehand: whoever gives the code out says what they did."""

    made_sure = forms.ChoiceField(
        label="How did you make sure that it is them?",
        help_text="Knowing the password proves nothing here: whoever stole it would come to you as well",
        choices=[(each.value, each.words) for each in Recognised],
        widget=Choices(),
        error_messages={"required": "Say how you made sure that it is them"},
    )
    reason = forms.CharField(
        label="What happened?",
        help_text="They can read it, with your name beside it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Say in a few words what happened"},
    )

    def clean_made_sure(self) -> Recognised:
        return Recognised(self.cleaned_data["made_sure"])
