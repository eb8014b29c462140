"""What is to be arranged for visits: ticks of a list and the name of a language, and no words of anybody's."""

from django import forms

from troth.design.ticking import TickForm
from troth.people import rules


class AdjustmentsForm(TickForm):
    """`cleaned_data` has `wanted` and `language`, as the act takes them."""

    order = ("group_0", "group_1", "language")  # beside the question that has the interpreter
    language = forms.CharField(
        label="Language of the interpreter",
        help_text="Only with “An interpreter” above, such as Polish",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, object]:
        given, wanted = super().clean() or {}, self.ticked
        language = ""
        if "language" in given:
            try:
                language = rules.check_language(given["language"], wanted)
            except ValueError as wrong:
                self.add_error("language", str(wrong))
        return {"wanted": wanted, "language": language}
