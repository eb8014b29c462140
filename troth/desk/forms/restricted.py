"""Using a restricted record in one of the ways that the law leaves."""

from django import forms

from troth.design.fields import Choices
from troth.gate.rules import PermittedUse

_USES = {
    PermittedUse.CONSENT: ("They agreed to this use", "They said so now, for this and for nothing else."),
    PermittedUse.CLAIMS: ("A legal claim needs it", "To bring one, to answer one, or to prepare for it."),
    PermittedUse.ANOTHERS_RIGHTS: (
        "It protects somebody else’s rights",
        "Another person would be harmed without it.",
    ),
    PermittedUse.PUBLIC_INTEREST: ("An important public interest needs it", "One that the law recognises."),
}


class UseForm(forms.Form):
    """Which of the uses, and why. Nothing is chosen for anybody."""

    use = forms.ChoiceField(
        label="What do you need it for?",
        choices=[(use.value, words) for use, (words, _) in _USES.items()],
        widget=Choices(hints={use.value: hint for use, (_, hint) in _USES.items()}),
        error_messages={"required": "Choose what you need it for"},
    )
    words = forms.CharField(
        label="Why?",
        help_text="One or two sentences. They can read them.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why you need it"},
    )
