"""Passing a request on, and everything by which it is decided."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.prescribing.selectors import Drug, Matter, Method, Outcome, Recovery, Seriousness, Verified, Wanted, Way

LONGEST = 10_000


def _words(label: str, missing: str, *, hint: str = "", rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class AssignForm(forms.Form):
    """Who decides. The choices are published profiles of staff."""

    prescriber = forms.ChoiceField(
        label="Who decides?", widget=Choices(), error_messages={"required": "Choose who decides"}
    )

    def __init__(self, *args: Any, prescribers: Iterable[tuple[UUID, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["prescriber"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(key), words) for key, words in prescribers]


class AskForm(forms.Form):
    """A question to the person."""

    prefix = "ask"
    words = _words(
        "What do you ask?", "Write your question", hint="They read it in their own pages, and answer there"
    )


class AskGpForm(forms.Form):
    """What a GP practice is asked for."""

    prefix = "gp"
    wanted = forms.MultipleChoiceField(
        label="What do you ask for?",
        widget=ManyChoices(),
        choices=[(each.value, each.words) for each in Wanted],
        error_messages={"required": "Choose what you ask for"},
    )
    history = forms.CharField(
        label="If you ask for history: of what?",
        help_text="The kind that bears on this request, such as heart or liver disease",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    words = _words(
        "If you ask for something else: what?",
        "",
        hint="They and their practice read it",
        rows=3,
        required=False,
    )


class CameForm(forms.Form):
    """On which day something came from a GP practice, and by which of its `ways`."""

    ways: ClassVar[tuple[Way, ...]] = tuple(Way)
    came_on = DateInBoxes(label="When did it come?", error_messages={"required": "Enter the day on which it came"})
    way = forms.ChoiceField(label="How?", widget=Choices(), error_messages={"required": "Choose how it came"})

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.value, each.words[:1].upper() + each.words[1:]) for each in self.ways]


class GpRecordsForm(CameForm):
    """What came from a GP practice."""

    words = _words("What they say", "", hint="In a sentence. The person can read it", rows=3, required=False)
    file = forms.FileField(
        label="The file",
        help_text="It is sealed as it arrives, and stands among the files of the card",
        required=False,
        error_messages={"empty": "That file is empty. Choose another."},
    )

    def __init__(self, *args: Any, may_add: bool, **named: Any) -> None:
        """`may_add`: the viewer has the request, and so may add to the card."""
        super().__init__(*args, **named)
        if not may_add:
            del self.fields["file"]


class LookedForm(forms.Form):
    """What stands in what was taken in, in a sentence."""

    prefix = "looked"
    words = _words("What they say", "", hint="In a sentence. The person can read it", rows=3, required=False)


class VerifyForm(forms.Form):
    """One check by another way than the questionnaire."""

    prefix = "verify"
    matter = forms.ChoiceField(
        label="What did you check?",
        widget=Choices(),
        choices=[(each.value, each.words) for each in Matter],
        error_messages={"required": "Choose what you checked"},
    )
    method = forms.ChoiceField(
        label="How?",
        widget=Choices(),
        choices=[(each.value, each.words) for each in Method],
        error_messages={"required": "Choose how"},
    )
    result = forms.ChoiceField(
        label="What did it come to?",
        widget=Choices(hints={Verified.CONTRADICTED.value: "It blocks a prescription, and no later check undoes it"}),
        choices=[(each.value, each.words.capitalize()) for each in Verified if each is not Verified.NONE],
        error_messages={"required": "Choose what it came to"},
    )
    note = _words("The evidence", "Write what you saw, heard or read", hint="What you saw, heard or read", rows=3)


class DecisionForm(forms.Form):
    """Not to prescribe, or to send elsewhere, and what the person is told about it."""

    prefix = "decide"
    outcome = forms.ChoiceField(
        label="What do you decide?",
        widget=Choices(),
        choices=[
            (Outcome.REFUSED.value, "Not to prescribe"),
            (Outcome.REFERRED.value, "That somebody sees them in person"),
        ],
        error_messages={"required": "Choose what you decide"},
    )
    words = _words(
        "What do you tell them?",
        "Write what they are told",
        hint="Why not, and what to do instead: whom to see and how soon. Nothing is arranged for them",
        rows=5,
    )


class PrescribeForm(forms.Form):
    """The medicine with its directions, and a reason for each rule that asks for one."""

    prefix = "prescribe"
    medicine = forms.ChoiceField(
        label="Which medicine?",
        widget=Choices(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose the medicine that you prescribe"),
    )
    quantity = forms.IntegerField(
        label="Quantity",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter the quantity", "invalid": "Enter the quantity as a number"},
    )
    directions = _words("Directions", "Write how it is taken", rows=2)
    indication = _words("For what", "Write what it is for", rows=1)
    words = _words("What do you tell them?", "Write what they are told", hint="And when to stop and ask", rows=4)

    def __init__(
        self,
        *args: Any,
        medicines: Iterable[tuple[str, str]],
        medicine: str,
        amount: str = "",
        reasons: Iterable[tuple[str, str]] = (),
        **named: Any,
    ) -> None:
        """`medicine` is the one that the page stands for, of which `amount` says the unit. Where there is none, it is asked for."""
        super().__init__(*args, **named)
        self.fields["quantity"].help_text = amount
        field = self.fields["medicine"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(medicines)
        if medicine:
            field.initial, field.widget = medicine, forms.HiddenInput()
        self.reasons = tuple(reasons)
        for key, sentence in self.reasons:
            self.fields[f"reason_{key}"] = _words(
                sentence, f"Write the reason, in a sentence: {sentence}", hint="It stays with the decision", rows=3
            )

    def add_prefix(self, field_name: str) -> str:
        """The medicine goes by its own name: by it the page also chooses whose gates are shown."""
        return field_name if field_name == "medicine" else super().add_prefix(field_name)

    def written(self) -> dict[str, str]:
        """The reasons by the gate that asks for each."""
        return {key: self.cleaned_data.get(f"reason_{key}", "") for key, _ in self.reasons}


KEEP, TELL = "keep", "tell"
HARM_HINT = (
    "Who would be likely to come to serious harm, they or somebody else, and how. Distress is not enough. It is your opinion as a "
    "health professional, and stands with your name (DPA 2018 Schedule 3 paragraph 5)"
)


class _ToldForm(forms.Form):
    """Whether its person may read a concern, and why not."""

    told = forms.ChoiceField(
        label="May they read this?",
        choices=((TELL, "Yes: it stands in their record"), (KEEP, "No: it would be likely to do serious harm")),
        widget=Choices(),
        error_messages={"required": "Choose whether they may read it"},
    )
    harm = _words(
        "If not: what serious harm would be likely?",
        "Write what harm would be likely",
        hint=HARM_HINT,
        rows=3,
        required=False,
    )

    def clean_harm(self) -> str:
        """The reason, where it is kept from them; and nothing where it is not."""
        harm: str = self.cleaned_data["harm"].strip()
        if self.cleaned_data.get("told") == KEEP and not harm:
            raise forms.ValidationError("Write what harm would be likely", code="required")
        return harm if self.cleaned_data.get("told") == KEEP else ""


class ConcernForm(_ToldForm):
    """A worry about somebody's safety."""

    words = _words(
        "What worries you?", "Write what worries you", hint="What you saw or heard, and what you have done about it"
    )
    field_order = ("words", "told", "harm")


