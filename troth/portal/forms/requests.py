"""Writing about a request, and choosing whether the GP may be told."""

from collections.abc import Iterable
from typing import Any

from django import forms

from troth.design.fields import Choices
from troth.prescribing.rules.directory import Practice
from troth.prescribing.selectors import GpState

LONGEST = 10_000


class WriteForm(forms.Form):
    """A message to whoever decides."""

    words = forms.CharField(
        label="What do you want to say?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write your message"},
    )


class ContestForm(forms.Form):
    """Why another prescriber should look again."""

    prefix = "again"
    words = forms.CharField(
        label="Why do you think it should be looked at again?",
        help_text="The next prescriber reads this, what you answered, and what was decided before",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write why it should be looked at again"},
    )


class GpForm(forms.Form):
    """May the GP be told, and which practice it is."""

    state = forms.ChoiceField(
        label="May we tell your GP what we prescribe for you?",
        choices=[
            (GpState.GIVEN.value, "Yes, tell my GP"),
            (GpState.REFUSED.value, "No"),
            (GpState.NO_GP.value, "I have no GP"),
        ],
        widget=Choices(
            hints={
                GpState.GIVEN.value: "They know then what goes with what else you take",
                GpState.REFUSED.value: "Some medicines cannot be prescribed safely without them, and then we refuse those",
            }
        ),
        error_messages={"required": "Choose whether we may tell your GP"},
    )
    may_ask = forms.BooleanField(
        label="You may also ask my GP about me, when a prescriber needs that to decide",
        help_text="They are asked for what is named in a letter that you can read, and for nothing else",
        required=False,
    )
    find = forms.CharField(
        label="Find your practice",
        help_text="A part of its name, or the beginning of its postcode",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    chosen = forms.ChoiceField(label="Which of these is it?", required=False, widget=Choices())
    name = forms.CharField(
        label="Your practice",
        help_text="If we may tell them: its name, as it stands on letters from it",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label="Where it is",
        help_text="If we may tell them: street and town",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, directory: bool = False, found: Iterable[Practice] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        self.found = list(found)
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(each.code, f"{each.name}, {each.address}, {each.postcode}") for each in self.found]
        if not self.found:
            del self.fields["chosen"]
        if not directory:
            del self.fields["find"]
            return
        self.fields["name"].label = "If it is not in the list: its name"
        self.fields["address"].label = "And where it is"

    def practice(self) -> dict[str, str]:
        """Which practice was named, as the act takes it: one of the directory with its code, else as it was typed."""
        said = self.cleaned_data
        for each in self.found:
            if each.code == said.get("chosen"):
                return {"code": each.code, "name": each.name, "address": f"{each.address}, {each.postcode}"}
        return {"name": said["name"], "address": said["address"]}

    def clean(self) -> dict[str, Any]:
        """An agreement names the practice."""
        said = self.cleaned_data
        if said.get("state") == GpState.GIVEN.value and not said.get("chosen"):
            for key, words in (("name", "Enter the name of your practice"), ("address", "Enter where it is")):
                if not said.get(key, "").strip():
                    self.add_error(key, words)
        return said


class CheckForm(forms.Form):
    """The reference on a prescription, and if they like the file itself."""

    reference = forms.CharField(
        label="The reference on the prescription",
        help_text="Twelve letters and figures, such as ABCD-EFGH-2345",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the reference"},
    )
    file = forms.FileField(
        label="The file itself",
        help_text="To see whether it is unchanged. We look at it and keep nothing",
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
