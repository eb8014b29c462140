"""Second factors: a code, a new app, a passkey, and what is typed when one of them is taken on. They save nothing."""

from django import forms

from troth.people import rules
from troth.portal.forms.account import PASSWORD_NOW, password_field

_LONGEST_ANSWER = 8_000


def _code(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        error_messages={"required": "Enter the code", "max_length": "That is too long to be a code"},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class CodeForm(forms.Form):
    """A code of an app, or a recovery code: one box for both."""

    code = _code(
        "Code", "Six figures from your app. If you have lost it, a recovery code such as ABCD-EFGH-IJKL-MNOP."
    )

    @property
    def paper(self) -> bool:
        """Whether it is a recovery code that was typed."""
        return rules.is_recovery_code(self.cleaned_data.get("code", ""))


class OwnPasswordForm(forms.Form):
    """The base of what is taken on: with the password, when the sign-in was a while ago and there is no factor to show."""

    def __init__(self, *args: object, with_password: bool, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        if with_password:
            self.fields["current"] = password_field(*PASSWORD_NOW, complete="current-password")


class StartForm(forms.Form):
    """A starter's first password."""

    email = forms.CharField(
        label="Email address",
        max_length=254,
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    code = _code("Code", "The code that you were handed, such as ABCD-EFGH-IJKL-MNOP.")
    password = password_field(
        "Choose a password",
        "Choose a password",
        complete="new-password",
        hint="At least ten characters. Three words that have nothing in common are good.",
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("password"):
            try:
                rules.check_password(str(given["password"]), known=(str(given.get("email", "")).partition("@")[0],))
            except rules.PoorPassword as poor:
                self.add_error("password", str(poor))
        return given


class AppForm(OwnPasswordForm):
    """The first code of a new app. `ticket` holds its secret, sealed."""

    ticket = forms.CharField(max_length=600, widget=forms.HiddenInput)
    code = _code("Code that the app shows now", "Six figures. They change every half minute.")


class PasskeyForm(OwnPasswordForm):
    """A passkey that the device has just made."""

    name = forms.CharField(
        label="What to call it",
        help_text="So that you know it again, such as “My phone”.",
        max_length=60,
        error_messages={"required": "Give it a name"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    ticket = forms.CharField(max_length=900, widget=forms.HiddenInput)
    answer = forms.CharField(
        max_length=_LONGEST_ANSWER,
        widget=forms.HiddenInput,
        error_messages={
            "required": "Your browser has made no passkey yet. Press the button, and follow what it says."
        },
    )


class ShownPasskeyForm(forms.Form):
    """A passkey that the browser shows."""

    ticket = forms.CharField(max_length=900, widget=forms.HiddenInput)
    answer = forms.CharField(max_length=_LONGEST_ANSWER, widget=forms.HiddenInput)


class PickPasskeyForm(forms.Form):
    """Which passkey to take away."""

    passkey = forms.UUIDField(widget=forms.HiddenInput)
