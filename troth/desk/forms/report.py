"""Writing a report: a box for each part that the court's rules ask for, and the expert's statements."""

from typing import Any

from django import forms

from troth.medicolegal.rules import PARTS, STATEMENTS

LONGEST = 20_000


class PartField(forms.CharField):
    """A part that a signed report needs, and that a draft may still lack: signing says which are missing."""

    def validate(self, value: str) -> None:
        """Let a draft be kept without it."""


class ReportForm(forms.Form):
    """The parts and the statements."""

    use_required_attribute = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for part, (heading, hint) in PARTS.items():
            self.fields[part] = PartField(
                label=heading, help_text=hint, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
            )
        for statement, words in STATEMENTS.items():
            self.fields[statement] = forms.BooleanField(label=words, required=False)

    @property
    def parts(self) -> dict[str, str]:
        """What was written, by part."""
        return {part: self.cleaned_data[part] for part in PARTS}

    @property
    def stated(self) -> list[str]:
        """The statements that were ticked."""
        return [statement for statement in STATEMENTS if self.cleaned_data[statement]]
