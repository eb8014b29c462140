"""A file of the system before, and which of its columns is which."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from troth.bringing.selectors import What, words_of
from troth.design.fields import Choices

_HINTS = {
    What.CLIENTS: "First. Each is written to that their record is here, with the privacy notice",
    What.VISITS: "Once those letters and emails have left. What is ahead is booked, what was is written down",
    What.NOTES: "Likewise. Each is kept among the files of a card until a health professional releases it",
}
#: What a name of ours alone does not say.
_OF_COLUMNS = {
    "reference": "The number or code that the row has there. It is how we know a row that is here already",
    "client": "The reference of whose it is, as in the file of clients",
    "state": "Booked, attended, missed or cancelled",
}


def _named(head: str, number: int, many: Counter[str]) -> str:
    """A column of the file, with where it stands when its name does not say which it is."""
    if not head:
        return f"Column {number + 1}"
    return f"{head[:80]} (column {number + 1})" if many[head] > 1 else head[:80]


class SendForm(forms.Form):
    """A file, what it holds, and what the system before is called. `kinds`: what the reader may bring in."""

    kind = forms.ChoiceField(
        label="What is in the file?",
        widget=Choices(hints={each.value: words for each, words in _HINTS.items()}),
        error_messages={"required": "Choose what is in the file"},
    )
    system = forms.CharField(
        label="What is the system before called?",
        help_text="Always the same: visits and notes find their client by it",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter what the system before is called"},
    )
    file = forms.FileField(
        label="File",
        help_text="CSV with the names of its columns in the first line, at most 16 MB. It is sealed as it arrives",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={"required": "Choose a file", "empty": "That file is empty. Choose another"},
    )

    def __init__(self, *args: Any, kinds: Sequence[What], **named: Any) -> None:
        super().__init__(*args, **named)
        offered = self.fields["kind"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = [(each.value, each.words) for each in kinds]

    def clean_kind(self) -> What:
        """The word itself."""
        return What(self.cleaned_data["kind"])


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours. A field is drawn for each of ours."""

    def __init__(
        self, *args: Any, kind: What, heads: Sequence[str], guessed: Mapping[str, int], also_alike: bool, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        many = Counter(head.strip() for head in heads)
        offered = [(str(number), _named(head.strip(), number, many)) for number, head in enumerate(heads)]
        for name, words, needed in words_of(kind):
            self.fields[name] = forms.ChoiceField(
                label=words.replace("nhs", "NHS")[:1].upper() + words.replace("nhs", "NHS")[1:],
                help_text=_OF_COLUMNS.get(name, ""),
                choices=[("", "Choose a column" if needed else "Not in the file"), *offered],
                required=needed,
                initial=str(guessed[name]) if name in guessed else "",
                error_messages={"required": f"Choose which column has the {words}"},
            )
        if kind is What.CLIENTS:
            self.fields["also_alike"] = forms.BooleanField(
                label="Bring in also those who may be here already",
                help_text="Reception looks later whether two records are one person",
                required=False,
                initial=also_alike,
            )

    def clean(self) -> dict[str, Any]:
        """What is chosen stands once."""
        said = super().clean() or {}
        seen: dict[str, str] = {}
        for name, value in list(said.items()):  # an error takes its field out
            if name == "also_alike" or not value:
                continue
            if value in seen:
                self.add_error(name, f"This column is chosen for the {seen[value].replace('_', ' ')} already")
            seen.setdefault(value, name)
        return said

    def columns(self) -> dict[str, int]:
        """Ours with the number of theirs."""
        return {name: int(value) for name, value in self.cleaned_data.items() if name != "also_alike" and value}


class StartForm(forms.Form):
    """Having it brought in."""

    leaving_out = forms.BooleanField(label="Leave those lines out, and bring in the rest", required=False)
