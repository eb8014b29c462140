"""Some days that a page is asked for, in its address: from which day to which."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from troth.design.fields import DateInBoxes


class DaysForm(forms.Form):
    """From which day to which something is shown."""

    first = DateInBoxes(label="From which day?", error_messages={"required": "Enter the first day"})
    last = DateInBoxes(label="To which day?", error_messages={"required": "Enter the last day"})

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: it ends before it begins, or lasts longer than a year and a day."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not 0 <= (last - first).days <= 366:
            raise ValidationError("The last day comes after the first, and within a year of it.")
        return cleaned


def days_of(request: HttpRequest, first: date, last: date) -> tuple[DaysForm, date, date]:
    """The form, and the days that the address names, or these where it names none or ones that cannot be."""
    asked = any(name.startswith(("first", "last")) for name in request.GET)
    form = DaysForm(request.GET if asked else None, initial={"first": first, "last": last})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["first"], form.cleaned_data["last"]
    return form, first, last


def period(first: date, last: date) -> str:
    """These days in words."""
    return f"{first:%-d %B %Y}" if first == last else f"{first:%-d %B %Y} to {last:%-d %B %Y}"
