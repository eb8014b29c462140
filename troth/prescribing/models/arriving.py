"""What practices and others put into our MESH mailbox. Whom it is about nobody knows until a clinician has read it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault.words import Worded


class MessageState(Worded):
    """Where a message of our mailbox is."""

    WAITING = "waiting", "waits for a clinician"
    TOO_LARGE = "too_large", "too large to be taken in, and still at MESH"
    FILED = "filed", "kept on somebody’s card"
    SET_ASIDE = "set_aside", "not for us, and destroyed"


class Astray(Worded):
    """Why a message is kept on nobody's card."""

    NOT_OURS = "not_ours", "It is about somebody who is no patient of ours"
    UNREADABLE = "unreadable", "It cannot be opened, and whoever sent it was told"
    NOTHING = "nothing", "It says nothing of anybody: a test, or a report of the exchange"
    TOO_LARGE = "too_large", "It was too large to be taken in, and whoever sent it was told"


class GpMessage(models.Model):
    """
    One message of our mailbox. Its file lies sealed; where, under which key, and what MESH said of it stands in `ticket`, as
    ciphertext. That is emptied when it is filed or set aside, and the line stays: what MESH gives out twice is known by its number.
    Of one that is too large nothing is here but the line.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.CharField(max_length=64, unique=True)
    state = models.CharField(
        max_length=9, choices=[(each.value, each.words) for each in MessageState], default=MessageState.WAITING
    )
    came_at = models.DateTimeField()
    ticket = models.TextField(blank=True, default="")
    why = models.CharField(max_length=10, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "number": "the random number that MESH or our desk gave it, by which it is taken in once",
        "state": "one of four words, for the list",
        "came_at": "when it was taken in; the list is ordered by it",
        "ticket": "ciphertext under a key of this deployment: where the file lies and its key; emptied when it is over",
        "why": "one of four words: why it is kept on nobody’s card",
        "ended_at": "when it was filed or set aside",
    }

    class Meta:
        indexes = [models.Index(fields=["state", "came_at"], name="gp_message_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=MessageState.WAITING.value, ended_at=None)
                | models.Q(state=MessageState.TOO_LARGE.value, ended_at=None, ticket="")
                | models.Q(
                    state__in=(MessageState.FILED.value, MessageState.SET_ASIDE.value),
                    ended_at__isnull=False,
                    ticket="",
                ),
                name="ended_gp_message_keeps_nothing",
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk.hex[:8]}"
