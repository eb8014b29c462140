"""Recording who acts for a person: as what, on what paper, until when."""

from django import forms

from troth.design.fields import Choices, DateInBoxes, ManyChoices
from troth.people.rules import normal_email
from troth.people.selectors import ActsAs
from troth.rights.rules.clock import Asked
from troth.rights.rules.letters import ASKED_WORDS
from troth.vault.categories import Category

ACTS_AS = {
    ActsAs.PARENT: (
        "A parent, or whoever has parental responsibility",
        "Of somebody under 16; from 12 on, ask them too (LAW-3.18)",
    ),
    ActsAs.ATTORNEY_PROPERTY: (
        "An attorney for property and affairs",
        "Look it up in the public register (LAW-3.17)",
    ),
    ActsAs.ATTORNEY_HEALTH: (
        "An attorney for health and welfare",
        "Only once they can no longer decide themselves (LAW-3.17)",
    ),
    ActsAs.DEPUTY: ("A deputy of the court", "By the court’s order (LAW-3.17)"),
    ActsAs.SOLICITOR: ("A solicitor", "Signed, dated, and for what: a year at most (LAW-3.16)"),
    ActsAs.CLAIMS_COMPANY: (
        "A company that handles claims",
        "Signed, dated, and for what: a year at most (LAW-3.16)",
    ),
    ActsAs.RELATIVE: ("A relative or friend", "Signed, dated, and for what: a year at most (LAW-3.15)"),
    ActsAs.PERSONAL_REPRESENTATIVE: (
        "Whoever deals with the estate",
        "By probate or letters of administration (LAW-4.10)",
    ),
}

#: Whoever deals with an estate asks under another law, and no authority over the dead is recorded (LAW-4.10).
_BY_PAPER = tuple(each for each in ACTS_AS if each is not ActsAs.PERSONAL_REPRESENTATIVE)
#: A complaint is anybody’s own; the records of somebody who died are asked for by no authority of theirs.
_NOT_BY_PAPER = frozenset({Asked.COMPLAINT, Asked.DECEASED})
_WITHOUT = frozenset(
    {Category.IDENTITY, Category.RIGHTS, Category.REPRESENTATIVE, Category.ACCOUNT, Category.NETWORK}
)


class AuthorityForm(forms.Form):
    """Who, as what, on what, until when. Nothing is chosen for anybody."""

    email = forms.CharField(
        label="Their email address",
        help_text="They need an account of their own, with this address as how we reach them",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the email address of whoever acts"},
    )
    acts_as = forms.TypedChoiceField(
        label="As what do they act?",
        coerce=ActsAs,
        choices=[(each.value, ACTS_AS[each][0]) for each in _BY_PAPER],
        widget=Choices(hints={each.value: ACTS_AS[each][1] for each in _BY_PAPER}),
        error_messages={"required": "Choose as what they act"},
    )
    paper = forms.FileField(
        label="Their paper", help_text="A scan or a photograph. It is sealed as it arrives", required=False
    )
    checked = forms.CharField(
        label="What did you look at, and what did you find?",
        help_text="Who made it, its date, what it is for, and the register you asked",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write what you looked at"},
    )
    wish = forms.CharField(
        label="What does the person say of it?",
        help_text="From 12 on a young person is asked; anybody who can say it may",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off", "spellcheck": "false"}),
    )
    may_ask = forms.MultipleChoiceField(
        label="What may they ask for?",
        help_text="What the paper says, and no more. A general paper covers each of these",
        choices=[(asked.value, words) for asked, words in ASKED_WORDS.items() if asked not in _NOT_BY_PAPER],
        widget=ManyChoices(),
        error_messages={"required": "Choose what the paper covers"},
    )
    categories = forms.MultipleChoiceField(
        label="For which kinds of data?",
        help_text="Choose none for every kind. Their name and the file of the request always go with it",
        choices=[
            (kind.value, kind.value.replace("_", " ").capitalize()) for kind in Category if kind not in _WITHOUT
        ],
        widget=ManyChoices(),
        required=False,
    )
    capacity_lost = forms.BooleanField(label="They cannot decide this themselves", required=False)
    until = DateInBoxes(
        label="Until when?",
        help_text="At its end they are refused",
        error_messages={"required": "Enter the last day on which it stands"},
    )

    def clean_email(self) -> str:
        try:
            return normal_email(self.cleaned_data["email"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
