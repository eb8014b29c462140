"""The form of what is to be arranged for visits: ticks of a list and the name of a language, and no words of anybody's."""

from collections.abc import Collection
from typing import ClassVar

from django import forms

from troth.design.ticking import TickForm


class ArrangingForm(TickForm):
    """
    `cleaned_data` has `wanted`, `language` and `seen`, as the act takes them. What it knows of languages, and which tick is the
    interpreter's, a face says by its subclass.
    """

    languages: ClassVar[Collection[str]]
    interpreter: ClassVar[str]

    order = ("group_0", "group_1", "language")  # beside the question that has the interpreter
    language = forms.CharField(
        label="Language of the interpreter",
        help_text="Only with “An interpreter” above, such as Polish",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "list": "languages"}),
    )
    #: What stood there when the page was drawn.
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    @staticmethod
    def check_language(language: str, wanted: Collection[str]) -> str:
        """The name of the language as it is kept. Raises ValueError, in words for the reader, for what is none."""
        raise NotImplementedError("a face says which languages it knows")

    def clean(self) -> dict[str, object]:
        given, wanted = super().clean() or {}, self.ticked
        language, typed = "", given.get("language", "").strip()
        if "language" in given:
            try:
                language = self.check_language(typed, wanted)
            except ValueError as wrong:
                self.add_error("language", str(wrong))
        # What stood there before goes with its tick; what was typed without one is not left out in silence.
        if typed not in {"", self.initial.get("language")} and self.interpreter not in wanted:
            self.add_error("language", "Tick “An interpreter” too, or leave the language empty")
        return {"wanted": wanted, "language": language, "seen": given.get("seen", "")}

    def stand_on(self, mark: str) -> None:
        """Have what was chosen here written over what stands now, once the reader has seen it and sends it again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = mark
        self.data = data
