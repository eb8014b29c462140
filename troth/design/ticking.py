"""A form of ticks in groups: several questions whose answers are one set."""

from collections.abc import Collection, Sequence

from django import forms

from troth.design.fields import ManyChoices


class TickForm(forms.Form):
    """
    One group of ticks for each of `questions`: its words, and the answers as value and words. They come first, in that order; what
    a subclass asks besides stands below, or where its `order` has it. `ticked` has the values of all groups once the form is clean.
    """

    order: tuple[str, ...] = ()

    def __init__(
        self,
        *args: object,
        questions: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        chosen: Collection[str] = (),
        **named: object,
    ) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self.groups = [f"group_{number}" for number in range(len(questions))]
        for name, (question, answers) in zip(self.groups, questions, strict=True):
            self.fields[name] = forms.MultipleChoiceField(
                label=question,
                choices=[(value, words[:1].upper() + words[1:]) for value, words in answers],
                required=False,
                widget=ManyChoices(),
                initial=[value for value, _ in answers if value in chosen],
            )
        self.order_fields(self.order or self.groups)

    @property
    def ticked(self) -> list[str]:
        """What is ticked in any group."""
        return [each for name in self.groups for each in self.cleaned_data.get(name, ())]
