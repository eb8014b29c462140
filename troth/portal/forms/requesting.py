"""Asking for what cannot be answered at once, and complaining. Any words do; nothing has to be justified."""

from typing import Any

from django import forms

from troth.design.fields import ManyChoices
from troth.people import rules
from troth.portal.forms.account import _normal
from troth.rights.rules.clock import Asked

LONGEST = 20_000
#: The same in the words of somebody who asks for another person.
FOR_ANOTHER: dict[Asked, tuple[str, str]] = {
    Asked.ACCESS: (
        "A copy of their data",
        "We look through it first, and it goes to them or to you as your paper says",
    ),
    Asked.PORTABILITY: ("To take what they gave us elsewhere", "In a form that machines read"),
    Asked.COMPLAINT: (
        "I complain about how their data was handled",
        "We confirm that we have it, look into it, and tell you",
    ),
}
ASKED: dict[Asked, tuple[str, str]] = {
    Asked.ACCESS: ("A copy of what I can’t see here", "What waits for a health professional, or lies on paper"),
    Asked.RECTIFICATION: ("Something is wrong", "A clinical note stays beside its correction"),
    Asked.PORTABILITY: ("To take what I gave you elsewhere", "In a form that machines read"),
    Asked.REVIEW: ("A person is to decide again", "Where you think that software decided"),
    Asked.COMPLAINT: (
        "I complain about how my data was handled",
        "We confirm that we have it, look into it, and tell you",
    ),
}


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "6", "spellcheck": "false"}),
        error_messages={"required": "Write it in your own words"},
    )


class AskForm(forms.Form):
    """What the reader asks: one thing or several."""

    asked = forms.MultipleChoiceField(
        label="What is it?",
        help_text="Choose each that is in it",
        choices=[(asked.value, words) for asked, (words, _) in ASKED.items()],
        widget=ManyChoices(hints={asked.value: hint for asked, (_, hint) in ASKED.items()}),
        error_messages={"required": "Choose what it is"},
    )
    words = _words("In your own words", "You need not name a law")

    def __init__(self, data: object = None, *, covered: frozenset[str] | None = None) -> None:
        """`covered`: the rights that a paper covers, for somebody who acts for another; None is for oneself."""
        super().__init__(data)  # type: ignore[arg-type]
        if covered is not None:
            field = self.fields["asked"]
            assert isinstance(field, forms.MultipleChoiceField)
            theirs = {asked: words for asked, words in {**ASKED, **FOR_ANOTHER}.items() if asked.value in covered}
            field.widget = ManyChoices(hints={asked.value: hint for asked, (_, hint) in theirs.items()})
            field.choices = [(asked.value, words) for asked, (words, _) in theirs.items()]

    def clean_asked(self) -> set[Asked]:
        return {Asked(each) for each in self.cleaned_data["asked"]}


class ComplainForm(forms.Form):
    """A complaint from whoever has no account here, or does not want to sign in."""

    words = _words("What happened?", "When it was, and what you would like us to do, if you know")
    name = forms.CharField(
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your name"},
    )
    email = forms.CharField(
        label="Your email address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    address = forms.CharField(
        label="Or your postal address",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "street-address", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        return _normal(rules.normal_email, typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: there is no way to answer."""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("email") and not found.get("address") and "email" not in self.errors:
            self.add_error("email", "Enter an email address or a postal address, so that we can answer")
        return found
