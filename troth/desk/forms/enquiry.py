"""Answering a question that somebody asked."""

from django import forms


class AnswerForm(forms.Form):
    """What was answered, and by which way."""

    words = forms.CharField(
        label="What did you answer, and how?",
        help_text="For example: rang them, a report takes about eight weeks",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what you answered"},
    )
