"""Requests for a treatment: what was asked for and answered is sealed; where it waits and with whom is open."""

from typing import ClassVar

from django.db import models

from troth.prescribing.models.asking import GpChannel, GpNoticeState
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedChoice, SealedJSON, SealedText
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

REQUESTS = compartments.declare("prescribing.requests", Category.HEALTH, retention="care_record")


class RequestStatus(Worded):
    """Where a request is. How it was decided is sealed: it tells something about a person's health."""

    REQUESTED = "requested", "waiting to be passed to a prescriber"
    ASSIGNED = "assigned", "with a prescriber"
    ASKED = "asked", "waiting for the person’s answer"
    DECIDED = "decided", "decided"
    WITHDRAWN = "withdrawn", "taken back by the person"


class Outcome(Worded):
    """What the prescriber decided."""

    PRESCRIBED = "prescribed", "Prescribed"
    REFUSED = "refused", "Not prescribed"
    REFERRED = "referred", "To be seen in person"


#: The states in which someone still has work to do.
OPEN = (RequestStatus.REQUESTED, RequestStatus.ASSIGNED, RequestStatus.ASKED)


class MedicationRequest(Holding):
    """A person's request for a medicine, and what became of it (FHIR MedicationRequest)."""

    status = models.CharField(max_length=9, choices=[(item.value, item.words) for item in RequestStatus])
    prescriber = models.UUIDField(null=True)
    assistant = models.UUIDField(null=True)
    not_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    response = models.UUIDField(null=True)
    payment = models.UUIDField(null=True)
    medicine = SealedText(REQUESTS, id="prescribing.request.medicine")
    answers = SealedJSON(REQUESTS, id="prescribing.request.answers")
    findings = SealedJSON(REQUESTS, id="prescribing.request.findings")
    grounds = SealedJSON(REQUESTS, id="prescribing.request.grounds")
    outcome = SealedChoice(REQUESTS, of=Outcome, id="prescribing.request.outcome")
    outcome_words = SealedText(REQUESTS, id="prescribing.request.outcome_words")

    open_fields: ClassVar[dict[str, str]] = {
        "status": "where the request waits; the queue is found by it, and it does not say how it was decided",
        "prescriber": "a random identifier: the gate asks by it who has a reason to look",
        "assistant": "a random identifier: the gate asks by it who has a reason to look",
        "not_by": "a random identifier: who decided first, where its person asked that another looks again",
        "response": "a random identifier: the questionnaire that was answered for it",
        "payment": "a random identifier of a payment of the same person; none where nothing was to be paid",
        "requested_at": "the moment of asking, by which the queue is ordered; the ledger holds it in the open as well",
        "seconds": "for how long its prescriber had it before them: decisions made too fast are found by it, and nothing opened",
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
                condition=~models.Q(status__in=("assigned", "asked")) | models.Q(prescriber__isnull=False),
                name="assigned_request_has_a_prescriber",
            ),
            models.CheckConstraint(
                condition=models.Q(not_by=None)
                | models.Q(prescriber=None)
                | ~models.Q(prescriber=models.F("not_by")),
                name="contested_request_goes_to_another",
            ),
        ]


class EarlierDecision(Holding):
    """
    What was decided of a request before its person asked that another prescriber looks again, and what they said against it. It is
    never changed: a refusal that was contested stays one that was made.
    """

    called = "decision that you asked us to look at again"
    labels: ClassVar[dict[str, str]] = {
        "outcome": "what was decided",
        "outcome_words": "what we told you",
        "grounds": "reasons that were written down",
        "objection": "what you said against it",
    }

    request = models.OneToOneField(MedicationRequest, on_delete=models.PROTECT, related_name="+")
    prescriber = models.UUIDField()
    decided_at = models.DateTimeField()
    contested_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(null=True)
    outcome = SealedChoice(REQUESTS, of=Outcome, id="prescribing.earlier_decision.outcome")
    outcome_words = SealedText(REQUESTS, id="prescribing.earlier_decision.outcome_words")
    grounds = SealedJSON(REQUESTS, id="prescribing.earlier_decision.grounds")
    objection = SealedText(REQUESTS, id="prescribing.earlier_decision.objection")

    open_fields: ClassVar[dict[str, str]] = {
        "request_id": "the random identifier of the request",
        "prescriber": "a random identifier of a member of staff",
        "decided_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "contested_at": "the moment of an act of the person, which the ledger holds in the open as well",
        "seconds": "for how long its prescriber had it before them",
    }


class Verified(Worded):
    """What a check by another way than the questionnaire came to. Contradicted blocks, and is never overwritten."""

    NONE = "none", "not checked"
    IN_PROGRESS = "in_progress", "being checked"
    VERIFIED = "verified", "verified"
    CONTRADICTED = "contradicted", "contradicted"
    IMPOSSIBLE = "impossible", "could not be checked"


