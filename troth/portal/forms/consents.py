"""Agreeing to a use by consent: the ways by which it may reach the reader, none of them chosen beforehand."""

from collections.abc import Sequence

from django import forms

from troth.design.fields import ManyChoices


class AgreeForm(forms.Form):
    """By which ways. A use that has none asks for nothing but the word itself."""

    ways = forms.MultipleChoiceField(
        label="By which ways?",
        help_text="Choose each that you want. Nothing is chosen for you",
        widget=ManyChoices(),
        error_messages={"required": "Choose at least one way, or leave it as it is"},
    )

    def __init__(self, data: object, *, ways: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if ways:
            field = self.fields["ways"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(channel, words[:1].upper() + words[1:]) for channel, words in ways]
        else:
            del self.fields["ways"]
