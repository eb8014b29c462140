"""Answering a request for a copy: what is decided about each entry, what is removed, where was looked, and who is asked."""

from collections.abc import Iterable
from dataclasses import replace

from django import forms

from troth.design.fields import DateInBoxes, ManyChoices
from troth.law.exemptions import Exemption
from troth.people.selectors import StaffMember
from troth.rights.rules.clock import Asked
from troth.rights.rules.exemptions import grounds_of_entries
from troth.rights.rules.fees import MOST_PAGES, MOST_POSTAGE, PENCE_A_PAGE, Fee, reckon_fee
from troth.rights.rules.packing import HARM, Decided, Stands
from troth.rights.rules.redacting import check_can_cut, holds
from troth.rights.selectors.packs import Reviewed

LATER, GOES = "", "goes"
_SHORT = {
    Exemption.OTHERS: "about somebody else",
    Exemption.SERIOUS_HARM: "serious harm",
    Exemption.EXPECTATION: "given in confidence from whoever asks",
    Exemption.CRIME: "crime or tax",
    Exemption.PROCEEDINGS: "a law, a court, proceedings",
    Exemption.REGULATORS: "a regulator’s work",
    Exemption.PRIVILEGE: "legal privilege",
    Exemption.SELF_INCRIMINATION: "self-incrimination",
    Exemption.FORECASTS: "plans of the clinic",
    Exemption.NEGOTIATIONS: "talks with them",
    Exemption.REFERENCES: "a confidential reference",
    Exemption.CHILD_ABUSE: "a child at risk",
    Exemption.STATUTE: "another Act",
    Exemption.RECORDED_WISH: "they asked that it not be shown",
    Exemption.BEFORE_THE_ACT: "made before 1 November 1991",
    Exemption.NO_BEARING: "no bearing on a claim from the death",
}


