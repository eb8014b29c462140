"""A draft of the notice: pasted or uploaded, looked at, and published from a day."""

from typing import Any

from django import forms

from troth.design.fields import DateInBoxes

LARGEST = 1024 * 1024  # bytes; a notice is a few thousand lines of text


class DraftForm(forms.Form):
    """The text of a notice file. It stays in the form until it is published: a draft is stored nowhere."""

    text = forms.CharField(
        label="The notice file",
        required=False,
        strip=False,
        max_length=LARGEST,
        help_text="Paste the whole YAML file, or choose one below",
        widget=forms.Textarea(attrs={"rows": "18", "spellcheck": "false", "autocomplete": "off", "wrap": "off"}),
    )
    file = forms.FileField(label="Or choose a file", required=False)
    in_force_on = DateInBoxes(
        label="From which day does it hold?",
        required=False,
        help_text="Left empty, it holds as early as the law and our own promise allow",
    )

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: there is neither text nor a file, or the file is not text."""
        found: dict[str, Any] = super().clean() or {}
        upload = found.get("file")
        if upload is not None:
            if upload.size > LARGEST:
                self.add_error("file", "This file is larger than any notice. Choose the YAML file of the notice.")
                return found
            try:
                found["text"] = upload.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", "This file is not text. Choose the YAML file of the notice.")
        elif not (found.get("text") or "").strip():
            self.add_error("text", "Paste the notice, or choose a file")
        return found


class CompareForm(forms.Form):
    """Two versions by their numbers."""

    before = forms.TypedChoiceField(label="From", coerce=int)
    after = forms.TypedChoiceField(label="To", coerce=int)

    def __init__(self, *args: Any, numbers: list[int], **named: Any) -> None:
        super().__init__(*args, **named)
        for name in ("before", "after"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(number, f"Notice {number}") for number in numbers]
