"""
A document by which somebody shows who they are: its picture, which goes once it was looked at, and what was found, which stays.
"""

from typing import ClassVar

from django.db import models

from troth.prescribing.models.requests import Verified
from troth.vault import compartments, search
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedJSON, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

#: The picture alone: it has a key of its own, so that it goes from every backup too.
PICTURES = compartments.declare(
    "prescribing.documents", Category.IDENTITY_DOCUMENT, retention="document_picture", per=compartments.Per.ROW
)
CHECKS = compartments.declare("prescribing.identity_checks", Category.IDENTITY, retention="care_record")


class DocumentKind(Worded):
    """Which document somebody shows."""

    PASSPORT = "passport", "Passport"
    CARD = "card", "Identity card or residence card"
    LICENCE = "licence", "Driving licence of Great Britain"


class CheckState(Worded):
    """Where the check of a document is."""

    SENT = "sent", "to be looked at"
    DECIDED = "decided", "looked at"
    LEFT = "left", "taken back, or not looked at in time"


class IdentityCheck(Holding):
    """
    That somebody showed a document, and what was found. Of its number nothing is kept but a keyed hash, by which the same document
    under another account is noticed.
    """

    called = "check of who you are"
    labels: ClassVar[dict[str, str]] = {
        "kind": "which document",
        "reading": "what was read from it",
        "result": "what it came to",
        "words": "what was seen",
        "mark": "keyed hash of its number",
    }
    not_copied: ClassVar[dict[str, str]] = {
        "same_words": "What is said of other accounts is about other people too",
        "same_as": "What is compared with other records is about other people too",
    }

    state = models.CharField(max_length=8, choices=[(item.value, item.words) for item in CheckState])
    sent_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    kind = SealedChoice(CHECKS, of=DocumentKind, id="prescribing.identity_check.kind")
    mark = SealedText(CHECKS, id="prescribing.identity_check.mark", find=search.exact("prescribing.document"))
    reading = SealedJSON(CHECKS, id="prescribing.identity_check.reading")
    result = SealedChoice(CHECKS, of=Verified, id="prescribing.identity_check.result")
    words = SealedText(CHECKS, id="prescribing.identity_check.words")
    same_as = SealedJSON(CHECKS, id="prescribing.identity_check.same_as")
    same_words = SealedText(CHECKS, id="prescribing.identity_check.same_words")

    open_fields: ClassVar[dict[str, str]] = {
        "state": "where the check waits; the list of what is to be looked at is found by it",
        "sent_at": "the moment of an act of the person, which the ledger holds in the open as well",
        "decided_at": "the moment from which the day counts in which the picture is destroyed",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "sent_at"], name="identity_check_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(state="sent"), name="one_document_waits_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", decided_at=None)
                | (~models.Q(state="sent") & models.Q(decided_at__isnull=False)),
                name="identity_check_ends_at_a_moment",
            ),
        ]


class DocumentPicture(Holding):
    """The picture of a document, made anew of its points, and what was typed from it but its number, until it was looked at."""

    called = "picture of your passport, card or licence"
    labels: ClassVar[dict[str, str]] = {"typed": "what you typed from it"}

    check_of = models.OneToOneField(IdentityCheck, on_delete=models.PROTECT, related_name="+")
    typed = SealedJSON(PICTURES, id="prescribing.document.typed")  # family, given, born_on, expires_on
    file = SealedFile(PICTURES, id="prescribing.document.file")

    open_fields: ClassVar[dict[str, str]] = {"check_of_id": "the random identifier of the check that it is for"}
