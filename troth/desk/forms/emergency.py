"""Breaking the glass: one question, whose answer is sealed and reviewed."""

from django import forms

from troth.gate.rules import check_emergency_note


class BreakGlassForm(forms.Form):
    """Why the record is needed now. The gate judges whether it says anything (pitfalls B14)."""

    note = forms.CharField(
        label="Why do you need it now?",
        help_text="One or two sentences. A colleague reads them when they review this.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": "Write why you need it now"},
    )

    def clean_note(self) -> str:
        """:raises ValidationError: it says nothing."""
        note: str = self.cleaned_data["note"]
        wrong = check_emergency_note(note)
        if wrong:
            raise forms.ValidationError(wrong)
        return note
