"""Staff: who starts, what they may do, and when they leave. The roles are the notice's."""

from collections.abc import Mapping
from datetime import date

from django import forms

from troth.design.fields import DateInBoxes, ManyChoices
from troth.notice.register import DeclaredRole
from troth.people import rules


def _text(label: str, missing: str, *, hint: str = "", required: bool = True, longest: int = 120) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SearchStaffForm(forms.Form):
    """Letters of a name or of a role."""

    q = forms.CharField(
        label="Name or role",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RolesForm(forms.Form):
    """Which roles somebody holds."""

    roles = forms.MultipleChoiceField(label="Roles", error_messages={"required": "Choose at least one role"})

    def __init__(self, *args: object, declared: Mapping[str, DeclaredRole], **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.widget = ManyChoices(hints={role.id: role.description for role in declared.values()})
        field.choices = [(role.id, role.name) for role in declared.values()]


class StarterForm(RolesForm):
    """Who starts."""

    name = _text("Name", "Enter their name", hint="As patients will read it, such as Dr Ewa Lisle")
    email = forms.CharField(
        label="Email address",
        help_text="They sign in with it.",
        max_length=254,
        error_messages={"required": "Enter their email address"},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    body = _text("Registration body", "", hint="For health professionals, such as GMC", required=False, longest=40)
    number = _text("Registration number", "", required=False, longest=40)
    field_order = ("name", "email", "roles", "body", "number")

    def clean_email(self) -> str:
        try:
            return rules.normal_email(self.cleaned_data["email"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None


class LastDayForm(forms.Form):
    """When somebody leaves."""

    last_day = DateInBoxes(
        label="Last day",
        help_text="At its end every role ends. Today or earlier ends them at once.",
        error_messages={"required": "Enter their last day"},
    )

    def __init__(self, *args: object, on: date, **named: object) -> None:
        self.on = on
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def clean_last_day(self) -> date:
        chosen: date = self.cleaned_data["last_day"]
        if chosen.year > self.on.year + 2:
            raise forms.ValidationError("Check the year of their last day")
        return chosen


class ResetForm(forms.Form):
    """Why a second factor has to be taken away."""

    reason = _text(
        "What happened?",
        "Say in a few words what happened",
        hint="Such as: lost the telephone on 3 May, came to the desk with a passport",
        longest=300,
    )


class StepForm(forms.Form):
    """Which request."""

    reset = forms.UUIDField(widget=forms.HiddenInput)
