"""Taking back a consent to a treatment, as staff write it down."""

from django import forms


class BackForm(forms.Form):
    """Why, if they say so. They need no reason."""

    because = forms.CharField(
        label="What did they say?",
        help_text="They need no reason, and this may stay empty",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
