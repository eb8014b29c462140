"""What somebody who is not signed in may ask."""

from django import forms

from troth.people import rules
from troth.portal.forms.account import _normal


class AskForm(forms.Form):
    """Three boxes, and no more than an answer needs."""

    name = forms.CharField(
        label="Your name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    email = forms.CharField(
        label="Your email address",
        help_text="We answer to this address and use it for nothing else",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter your email address"},
    )
    words = forms.CharField(
        label="What would you like to know?",
        help_text="Leave out what is about your health, if you can: no answer here needs it",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write what you would like to know"},
    )

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])
