"""A note as it is typed: free words, and what its template asks. Forms check words and never save."""

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from troth.design.fields import Choices
from troth.desk.forms.record import LONGEST
from troth.records import rules
from troth.records.rules import templates
from troth.records.rules.templates import Asked
from troth.records.selectors import NoteLine, TemplateKind, TemplateLine, get_template


class NoteForm(forms.Form):
    """
    A note's words. A draft needs no decision on release; signing asks for it.

    `note` and `read` say which draft the page shows and in which version; `template` which template stands on it, as `key/version`.
    """

    note = forms.UUIDField(widget=forms.HiddenInput, required=False)
    read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    template = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    heading = forms.CharField(
        label="Heading",
        help_text="A few words for the list of notes",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label="Note", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, draft: NoteLine | None = None) -> None:
        """
        `draft` gives what stands in the boxes before anything was typed, and the template it was begun with. Which template counts
        is said by what was sent, where it says so.
        """
        begun = draft.template if draft and draft.template else None
        named = _named(data["template"]) if data is not None and "template" in data else begun
        self.drawn = get_template(TemplateKind.NOTE, *named) if named else None
        self.asked: tuple[Asked, ...] = self.drawn.asks if self.drawn else ()
        if draft and named and named == begun and self.drawn is None:
            # Of a template that is not here, what was asked stands on the note.
            self.asked = tuple(Asked(question) for question, _ in draft.answers)
        self._begun = begun
        said = dict(draft.answers) if draft else {}
        initial = {
            "note": draft.recorded.id if draft else uuid4(),
            "read": draft.version if draft else "",
            "template": "/".join(map(str, named)) if named else "",
            "heading": draft.heading if draft else "",
            "text": draft.text if draft else "",
            **{field_of(each.question): said.get(each.question, "") for each in self.asked},
        }
        super().__init__(data, initial=initial)
        text = self.fields.pop("text")
        for each in self.asked:
            self.fields[field_of(each.question)] = _field(each)
        self.fields["text"] = text
        if self.asked:
            text.label = "Anything else"

    def clean(self) -> dict[str, Any]:
        """Put what was answered together with what was asked, and see that anything was written."""
        found = super().clean() or self.cleaned_data
        answers: dict[str, Any] | None = (
            {} if self._begun else None
        )  # a draft that is written free from now on keeps no answers
        if self.asked:
            drawn = self.drawn
            key, version, title = (drawn.key, drawn.version, drawn.title) if drawn else ("", 0, "")
            given = {each.question: found.get(field_of(each.question)) or "" for each in self.asked}
            answers = templates.filled(key, version, title, self.asked, given)
        found["answers"] = answers
        try:
            if not self.errors:
                templates.check_says_something(found.get("text") or "", answers)
        except rules.NotPossible as wrong:
            self.add_error("text", str(wrong))
        return found

    def shows(self, draft: NoteLine) -> None:
        """From now on the page shows how the draft stands: saving again is then done knowingly."""
        self.data = {**self.data.dict(), "read": draft.version} if isinstance(self.data, QueryDict) else self.data

    def typed_out(self, *, without: Collection[str] = ()) -> str:
        """What was typed, as free words: answers under their questions, `without` those to some of them. Nothing is checked."""
        data = self.data
        answered = [
            f"{each.question}: {words}"
            for each in self.asked
            if each.question not in without and (words := str(data.get(field_of(each.question), "")).strip())
        ]
        return "\n".join(filter(None, (str(data.get("text", "")).strip(), *answered)))

    @property
    def words(self) -> dict[str, Any]:
        """What the acts of a note take."""
        return {name: self.cleaned_data[name] for name in ("heading", "text", "answers")}


class ChooseForm(forms.Form):
    """Which template a new note is written with. Sent with the note's form, since an address must not say what a note is about."""

    use = forms.ChoiceField(label="Template", required=False)

    def __init__(self, lines: list[TemplateLine], data: Mapping[str, Any] | None = None, **named: Any) -> None:
        super().__init__(data, **named)
        field = self.fields["use"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "None, free words"), *((line.key, line.title) for line in lines)]


def field_of(question: str) -> str:
    """The name of a question's box. It is the question's own, so that an answer never comes to stand under another one."""
    return f"asked_{sha256(question.encode()).hexdigest()[:16]}"


def _named(text: str) -> tuple[str, int] | None:
    """The key and version of a template, as a form names them."""
    found = re.fullmatch(r"([a-z0-9-]{1,60})/([0-9]{1,8})", text)
    return (found[1], int(found[2])) if found else None


def _field(asked: Asked) -> forms.Field:
    if asked.options:
        return forms.ChoiceField(
            label=asked.question, required=False, choices=[(each, each) for each in asked.options], widget=Choices()
        )
    widget = forms.Textarea(attrs={"rows": 4}) if asked.long else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=asked.question, required=False, max_length=LONGEST, widget=widget)
