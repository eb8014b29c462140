"""Taking in what somebody asks about their data: what, how it came, in their words. A minute at the desk, and no law to know."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.notice.purposes import Purpose
from troth.people import rules
from troth.rights.rules.clock import Asked, Route

LONGEST = 20_000
ASKED: dict[Asked, tuple[str, str]] = {
    Asked.ACCESS: ("A copy of what we hold", ""),
    Asked.RECTIFICATION: ("Something is to be put right", ""),
    Asked.ERASURE: ("Something is to be erased", ""),
    Asked.RESTRICTION: (
        "We are to leave their record alone for now",
        "It stops at once, unless you doubt that it is them",
    ),
    Asked.PORTABILITY: ("To take their data elsewhere", ""),
    Asked.OBJECTION: ("We are to stop one use", "It stops at once. Say below which use"),
    Asked.REVIEW: ("A person is to decide again", "Where software took part in a decision"),
    Asked.COMPLAINT: ("They complain about how we handled their data", ""),
    Asked.DECEASED: ("The records of somebody who died", "From whoever deals with their estate, or has a claim"),
}
ROUTES = {
    Route.IN_PERSON: "Here in person",
    Route.TELEPHONE: "By telephone",
    Route.EMAIL: "By email",
    Route.LETTER: "By letter",
}
SURE, DOUBT = "sure", "doubt"


class WhatForm(forms.Form):
    """What every request has, from whoever it came. Nothing is chosen for anybody."""

    asked = forms.MultipleChoiceField(
        label="What do they ask for?",
        help_text="Choose each that is in it; they need not name a law",
        choices=[(asked.value, words) for asked, (words, _) in ASKED.items()],
        widget=ManyChoices(hints={asked.value: hint for asked, (_, hint) in ASKED.items() if hint}),
        error_messages={"required": "Choose what they ask for"},
    )
    words = forms.CharField(
        label="In their own words",
        help_text="As they said or wrote it. It is sealed, and you will not see it again",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "5", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write what they said"},
    )
    route = forms.ChoiceField(
        label="How did it come?",
        choices=[(route.value, words) for route, words in ROUTES.items()],
        widget=Choices(),
        error_messages={"required": "Choose how it came"},
    )
    received_on = DateInBoxes(
        label="On which day did it come?",
        help_text="The day on which it reached us, a Sunday too. The month begins with it",
        error_messages={"required": "Enter the day on which it came"},
    )

    def __init__(self, *args: Any, on: date, **named: Any) -> None:
        self.on = on
        super().__init__(*args, **named)

    def clean_asked(self) -> set[Asked]:
        return {Asked(each) for each in self.cleaned_data["asked"]}

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.on:
            raise forms.ValidationError("That day is still to come")
        if day.year < self.on.year - 2:
            raise forms.ValidationError("Check the year")
        return day


class TakeInForm(WhatForm):
    """What somebody asks whom we know."""

    sure = forms.ChoiceField(
        label="Are you sure that it is them?",
        choices=[(SURE, "Yes"), (DOUBT, "I doubt it")],
        widget=Choices(
            hints={
                SURE: "You know them, they wrote from the address that we have, or they told you what only they know",
                DOUBT: "We then ask, at the address that we have, for the least that settles it. The month begins when it comes",
            }
        ),
        error_messages={"required": "Choose whether you are sure"},
    )
    purpose = forms.ChoiceField(
        label="Which use are we to stop?", required=False, help_text="Only where they ask us to stop one use"
    )
    consent = forms.ChoiceField(
        label="Which consent do they take back?",
        required=False,
        help_text="It ends at once where you are sure that it is them. What was done before stays lawful",
    )
    by_post = forms.BooleanField(label="They want our answer on paper", required=False)
    name = forms.CharField(
        label="Who asks for the records of somebody who died?",
        help_text="Leave this and the next two empty for everything else: it goes to the address that we have",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="Email address of whoever asks for those records",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label="Postal address of whoever asks for those records",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = (
        "asked",
        "purpose",
        "consent",
        "words",
        "route",
        "received_on",
        "sure",
        "by_post",
        "name",
        "email",
        "address",
    )

    def __init__(
        self, *args: Any, uses: Sequence[tuple[str, str]], consents: Sequence[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        asked = self.fields["asked"]
        asked.required, asked.one_of = False, True  # type: ignore[attr-defined]
        asked.help_text = (
            "Choose each that is in it, or below the consent that they take back; they need not name a law"
        )
        for name, choices in (("purpose", uses), ("consent", consents)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.widget = forms.Select()
            field.choices = [("", "None"), *choices]

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: nothing is asked, or one use is to stop, and which is not said."""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("asked") and not found.get("consent"):
            self.add_error("asked", "Choose what they ask for")
        if Asked.DECEASED in found.get("asked", ()):
            if not found.get("name"):
                self.add_error("name", "Enter who asks for the records")
            if not found.get("email") and not found.get("address"):
                self.add_error("email", "Enter an email address or a postal address of whoever asks")
        if Asked.OBJECTION in found.get("asked", ()) and not found.get("purpose"):
            self.add_error("purpose", "Choose which use they want stopped")
        return found

    def chosen(self, name: str) -> Purpose | None:
        """The use that was chosen in a field, if any."""
        return Purpose(self.cleaned_data[name]) if self.cleaned_data[name] else None


class StrangerForm(WhatForm):
    """What somebody asks whom we do not know, and where they want to hear from us."""

    name = forms.CharField(
        label="Who are they?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter their name, as they gave it"},
    )
    email = forms.CharField(
        label="Their email address",
        help_text="This or the next: otherwise nobody can answer",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    address = forms.CharField(
        label="Their postal address",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "email", "address", "asked", "words", "route", "received_on")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["asked"].widget.hints = {}  # nothing is in use that could stop at once

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        try:
            return rules.normal_email(typed) if typed else ""
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: there is no way to answer."""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("email") and not found.get("address") and "email" not in self.errors:
            self.add_error("email", "Enter an email address or a postal address: otherwise nobody can answer")
        return found
