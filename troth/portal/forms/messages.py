"""Writing to the clinic from one's account."""

from django import forms

from troth.contact.rules import LONGEST
from troth.contact.selectors import About
from troth.design.fields import Choices


class MessageForm(forms.Form):
    """One message. `message` is its identifier, so that what is sent twice stands once."""

    message = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label="Your message",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write your message"},
    )


class NewMessageForm(MessageForm):
    """The first message of a conversation, and what it is about."""

    about = forms.ChoiceField(
        label="What is it about?",
        choices=[(each.value, each.words) for each in About],
        widget=Choices(
            hints={
                About.VISITS.value: "Reception answers, and reads nothing about your health",
                About.TREATMENT.value: "Only whoever treats you reads and answers it",
            }
        ),
        error_messages={"required": "Choose what it is about"},
    )
    field_order = ("message", "about", "words")