class WeighForm(_ToldForm):
    """Looking again at a concern that is kept from its person."""

    prefix = "again"
    concern = forms.ChoiceField(
        label="Which concern?",
        widget=Choices(),
        error_messages={"required": "Choose which concern you looked at again"},
    )
    field_order = ("concern", "told", "harm")

    def __init__(self, *args: Any, concerns: Iterable[tuple[UUID, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["concern"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(key), words) for key, words in concerns]


class SupplyForm(forms.Form):
    """What is written with a step of a supply."""

    words = _words("What do you write?", "Write it down", rows=3)


class DispatchForm(forms.Form):
    """The parcel's number."""

    tracking = forms.CharField(
        label="By which number is the parcel followed?",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the parcel’s number"},
    )


class ReviewReactionForm(forms.Form):
    """What a health professional found of a suspected reaction."""

    prefix = "review"
    serious = forms.MultipleChoiceField(
        label="How serious do you count it?",
        help_text="Tick what holds; nothing if none does",
        required=False,
        choices=[(each.value, each.words) for each in Seriousness],
        widget=ManyChoices(),
    )
    words = _words("What did you find?", "Write what you found", hint="And what is done about it. They can read it")


class CardForm(forms.Form):
    """The number of a Yellow Card."""

    prefix = "card"
    number = forms.CharField(
        label="Which number did the scheme give?",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the number that the scheme gave"},
    )


class ToldForm(forms.Form):
    """A suspected reaction that was told to staff, by telephone or in a call."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = _words("What did they notice?", "Write what they noticed", rows=3)
    began_on = DateInBoxes(label="When did it begin?", error_messages={"required": "Enter the day on which it began"})
    serious = forms.MultipleChoiceField(
        label="Was it serious?",
        required=False,
        choices=[(each.value, each.words) for each in Seriousness],
        widget=ManyChoices(),
    )
    recovery = forms.ChoiceField(
        label="How is it now?",
        choices=[(each.value, each.words) for each in Recovery],
        widget=Choices(),
        error_messages={"required": "Choose how it is now"},
    )
    drug = forms.ChoiceField(
        label="What was done with the medicine?",
        choices=[(each.value, each.words) for each in Drug],
        widget=Choices(),
        error_messages={"required": "Choose what was done with it"},
    )
    others = _words("What else do they take?", "", rows=2, required=False)

    def __init__(self, *args: Any, **named: Any) -> None:
        named["initial"] = {"key": uuid4()}
        super().__init__(*args, **named)
