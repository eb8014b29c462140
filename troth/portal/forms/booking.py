"""Booking online: who comes, and when a visit is moved to."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from troth.design.fields import Choices, DateInBoxes
from troth.design.moments import hour_of
from troth.diary.rules import said_when
from troth.diary.selectors import Ended
from troth.portal.forms.account import RegisterForm


def _note(
    hint: str = "Such as a pram. Leave out what is about your health: nothing here needs it",
) -> forms.CharField:
    return forms.CharField(
        label="Anything reception should know?",
        help_text=hint,
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _offer(form: forms.Form, times: Sequence[datetime]) -> None:
    """Ask first which of these times is theirs, since the one that was kept is kept no longer."""
    if not times:
        return
    form.fields["starts"] = forms.ChoiceField(
        label="Which time instead?",
        widget=Choices(),
        choices=[(each.isoformat(), said_when(each)) for each in times],
        error_messages={
            "required": "Choose another time",
            "invalid_choice": "That time has just been taken. Choose another one.",
        },
    )
    form.order_fields(["starts"])


class KnownForm(forms.Form):
    """Who is signed in is asked nothing that we know. `arranging`: whether “My details” asks what they need at each appointment."""

    note = _note()

    def __init__(self, *args: Any, arranging: bool, times: Sequence[datetime] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        _offer(self, times)
        if arranging:
            self.fields["note"].help_text = (
                "An interpreter, a way without steps and the like: "
                "say it once in “My details”, and it holds for every appointment"
            )


class StrangerForm(RegisterForm):
    """What registering asks, without an account: no password, and no address on paper."""

    note = _note()

    def __init__(self, *args: Any, on: date, times: Sequence[datetime] = (), **named: Any) -> None:
        super().__init__(*args, on=on, **named)
        _offer(self, times)
        for name in ("address", "postcode", "password"):
            del self.fields[name]
        self.fields["email"].help_text = "We confirm your visit and remind you of it there"


class WhyForm(forms.Form):
    """Why somebody cancels: said or not, and never of health."""

    because = forms.ChoiceField(
        label="Why do you cancel?",
        help_text="You need not say",
        required=False,
        widget=Choices(),
        choices=[
            (Ended.OTHER_TIME.value, "I can’t come at that time"),
            (Ended.NOT_WANTED.value, "I don’t want it any more"),
            (Ended.UNSAID.value, "I’d rather not say"),
        ],
    )


class MoveForm(forms.Form):
    """On which day, and then at which of its free times."""

    on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day"})
    starts = forms.ChoiceField(label="At what time?", widget=Choices(), required=False)

    def __init__(self, *args: Any, free: Callable[[date], list[datetime]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.free = free
        self.times: list[datetime] = []

    def clean_starts(self) -> datetime | None:
        """:raises ValidationError: nothing is free that day, or the time was taken meanwhile."""
        on = self.cleaned_data.get("on")
        if on is None:
            return None
        self.times = self.free(on)
        field = self.fields["starts"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.isoformat(), hour_of(each)) for each in self.times]
        if not self.times:
            raise ValidationError(f"Nothing is free on {on:%A %-d %B}. Choose another day.")
        chosen = self.data.get("starts", "")
        if not chosen:
            return None
        found = {each.isoformat(): each for each in self.times}.get(chosen)
        if found is None:
            raise ValidationError("That time has just been taken. Choose another one.")
        return found

    def _clean_fields(self) -> None:
        field = self.fields["starts"]
        assert isinstance(field, forms.ChoiceField)
        typed = self.data.get("starts", "")
        field.choices = [(typed, typed)] if typed else []
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