class Paid(Worded):
    """Whether what a request costs is there to be taken."""

    NOT_ASKED = "not_asked", "Nothing was to be paid for it."
    WAITING = "waiting", "Nothing is held on their card. It waits until they pay."
    HELD = "held", "The amount is held on their card, and is taken when you sign."


class Matter(Worded):
    """What was checked."""

    IDENTITY = "identity", "Who they are"
    BODY = "body", "Weight, height and BMI"
    HISTORY = "history", "What they told of their health"
    REGULAR_PRESCRIBER = "regular_prescriber", "What their regular prescriber says"


class Method(Worded):
    """How it was checked."""

    VIDEO = "video", "By a video call"
    CALL = "call", "By a telephone call"
    RECORD = "record", "In their record at the GP"
    THIRD_PARTY = "third_party", "By a pharmacy, clinic or lab"
    DOCUMENT = "document", "By a document with a picture"


class GpState(Worded):
    """Whether a person's GP may be told."""

    NOT_ASKED = "not_asked", "not asked yet"
    GIVEN = "given", "may be told"
    REFUSED = "refused", "is not to be told"
    NO_GP = "no_gp", "has no GP"
    WITHDRAWN = "withdrawn", "is not to be told any more"


class SupplyStatus(Worded):
    """Where a supply is."""

    SIGNED = "signed", "waits for the pharmacist’s check"
    QUERIED = "queried", "the pharmacist asked the prescriber"
    RELEASED = "released", "checked, and ready to be sent"
    DISPATCHED = "dispatched", "on its way"
    DELIVERED = "delivered", "delivered"
    RETURNED = "returned", "came back"
    CANCELLED = "cancelled", "cancelled"
    CLOSED = "closed", "followed up"


class RequestMessage(Holding):
    """What was written between a person and whoever decides, or between pharmacist and prescriber (FHIR Communication)."""

    called = "message about your request"
    labels: ClassVar[dict[str, str]] = {"words": "what was written"}

    request = models.ForeignKey(MedicationRequest, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    written_at = models.DateTimeField()
    by_staff = models.BooleanField()
    among_staff = models.BooleanField(default=False)
    words = SealedText(REQUESTS, id="prescribing.message.words")

    open_fields: ClassVar[dict[str, str]] = {
        "request_id": "the random identifier of the request that it is about",
        "number": "its place in the conversation",
        "written_at": "the moment of an act, which the ledger holds in the open as well",
        "by_staff": "which side wrote it",
        "among_staff": "whether pharmacist and prescriber wrote it to each other",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="request_message_in_order")]


class Verification(Holding):
    """One check, by another way than the questionnaire, of what somebody said. It is never changed."""

    called = "check of what you told us"
    labels: ClassVar[dict[str, str]] = {
        "matter": "what",
        "method": "how",
        "result": "what it came to",
        "note": "evidence",
    }

    request = models.ForeignKey(MedicationRequest, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    matter = SealedChoice(REQUESTS, of=Matter, id="prescribing.verification.matter")
    method = SealedChoice(REQUESTS, of=Method, id="prescribing.verification.method")
    result = SealedChoice(REQUESTS, of=Verified, id="prescribing.verification.result")
    note = SealedText(REQUESTS, id="prescribing.verification.note")

    open_fields: ClassVar[dict[str, str]] = {
        "request_id": "the random identifier of the request for which it was made",
        "checked_at": "the moment of an act of staff, which the ledger holds in the open as well",
    }


class GpChoice(Holding):
    """Whether a person's GP may be told and asked, and which practice it is. A later choice stands beside an earlier one."""

    called = "choice about your GP"
    labels: ClassVar[dict[str, str]] = {
        "state": "whether they may be told",
        "practice": "practice",
        "may_ask": "whether they may be asked",
    }

    number = models.PositiveIntegerField()
    chosen_at = models.DateTimeField()
    state = SealedChoice(REQUESTS, of=GpState, id="prescribing.gp_choice.state")
    practice = SealedJSON(REQUESTS, id="prescribing.gp_choice.practice")
    may_ask = SealedJSON(REQUESTS, id="prescribing.gp_choice.may_ask")

    open_fields: ClassVar[dict[str, str]] = {
        "number": "its place among the person’s choices, by which the later of two counts",
        "chosen_at": "the moment of an act of the person, which the ledger holds in the open as well",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="gp_choice_in_order")]


