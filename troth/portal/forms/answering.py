"""One page of a questionnaire as a form. It is made from the file's questions; what fits is asked of the room of questionnaires."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.intake.rules import NotPossible
from troth.intake.rules.answering import check_answer
from troth.intake.rules.forms import ROWS, Item
from troth.vault.uploads import SealedUpload

YES_NO = [("yes", "Yes"), ("no", "No")]


@dataclass(frozen=True)
class Block:
    """What stands together on a page: one question, or the rows of a list."""

    item: Item
    fields: tuple[BoundField, ...] = ()
    rows: tuple[tuple[BoundField, ...], ...] = ()
    words: str = ""  # of a number that is reckoned, or of a picture that is there already
    picture: UUID | None = None


class PageForm(forms.Form):
    """The questions of one page, filled with what was answered before. Numbers of rows are the browser's to say, up to twenty."""

    def __init__(self, *args: Any, items: Iterable[Item], stored: Mapping[str, Any], **named: Any) -> None:
        super().__init__(*args, **named)
        self.items = tuple(items)
        self.stored = dict(stored)
        for item in self.items:
            if item.type == "group":
                for number in range(self._rows_of(item)):
                    for inner in item.items:
                        rows = self.stored.get(item.id) or []
                        value = rows[number].get(inner.id) if number < len(rows) else None
                        self.fields[_name(item, number, inner)] = _field(inner, value, required=False)
            elif not item.formula:
                there = item.type == "attachment" and bool(self.stored.get(item.id))
                self.fields[item.id] = _field(item, self.stored.get(item.id), required=item.required and not there)

    def blocks(self) -> list[Block]:
        """What the page draws, in order."""
        made = []
        for item in self.items:
            if item.type == "group":
                made.append(
                    Block(
                        item,
                        rows=tuple(
                            tuple(self[_name(item, number, inner)] for inner in item.items)
                            for number in range(self._rows_of(item))
                        ),
                    )
                )
            elif item.formula:
                made.append(Block(item))
            else:
                there = self.stored.get(item.id) if item.type == "attachment" else None
                made.append(Block(item, (self[item.id],), picture=UUID(there) if there else None))
        return made

    def clean(self) -> dict[str, Any]:
        """Ask of each answer whether it fits, so that the sentence stands beside its question."""
        for item in self.items:
            if item.formula or item.id in self.errors:
                continue
            try:
                value = self._value(item)
                if not isinstance(value, SealedUpload):
                    check_answer(item, value)
            except NotPossible as error:
                self.add_error(_name(item, 0, item.items[0]) if item.type == "group" else item.id, str(error))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """The answers of a page that was found right, by their links."""
        return {item.id: self._value(item) for item in self.items if not item.formula}

    def _rows_of(self, item: Item) -> int:
        """As many rows as there are answers, and an empty one to write the next into."""
        posted = 0
        if self.is_bound:
            while posted < ROWS and any(f"{item.id}-{posted}-{inner.id}" in self.data for inner in item.items):
                posted += 1
        return max(1, posted) if self.is_bound else min(len(self.stored.get(item.id) or []) + 1, ROWS)

    def _value(self, item: Item) -> Any:
        given = self.cleaned_data
        if item.type == "group":
            rows = [
                {inner.id: _plain(inner, given.get(_name(item, number, inner))) for inner in item.items}
                for number in range(self._rows_of(item))
            ]
            return [row for row in rows if any(value for value in row.values())]
        value = given.get(item.id)
        if item.type == "attachment":
            return value or self.stored.get(item.id)
        return _plain(item, value)


def _name(item: Item, number: int, inner: Item) -> str:
    return f"{item.id}-{number}-{inner.id}"


def _plain(item: Item, value: Any) -> Any:
    """A form's value as it is kept."""
    if item.type == "boolean":
        return {"yes": True, "no": False}.get(value)
    if isinstance(value, date):
        return value.isoformat()
    return value or None


def _field(item: Item, stored: Any, *, required: bool) -> forms.Field:
    """The field that asks one question."""
    said: dict[str, Any] = {"label": item.text, "help_text": item.hint, "required": required}
    if item.type == "boolean":
        initial = {True: "yes", False: "no"}.get(stored)
        missing = {"required": f"Choose yes or no: {item.text}"}
        return forms.ChoiceField(choices=YES_NO, widget=Choices(), initial=initial, error_messages=missing, **said)
    if item.type == "choice":
        missing = {"required": f"Choose an answer: {item.text}"}
        if item.many:
            return forms.MultipleChoiceField(
                choices=item.options, widget=ManyChoices(), initial=stored, error_messages=missing, **said
            )
        return forms.ChoiceField(
            choices=item.options, widget=Choices(), initial=stored, error_messages=missing, **said
        )
    if item.type == "date":
        day = date.fromisoformat(stored) if stored else None
        return DateInBoxes(initial=day, error_messages={"required": f"Enter the day: {item.text}"}, **said)
    if item.type == "attachment":
        return forms.FileField(
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            error_messages={
                "required": f"Choose a picture: {item.text}",
                "empty": "The picture is empty. Choose another.",
            },
            **said,
        )
    missing = {"required": f"Answer: {item.text}"}
    if item.type == "quantity":
        said["label"] = f"{item.text} ({item.unit})"
        box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        return forms.CharField(initial=stored, widget=box, max_length=12, error_messages=missing, **said)
    widget: forms.Widget = (
        forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        if item.type == "text"
        else forms.TextInput(attrs={"autocomplete": "off"})
    )
    missing["max_length"] = f"Use at most {item.longest} letters"
    return forms.CharField(initial=stored, widget=widget, max_length=item.longest, error_messages=missing, **said)
