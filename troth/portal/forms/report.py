"""What a claimant says of the report about them."""

from django import forms


class WrongForm(forms.Form):
    """What is wrong in it, in their words."""

    words = forms.CharField(
        label="What is wrong?",
        help_text="Say where it stands and what is right. The expert reads this and looks at it again.",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        error_messages={"required": "Write what is wrong, so that the expert can look at it"},
    )
