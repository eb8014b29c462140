"""What is asked for a step of a case. Nothing is chosen for anybody, and what a rule forbids is said by the act."""

from typing import Any

from django import forms

from troth.design.fields import Choices, DateInBoxes
from troth.rights.rules.clock import Asked, Waits
from troth.rights.rules.deceased import APPLIES_AS, SHOWN_BY_WORDS, DeathShownBy
from troth.rights.rules.exemptions import grounds_for
from troth.rights.rules.letters import ENDING_WORDS, EXTENSION_REASONS, Ending, endings_of, proofs_for
from troth.rights.rules.outcomes import CLOSES_BY_ITSELF, check_can_close

LONGEST = 5_000


def _words(label: str, *, hint: str = "", missing: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "5", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": missing or "Write it in a sentence"},
    )


class PostForm(forms.Form):
    """How a letter goes. Email says only that there is a letter; paper is printed here."""

    by_post = forms.BooleanField(
        label="Print it instead of sending an email", required=False, widget=forms.CheckboxInput()
    )


class NoteForm(forms.Form):
    """Words alone."""

    words = _words("What is to be kept?", missing="Write what is to be kept")


class LetterForm(PostForm):
    """Words of a letter."""

    words = _words(
        "What do you write?", hint="It stands in the letter as you write it", missing="Write what they should read"
    )
    field_order: tuple[str, ...] = ("words", "by_post")


class QuietLetterForm(PostForm):
    """A letter that says enough by itself."""

    words = _words("Anything to add?", hint="It stands in the letter as you write it", required=False)
    field_order: tuple[str, ...] = ("words", "by_post")


class ProofForm(QuietLetterForm):
    """Which proof: the least that settles it (LAW-1.15)."""

    proof = forms.ChoiceField(
        label="What would settle it?",
        help_text="Choose the least that does",
        error_messages={"required": "Choose what would settle it"},
    )
    field_order: tuple[str, ...] = ("proof", "words", "by_post")

    def __init__(self, *args: Any, waits: Waits, asked: Asked, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["proof"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = Choices()
        field.choices = list(proofs_for(asked, waits).items())


class CameForm(forms.Form):
    """On which day it came."""

    on = DateInBoxes(label="On which day did it come?", error_messages={"required": "Enter the day on which it came"})
    words = _words("What came?", hint="Say what it was. No copy is kept of what shows who they are", required=False)


class JudgeForm(forms.Form):
    """Whether a proof settles it."""

    holds = forms.TypedChoiceField(
        label="Does it settle it?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda said: said == "yes",
        widget=Choices(hints={"no": "Ask for something else, or refuse: the clock does not wait for us"}),
        error_messages={"required": "Choose whether it settles it"},
    )
    words = _words("What did you look at, and what did you find?", missing="Write what you looked at and found")


class DeathForm(forms.Form):
    """That somebody died, how we know, and what they said in life."""

    died_on = DateInBoxes(label="On which day did they die?", error_messages={"required": "Enter the day"})
    shown_by = forms.TypedChoiceField(
        label="How do we know?",
        coerce=DeathShownBy,
        choices=[(each.value, words) for each, words in SHOWN_BY_WORDS.items()],
        widget=Choices(),
        error_messages={"required": "Choose how we know"},
    )
    seen = _words("What did you look at, or who told you?", missing="Write what you looked at")
    wish = _words(
        "What did they say in life about who may see their record?",
        hint="Leave it empty if they said nothing. What is written here binds whoever asks",
        required=False,
    )


class ApplicantForm(JudgeForm):
    """Whether a proof settles that somebody may have the records of a person who died, and as what they apply."""

    applies_as = forms.ChoiceField(
        label="As what do they apply?",
        choices=list(APPLIES_AS.items()),
        widget=Choices(),
        required=False,
    )
    field_order = ("holds", "applies_as", "words")


class ExtendForm(QuietLetterForm):
    """Why two further months are necessary."""

    reason = forms.ChoiceField(
        label="Why is it necessary?",
        choices=[(code, f"{words[:1].upper()}{words[1:]}") for code, words in EXTENSION_REASONS.items()],
        widget=Choices(),
        help_text="That it is a lot, or that a question was needed, is no reason (LAW-1.9)",
        error_messages={"required": "Choose why"},
    )
    field_order: tuple[str, ...] = ("reason", "words", "by_post")


class AssignForm(forms.Form):
    """Who has it."""

    to = forms.ChoiceField(label="Who has it?", required=False, error_messages={"required": "Choose who has it"})

    def __init__(self, *args: Any, officers: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = Choices()
        field.choices = [*officers, ("", "Nobody")]


class CloseForm(LetterForm):
    """How it ends, and on what ground it was refused."""

    ending = forms.TypedChoiceField(
        label="How does it end?", coerce=Ending, error_messages={"required": "Choose how it ends"}
    )
    ground = forms.ChoiceField(
        label="On which exemption?",
        required=False,
        help_text="Only when it is refused, or done in part (LAW-1.17)",
    )
    field_order: tuple[str, ...] = ("ending", "ground", "words", "by_post")

    def __init__(self, *args: Any, asked: Asked, **named: Any) -> None:
        super().__init__(*args, **named)
        ending, ground = self.fields["ending"], self.fields["ground"]
        assert isinstance(ending, forms.TypedChoiceField) and isinstance(ground, forms.ChoiceField)
        ending.widget = Choices()
        ending.choices = [
            (each.value, ENDING_WORDS[each])
            for each in endings_of(asked)
            if asked is not Asked.ERASURE or each not in (Ending.ANSWERED, Ending.PARTLY)
        ]
        ground.widget = forms.Select()
        ground.choices = [
            ("", "None"),
            *((each.value, f"{each.words} ({each.law})") for each in grounds_for(asked)),
        ]
        words = self.fields["words"]
        words.required, words.help_text = False, f"{words.help_text}. {_words_needed(asked)}"
        # What an outcome may need does not stand there "if you like".
        words.one_of = ground.one_of = True  # type: ignore[attr-defined]
        self.asked = asked
        if asked is Asked.COMPLAINT:  # it is right or it is not: nothing of it is refused
            del self.fields["ground"]

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: it may not end like this, so no letter is shown that could not be sent."""
        found: dict[str, Any] = super().clean() or {}
        if "ending" in found and "words" in found:
            ground = found.setdefault("ground", "")
            # Whether it has waited long enough is asked of the case, when it is closed.
            if why_not := check_can_close(
                self.asked, found["ending"], ground=ground, words=found["words"], may_unanswered=True
            ):
                self.add_error(None, why_not)
        return found


def _words_needed(asked: Asked) -> str:
    """Which outcomes need words, as `check_can_close` asks for them."""
    if asked is Asked.COMPLAINT:
        return "Say why; leave it empty only if they took the complaint back"
    if asked in CLOSES_BY_ITSELF:
        return "Needed unless they took it back, or what we asked for did not come"
    return "Needed when it is refused, or done in part"


STANDING = {
    "": "All that wait",
    "late": "Late",
    "running": "Running",
    "waiting": "Waiting for them",
    "done": "Closed",
}
WHOSE = {"": "Everybody’s", "mine": "Mine", "nobodys": "Nobody’s"}


class FilterForm(forms.Form):
    """Which cases the list shows. None of it says anything of anybody."""

    asked = forms.ChoiceField(label="What", required=False)
    standing = forms.ChoiceField(required=False, choices=list(STANDING.items()), widget=forms.HiddenInput)
    whose = forms.ChoiceField(required=False, choices=list(WHOSE.items()), widget=forms.HiddenInput)
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["asked"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Everything"), *kinds]
