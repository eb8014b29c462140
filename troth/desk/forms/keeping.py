"""What the clinic offers, where, and when its people work, as forms."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.diary import rules
from troth.diary import selectors as diary
from troth.diary.selectors import MOST_PLACES, Colour, ResourceKind
from troth.records import selectors as records

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLACES = f"Enter a whole number from 1 to {MOST_PLACES}"
_MONEY = re.compile(r"£?\s*(\d{1,6})(?:\.(\d{2}))?")
#: What colours are called. Beside each visit stands the name of its service too.
COLOURS = {
    Colour.SEAL: "Green",
    Colour.SLATE: "Slate blue",
    Colour.OCHRE: "Ochre",
    Colour.PLUM: "Plum",
    Colour.MOSS: "Moss",
    Colour.STONE: "Grey",
}


class MoneyField(forms.CharField):
    """Pounds as people type them, given as pence."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(required=False, max_length=12, **named)

    def clean(self, value: Any) -> int:
        """:raises ValidationError: it is no amount of money."""
        text = str(super().clean(value) or "0").replace(",", "")
        found = _MONEY.fullmatch(text)
        if found is None:
            raise ValidationError("Write the amount as 145 or 145.50")
        return int(found[1]) * 100 + int(found[2] or 0)

    def prepare_value(self, value: Any) -> Any:
        return diary.pounds(value).removeprefix("£").replace(",", "") if isinstance(value, int) else value


