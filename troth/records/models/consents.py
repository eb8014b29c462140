"""What people agreed to before a treatment: the words as they stood, and how they signed them."""

from typing import ClassVar

from django.db import models

from troth.records.models.bases import RELEASE_OPEN, ClinicalHolding
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedJSON, SealedText
from troth.vault.words import Worded

CONSENTS = compartments.declare("records.consents", Category.HEALTH, retention="care_record")


class SignedHow(Worded):
    """Where somebody signed."""

    CLINIC = "at_clinic", "At the clinic, on our screen"
    ACCOUNT = "own_account", "In their own account"


class TreatmentConsent(ClinicalHolding):
    """
    A person's consent to a treatment (FHIR Consent), whole: the words that they signed stand on it, whatever the template says
    later. `form` is the template's `key/version`; `ticked` the sentence that they ticked, None of what was signed before that was
    kept; `strokes` a drawn signature, lines of points in a box of 1000 by 300.

    It is never changed. That it was taken back is a moment beside it, and says nothing of what was done before.
    """

    called = "consent to a treatment"
    labels: ClassVar[dict[str, str]] = {
        "title": "treatment",
        "form": "wording",
        "words": "the words that you signed",
        "ticked": "the sentence that you ticked",
        "strokes": "your drawn signature",
        "how": "where you signed",
        "back_because": "why you took it back",
        "withdrawn_at": "taken back",
    }

    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    title = SealedText(CONSENTS, id="records.consent.title")
    form = SealedText(CONSENTS, id="records.consent.form")
    words = SealedText(CONSENTS, id="records.consent.words")
    ticked = SealedText(CONSENTS, id="records.consent.ticked", null=True)
    name = SealedText(CONSENTS, id="records.consent.name")
    strokes = SealedJSON(CONSENTS, id="records.consent.strokes")
    how = SealedChoice(CONSENTS, of=SignedHow, id="records.consent.how")
    back_because = SealedText(CONSENTS, id="records.consent.back_because")

    open_fields: ClassVar[dict[str, str]] = {
        **RELEASE_OPEN,
        "signed_at": "the moment of an act, which the ledger holds in the open as well",
        "withdrawn_at": "the moment of an act, which the ledger holds in the open as well: what stands is found by it",
    }
