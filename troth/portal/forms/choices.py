"""What people may add in their own words when they stop a use or ask for a correction. Nothing has to be justified."""

from django import forms

LONGEST = 5_000


class WordsForm(forms.Form):
    """A reason, if they like: a use is stopped without one."""

    words = forms.CharField(
        label="Why?",
        help_text="You don’t have to say. It helps whoever weighs it.",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class CorrectForm(forms.Form):
    """What is wrong, and what would be right."""

    what = forms.CharField(
        label="What is wrong?",
        help_text="For example: my date of birth, or the note of 3 November",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Say what is wrong", "max_length": "Say it in fewer words; there is room below"},
    )
    words = forms.CharField(
        label="What should it say?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        error_messages={"required": "Write what it should say"},
    )
