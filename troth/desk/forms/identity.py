"""The NHS number of somebody whose record has none yet, or another than theirs."""

from django import forms

from troth.people import rules


class NhsNumberForm(forms.Form):
    """Ten figures, however they are spaced."""

    number = forms.CharField(
        label="NHS number",
        help_text="Ten figures, such as 999 000 0018. It stands on letters from their GP and in the NHS App",
        max_length=20,
        error_messages={"required": "Enter their NHS number"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}),
    )

    def clean_number(self) -> str:
        try:
            return rules.normal_nhs_number(self.cleaned_data["number"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
