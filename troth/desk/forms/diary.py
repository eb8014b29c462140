"""Booking and moving a visit: what, with whom, on which day, and then one of the times that are free."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from troth.design.fields import Choices, DateInBoxes
from troth.diary import rules
from troth.diary import selectors as diary
from troth.diary.selectors import Free, Offered, Override
from troth.law.calendar import LONDON

ANYBODY = "any"
#: How a visit is repeated: weeks between two, and how many there are in all.
REPEATS = {
    "1": ("Once", 0, 1),
    "w4": ("Every week, 4 visits", 1, 4),
    "w6": ("Every week, 6 visits", 1, 6),
    "f4": ("Every two weeks, 4 visits", 2, 4),
    "m3": ("Every four weeks, 3 visits", 4, 3),
    "m6": ("Every four weeks, 6 visits", 4, 6),
}

CLASS_REPEATS = {
    "1": ("Once", 0, 1),
    "w4": ("Every week, 4 times", 1, 4),
    "w8": ("Every week, 8 times", 1, 8),
    "w12": ("Every week, 12 times", 1, 12),
    "f6": ("Every two weeks, 6 times", 2, 6),
    "m6": ("Every four weeks, 6 times", 4, 6),
}


def moment_typed(
    form: forms.Form, field: str, on: date | None, clock: time | None, *, offered: bool = False
) -> datetime | None:
    """The moment of a day and a time that were typed; None where one is missing or no clock shows it just once, said beside it."""
    if on is None or clock is None:
        return None
    try:
        return rules.as_typed(on, clock, offered=offered)
    except rules.NotPossible as error:
        form.add_error(field, str(error))
        return None


class TimeForm(forms.Form):
    """
    With whom and on which day; once both are known, `times` holds what is free, and `starts` must be one of it.

    Nothing is chosen for anybody. `may_override`: who books may do so past what is free, at `other_time` and with a reason.
    """

    practitioner = forms.ChoiceField(
        label="With whom?", widget=Choices(), error_messages={"required": "Choose who they come to"}
    )
    on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day"})
    starts = forms.ChoiceField(label="At what time?", widget=Choices(), required=False)
    other_time = forms.TimeField(
        label="At another time, past what is free",
        required=False,
        help_text="For example 18:15",
        error_messages={"invalid": "Write the time as 18:15"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "box-8"}),
    )
    override = forms.ChoiceField(
        label="Why past what is free?",
        required=False,
        widget=Choices(),
        choices=[(each.value, each.words.capitalize()) for each in Override],
        help_text="It is recorded with your name",
    )

    def __init__(
        self,
        *args: Any,
        practitioners: Iterable[tuple[UUID, str]],
        at: datetime,
        may_override: bool = False,
        anybody: bool = False,
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.at = at
        self.times: list[Free] = []
        _choices(self, "practitioner", [*([(ANYBODY, "Whoever has time")] if anybody else []), *practitioners])
        if not may_override:
            del self.fields["other_time"], self.fields["override"]

    def free(self, on: date, practitioner: UUID | None) -> list[Free] | None:
        """What is free that day; None as long as it is not known what for."""
        raise NotImplementedError

    def clean_starts(self) -> Free | None:
        """:raises ValidationError: the time that was chosen is not free any more, or the day has none."""
        practitioner, on = self.cleaned_data.get("practitioner"), self.cleaned_data.get("on")
        if not (practitioner and on):
            return None
        found = self.free(on, None if practitioner == ANYBODY else UUID(practitioner))
        if found is None:
            return None
        self.times = found
        _choices(self, "starts", ((self._key(each), self._said(each)) for each in self.times))
        chosen = self.data.get("starts", "")
        if chosen:
            for each in self.times:
                if self._key(each) == chosen:
                    return each
            alone = [each for each in self.times if each.at.isoformat() == chosen]
            if len(alone) == 1:
                return alone[0]
            if not self.data.get("other_time"):
                return self._as_typed(chosen, practitioner)
        if not self.times and "override" not in self.fields:
            raise ValidationError(f"Nothing is free on {on:%A %-d %B}. Choose another day.")
        return None

    def _with_others(self, free: Free) -> bool:
        """Whether there is more than one class at that time."""
        return sum(each.at == free.at for each in self.times) > 1

    def _key(self, free: Free) -> str:
        # Of a class whose it is, always: which others have a place left may change until the form is sent.
        return free.at.isoformat() + ("" if free.left is None else f"|{free.practitioner}")

    def _said(self, free: Free) -> str:
        field = self.fields["practitioner"]
        assert isinstance(field, forms.ChoiceField)
        names = {str(key): str(words) for key, words in field.choices}  # type: ignore[union-attr, misc]
        whom = f", with {names[str(free.practitioner)]}" if self._with_others(free) else ""
        left = "" if free.left is None else f", {free.left} place{'' if free.left == 1 else 's'} left"
        return rules.said(free.at) + whom + left

    def _as_typed(self, chosen: str, practitioner: str) -> Free:
        """
        A moment that is not among those shown, such as a gap on which a visit was dropped. The act says whether it is free.

        :raises ValidationError: it is no moment, or nobody was chosen.
        """
        moment = rules.read_moment(chosen, at=self.at)
        if moment is None or practitioner == ANYBODY:
            raise ValidationError("That time has just been taken. Choose another one.")
        return Free(moment, UUID(practitioner))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        other, practitioner = given.get("other_time"), given.get("practitioner")
        if other and given.get("on") and practitioner:
            if not given.get("override"):
                self.add_error("override", "Choose why you book past what is free")
            elif practitioner == ANYBODY:
                self.add_error("practitioner", "Choose who they come to: past what is free it is somebody’s to say")
            else:
                moment = moment_typed(self, "other_time", given["on"], other, offered=True)
                if moment is not None:
                    given["starts"] = Free(moment, UUID(practitioner))
        elif "override" in given:
            given["override"] = ""
        return given

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
    repeat = forms.ChoiceField(
        label="How often?",
        choices=[(key, words) for key, (words, _, _) in REPEATS.items()],
        initial="1",
        required=False,
    )
    note = forms.CharField(
        label="A note for the visit",
        required=False,
        max_length=500,
        help_text="What to have ready. Write nothing of their health here: that belongs on the card",
    )
    field_order = ("service", "practitioner", "on", "starts", "other_time", "override", "repeat", "note")

    def __init__(self, *args: Any, services: Iterable[Offered], subject: UUID, **named: Any) -> None:
        super().__init__(*args, anybody=True, **named)
        self.services = {str(each.id): each for each in services}
        self.subject = subject
        _choices(
            self,
            "service",
            (
                (key, f"{each.name}, {each.minutes} minutes" + (", a class" if each.is_class else ""))
                for key, each in self.services.items()
            ),
        )

    def free(self, on: date, practitioner: UUID | None) -> list[Free] | None:
        chosen = self.services.get(self.cleaned_data.get("service", ""))
        return diary.free_on(chosen.id, on, practitioner, subject=self.subject, at=self.at) if chosen else None

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("override") and given.get("repeat", "1") not in {"", "1"}:
            self.add_error("repeat", "Past what is free one visit is booked at a time. Choose Once")
        return given

    def all_starts(self) -> Sequence[datetime]:
        """The moments of all visits, where it is several: the same time by the clock on the wall."""
        first: datetime = self.cleaned_data["starts"].at.astimezone(LONDON)
        return _repeated(first, *REPEATS[self.cleaned_data.get("repeat") or "1"][1:])


class ClassForm(forms.Form):
    """Which class is put on the timetable, who gives it, when, and how often."""

    service = forms.ChoiceField(
        label="Which class?", widget=Choices(), error_messages={"required": "Choose which class it is"}
    )
    practitioner = forms.ChoiceField(
        label="Who gives it?", widget=Choices(), error_messages={"required": "Choose who gives it"}
    )
    on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day"})
    begins = forms.TimeField(
        label="At what time does it begin?",
        help_text="For example 18:15",
        error_messages={"required": "Enter the time", "invalid": "Write the time as 18:15"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "box-8"}),
    )
    repeat = forms.ChoiceField(
        label="How often?",
        choices=[(key, words) for key, (words, _, _) in CLASS_REPEATS.items()],
        initial="1",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        services: Iterable[Offered],
        practitioners: Iterable[tuple[UUID, str]],
        at: datetime,
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.at = at
        _choices(
            self,
            "service",
            ((each.id, f"{each.name}, {each.minutes} minutes, {each.places} places") for each in services),
        )
        _choices(self, "practitioner", practitioners)

    def clean_on(self) -> date:
        """:raises ValidationError: nothing could be set on that day; no calendar goes on past the last of its years."""
        on: date = self.cleaned_data["on"]
        if not rules.is_bookable(on, at=self.at):
            raise ValidationError("Choose a day from today on, and not more than a year ahead")
        return on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["first"] = moment_typed(self, "begins", given.get("on"), given.get("begins"))
        return given

    def all_starts(self) -> Sequence[datetime]:
        """The moments of all of them: the same time by the clock on the wall."""
        given = self.cleaned_data
        return _repeated(given["first"], *CLASS_REPEATS[given.get("repeat") or "1"][1:])


class WaitForm(forms.Form):
    """What somebody waits for, with whom, and from when to when it suits them."""

    service = forms.ChoiceField(
        label="What for?", widget=Choices(), error_messages={"required": "Choose what they wait for"}
    )
    practitioner = forms.ChoiceField(label="With whom?", widget=Choices(), initial=ANYBODY)
    first_on = DateInBoxes(
        label="From which day does it suit them?", error_messages={"required": "Enter the first day"}
    )
    last_on = DateInBoxes(label="Until which day?", error_messages={"required": "Enter the last day"})

    def __init__(
        self, *args: Any, services: Iterable[Offered], practitioners: Iterable[tuple[UUID, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        _choices(self, "service", ((each.id, f"{each.name}, {each.minutes} minutes") for each in services))
        _choices(self, "practitioner", [(ANYBODY, "Whoever has time"), *practitioners])

    def wanted(self) -> dict[str, Any]:
        """What the act takes of it."""
        given = self.cleaned_data
        return {
            "service": UUID(given["service"]),
            "practitioner": None if given["practitioner"] == ANYBODY else UUID(given["practitioner"]),
            "first_on": given["first_on"],
            "last_on": given["last_on"],
        }


class MoveForm(TimeForm):
    """Where a visit is moved to. It lasts as long as it did."""

    following = forms.BooleanField(required=False)

    def __init__(self, *args: Any, visit: diary.Visit, later: int = 0, **named: Any) -> None:
        super().__init__(*args, **named)
        self.visit = visit
        _following(self, later)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("override") and given.get("following"):
            self.add_error("following", "Past what is free one visit is moved at a time")
        return given

    def free(self, on: date, practitioner: UUID | None) -> list[Free] | None:
        assert practitioner is not None
        booked = diary.as_booked(self.visit)
        return diary.free_to_move(booked, self.visit.id, on, practitioner, subject=self.visit.subject, at=self.at)


class CancelForm(forms.Form):
    """Why a visit is cancelled: one of a list that says nothing of health."""

    because = forms.ChoiceField(
        label="Why is it cancelled?",
        widget=Choices(),
        choices=[(each.value, each.words.capitalize()) for each in diary.Ended],
        error_messages={"required": "Choose why it is cancelled"},
    )
    following = forms.BooleanField(required=False)

    def __init__(self, *args: Any, later: int = 0, **named: Any) -> None:
        super().__init__(*args, **named)
        _following(self, later)


def _following(form: forms.Form, later: int) -> None:
    """Ask about the visits of its series that follow, where there are any."""
    if later:
        which = "the visit that follows" if later == 1 else f"the {later} visits that follow"
        form.fields["following"].label = f"And {which} in the same series"
    else:
        del form.fields["following"]


def _repeated(first: datetime, weeks: int, number: int) -> list[datetime]:
    # Where an hour comes twice, a sum forgets which it was.
    return [(first + timedelta(weeks=weeks * each)).replace(fold=first.fold) for each in range(number)]


def _choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(str(key), words) for key, words in choices]
