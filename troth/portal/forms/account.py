"""Registering, signing in, and a new password: forms that check words and save nothing."""

from datetime import date

from django import forms

from troth.design.fields import DateInBoxes
from troth.people import rules

PASSWORD_NOW = "Your password now", "Enter the password you have now"
_LONGEST = 1_000  # of a password: longer ones only keep the hash busy


def _text(
    label: str, missing: str, *, complete: str, hint: str = "", required: bool = True, longest: int = 100
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        error_messages={"required": missing, "max_length": f"{label} is too long"},
        widget=forms.TextInput(attrs={"autocomplete": complete, "spellcheck": "false"}),
    )


def password_field(label: str, missing: str, *, complete: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=_LONGEST,
        error_messages={"required": missing},
        widget=forms.PasswordInput(attrs={"autocomplete": complete}),
    )


class SignInForm(forms.Form):
    """Address and password. Pasting is allowed, and password managers may fill it."""

    email = forms.CharField(
        label="Email address",
        max_length=254,
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = password_field("Password", "Enter your password", complete="current-password")


class RegisterForm(forms.Form):
    """What the notice says we need to open an account, and no more."""

    given_name = _text("Given name", "Enter your given name", complete="given-name")
    family_name = _text("Family name", "Enter your family name", complete="family-name")
    born_on = DateInBoxes(
        label="Date of birth",
        help_text="For example 3 5 1984",
        birthday=True,
        error_messages={"required": "Enter your date of birth"},
    )
    email = forms.CharField(
        label="Email address",
        help_text="You sign in with it. We write to it about your care only.",
        max_length=254,
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    telephone = forms.CharField(
        label="Telephone",
        max_length=40,
        error_messages={"required": "Enter your telephone number"},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    address = forms.CharField(
        label="Address",
        help_text="House, street and town",
        max_length=300,
        error_messages={"required": "Enter your address"},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address", "spellcheck": "false"}),
    )
    postcode = _text("Postcode", "Enter your postcode", complete="postal-code", longest=10)
    password = password_field(
        "Choose a password",
        "Choose a password",
        complete="new-password",
        hint="At least ten characters. Three words that have nothing in common are good.",
    )

    def __init__(self, *args: object, on: date, **named: object) -> None:
        self.on = on
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])

    def clean_telephone(self) -> str:
        return _normal(rules.normal_telephone, self.cleaned_data["telephone"])

    def clean_postcode(self) -> str:
        return _normal(rules.normal_postcode, self.cleaned_data["postcode"])

    def clean_born_on(self) -> date:
        born: date = self.cleaned_data["born_on"]
        if not self.on.year - 125 <= born.year or born >= self.on:
            raise forms.ValidationError("Check the year of your birth")
        return born

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("password"):
            email = str(given.get("email", ""))
            names = tuple(str(given.get(name, "")) for name in ("given_name", "family_name"))
            known = (*names, email, email.partition("@")[0])
            try:
                rules.check_password(str(given["password"]), known=known)
            except rules.PoorPassword as poor:
                self.add_error("password", str(poor))
        return given


class PasswordForm(forms.Form):
    """The password of now, and the one to be."""

    current = password_field(*PASSWORD_NOW, complete="current-password")
    password = password_field(
        "New password",
        "Choose a new password",
        complete="new-password",
        hint="At least ten characters. Three words that have nothing in common are good.",
    )

    def clean_password(self) -> str:
        return _good(self.cleaned_data["password"])


class NewPasswordForm(forms.Form):
    """A new password, after a link was followed."""

    password = password_field(
        "New password",
        "Choose a new password",
        complete="new-password",
        hint="At least ten characters. Three words that have nothing in common are good.",
    )

    def clean_password(self) -> str:
        return _good(self.cleaned_data["password"])


class LinkForm(forms.Form):
    """Where a link should go."""

    email = forms.CharField(
        label="Email address",
        help_text="The one you sign in with, or that you registered with",
        max_length=254,
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])


class AddressForm(forms.Form):
    """Another address to sign in with, and the password of now."""

    email = forms.CharField(
        label="New email address",
        help_text="We write to it. Until you follow the link there, nothing changes.",
        max_length=254,
        error_messages={"required": "Enter the new address"},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    current = password_field("Your password now", "Enter the password you have now", complete="current-password")

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])


class ClaimForm(forms.Form):
    """The code that we gave, the date of birth that goes with it, and how to sign in from now on."""

    code = forms.CharField(
        label="Your code",
        help_text="Eight letters and figures, such as K7QF-2MXD",
        max_length=20,
        error_messages={"required": "Enter the code that we gave you"},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    born_on = DateInBoxes(
        label="Date of birth",
        help_text="For example 3 5 1984",
        birthday=True,
        error_messages={"required": "Enter your date of birth"},
    )
    email = forms.CharField(
        label="Email address",
        help_text="You sign in with it. It need not be the one that we write to.",
        max_length=254,
        error_messages={"required": "Enter your email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    password = password_field(
        "Choose a password",
        "Choose a password",
        complete="new-password",
        hint="At least ten characters. Three words that have nothing in common are good.",
    )

    def __init__(self, *args: object, on: date, **named: object) -> None:
        self.on = on
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("password"):
            email = str(given.get("email", ""))
            try:
                rules.check_password(str(given["password"]), known=(email, email.partition("@")[0]))
            except rules.PoorPassword as poor:
                self.add_error("password", str(poor))
        return given


class EndSessionForm(forms.Form):
    """Which session to end, by its row; or all but this one."""

    key = forms.RegexField(r"[0-9a-f]{64}", required=False)


def _good(chosen: str) -> str:
    try:
        rules.check_password(chosen)
    except rules.PoorPassword as poor:
        raise forms.ValidationError(str(poor)) from None
    return chosen


def _normal(rule: "object", text: str) -> str:
    try:
        return str(rule(text))  # type: ignore[operator]
    except ValueError as wrong:
        raise forms.ValidationError(str(wrong)) from None
