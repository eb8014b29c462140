"""
Questionnaires in their versions, and what people answered.

A version is never changed: another is published. An answer is never changed either: a later one of the same question stands
beside it, so that what was said first, and what was said after a rule had stopped somebody, can both be read.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedBoolean, SealedJSON, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

ANSWERS = compartments.declare("intake.answers", Category.HEALTH, retention="care_record")
# A picture must be able to go by itself, from every backup too: it has a key of its own.
PICTURES = compartments.declare("intake.pictures", Category.HEALTH, retention="care_record", per=compartments.Per.ROW)


class ResponseStatus(Worded):
    """Where somebody is with their answers (FHIR QuestionnaireResponse.status)."""

    ANSWERING = "in-progress", "being answered"
    SENT = "completed", "sent"
    LEFT = "stopped", "not gone on with"


class Questionnaire(models.Model):
    """One version of what is asked, as a FHIR file. About nobody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "key": "the name of a questionnaire, which everybody may read",
        "version": "a number",
        "text": "the questions themselves, which everybody may read",
        "digest": "of the text",
        "published_at": "the moment of an act of staff, which the ledger holds as well",
        "published_by": "a random identifier, or the name of a service",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="questionnaire_version_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Response(Holding):
    """One person's going through one version of a questionnaire. Which one says something of their health, so it is sealed."""

    called = "questionnaire you answered"
    labels: ClassVar[dict[str, str]] = {"treatment": "what for", "form": "questionnaire", "version": "its version"}

    status = models.CharField(max_length=11, choices=[(item.value, item.words) for item in ResponseStatus])
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    #: When they last said, after they had sent it, that all of it holds.
    confirmed_at = models.DateTimeField(null=True)
    treatment = SealedText(ANSWERS, id="intake.response.treatment")
    form = SealedText(ANSWERS, id="intake.response.form")
    version = SealedText(ANSWERS, id="intake.response.version")

    open_fields: ClassVar[dict[str, str]] = {
        "status": "whether it was sent: an answer is refused by it before anything is opened",
        "started_at": "the moment of an act of the person, which the ledger holds in the open as well",
        "sent_at": "the moment of an act of the person, which the ledger holds in the open as well",
        "confirmed_at": "the moment of an act of the person, which the ledger holds in the open as well",
    }

    class Meta(Holding.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None)
                | models.Q(status=ResponseStatus.SENT, confirmed_at__gte=models.F("sent_at")),
                name="response_is_confirmed_once_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ResponseStatus.SENT, sent_at__isnull=False)
                | (~models.Q(status=ResponseStatus.SENT) & models.Q(sent_at=None)),
                name="response_is_sent_at_a_moment",
            ),
        ]


class Answer(Holding):
    """What was answered to one question at one moment. `after_stop`: a rule had stopped the request when it was given."""

    called = "answer"
    labels: ClassVar[dict[str, str]] = {
        "item": "question",
        "value": "answer",
        "source": "who gave it",
        "after_stop": "given after a rule had stopped the request",
    }

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    given_at = models.DateTimeField()
    item = SealedText(ANSWERS, id="intake.answer.item")
    value = SealedJSON(ANSWERS, id="intake.answer.value")
    source = SealedText(ANSWERS, id="intake.answer.source")
    after_stop = SealedBoolean(ANSWERS, id="intake.answer.after_stop")

    open_fields: ClassVar[dict[str, str]] = {
        "response_id": "the random identifier of the questionnaire that it belongs to",
        "number": "its place among the answers, by which the later of two counts",
        "given_at": "the moment of an act of the person, which the ledger holds in the open as well",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["response", "number"], name="answer_in_order")]


class Picture(Holding):
    """A picture that answers a question, sealed as it arrived."""

    called = "picture you sent"

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    file = SealedFile(PICTURES, id="intake.picture.file")

    open_fields: ClassVar[dict[str, str]] = {
        "response_id": "the random identifier of the questionnaire that it belongs to"
    }
