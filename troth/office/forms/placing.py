"""Finding whose record a request belongs under, and putting it there."""

from typing import Any

from django import forms

from troth.design.fields import Choices, PersonBox
from troth.office.forms.step import LONGEST, PostForm
from troth.rights.rules.clock import Asked
from troth.rights.rules.letters import proofs_for


class FindRecordForm(forms.Form):
    """Whose record is looked for."""

    q = PersonBox("Whose is it?", by="email address or telephone number")


class PlaceForm(PostForm):
    """Why it belongs there, and what is asked for where nothing shows it yet (LAW-1.15)."""

    words = forms.CharField(
        label="How do you know?",
        max_length=LONGEST,
        help_text="They see it in their copy",
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write how you know"},
    )
    proof = forms.ChoiceField(
        label="What would settle that it was them?",
        help_text="Choose the least that does. Nothing is handed out, changed or erased before",
        widget=Choices(),
        choices=list(proofs_for(Asked.ACCESS).items()),  # those of anybody who lives
        error_messages={"required": "Choose what would settle it"},
    )
    field_order: tuple[str, ...] = ("words", "proof", "by_post")

    def __init__(self, *args: Any, asks: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        if not asks:
            del self.fields["proof"], self.fields["by_post"]
