"""The outbox: every message that leaves for a person, sealed from the moment it is written."""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

#: Each message falls due by itself, so each has a key of its own.
MESSAGE = compartments.declare("delivery.message", Category.CONTACT, retention="contact", per=compartments.Per.ROW)


class Channel(models.TextChoices):
    """By what a message leaves."""

    EMAIL = "email", "email"
    SMS = "sms", "text message"
    LETTER = "letter", "letter"


class Delivery(models.TextChoices):
    """How far a message has come."""

    QUEUED = "queued", "waiting to leave"
    LEAVING = "leaving", "leaving"  # handed over, and nothing heard of it yet
    SENT = "sent", "sent"
    FAILED = "failed", "did not leave"


class Failure(models.TextChoices):
    """Why a message did not leave. A closed list: what a mail server says can quote an address or a text."""

    UNREACHABLE = "unreachable", "the server that carries it did not answer"
    CERTIFICATE = "certificate", "the server could not prove who it is"
    NO_TLS = "no_tls", "the server offers no encrypted connection"
    SIGN_IN = "sign_in", "the server did not accept our sign-in"
    BUSY = "busy", "the server asked us to try again later"
    ADDRESS = "address", "the server does not accept the address"
    NO_MAILBOX = "no_mailbox", "they have no mailbox for such letters"
    REFUSED = "refused", "the server did not accept the message"
    NOT_SET_UP = "not_set_up", "nothing is set up that carries it"
    NOT_ALLOWED = "not_allowed", "the notice no longer lets us send it"
    GIVEN_UP = "given_up", "it waited a day and nobody carried it"


class Message(Holding):
    """
    One message to one address, as the person received it. Its one-time link lies apart, and is forgotten as it leaves: a copy of
    somebody's data, taken at an unlocked screen, must not open their account.
    """

    address = SealedText(MESSAGE, id="delivery.message.address")
    line = SealedText(MESSAGE, id="delivery.message.line")
    text = SealedText(MESSAGE, id="delivery.message.text")
    html = SealedText(MESSAGE, id="delivery.message.html")
    link = SealedText(MESSAGE, id="delivery.message.link")
    calendar = SealedText(MESSAGE, id="delivery.message.calendar", null=True)
    kind = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=8, choices=Delivery, default=Delivery.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    failed_with = models.CharField(max_length=16, choices=Failure, blank=True)
    sent_at = models.DateTimeField(null=True)
    tells_notice = models.PositiveIntegerField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "kind": "which of our letters it is; none of them says anything of health",
        "purpose": "what of the notice it is sent for, which the carrier has to ask the gate for",
        "channel": "by what it leaves, for the carriers to find their own",
        "state": "how far it has come, for the carriers and for whoever looks after what did not leave",
        "tries": "how often it was handed over",
        "failed_with": "one of a closed list of reasons, none of which quotes anything",
        "sent_at": "when it left, for its own disposal",
        "tells_notice": "the number of the notice that it tells of, which counts as told when it has left",
    }
    called = "message we sent you"
    labels: ClassVar[dict[str, str]] = {
        "address": "where to",
        "line": "subject",
        "text": "what it said",
        "sent_at": "when it left",
        "failed_with": "why it did not leave",
    }
    not_copied: ClassVar[dict[str, str]] = {
        "html": "The same words once more, laid out for a mail program",
        "calendar": "The moment that the message names once more, as a file for a calendar",
        "link": "A link that works once. We forget it as the message leaves; whoever reads your copy could follow it",
    }

    class Meta:
        indexes = [
            models.Index(fields=["state", "recorded_at"], name="message_by_state"),
            models.Index(
                fields=["tells_notice", "state"],
                condition=models.Q(tells_notice__isnull=False),
                name="message_by_notice",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="sent_message_has_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(failed_with=""), name="failed_message_says_why"
            ),
        ]


class Suppression(models.Model):
    """An address that wants no marketing, whoever has it: a keyed hash and nothing else, so that an erasure leaves it (LAW-3.9)."""

    mark = models.BinaryField(max_length=32, unique=True)
    since = models.DateTimeField()

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "mark": "a keyed hash, which nobody can turn back into an address",
        "since": "when it was first wanted",
    }

    def __str__(self) -> str:
        return f"suppression {self.pk}"
