"""What somebody noticed on a medicine that was supplied: what the Yellow Card scheme of the MHRA asks about it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.prescribing.models.requests import REQUESTS, Prescription
from troth.vault.fields import SealedChoice, SealedDate, SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded


class ReactionState(Worded):
    """How far what was reported has come."""

    REPORTED = "reported", "to be looked at"
    DUE = "due", "looked at, and to be sent to the Yellow Card scheme"
    SENT = "sent", "sent to the Yellow Card scheme"
    KEPT = "kept", "looked at, and not for the Yellow Card scheme"


class Seriousness(Worded):
    """By what the Yellow Card scheme counts a reaction as serious."""

    DIED = "died", "They died"
    LIFE = "life", "Life was in danger"
    HOSPITAL = "hospital", "They were in hospital, or stayed longer"
    DISABLED = "disabled", "It left, or may leave, a lasting disability"
    BIRTH = "birth", "A child was born with a defect"
    MEDICAL = "medical", "Serious for another medical reason"


class Recovery(Worded):
    """How it came out, in the scheme's words."""

    RECOVERED = "recovered", "Over"
    RECOVERING = "recovering", "Getting better"
    CONTINUING = "continuing", "Still there"
    LASTING = "lasting", "Over, and something stayed"
    DIED = "died", "They died of it"
    UNKNOWN = "unknown", "Not known"


class Drug(Worded):
    """What was done with the medicine."""

    CONTINUED = "continued", "They go on taking it"
    LESS = "less", "They take less of it"
    STOPPED = "stopped", "They stopped taking it"
    UNKNOWN = "unknown", "Not known"


class Reaction(Holding):
    """One suspected reaction to what was supplied, as it was told, and what a health professional found."""

    called = "suspected reaction"
    labels: ClassVar[dict[str, str]] = {
        "what": "what was noticed",
        "began_on": "since when",
        "serious": "how serious it was",
        "recovery": "how it came out",
        "drug": "what was done with the medicine",
        "others": "what else was taken",
        "assessment": "what a health professional found",
        "card_number": "number of the Yellow Card",
    }

    key = models.UUIDField(unique=True, default=uuid4)
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=[(item.value, item.words) for item in ReactionState], default=ReactionState.REPORTED
    )
    reported_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    what = SealedText(REQUESTS, id="prescribing.reaction.what")
    began_on = SealedDate(REQUESTS, id="prescribing.reaction.began_on")
    serious = SealedJSON(REQUESTS, id="prescribing.reaction.serious")  # words of `Seriousness`
    recovery = SealedChoice(REQUESTS, of=Recovery, id="prescribing.reaction.recovery")
    drug = SealedChoice(REQUESTS, of=Drug, id="prescribing.reaction.drug")
    others = SealedText(REQUESTS, id="prescribing.reaction.others")
    assessment = SealedText(REQUESTS, id="prescribing.reaction.assessment")
    card_number = SealedText(REQUESTS, id="prescribing.reaction.card_number")

    open_fields: ClassVar[dict[str, str]] = {
        "key": "a random identifier of a form: what is posted twice under it is kept once",
        "prescription_id": "the random identifier of the prescription after which it was noticed",
        "state": "how far it has come; the list of what is to be looked at is found by it",
        "reported_at": "the moment of an act, which the ledger holds in the open as well",
        "reviewed_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "sent_at": "the moment of an act of staff, which the ledger holds in the open as well",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "reported_at"], name="reaction_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="reported", reviewed_at=None)
                | (~models.Q(state="reported") & models.Q(reviewed_at__isnull=False)),
                name="reaction_is_reviewed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="reaction_is_sent_at_a_moment",
            ),
        ]
