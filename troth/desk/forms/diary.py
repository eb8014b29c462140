"""Booking and moving a visit: what, with whom, on which day, and then one of the times that are free."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from troth.design.fields import Choices, DateInBoxes
from troth.diary import selectors as diary


class TimeForm(forms.Form):
    """
    With whom and on which day; once both are known, `times` holds what is free, and `starts` must be one of it.

    `minutes` is how long the visit lasts. Nothing is chosen for anybody.
    """

    practitioner = forms.ChoiceField(
        label="With whom?", widget=Choices(), error_messages={"required": "Choose who they come to"}
    )
    on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day"})
    starts = forms.ChoiceField(label="At what time?", widget=Choices(), required=False)

    def __init__(self, *args: Any, practitioners: Iterable[tuple[UUID, str]], at: datetime, **named: Any) -> None:
        super().__init__(*args, **named)
        self.at = at
        self.times: list[datetime] = []
        _choices(self, "practitioner", practitioners)

    def minutes(self) -> int:
        """How long the visit lasts; 0 as long as that is not known."""
        raise NotImplementedError

    def clean_starts(self) -> datetime | None:
        """:raises ValidationError: the time that was chosen is not free any more, or the day has none."""
        practitioner, on, minutes = self.cleaned_data.get("practitioner"), self.cleaned_data.get("on"), self.minutes()
        if not (practitioner and on and minutes):
            return None
        self.times = diary.free_times(UUID(practitioner), on, minutes, at=self.at)
        _choices(self, "starts", ((each.isoformat(), f"{timezone.localtime(each):%H:%M}") for each in self.times))
        chosen = self.data.get("starts", "")
        if not self.times:
            raise ValidationError(f"Nothing is free on {_day(on)}. Choose another day.")
        if not chosen:
            return None
        if chosen not in {each.isoformat() for each in self.times}:
            raise ValidationError("That time has just been taken. Choose another one.")
        return datetime.fromisoformat(chosen)

    def _clean_fields(self) -> None:
        # The times are worked out from the fields before them, so any value passes the field and is looked at above.
        field = self.fields["starts"]
        assert isinstance(field, forms.ChoiceField)
        typed = self.data.get("starts", "")
        field.choices = [(typed, typed)] if typed else []
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out


class BookForm(TimeForm):
    """The same with what they come for."""

    service = forms.ChoiceField(
        label="What for?", widget=Choices(), error_messages={"required": "Choose what they come for"}
    )
    note = forms.CharField(
        label="A note for the visit",
        required=False,
        max_length=500,
        help_text="What to have ready. Write nothing of their health here: that belongs on the card",
    )
    field_order = ("service", "practitioner", "on", "starts", "note")

    def __init__(self, *args: Any, services: Iterable[diary.Offered], **named: Any) -> None:
        super().__init__(*args, **named)
        self.services = {str(each.id): each for each in services}
        _choices(
            self, "service", ((key, f"{each.name}, {each.minutes} minutes") for key, each in self.services.items())
        )

    def minutes(self) -> int:
        chosen = self.services.get(self.cleaned_data.get("service", ""))
        return chosen.minutes if chosen else 0


class MoveForm(TimeForm):
    """Where a visit is moved to. It lasts as long as it did."""

    def __init__(self, *args: Any, lasts: int, **named: Any) -> None:
        super().__init__(*args, **named)
        self.lasts = lasts

    def minutes(self) -> int:
        return self.lasts


def _choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(str(key), words) for key, words in choices]


def _day(on: date) -> str:
    return f"{on:%A %-d %B}"
