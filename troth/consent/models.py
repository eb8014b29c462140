"""What people said about uses that rest on their consent: each word as it was said, with what they were shown and its proof."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.notice.purposes import Purpose
from troth.notice.schema.words import MarketingChannel
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedDate, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding

#: A key for each word: of two, the one that was taken back long ago goes by itself.
CONSENTS = compartments.declare("consent.words", Category.PREFERENCES, retention="choices", per=Per.ROW)


class How(StrEnum):
    """How a word of theirs reached us; or that it ended without one."""

    PORTAL = "portal"
    LINK = "link"
    PAPER = "paper"
    TELEPHONE = "telephone"
    RECEPTION = "reception"
    MESSAGE = "message"
    DEATH = "death"


class ConsentWord(Holding):
    """
    One word of a person about one use by one channel: that they agree, or that they take it back. Added, and never changed.

    Whether a use is allowed now is the gate's standing fact, recorded in the same act; this is the proof of it (Article 7(1)).
    """

    purpose = models.CharField(max_length=40, choices=[(each.value, each.value) for each in Purpose])
    channel = models.CharField(
        max_length=10, blank=True, choices=[(each.value, each.value) for each in MarketingChannel]
    )
    given = models.BooleanField()
    how = models.CharField(max_length=10, choices=[(each.value, each.value) for each in How])
    notice = models.PositiveIntegerField()
    wording = SealedText(CONSENTS, id="consent.word.wording")
    said_on = SealedDate(CONSENTS, id="consent.word.said_on")
    proof = SealedText(CONSENTS, id="consent.word.proof")
    paper = SealedFile(CONSENTS, id="consent.word.paper")

    open_fields: ClassVar[dict[str, str]] = {
        "purpose": "one of the closed list of uses, as the standing fact has it too",
        "channel": "one of five words, or none where a use has no channels, as the standing fact has it too",
        "given": "whether it was given or taken back: a consent stands or it does not, as the standing fact says too",
        "how": "one of seven words, for the figures of the office",
        "notice": "the number of the notice whose words they were shown",
    }
    called = "what you agreed to or took back"
    labels: ClassVar[dict[str, str]] = {
        "purpose": "what for",
        "channel": "by which way",
        "given": "you agreed",
        "how": "how you told us",
        "notice": "notice that had the words",
        "wording": "the words that you were shown",
        "said_on": "the day on which you said it",
        "proof": "how we can show it",
        "paper": "what you signed",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["subject", "purpose"], name="consent_by_person")]
