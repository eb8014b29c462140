"""What another clinic sent, because a person takes their data from them to us: an arrival, to be looked at by somebody."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding

#: Each by itself: what nobody asked us to keep goes alone.
ARRIVALS = compartments.declare("rights.arrivals", Category.RIGHTS, retention="rights_file", per=Per.ROW)


class Arrival(Holding):
    """
    What came, sealed as it came, under a subject of its own: nobody has said whose record it belongs to, and it is in none.
    """

    WAITING, SETTLED = "waiting", "settled"

    sender = models.CharField(max_length=60)
    #: "" for what came before transfers had one.
    transfer = models.CharField(max_length=32, blank=True, default="")
    state = models.CharField(max_length=8, choices=[(WAITING, WAITING), (SETTLED, SETTLED)], default=WAITING)
    arrived_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    fingerprint = SealedText(ARRIVALS, id="rights.arrival.fingerprint")
    person = SealedText(ARRIVALS, id="rights.arrival.person")
    holds = SealedText(ARRIVALS, id="rights.arrival.holds")
    words = SealedText(ARRIVALS, id="rights.arrival.words")
    package = SealedFile(ARRIVALS, id="rights.arrival.package")

    open_fields: ClassVar[dict[str, str]] = {
        "sender": "a word of the operator's list of clinics, and nobody's name",
        "transfer": "a random number that the other clinic gave it, by which the same is known when it is sent again",
        "state": "one of two words, for the list of work",
        "arrived_at": "when it came, for the list of work",
        "settled_by": "the random identifier of the member of staff who settled it",
    }
    called = "data that another clinic sent us for you"
    labels: ClassVar[dict[str, str]] = {
        "person": "whom it is about, as they wrote it",
        "holds": "what is in it",
        "words": "what we did with it",
        "package": "what they sent",
        "fingerprint": "its SHA-256",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "arrived_at"], name="arrival_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "transfer"], condition=~models.Q(transfer=""), name="arrival_taken_in_once"
            )
        ]
