"""Judging a record that was opened in an emergency, and telling the person."""

from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.rights.selectors import Verdict

VERDICTS = {
    Verdict.JUSTIFIED: ("Justified", "It closes the review"),
    Verdict.NOT_JUSTIFIED: ("Not justified", "It closes the review; look at whether it is a breach"),
    Verdict.NEEDS_TALK: ("I want to talk with them first", "It goes on waiting, and its day does not move"),
}
EMAIL, TELL, DELAY = "email", "tell", "delay"


class ReviewForm(forms.Form):
    """What was found, and why. Nothing is chosen for anybody."""

    verdict = forms.TypedChoiceField(
        coerce=Verdict,
        label="What did you find?",
        choices=[(each.value, words) for each, (words, _) in VERDICTS.items()],
        widget=Choices(hints={each.value: hint for each, (_, hint) in VERDICTS.items()}),
        error_messages={"required": "Choose what you found"},
    )
    words = forms.CharField(
        label="Why?",
        max_length=2_000,
        help_text="A sentence or two. The person sees it in their copy",
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write in a sentence what you found"},
    )


class TellForm(forms.Form):
    """Telling is the rule; putting it off needs a reason and a day."""

    how = forms.ChoiceField(
        label="Is the person told now?",
        choices=[
            (EMAIL, "Yes, by email now"),
            (TELL, "Yes, they were told otherwise"),
            (DELAY, "Not yet, for a reason"),
        ],
        initial=EMAIL,
        widget=Choices(
            hints={
                EMAIL: "It says when it was, and that a colleague reviews it; nothing of health",
                TELL: "By you or a colleague; write below what they were told",
                DELAY: "For example because telling them now would put somebody in danger; write below why",
            }
        ),
    )
    told = forms.CharField(
        label="What were they told, or why not yet?",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
    )
    look_again_on = DateInBoxes(
        label="Look at it again on", required=False, help_text="Only when they are not told yet"
    )

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: it is put off without a day, or nothing was written where words are needed."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("how") in {TELL, DELAY} and not found.get("told"):
            self.add_error("told", "Write a sentence")
        if found.get("how") == DELAY and not found.get("look_again_on") and "look_again_on" not in self.errors:
            self.add_error("look_again_on", "Enter the day on which this is looked at again")
        return found
