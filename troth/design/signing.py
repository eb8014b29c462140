"""Signing on a screen: a full name is typed, and a signature may be drawn where script runs."""

from uuid import uuid4

from django import forms

#: What whoever signs ticks. It is kept with what they signed, as it stood then.
AGREED = "I have read this, could ask what I wanted, and agree"


class SignatureForm(forms.Form):
    """
    What stands under words that somebody agrees to. `use` names the form that is signed and `version` the wording that was read.
    `signing` is an identifier, so that what a browser sends twice stands once; `drawn` is lines of points, as `parts/pad.html`
    sends them.
    """

    # As the pages draw them, so that what needs mending is listed in that order.
    field_order = ("use", "version", "signing", "agreed", "name", "drawn")

    use = forms.CharField(widget=forms.HiddenInput, max_length=80)
    version = forms.IntegerField(widget=forms.HiddenInput)
    signing = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(
        label="Full name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the full name"},
    )
    drawn = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100_000)
    agreed = forms.BooleanField(
        label=AGREED,
        error_messages={"required": "Tick the box to agree"},
    )

    def shows_version(self, version: int) -> None:
        """From now on the page shows these words: they are agreed to anew, and knowingly."""
        self.data = {**{name: said for name, said in self.data.items() if name != "agreed"}, "version": version}
