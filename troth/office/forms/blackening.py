"""Which part of a page goes because it is about somebody else."""

from decimal import Decimal
from typing import Any

from django import forms

from troth.rights.rules.packing import Box


def _share(label: str, least: str = "0") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=100,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"}),
        error_messages={
            "required": f"Enter a number: {label[:1].lower()}{label[1:]}",
            "invalid": "Write a number from 0 to 100",
            "min_value": f"The least is {least}",
            "max_value": "The page ends at 100",
            "max_decimal_places": "One digit after the point is enough",
        },
    )


class BoxForm(forms.Form):
    """A rectangle, in hundredths of the page: drawn on it, or typed."""

    left = _share("From the left edge")
    top = _share("From the top edge")
    width = _share("How wide", "0.1")
    height = _share("How high", "0.1")
    note = forms.CharField(
        label="How did you weigh it?",
        help_text="For whoever checks our answer: whether they agreed, or why it is not reasonable without that (LAW-4.8).",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write in a sentence how you weighed it"},
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for start, length, words in (("left", "width", "right"), ("top", "height", "bottom")):
            if start in said and length in said and said[start] + said[length] > 100:
                self.add_error(length, f"It ends beyond the {words} edge of the page")
        return said

    def box(self) -> Box:
        """The rectangle, in thousandths."""
        left, top, width, height = (int(self.cleaned_data[name] * 10) for name in ("left", "top", "width", "height"))
        return left, top, width, height
