"""Agreeing to an erasure: what becomes of the sign-in, and the password, since what goes cannot come back."""

from django import forms

from troth.design.fields import Choices

KEEP, CLOSE = "keep", "close"


class EraseForm(forms.Form):
    """`plan` is the mark of the plan that was on the page: what was not shown is not erased."""

    account = forms.ChoiceField(
        label="And your sign-in?",
        choices=[(KEEP, "Keep it"), (CLOSE, "Close my account too")],
        widget=Choices(
            hints={
                KEEP: "You can still see what stays, and who looks at it.",
                CLOSE: "You’re signed out at once. Later questions go by post or telephone.",
            }
        ),
        error_messages={"required": "Choose whether to keep your sign-in"},
    )
    password = forms.CharField(
        label="Your password",
        help_text="So that nobody else at this screen can do this.",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password"},
    )
    plan = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
