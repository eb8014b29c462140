"""Before an erasure, and the certificate after it."""

from typing import Any

from django import forms

from troth.design.samples.clinics import PORTAL
from troth.design.values import Counterpart, Fate, Link, Row, Term


class Sure(forms.Form):
    """The last step before an erasure."""

    sure = forms.BooleanField(
        label="I’ve read what will go, and that it can’t be brought back",
        error_messages={"required": "Tick the box if you’re sure, or leave this page and nothing changes."},
    )
    password = forms.CharField(
        label="Your password",
        help_text="So that nobody else can do this for you",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


ERASE_WHY = Counterpart(
    "Why you see this",
    terms=(
        Term("For", "Your right to have things erased"),
        Term("The law lets us because", "You asked, and we must answer (UK GDPR Article 17)"),
        Term("Seen by", "You, and Gwenda Marsh, privacy officer"),
        Term("Until", "Six years after our answer"),
    ),
)
ERASED = (
    ("How to reach you", "Email, phone and address. After this we can’t write to you about anything."),
    ("Your messages to us", "4 messages, none about treatment."),
    ("Sign-ins and cookies", "9 records of when you signed in."),
)
GOING = [Fate(what, why, "going", "Goes now") for what, why in ERASED]
GONE = [Fate(what, why, "gone", "Gone") for what, why in ERASED]
STAYING = [
    Fate(
        "Your health record",
        "Care was given, and the notes of it must be kept so that others can treat you safely.",
        "staying",
        "Stays until 24 November 2034",
        "UK GDPR Article 17(3)(c)",
    ),
    Fate(
        "Your payment",
        "Tax law makes us keep it for six years.",
        "staying",
        "Stays until 5 April 2033",
        "UK GDPR Article 17(3)(b)",
    ),
]
ERASE_CONFIRM: dict[str, Any] = {
    "page": PORTAL,
    "going": GOING,
    "staying": STAYING,
    "gone_at": "the moment you press the button",
    "gone_everywhere_on": "29 January 2027",
    "form": Sure(),
    "why": ERASE_WHY,
    "back": Link("Don’t erase", "#"),
}
CERTIFICATE: dict[str, Any] = {
    "page": PORTAL,
    "reference": "E-0417",
    "issued": "24 November 2026, 2:14pm",
    "for_whom": "Mabli Trevor, who asked for it in her account",
    "rows": [
        Row("Asked for", "24 November 2026, 2:11pm, by you"),
        Row("Decided by", "You, from the choices on the page before"),
    ],
    "moments": [
        Row(
            "Gone from the live system",
            "24 November 2026, 2:14:07pm",
            "The keys to it were destroyed, then the records",
        ),
        Row(
            "Gone from every backup",
            "By 29 January 2027",
            "When the last master key that could open an old copy is destroyed",
        ),
        Row(
            "What a backup still shows",
            "Random numbers without a name",
            "That something was there, and when; never what",
        ),
    ],
    "went": GONE,
    "stayed": STAYING,
    "proof": [
        Row("Ledger event", "1,284,118"),
        Row("Its hash", "9f3a 61c7 0be4 d25f 77a0 c18e 42d9 5b06"),
        Row("Checkpoint", "20,114"),
        Row("Code of this page", "7KQ4-MX2D-0V9T"),
    ],
    "check_address": "wharfstone.example/check",
    "why": Counterpart(
        "How this reached you",
        terms=(
            Term("Given to", "You, signed in with a second check"),
            Term("By", "Your account"),
            Term("Cost", "Free"),
        ),
    ),
}
