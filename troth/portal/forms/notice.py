"""Choosing two versions of the notice to compare. Nothing personal is in it, so its choices may stand in the address."""

from collections.abc import Sequence
from typing import Any

from django import forms


class CompareForm(forms.Form):
    """Any two versions, the older first. Without a choice it offers the newest and the one before."""

    before = forms.TypedChoiceField(label="From version", coerce=int, error_messages={"required": "Choose a version"})
    after = forms.TypedChoiceField(label="To version", coerce=int, error_messages={"required": "Choose a version"})

    def __init__(self, numbers: Sequence[int], *args: Any, **named: Any) -> None:
        newest_two = (*numbers[:2], None, None)
        named.setdefault("initial", {"after": newest_two[0], "before": newest_two[1]})
        super().__init__(*args, **named)
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(number, f"Version {number}") for number in numbers]

    def clean(self) -> dict[str, Any]:
        """Two different ones, or there is nothing to compare."""
        found = super().clean() or {}
        if found.get("before") is not None and found.get("before") == found.get("after"):
            self.add_error("after", "Choose two different versions")
        return found
