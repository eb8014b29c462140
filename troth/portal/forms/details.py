"""How the reader is reached: the same rules as at registration."""

from django import forms

from troth.people import rules
from troth.portal.forms.account import _normal, _text


class DetailsForm(forms.Form):
    """Everything by which we reach somebody. What they sign in with is changed elsewhere."""

    email = forms.CharField(
        label="Email address",
        help_text="Where we write to you. It doesn’t change what you sign in with.",
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

    def clean_email(self) -> str:
        return _normal(rules.normal_email, self.cleaned_data["email"])

    def clean_telephone(self) -> str:
        return _normal(rules.normal_telephone, self.cleaned_data["telephone"])

    def clean_postcode(self) -> str:
        return _normal(rules.normal_postcode, self.cleaned_data["postcode"])
