"""Instructing a case, and booking its examination."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.desk.forms.diary import moment_typed


class CaseSearchForm(forms.Form):
    """Finding a case among one's own by the claimant's name. What is typed stands in the posted page alone."""

    q = forms.CharField(
        label="A claimant’s name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a name, or part of one"},
    )


class InstructForm(forms.Form):
    """Who the claimant is, what happened, and what is asked. That the claimant was told is said by whoever instructs."""

    given_name = forms.CharField(
        label="Claimant's given name", max_length=100, error_messages={"required": "Enter the given name"}
    )
    family_name = forms.CharField(
        label="Claimant's family name", max_length=100, error_messages={"required": "Enter the family name"}
    )
    born_on = DateInBoxes(label="When were they born?", error_messages={"required": "Enter the day of birth"})
    email = forms.EmailField(
        label="Claimant's email", max_length=254, error_messages={"required": "Enter an email address"}
    )
    telephone = forms.CharField(
        label="Claimant's telephone", max_length=40, error_messages={"required": "Enter a telephone number"}
    )
    address = forms.CharField(
        label="Claimant's address", max_length=300, error_messages={"required": "Enter the address"}
    )
    postcode = forms.CharField(label="Postcode", max_length=10, error_messages={"required": "Enter the postcode"})
    reference = forms.CharField(
        label="Your reference", max_length=60, error_messages={"required": "Enter your reference"}
    )
    accident_on = DateInBoxes(
        label="When was the accident?", error_messages={"required": "Enter the day of the accident"}
    )
    accident = forms.CharField(
        label="What happened?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        error_messages={"required": "Write what happened"},
    )
    questions = forms.CharField(
        label="What do you ask the expert?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        error_messages={"required": "Write what you ask"},
    )
    told = forms.BooleanField(
        label="I have given the claimant your privacy notice",
        error_messages={"required": "Give the claimant our notice first: we may hold nothing before"},
    )


class ExaminationForm(forms.Form):
    """With whom and when. The experts are published profiles."""

    expert = forms.ChoiceField(
        label="Who examines?", widget=Choices(), error_messages={"required": "Choose who examines"}
    )
    on = DateInBoxes(label="On which day?", error_messages={"required": "Enter the day"})
    hour = forms.TimeField(
        label="At what time?",
        help_text="For example 14:30",
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"required": "Enter the time", "invalid": "Enter a time such as 14:30"},
    )

    def __init__(self, *args: Any, experts: Iterable[tuple[UUID, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["expert"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(key), words) for key, words in experts]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["when"] = moment_typed(self, "hour", given.get("on"), given.get("hour"))
        return given
