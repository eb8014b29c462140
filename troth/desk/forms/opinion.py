"""What a health professional finds of entries of a copy."""

from django import forms

from troth.design.fields import Choices, ManyChoices
from troth.rights.rules.packing import HARM, NO_HARM

NONE, SOME = "none", "some"
OF_THE_LIVING = "To anybody’s physical or mental health. Distress alone is not enough (LAW-4.2)."


def opinion_on(*, of_dead: bool) -> str:
    """What an opinion is about, as a heading and a link say it."""
    return "An opinion on a record" if of_dead else "An opinion on a copy"


class OpinionForm(forms.Form):
    """Whether letting any of these go could do serious harm, which of them, and to whom. Distress alone is not enough."""

    verdict = forms.ChoiceField(
        label="Could letting any of these go do serious harm?",
        help_text="To their physical or mental health, or to somebody else’s. Distress alone is not enough (LAW-4.2).",
        choices=[(NONE, "No, none of them"), (SOME, "Yes, those that I tick below")],
        widget=Choices(),
        error_messages={"required": "Say whether any of them could do serious harm"},
    )
    harmful = forms.MultipleChoiceField(label="Which could do serious harm?", required=False, widget=ManyChoices())
    words = forms.CharField(
        label="Who could be harmed, and how?",
        help_text="Needed where you ticked one. It is kept with the request, and is not in their copy.",
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: object, *, entries: list[tuple[str, str]], of_dead: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if of_dead:  # whoever died can come to no harm by it
            self.fields["verdict"].help_text = OF_THE_LIVING
            self.fields[
                "words"
            ].help_text = "Needed where you ticked one. It is kept with the request, and goes to nobody."
        self.entries = entries
        self.fields["harmful"].choices = entries  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """What was ticked has to agree with what was said, and to be explained."""
        found = super().clean() or {}
        ticked, verdict = found.get("harmful", []), found.get("verdict")
        if verdict == SOME and not ticked:
            self.add_error("harmful", "Tick those that could do serious harm")
        if verdict == NONE and ticked:
            self.add_error("verdict", "You ticked some below. Say yes, or take the ticks away")
        if verdict == SOME and not str(found.get("words", "")).strip():
            self.add_error("words", "Say who could be harmed, and how")
        return found

    def findings(self) -> dict[str, str]:
        """Each entry with what was found of it."""
        return {item: HARM if item in self.cleaned_data["harmful"] else NO_HARM for item, _ in self.entries}
