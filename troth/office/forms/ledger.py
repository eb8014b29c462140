"""Looking through the ledger, finding whom it is about, checking it and taking it out."""

from datetime import date
from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes, PersonBox
from troth.gate.reasons import FindReason
from troth.ledger.names import Event
from troth.notice.purposes import Purpose

OUTCOMES = {"refused": "Refused", "allowed": "Opened", "done": "Done"}
_EVENTS = {str(event): event.words[:1].upper() + event.words[1:] for event in Event}
FORMS = {
    "ocsf": ("OCSF, one JSON object a line", "For a system that watches over security events"),
    "syslog": ("Syslog, RFC 5424", "For a log server"),
    "csv": ("CSV", "For a spreadsheet; cells that look like formulas are made harmless"),
}
#: Codes of the ledger's own column: why events left it.
EXPORT_REASONS = {
    "a regulator asked": "A regulator or a court asked",
    "an incident": "To look into an incident",
    "an audit": "For an audit",
    "the stream of a security system": "For the clinic’s own security system",
}
REASONS = {
    FindReason.RIGHTS_REQUEST: "They are using a right",
    FindReason.LETTER_OR_EMAIL: "A letter or an email from them",
    FindReason.ON_THE_TELEPHONE: "They are on the telephone",
}


class Period(forms.Form):
    """From a day to a day, both included."""

    since = DateInBoxes(label="From", required=False)
    until = DateInBoxes(label="To", required=False)

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: it ends before it begins."""
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("since"), found.get("until")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("until", "The last day lies before the first. Change one of them.")
        return found


class SearchForm(Period):
    """What is looked for. All of it is optional; it is posted, so that nothing of it lands in an address (pitfalls B1)."""

    field_order = ("actor", "event", "outcome", "purpose", "since", "until", "subject")

    actor = forms.ChoiceField(label="Who", required=False)
    event = forms.ChoiceField(
        label="What happened",
        required=False,
        choices=[("", "Anything"), *sorted(_EVENTS.items(), key=lambda e: e[1])],
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[("", "Any"), *OUTCOMES.items()])
    purpose = forms.ChoiceField(
        label="Purpose",
        required=False,
        choices=[("", "Any"), *((each.value, each.value.replace("_", " ").capitalize()) for each in Purpose)],
    )
    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actors: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["actor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Anybody"), *actors]


class WhoForm(forms.Form):
    """Whom the events are about, and why they are looked up."""

    q = PersonBox("Whose events?", by="email address or telephone number")
    reason = forms.ChoiceField(
        label="Why?",
        choices=[(item.value, words) for item, words in REASONS.items()],
        widget=Choices(),
        error_messages={"required": "Choose why: it is recorded with the search"},
    )


class ExportForm(Period):
    """A period of events, in which form, and why. Nothing is chosen for anybody."""

    field_order = ("since", "until", "form", "reason")

    form = forms.ChoiceField(
        label="In which form?",
        choices=[(name, words) for name, (words, _) in FORMS.items()],
        widget=Choices(hints={name: hint for name, (_, hint) in FORMS.items()}),
        error_messages={"required": "Choose a form"},
    )
    reason = forms.ChoiceField(
        label="Why do events leave the ledger?",
        choices=list(EXPORT_REASONS.items()),
        widget=Choices(),
        error_messages={"required": "Choose why: it stands in the ledger with the export"},
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, words in (("since", "Enter the first day"), ("until", "Enter the last day")):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words