class FindForm(forms.Form):
    """Words that are looked for among the entries. They may name somebody, so they come in the body of a request."""

    q = forms.CharField(
        label="Find words in the entries",
        required=True,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class MayStayOpen(forms.ChoiceField):
    """A choice that may be left as it is: what nobody decides stays open, and is no mistake of the form."""

    def validate(self, value: str) -> None:
        """:raises ValidationError: it is none of the choices."""
        if value:
            super().validate(value)


class EntriesForm(forms.Form):
    """One choice for each entry of a page. Nothing is chosen for anybody: what is left open stays open."""

    def __init__(self, data: object, *, entries: Iterable[Reviewed], asked: Asked) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.entries = list(entries)
        for number, each in enumerate(self.entries, 1):
            self.fields[f"e{each.thing.id}"] = MayStayOpen(
                label=f"What becomes of it ({each.thing.kind}, {number})",
                choices=[
                    (LATER, "Not decided"),
                    (GOES, "It goes"),
                    *((code.value, f"Withheld: {_SHORT[code]}") for code in grounds_of_entries(asked)),
                ],
                initial=_chosen(each),
            )

    def decided(self, *, rest: bool) -> dict[str, Decided]:
        """What was chosen and differs from what stands; `rest`: what is open and may go, goes."""
        found = {}
        for each in self.entries:
            chosen = self.cleaned_data[f"e{each.thing.id}"]
            # What was found to do harm, or is older than the Act, waits for its own decision: it holds up nothing else.
            waits = each.opinion == HARM or each.before_the_act
            if chosen == LATER and rest and each.stands in {Stands.OPEN, Stands.CHANGED} and not waits:
                chosen = GOES
            if chosen == LATER or (chosen == _chosen(each) and each.stands is not Stands.CHANGED):
                continue
            kept = each.decided or Decided()
            if chosen == GOES:
                found[each.thing.id] = replace(kept, withheld=False, exemption=None)
            else:
                found[each.thing.id] = Decided(withheld=True, exemption=Exemption(chosen), note=kept.note)
        return found


def _chosen(each: Reviewed) -> str:
    if each.decided is None:
        return LATER
    if each.decided.withheld and each.decided.exemption:
        return each.decided.exemption.value
    return GOES


class WordsOut(forms.Form):
    """Words that are removed wherever they stand."""

    words = forms.CharField(
        label="What is taken out wherever it stands?",
        help_text="One name or phrase a line. Capitals and spaces don’t matter. Leave it empty to remove nothing everywhere.",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean_words(self) -> tuple[str, ...]:
        """:raises ValidationError: a line is too short to be removed everywhere."""
        return _lines(self.cleaned_data["words"])


class CutForm(forms.Form):
    """What goes from one entry because it is about somebody else."""

    words = forms.CharField(
        label="Which words are taken out?",
        help_text="One name or phrase a line, as it stands in the entry. Capitals and spaces don’t matter.",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    fields_out = forms.MultipleChoiceField(
        label="Which parts are taken out whole?", required=False, widget=ManyChoices()
    )
    needed_because = forms.CharField(
        label="Which later entries cannot be understood without it?",
        help_text="It was made before 1 November 1991, so it goes only as far as those need it (LAW-4.10).",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say which later entries cannot be understood without it, or withhold it"},
    )
    note = forms.CharField(
        label="How did you weigh it?",
        help_text="For whoever checks our answer: whether they agreed, or why it is not reasonable without that (LAW-4.8).",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write in a sentence how you weighed it"},
    )

    def __init__(self, data: object, *, entry: Reviewed) -> None:
        self.kept = kept = entry.decided or Decided()
        self.thing = entry.thing
        super().__init__(
            data,  # type: ignore[arg-type]
            initial={
                "words": "\n".join(kept.words),
                "fields_out": [*kept.fields, *(f"file:{name}" for name in kept.files)],
                "note": kept.note,
                "needed_because": kept.needed_because,
            },
        )
        parts = [(field.name, field.label) for field in entry.thing.fields if not field.is_open and field.text]
        parts += [(f"file:{file.field}", f"The file {file.name or ''}".strip()) for file in entry.thing.files]
        self.fields["fields_out"].choices = parts  # type: ignore[attr-defined]
        if not parts:
            del self.fields["fields_out"]
        if entry.before_the_act:
            # It may go as it is: there is something about somebody else to weigh only where a part of it goes.
            self.fields["note"].required = False
        else:
            del self.fields["needed_because"]

    def clean(self) -> dict[str, object]:
        """What was removed is weighed in words."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        removed = found.get("words") or found.get("fields_out")
        if removed and not found.get("note") and "note" not in self.errors:
            self.add_error("note", self.fields["note"].error_messages["required"])
        return found

    def clean_words(self) -> tuple[str, ...]:
        """:raises ValidationError: a line is too short to be removed, or does not stand in the entry and would remove nothing."""
        found = _lines(self.cleaned_data["words"])
        said = [text for field in self.thing.fields for text in (field.text, field.value)]
        said += [self.thing.source, *(file.name for file in self.thing.files)]
        if missing := [f"“{each}”" for each in found if not holds(said, [each])]:
            raise forms.ValidationError(
                f"{', '.join(missing)}: this entry does not say that, so nothing would go. Write it as it stands there."
            )
        return found

    def decided(self) -> Decided:
        """The entry goes, without this."""
        parts: list[str] = self.cleaned_data.get("fields_out", [])
        return Decided(
            words=self.cleaned_data["words"],
            fields=tuple(each for each in parts if not each.startswith("file:")),
            files=tuple(each.removeprefix("file:") for each in parts if each.startswith("file:")),
            boxes=self.kept.boxes,
            note=self.cleaned_data["note"],
            needed_because=self.cleaned_data.get("needed_because", ""),
        )


class SearchForm(forms.Form):
    """Where was looked outside this system, and what was found."""

    place = forms.CharField(
        label="Where did you look?",
        help_text="For example: the post room, a colleague’s mailbox, the telephone system",
        max_length=300,
        error_messages={"required": "Say where you looked"},
    )
    found = forms.CharField(
        label="What did you find?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what you found, or that there was nothing"},
    )


OF_DEAD = "Somebody applied for this record after the patient’s death. Could letting any of it go do serious harm to anybody?"


class AskForm(forms.Form):
    """Whom to ask, and what."""

    whom = forms.ChoiceField(
        label="Whom do you ask?",
        help_text="First stands whoever wrote last in the health record: whoever is or was responsible is asked (LAW-4.6).",
        error_messages={"required": "Choose whom you ask"},
    )
    question = forms.CharField(
        label="What do you ask?",
        max_length=2_000,
        initial="They have asked for a copy. Could letting any of this go do serious harm to them or to anybody else?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what you ask"},
    )

    def __init__(self, data: object, *, staff: Iterable[StaffMember], of_dead: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if of_dead:
            self.fields["question"].initial = OF_DEAD
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            ("", "Choose somebody"),
            *((member.subject.hex, f"{member.name}, {member.role_words}") for member in staff),
        ]


class BeginForm(forms.Form):
    """A further copy may cost something; the first never does."""

    pages = forms.IntegerField(
        label="Pages that we print",
        help_text=f"Only for a further copy on paper: {PENCE_A_PAGE}p each. The first is free, and one in the account too",
        required=False,
        min_value=0,
        max_value=MOST_PAGES,
    )
    postage = forms.DecimalField(
        label="Postage in pounds, if any",
        required=False,
        min_value=0,
        max_value=MOST_POSTAGE // 100,
        decimal_places=2,
    )

    def fee(self) -> Fee:
        """What it comes to."""
        return reckon_fee(
            pages=self.cleaned_data["pages"] or 0, postage=int((self.cleaned_data["postage"] or 0) * 100)
        )


class FeeForm(forms.Form):
    """The day on which the fee arrived."""

    paid_on = DateInBoxes(
        label="When did it arrive?", error_messages={"required": "Enter the day on which it arrived"}
    )


def _lines(text: str) -> tuple[str, ...]:
    found = tuple(line.strip() for line in text.splitlines() if line.strip())
    if why_not := check_can_cut(found):
        raise forms.ValidationError(why_not)
    return found
