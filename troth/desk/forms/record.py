"""What staff type into a card. Forms check words and never save; nothing is chosen for anybody."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from troth.design.fields import Choices, DateInBoxes
from troth.records.selectors import Criticality, Measure, Release, Source, Verification

LONGEST = 20_000


def _words(label: str, *, hint: str = "", required: str = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=widget,
        max_length=LONGEST,
        error_messages={"required": required},
    )


def _source() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="How do we know?",
        choices=[(item.value, item.words) for item in Source],
        widget=Choices(),
        error_messages={"required": "Choose how we know"},
    )


def _release() -> forms.ChoiceField:
    """The question that only a health professional is asked (LAW-4.2, LAW-4.5)."""
    return forms.ChoiceField(
        label="May it go into the copy they take by themselves?",
        error_messages={"required": "Choose whether it may go into their copy"},
        choices=[
            (Release.RELEASED.value, "Yes"),
            (Release.WITHHELD.value, "No, it could seriously harm someone"),
            (Release.HELD.value, "I’ll decide later"),
        ],
        widget=Choices(
            hints={
                Release.WITHHELD.value: "Harm to body or mind of anyone; distress is not enough (LAW-4.2)",
                Release.HELD.value: "Until then they get it only when they ask the clinic",
            }
        ),
    )


class EntryForm(forms.Form):
    """The base of what is added to a card: the question of release, last, and only for health professionals."""

    def __init__(self, *args: Any, professional: bool, today: date, **named: Any) -> None:
        super().__init__(*args, **named)
        self.today = today
        if professional:
            self.fields["release"] = _release()

    @property
    def release(self) -> Release:
        """What was chosen, or that nobody has decided."""
        return Release(self.cleaned_data.get("release") or Release.HELD)


class AllergyForm(EntryForm):
    """Something that harmed the person."""

    substance = _words("What are they allergic to?", required="Enter what they are allergic to")
    reaction = _words("What happens?", hint="For example hives, swelling, trouble breathing")
    since = _words("Since when?", hint="As they told it: a year, or “as a child”")
    criticality = forms.ChoiceField(
        label="How bad could the next time be?",
        widget=Choices(),
        choices=[(item.value, item.words.capitalize()) for item in Criticality],
        error_messages={"required": "Choose how bad it could be"},
    )
    verification = forms.ChoiceField(
        label="Is it confirmed?",
        widget=Choices(),
        choices=[(item.value, item.words.capitalize()) for item in Verification],
        error_messages={"required": "Choose whether it is confirmed"},
    )
    source = _source()


class MedicineForm(EntryForm):
    """A medicine that the person takes."""

    medicine = _words("Which medicine?", required="Enter the medicine")
    dose = _words("How much, and how often?", required="Enter the dose as they take it")
    since = _words("Since when?", hint="As they told it: a month, or “for years”")
    reason = _words("What for?")
    source = _source()


class MeasurementForm(EntryForm):
    """One measured number, with limits that catch a slip of the finger and nobody real."""

    measure = forms.ChoiceField(
        label="What was measured?",
        widget=Choices(),
        choices=[(item.value, f"{item.words}, in {item.unit}") for item in Measure],
        error_messages={"required": "Choose what was measured"},
    )
    value = forms.DecimalField(
        label="Value",
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": "Enter the value", "invalid": "Enter the value as a number, for example 84.5"},
    )
    taken_on = DateInBoxes(label="When?", error_messages={"required": "Enter the day"})
    source = _source()

    LIMITS = {
        Measure.WEIGHT: (20, 400),
        Measure.HEIGHT: (90, 250),
        Measure.SYSTOLIC: (50, 280),
        Measure.DIASTOLIC: (30, 180),
        Measure.HEART_RATE: (20, 250),
    }

    def clean_taken_on(self) -> date | None:
        """:raises ValidationError: the day lies ahead."""
        day: date | None = self.cleaned_data["taken_on"]
        if day is not None and day > self.today:
            raise ValidationError("That day is yet to come.")
        return day

    def clean(self) -> dict[str, Any]:
        """Check the value against what is possible for the measure."""
        found = super().clean() or self.cleaned_data
        chosen, value = found.get("measure"), found.get("value")
        if chosen and value is not None:
            measure = Measure(chosen)
            least, most = self.LIMITS[measure]
            if not least <= value <= most:
                self.add_error(
                    "value",
                    f"{measure.words} is between {least} and {most} {measure.unit}. Check the number and the unit.",
                )
        return found


class FileForm(EntryForm):
    """A file to keep."""

    title = _words("What is it?", hint="For example: letter from their GP, 3 November", required="Say what it is")
    file = forms.FileField(
        label="File",
        help_text="At most 200 MB. It is sealed as it arrives",
        error_messages={"required": "Choose a file", "empty": "That file is empty. Choose another."},
    )
    source = forms.ChoiceField(
        label="Where is it from?",
        widget=Choices(),
        error_messages={"required": "Choose where it is from"},
        choices=[
            (Source.PERSON.value, "Them"),
            (Source.CLINIC.value, "This clinic"),
            (Source.GP.value, "Their GP"),
            (Source.ANOTHER.value, "Another clinic or a relative"),
        ],
    )


class SignForm(EntryForm):
    """Signing: nothing to type, and the question of release for a health professional. `read` is the version shown above it."""

    read = forms.CharField(widget=forms.HiddenInput, required=False)


class AdditionForm(EntryForm):
    """What is added under a signed note."""

    addition = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = _words("What do you want to add?", required="Write what you want to add", rows=6)
