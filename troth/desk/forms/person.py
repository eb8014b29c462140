"""What is asked of somebody who registers at the desk. They choose no password there: they claim their record with a code."""

from datetime import date

from django import forms

from troth.design.fields import DateInBoxes
from troth.people import rules


def _text(label: str, missing: str, *, longest: int = 100, hint: str = "", required: bool = True) -> forms.CharField:
    # Browsers at a desk are shared: nothing is offered from what was typed about the person before (pitfalls B17).
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        error_messages={"required": missing, "max_length": f"{label} is too long"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PersonForm(forms.Form):
    """Who they are and how to reach them."""

    given_name = _text("Given name", "Enter their given name")
    family_name = _text("Family name", "Enter their family name")
    born_on = DateInBoxes(
        label="Date of birth",
        help_text="They need it to use their code",
        error_messages={"required": "Enter their date of birth"},
    )
    email = _text(
        "Email address",
        "Enter their email address",
        longest=254,
        hint="To write to; it opens no account. Without one we write to them by post.",
        required=False,
    )
    nhs_number = _text(
        "NHS number",
        "Enter their NHS number",
        longest=20,
        hint="Ten figures, as in letters from their GP. It finds them again, and tells them apart from others of their name.",
        required=False,
    )
    telephone = _text("Telephone", "Enter their telephone number", longest=40)
    address = _text("Address", "Enter their address", longest=300, hint="House, street and town")
    postcode = _text("Postcode", "Enter their postcode", longest=10)

    def __init__(self, *args: object, on: date, nhs_number: bool = False, **named: object) -> None:
        self.on = on
        super().__init__(*args, **named)  # type: ignore[arg-type]
        if not nhs_number:  # the notice does not name it among what is held
            del self.fields["nhs_number"]

    def clean_born_on(self) -> date:
        born: date = self.cleaned_data["born_on"]
        if not self.on.year - 125 <= born.year or born >= self.on:
            raise forms.ValidationError("Check the year of birth")
        return born

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        for name, rule in (
            ("email", rules.normal_email),
            ("nhs_number", rules.normal_nhs_number),
            ("telephone", rules.normal_telephone),
            ("postcode", rules.normal_postcode),
        ):
            if given.get(name):
                try:
                    given[name] = rule(str(given[name]))
                except ValueError as wrong:
                    self.add_error(name, str(wrong))
        return given
