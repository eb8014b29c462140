"""A template as it is written: its name, and its words or questions."""

from collections.abc import Mapping
from typing import Any

from django import forms

from troth.records.rules.templates import LONGEST, NAMES
from troth.records.selectors import TemplateKind, TemplateLine

_NAMED = ", ".join(f"{{{name}}} for {words}" for name, words in NAMES.items())
#: What is typed into the large box, and how it is explained.
BODY = {
    TemplateKind.NOTE: (
        "What does it ask?",
        "A line for each question. Answers to choose from stand after a colon, with semicolons between them: "
        "“Skin type: I; II; III”. A question that ends with … takes several lines.",
    ),
    TemplateKind.CONSENT: (
        "What does the person agree to?",
        "In words that a patient understands: what is done, what can go wrong, what else they could do. An empty line begins a "
        "paragraph. They sign these words, and the words are kept with the signature.",
    ),
    TemplateKind.LETTER: (
        "What does it say?",
        "An empty line begins a paragraph. You can change every word before a letter is signed. "
        f"In braces stands what is put in: {_NAMED}.",
    ),
}


class TemplateForm(forms.Form):
    """One version. `read` is the version that its writer had before them."""

    read = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="Name", max_length=80, error_messages={"required": "Enter a name"})
    body = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": "Write what it asks or says"},
    )
    closed = forms.BooleanField(label="It is not offered any more", required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, kind: TemplateKind, known: TemplateLine | None) -> None:
        initial = (
            {"read": known.version, "title": known.title, "body": known.body, "closed": known.closed} if known else {}
        )
        super().__init__(data, initial=initial)
        self.fields["body"].label, self.fields["body"].help_text = BODY[kind]
        if known is None:
            del self.fields["closed"]

    def clean(self) -> dict[str, Any]:
        """A new template is offered."""
        found = super().clean() or self.cleaned_data
        found.setdefault("closed", False)
        return found
