"""Signing in, being refused, and a form with a field of each kind."""

from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.design.samples.clinics import DOOR, PORTAL
from troth.design.values import Counterpart, Link, Parted, Term


class SignIn(forms.Form):
    """Email and password, as the sign-in page asks for them. Pasting is allowed, and managers may fill it."""

    email = forms.EmailField(
        label="Email address",
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        error_messages={"required": "Enter your password"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AboutYou(forms.Form):
    """A field of each kind, for the gallery."""

    surgery = forms.CharField(label="Name of your GP surgery", help_text="The name or the postcode", required=False)
    weight = forms.DecimalField(
        label="Your weight",
        help_text="In kilograms, for example 84 or 84.5",
        min_value=30,
        max_value=300,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Enter your weight as a number between 30 and 300"},
    )
    born_on = DateInBoxes(
        label="Your date of birth",
        help_text="For example 3 5 1984",
        birthday=True,
        error_messages={"required": "Enter your date of birth"},
    )
    tell_gp = forms.ChoiceField(
        label="May we write to them?",
        choices=[("yes", "Yes, each time you supply me"), ("no", "No")],
        widget=Choices(hints={"no": "A prescriber then decides whether it’s safe to go ahead"}),
        error_messages={"required": "Choose yes or no"},
    )
    news = forms.BooleanField(
        label="Email me news", help_text="Never ticked for you. Stop at any time, in one step", required=False
    )
    note = forms.CharField(
        label="Anything else we should know?", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


SIGN_IN_WHY = Counterpart(
    "Why we ask",
    terms=(
        Term("For", "Keeping your record shut to everyone but you"),
        Term("Seen by", "Nobody: your password is kept only as a fingerprint of it"),
        Term("Until", "Signed out, or 15 minutes after you stop"),
    ),
)
SIGN_IN: dict[str, Any] = {
    "page": DOOR,
    "form": SignIn(),
    "passkey": Link("Use a passkey", "#"),
    "forgotten": Link("I’ve forgotten my password", "#"),
    "register": Link("Register with us", "#"),
    "why": SIGN_IN_WHY,
}
REFUSED: dict[str, Any] = {
    "page": PORTAL,
    "title": "What you asked for",
    "back": Link("Go to your home page", "#"),
    "refusal": Parted(
        sentence="Your account doesn’t open this, or there’s nothing here. We say the same in both "
        "cases, so that nobody learns anything by trying.",
        remedy="If you followed a link that we sent you, sign in with the account it was sent to.",
        action=Link("Ask the clinic about it", "#"),
        counterpart=Counterpart(
            "Why you can’t",
            "parted",
            (
                Term("Rule", "A record opens to the person it’s about, and to those who have a reason"),
                Term("This attempt", "Recorded, 14:12 today"),
            ),
        ),
    ),
}
