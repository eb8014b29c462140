"""
Questions that anybody may ask. Who asks becomes a subject of their own, whoever they turn out to be: an address is no proof.

All that they typed lies under one key, which goes as a whole: a question without its sender is of no use to anybody.
"""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

QUESTIONS = compartments.declare(
    "contact.questions", Category.CORRESPONDENCE, retention="enquiry", per=compartments.Per.ROW
)


class Enquiry(Holding):
    """One question, and what was answered."""

    called = "question you asked"
    labels: ClassVar[dict[str, str]] = {
        "name": "name you gave",
        "email": "email you gave",
        "words": "what you asked",
        "answer": "what we answered, and how",
        "answered_at": "answered on",
    }

    name = SealedText(QUESTIONS, id="contact.enquiry.name")
    email = SealedText(QUESTIONS, id="contact.enquiry.email")
    words = SealedText(QUESTIONS, id="contact.enquiry.words")
    answer = SealedText(QUESTIONS, id="contact.enquiry.answer")
    asked_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, db_index=True)
    answered_by = models.UUIDField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "asked_at": "the list is drawn from it; it says nothing of the question",
        "answered_at": "whether it still waits, and from when the months run after which it goes",
        "answered_by": "a random identifier",
    }

    class Meta(Holding.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(answered_by__isnull=False),
                name="enquiry_that_is_answered_names_who_did",
            )
        ]
