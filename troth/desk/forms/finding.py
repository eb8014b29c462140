"""Finding a person: what was typed, and why, chosen from the gate's list."""

from django import forms

from troth.design.fields import Choices, PersonBox
from troth.gate.reasons import FindReason

REASONS: dict[FindReason, tuple[str, str]] = {
    FindReason.ON_THE_TELEPHONE: ("They are on the telephone", ""),
    FindReason.AT_THE_DESK: ("They are here in person", ""),
    FindReason.LETTER_OR_EMAIL: ("A letter or an email from them", ""),
    FindReason.RIGHTS_REQUEST: ("They are using a right", "A copy, a correction, an objection, a complaint"),
    FindReason.CLINICAL_QUERY: ("A question about their care", "From them, a pharmacy or their GP"),
}


class FindForm(forms.Form):
    """Posted only, so that no name lands in an address, a history or a log (pitfalls B1)."""

    q = PersonBox("Whom are you looking for?", by="email address, telephone number or NHS number")
    reason = forms.ChoiceField(
        label="Why?",
        choices=[(item.value, REASONS[item][0]) for item in FindReason],
        widget=Choices(hints={item.value: hint for item, (_, hint) in REASONS.items() if hint}),
        error_messages={"required": "Choose why: it is recorded with the search"},
    )
