"""What the office does with a message that did not leave."""

from django import forms


class TryAgainForm(forms.Form):
    """Which message to try afresh."""

    message = forms.UUIDField()
