"""Writing to a person, and answering them."""

from collections.abc import Sequence
from typing import Any

from django import forms

from troth.contact.rules import LONGEST
from troth.contact.selectors import About
from troth.design.fields import Choices


class CloseForm(forms.Form):
    """`read` is the number of the last message that whoever closes or answers had before them."""

    read = forms.IntegerField(widget=forms.HiddenInput)


class AnswerMessageForm(CloseForm):
    """One message. `message` is its own identifier."""

    message = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label="Your message",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write your message"},
    )


class BeginForm(AnswerMessageForm):
    """The first message of a conversation, and what it is about. Nothing was read before it."""

    read = None  # type: ignore[assignment]
    about = forms.ChoiceField(
        label="What is it about?", widget=Choices(), error_messages={"required": "Choose what it is about"}
    )
    field_order = ("message", "about", "words")

    def __init__(self, *args: Any, kinds: Sequence[About], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.value, each.words) for each in kinds]