class Prescription(Holding):
    """One private prescription and the supply that follows it. `signature` is ours over its number and its file's digest."""

    called = "prescription"
    labels: ClassVar[dict[str, str]] = {"item": "medicine and directions", "file": "the signed document"}

    request = models.OneToOneField(MedicationRequest, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=[(item.value, item.words) for item in SupplyStatus])
    number = models.CharField(max_length=14, unique=True)
    prescriber = models.UUIDField()
    signed_at = models.DateTimeField()
    pharmacist = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    task = models.UUIDField(null=True)
    file_hash = models.CharField(max_length=64)
    signature = models.TextField()
    item = SealedJSON(REQUESTS, id="prescribing.prescription.item")
    tracking = SealedText(REQUESTS, id="prescribing.prescription.tracking")
    file = SealedFile(REQUESTS, id="prescribing.prescription.file")

    open_fields: ClassVar[dict[str, str]] = {
        "request_id": "the random identifier of the request that it answers",
        "status": "where the supply waits; the pharmacist’s list is found by it",
        "number": "random; whoever holds the paper asks by it whether the prescription stands",
        "prescriber": "a random identifier of a member of staff",
        "signed_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "pharmacist": "a random identifier of a member of staff",
        "checked_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "dispatched_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "delivered_at": "the moment at which it was delivered",
        "task": "the random identifier of the task by which somebody asks how they are",
        "file_hash": "of the signed document, by which whoever holds it can see that it is unchanged",
        "signature": "our signature over the number, the digest, the signer and the moment: nothing of the person",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["status", "signed_at"], name="prescription_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pharmacist=None) | ~models.Q(pharmacist=models.F("prescriber")),
                name="prescription_is_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=("released", "dispatched", "delivered", "closed"))
                | models.Q(pharmacist__isnull=False, checked_at__isnull=False),
                name="prescription_is_checked_before_it_leaves",
            ),
        ]


class GpNotice(Holding):
    """
    The letter that tells a GP of one supply, or asks them for what bears on one request. Withdrawing stops one that has not left,
    and never what says that others did.
    """

    called = "letter to your GP"
    labels: ClassVar[dict[str, str]] = {
        "practice": "to whom",
        "asked": "what they were asked for",
        "answer": "what they answered",
        "came": "what came, and how",
        "file": "the letter",
        "taken_in": "what was taken in from them, for a clinician to look at",
        "channel": "by what",
        "message": "number of the message",
    }
    not_copied: ClassVar[dict[str, str]] = {
        "taken_in": "A clinician makes sure first that it is about you. Then it stands among your files",
    }

    prescription = models.OneToOneField(Prescription, on_delete=models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(MedicationRequest, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=[(item.value, item.words) for item in GpNoticeState])
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    channel = models.CharField(
        max_length=5, choices=[(item.value, item.words) for item in GpChannel], default=GpChannel.POST
    )
    message = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=16, blank=True)
    reminders = models.PositiveIntegerField(default=0)
    task = models.UUIDField(null=True)
    taken_in_at = models.DateTimeField(null=True)
    practice = SealedJSON(REQUESTS, id="prescribing.gp_notice.practice")
    asked = SealedJSON(REQUESTS, id="prescribing.gp_notice.asked")  # values of `Wanted`, history, words
    answer = SealedText(REQUESTS, id="prescribing.gp_notice.answer")
    came = SealedJSON(REQUESTS, id="prescribing.gp_notice.came")  # on, by, document
    file = SealedFile(REQUESTS, id="prescribing.gp_notice.file")
    taken_in = SealedFile(REQUESTS, id="prescribing.gp_notice.taken_in")

    open_fields: ClassVar[dict[str, str]] = {
        "prescription_id": "the random identifier of the prescription that it tells of",
        "request_id": "the random identifier of the request for which it asks",
        "state": "how far it has come; the list of letters to send is found by it",
        "due_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "sent_at": "the moment of an act of staff, which the ledger holds in the open as well",
        "tries": "how often it was sent",
        "channel": "by what it goes, for what carries it to find its own",
        "message": "the random number that MESH gave it, by which what became of it is asked",
        "trouble": "one of a closed list of reasons, none of which quotes anything",
        "reminders": "how often somebody set about having it asked once more",
        "task": "the random identifier of the task by which somebody sees to it that it is answered, or sent",
        "taken_in_at": "the moment of an act of staff, which the ledger holds in the open as well",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "due_at"], name="gp_notice_queue")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("sent", "received", "answered", "failed"))
                | models.Q(sent_at__isnull=False),
                name="gp_notice_is_sent_at_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(prescription=None, request__isnull=False)
                | models.Q(prescription__isnull=False, request=None),
                name="gp_notice_tells_or_asks",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state__in=("due", "sent", "received", "failed")),
                name="gp_is_asked_once_at_a_time",
            ),
        ]
