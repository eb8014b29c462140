"""Answering other rights: a correction, words beside an entry, recipients, weighing an objection, ending a restriction."""

from collections.abc import Iterable

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.office.forms.step import PostForm
from troth.rights.selectors.answering import IMPOSSIBLE, TOLD

UPHELD, OVERRULED = "upheld", "overruled"


class CorrectForm(forms.Form):
    """One fact, what it should say, and how that was decided."""

    what = forms.ChoiceField(label="What is put right?", error_messages={"required": "Choose what is put right"})
    value = forms.CharField(
        label="What should it say?",
        help_text="A date as 1971-03-09, a number in digits",
        max_length=2_000,
        error_messages={"required": "Write what it should say"},
    )
    words = forms.CharField(
        label="How did you decide?",
        help_text="What shows that it was wrong. They can read this.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write in a sentence how you decided"},
    )

    def __init__(self, data: object, *, fields: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["what"].choices = [("", "Choose one"), *fields]  # type: ignore[attr-defined]


class StatementForm(forms.Form):
    """What they say against an entry that stays as it is."""

    item = forms.ChoiceField(label="Beside which entry?", error_messages={"required": "Choose an entry"})
    words = forms.CharField(
        label="What do they say?",
        help_text="In their words. Whoever reads the record reads this beside it.",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what they say against it"},
    )

    def __init__(self, data: object, *, entries: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["item"].choices = [("", "Choose one"), *entries]  # type: ignore[attr-defined]


class RecipientForm(forms.Form):
    """That a recipient was told, or why that cannot be."""

    recipient = forms.ChoiceField(label="Who?", error_messages={"required": "Choose who"})
    outcome = forms.ChoiceField(
        label="Were they told?",
        choices=[
            (TOLD, "Yes"),
            (IMPOSSIBLE, "No: it is impossible, or out of all proportion"),
        ],
        widget=Choices(),
        error_messages={"required": "Say whether they were told"},
    )
    words = forms.CharField(
        label="How and when, or why not?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write how they were told, or why that is not possible"},
    )

    def __init__(self, data: object, *, recipients: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["recipient"].choices = [("", "Choose one"), *recipients]  # type: ignore[attr-defined]


class WeighForm(PostForm):
    """Whether an objection stands."""

    purpose = forms.ChoiceField(label="Which use?", error_messages={"required": "Choose the use"})
    outcome = forms.ChoiceField(
        label="What do you find?",
        choices=[
            (UPHELD, "Their objection stands: the use has ended for them"),
            (OVERRULED, "The use goes on, for grounds that outweigh theirs"),
        ],
        widget=Choices(hints={OVERRULED: "Never for marketing, to which an objection always stands."}),
        error_messages={"required": "Say what you find"},
    )
    words = forms.CharField(
        label="Why?",
        help_text="Their reasons, our grounds, and which weigh more. They read it in the letter, so write it to them",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write how you weighed it"},
    )

    field_order: tuple[str, ...] = ("purpose", "outcome", "words", "by_post")

    def __init__(self, data: object, *, purposes: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["purpose"].choices = [("", "Choose one"), *purposes]  # type: ignore[attr-defined]


class UseForm(forms.Form):
    """Which use an objection is about that came in words and named none."""

    purpose = forms.ChoiceField(
        label="Which use do they object to?",
        help_text="Read their words, and ask them where those do not say it",
        error_messages={"required": "Choose the use"},
    )

    def __init__(self, data: object, *, purposes: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["purpose"].choices = [("", "Choose one"), *purposes]  # type: ignore[attr-defined]


class LiftForm(PostForm):
    """From when the record may be used again, of which they are told first."""

    lifts_on = DateInBoxes(label="From which day?", error_messages={"required": "Enter the day"})
    words = forms.CharField(
        label="Why does it end?",
        help_text="They can read this.",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it ends"},
    )
    field_order: tuple[str, ...] = ("lifts_on", "words", "by_post")