class StretchesField(forms.CharField):
    """The hours of a day as people type them: 9:00 to 13:00, 14:00 to 18:00. Given as quarters of the day."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(required=False, max_length=80, **named)

    def clean(self, value: Any) -> list[rules.Stretch]:
        """:raises ValidationError: it is not hours of a day."""
        try:
            return rules.read_stretches(str(super().clean(value) or ""))
        except rules.NotPossible as wrong:
            raise ValidationError(str(wrong)) from None

    def prepare_value(self, value: Any) -> Any:
        return rules.say_stretches(value) if isinstance(value, list) else value


class _Steps(forms.IntegerField):
    """A whole number in steps. Beyond the largest one nothing is divided: Django would fail at a number of forty digits."""

    def run_validators(self, value: Any) -> None:
        """:raises ValidationError: it is too large, or not in its steps."""
        most = self.max_value
        if value is not None and most is not None and abs(value) > most:
            raise ValidationError(self.error_messages["max_value"], code="max_value")
        super().run_validators(value)


def _minutes(label: str, *, most: int, least: int = 0, hint: str = "") -> forms.IntegerField:
    wrong = f"Enter a whole number of five minutes, at most {most}"
    return _Steps(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        step_size=5,
        initial=least,
        error_messages={
            "required": wrong,
            "invalid": wrong,
            "min_value": wrong,
            "max_value": wrong,
            "step_size": wrong,
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class SearchForm(forms.Form):
    """Letters of a name."""

    q = forms.CharField(label="Part of a name", required=False, max_length=60)


class ServiceForm(forms.Form):
    """What is offered: how long, for how much, and what it needs."""

    name = forms.CharField(label="Name", max_length=80, error_messages={"required": "Enter a name"})
    words = forms.CharField(
        label="What it is",
        required=False,
        max_length=300,
        help_text="One sentence for patients, on the page where they book",
    )
    minutes = _minutes("How many minutes does it take?", most=480, least=5)
    places = forms.IntegerField(
        label="How many people come to it at once?",
        help_text=f"More than one makes it a class, with up to {MOST_PLACES} places. Its times are set in the diary",
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _PLACES),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "box-8"}),
    )
    before = _minutes(
        "Minutes to make ready before", most=120, hint="They hold the practitioner, the room and the machine"
    )
    after = _minutes("Minutes to clean down after", most=120)
    price_pence = MoneyField(label="Price in pounds", help_text="Leave it empty where the price is agreed each time")
    deposit_pence = MoneyField(
        label="Deposit in pounds",
        help_text="Part of the price; empty for none. It is taxed as the line of the price list of the same name",
    )
    room_sort = forms.ChoiceField(label="What sort of room does it need?", required=False, widget=Choices())
    machine_sort = forms.ChoiceField(label="What sort of machine does it need?", required=False, widget=Choices())
    colour = forms.ChoiceField(
        label="Colour in the diary",
        widget=Choices(),
        choices=[(each.value, words) for each, words in COLOURS.items()],
        initial=Colour.SEAL.value,
        error_messages={"required": "Choose a colour"},
    )
    form = forms.ChoiceField(label="Which consent is signed before it?", required=False)
    online = forms.BooleanField(label="People book it online by themselves", required=False, initial=True)
    closed = forms.BooleanField(label="It is not offered any more", required=False)

    def __init__(self, *args: Any, sorts: Mapping[ResourceKind, Iterable[str]], **named: Any) -> None:
        super().__init__(*args, **named)
        for name, kind, none in (
            ("room_sort", ResourceKind.ROOM, "No room of its own"),
            ("machine_sort", ResourceKind.MACHINE, "No machine"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", none), *((each, each.capitalize()) for each in sorts.get(kind, ()))]
        wanted = self.fields["form"]
        assert isinstance(wanted, forms.ChoiceField)
        named_by = {line.key: line.title for line in records.list_templates(records.TemplateKind.CONSENT)}
        if kept := self.get_initial_for_field(wanted, "form"):
            named_by.setdefault(kept, kept)  # one that is offered no more stays until somebody chooses another
        wanted.choices = [("", "None"), *named_by.items()]


class PlaceForm(forms.Form):
    """Where the clinic is."""

    name = forms.CharField(label="Name", max_length=80, error_messages={"required": "Enter a name"})
    address = forms.CharField(
        label="Address", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    closed = forms.BooleanField(label="Nothing new is booked there", required=False)


class ResourceForm(forms.Form):
    """A room or a machine."""

    kind = forms.ChoiceField(
        label="What is it?",
        widget=Choices(),
        choices=[(ResourceKind.ROOM.value, "A room"), (ResourceKind.MACHINE.value, "A machine")],
        error_messages={"required": "Choose a room or a machine"},
    )
    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="What is written on the door",
        error_messages={"required": "Enter a name"},
    )
    sort = forms.CharField(
        label="Sort",
        max_length=60,
        help_text="Services ask for a sort, such as “treatment room”, and get any that is free",
        error_messages={"required": "Enter what sort it is"},
    )
    place = forms.ChoiceField(
        label="Where is it?", widget=Choices(), error_messages={"required": "Choose where it is"}
    )
    closed = forms.BooleanField(label="It cannot be booked for now", required=False)

    def __init__(self, *args: Any, places: Iterable[diary.Location], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.id), each.name) for each in places]


class HoursForm(forms.Form):
    """When somebody works, in one week or in two that take turns, and what they do."""

    all_services = forms.ChoiceField(
        label="What do they do?",
        widget=Choices(),
        choices=[("yes", "Everything that we offer"), ("no", "Only what is ticked below")],
        initial="yes",
        error_messages={"required": "Choose what they do"},
    )
    services = forms.MultipleChoiceField(label="Services", required=False, widget=ManyChoices())
    two_weeks = forms.BooleanField(label="Every second week is different", required=False)
    from_monday = DateInBoxes(
        label="From which Monday does the first week count?",
        required=False,
        help_text="Only where the two weeks differ",
    )

    def __init__(self, *args: Any, offered: Iterable[diary.Offered], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["services"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(each.id), each.name) for each in offered]
        for week, words in (("a", ""), ("b", ", second week")):
            for number, day in enumerate(DAYS):
                self.fields[f"{week}{number}"] = StretchesField(
                    label=f"{day}{words}", help_text="Such as 9:00 to 13:00, 14:00 to 18:00" if not number else ""
                )

    def week(self, which: str) -> dict[int, list[rules.Stretch]]:
        """The hours of the first week (`a`) or the second (`b`)."""
        return {number: self.cleaned_data[f"{which}{number}"] for number in range(7)}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        monday: date | None = given.get("from_monday")
        if given.get("two_weeks") and (monday is None or monday.weekday()):
            self.add_error("from_monday", "Enter a Monday")
        if given.get("all_services") == "no" and not given.get("services"):
            self.add_error("services", "Tick at least one service")
        return given


class AwayForm(forms.Form):
    """Days on which somebody is away, or works at other hours. Why is not asked."""

    first_on = DateInBoxes(label="First day", error_messages={"required": "Enter the first day"})
    last_on = DateInBoxes(label="Last day", error_messages={"required": "Enter the last day"})
    stretches = StretchesField(
        label="Hours on these days",
        help_text="Empty where they are away. Such as 12:00 to 20:00 where they work otherwise",
    )
