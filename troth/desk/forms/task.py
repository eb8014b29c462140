"""Giving a task and handing it on: what, to whom, by when. What it is about is asked only of who may write it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.records.selectors import TaskKind

ROLE, PERSON = "role:", "person:"


class Receiver(NamedTuple):
    """Whom a task is for: a role, or one colleague."""

    role: str = ""
    person: UUID | None = None


def _receiver(choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Who does it?",
        choices=choices,
        widget=Choices(),
        error_messages={"required": "Choose who does it"},
    )


class _ForSomebody(forms.Form):
    """The base: whom a task is for. Choices are roles of the notice and published profiles of staff."""

    def __init__(self, *args: Any, receivers: Sequence[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["receiver"] = _receiver(receivers)

    @property
    def receiver(self) -> Receiver:
        """What was chosen."""
        chosen: str = self.cleaned_data["receiver"]
        if chosen.startswith(ROLE):
            return Receiver(role=chosen.removeprefix(ROLE))
        return Receiver(person=UUID(chosen.removeprefix(PERSON)))


class GiveForm(_ForSomebody):
    """A new task. `words` are health data, so the question stands only where the writer may write such."""

    kind = forms.ChoiceField(
        label="What is to be done?",
        choices=[(item.value, item.words) for item in TaskKind],
        widget=Choices(),
        error_messages={"required": "Choose what is to be done"},
    )
    due_on = DateInBoxes(label="By when?", error_messages={"required": "Enter the day"})

    def __init__(self, *args: Any, may_write: bool, today: date, **named: Any) -> None:
        super().__init__(*args, **named)
        self.today = today
        if may_write:
            self.fields["words"] = forms.CharField(
                label="What is it about?",
                help_text="Only those who may see health data of this person read it",
                required=False,
                max_length=5_000,
                widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            )


class HandOverForm(_ForSomebody):
    """Whom it goes to."""


class TaskSearchForm(forms.Form):
    """Posted, so that no name lands in an address (pitfalls B1). It looks among one's own tasks and nowhere else."""

    q = forms.CharField(
        label="Find among these by name",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
