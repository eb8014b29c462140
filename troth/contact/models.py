"""
Questions that anybody may ask, and conversations in the account of a person.

Who asks a question becomes a subject of their own, whoever they turn out to be: an address is no proof.
All that they typed lies under one key, which goes as a whole: a question without its sender is of no use to anybody.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

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


#: That there was a conversation is kept as long as the card, since what was written about a treatment is.
CONVERSATIONS = compartments.declare("contact.conversations", Category.CORRESPONDENCE, retention="care_record")
VISIT_WORDS = compartments.declare(
    "contact.visit_words", Category.CORRESPONDENCE, retention="enquiry", per=compartments.Per.ROW
)
TREATMENT_WORDS = compartments.declare("contact.treatment_words", Category.HEALTH, retention="care_record")


class About(Worded):
    """What a conversation is about, and so who answers it: reception, or whoever treats the person."""

    VISITS = "visits", "Visits, papers or money"
    TREATMENT = "treatment", "My treatment"


class Turn(Worded):
    """Whose turn it is."""

    OURS = "ours", "Waits for an answer"
    THEIRS = "theirs", "Answered"
    CLOSED = "closed", "Closed"


class Side(Worded):
    """Who wrote first."""

    THEM = "them", "You wrote first"
    US = "us", "We wrote first"


class Conversation(Holding):
    """A conversation in a person's account. The words lie with its messages, sealed as what they may be about."""

    called = "conversation with us"
    labels: ClassVar[dict[str, str]] = {"begun_by": "who wrote first"}

    begun_by = SealedChoice(CONVERSATIONS, of=Side, id="contact.conversation.begun_by")

    about = models.CharField(max_length=9, choices=[(each.value, each.words) for each in About])
    turn = models.CharField(max_length=6, choices=[(each.value, each.words) for each in Turn])
    last_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, db_index=True)

    open_fields: ClassVar[dict[str, str]] = {
        "about": "a word of a closed list: who answers it",
        "turn": "whose turn it is: the list of staff and the gate ask by it",
        "last_at": "the list is in order of it; it says nothing of what was written",
        "closed_at": "the time for which its words are kept is counted from it",
    }

    class Meta(Holding.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(turn=Turn.CLOSED, closed_at__isnull=False)
                | (~models.Q(turn=Turn.CLOSED) & models.Q(closed_at=None)),
                name="closed_conversation_has_a_moment",
            )
        ]


class Said(Holding):
    """
    The base of a message of a conversation: who wrote it, and whether the other side has opened it. It names its
    conversation by identifier alone, so that neither holds the other back when one of them has to go.
    """

    conversation = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    by_staff = models.BooleanField()
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "conversation": "the random identifier of a conversation of the same person",
        "number": "its place in the conversation",
        "by_staff": "which side wrote it",
        "written_at": "the moment of an act, which the ledger holds in the open as well",
        "read_at": "whether the other side has opened it, for the number of those that it has not",
    }

    class Meta(Holding.Meta):
        abstract = True


class VisitMessage(Said):
    """A message about visits, papers or money. It goes by itself when the conversation was closed for long enough."""

    called = "message between you and us"
    labels: ClassVar[dict[str, str]] = {"words": "what was written"}

    words = SealedText(VISIT_WORDS, id="contact.visit_message.words")

    class Meta(Said.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "number"], name="visit_message_in_order")]


class TreatmentMessage(Said):
    """A message about a treatment: health data, kept as the card is."""

    called = "message between you and whoever treats you"
    labels: ClassVar[dict[str, str]] = {"words": "what was written"}

    words = SealedText(TREATMENT_WORDS, id="contact.treatment_message.words")

    class Meta(Said.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "number"], name="treatment_message_in_order")]


MESSAGES: Mapping[About, tuple[type[Said], Category]] = {
    About.VISITS: (VisitMessage, Category.CORRESPONDENCE),
    About.TREATMENT: (TreatmentMessage, Category.HEALTH),
}
