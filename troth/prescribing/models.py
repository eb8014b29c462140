"""Requests for a treatment: what was asked for and answered is sealed; where it waits and with whom is open."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedJSON, SealedText
from troth.vault.models import Holding

REQUESTS = compartments.declare("prescribing.requests", Category.HEALTH, retention="care_record")


class RequestStatus(StrEnum):
    """Where a request is. How it was decided is sealed: it tells something about a person's health."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "RequestStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    REQUESTED = "requested", "waiting to be passed to a prescriber"
    ASSIGNED = "assigned", "with a prescriber"
    DECIDED = "decided", "decided"
    WITHDRAWN = "withdrawn", "taken back by the person"


class Outcome(StrEnum):
    """What the prescriber decided."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "Outcome":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    PRESCRIBED = "prescribed", "Prescribed"
    REFUSED = "refused", "Not prescribed"


#: The states in which someone still has work to do.
OPEN = (RequestStatus.REQUESTED, RequestStatus.ASSIGNED)


class MedicationRequest(Holding):
    """A person's request for a medicine, and what became of it (FHIR MedicationRequest)."""

    status = models.CharField(max_length=9, choices=[(item.value, item.words) for item in RequestStatus])
    prescriber = models.UUIDField(null=True)
    assistant = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    response = models.UUIDField(null=True)
    medicine = SealedText(REQUESTS, id="prescribing.request.medicine")
    answers = SealedJSON(REQUESTS, id="prescribing.request.answers")
    findings = SealedJSON(REQUESTS, id="prescribing.request.findings")
    outcome = SealedChoice(REQUESTS, of=Outcome, id="prescribing.request.outcome")
    outcome_words = SealedText(REQUESTS, id="prescribing.request.outcome_words")

    open_fields: ClassVar[dict[str, str]] = {
        "status": "where the request waits; the queue is found by it, and it does not say how it was decided",
        "prescriber": "a random identifier: the gate asks by it who has a reason to look",
        "assistant": "a random identifier: the gate asks by it who has a reason to look",
        "response": "a random identifier: the questionnaire that was answered for it",
        "requested_at": "the moment of asking, by which the queue is ordered; the ledger holds it in the open as well",
        "decided_at": "the moment of the decision, from which the days count until the reason to look ends",
    }

    class Meta(Holding.Meta):
        indexes = [
            models.Index(fields=["prescriber", "status"], name="request_by_prescriber"),
            models.Index(fields=["status", "requested_at"], name="request_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=RequestStatus.DECIDED, decided_at__isnull=False)
                | (~models.Q(status=RequestStatus.DECIDED) & models.Q(decided_at=None)),
                name="request_is_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=RequestStatus.ASSIGNED) | models.Q(prescriber__isnull=False),
                name="assigned_request_has_a_prescriber",
            ),
        ]
