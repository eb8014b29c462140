"""What people ask about their data, and the certificates of what was erased. Both outlive the data they are about."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from troth.law.rights import Right
from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import SealedBoolean, SealedChoice, SealedJSON, SealedText
from troth.vault.models import Holding

CASES = compartments.declare("rights.cases", Category.RIGHTS, retention="rights_file", per=Per.ROW)
#: Apart from the cases: a certificate must be readable for as long as anybody may ask what became of the data.
CERTIFICATES = compartments.declare("rights.certificates", Category.RIGHTS, retention="rights_file", per=Per.ROW)


#: Apart from both: what was judged about a colleague outlives the question that led to it.
REVIEWS = compartments.declare("rights.reviews", Category.RIGHTS, retention="rights_file", per=Per.ROW)


class Verdict(StrEnum):
    """What a colleague finds about a record that was opened in an emergency."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
    NEEDS_TALK = "needs_talk"


class State(StrEnum):
    """Where a case stands. An erasure that was decided is carried to its end, whatever stops in between."""

    ASKED = "asked"
    DECIDED = "decided"
    DONE = "done"


class About(StrEnum):
    """What a case is about. What a copy left out becomes a case by itself, and that alone (pitfalls A10)."""

    EVERYTHING = "everything"
    HELD_BACK = "held_back"


class Asked(StrEnum):
    """What a case is: a right of the law's list, a complaint about data (LAW-2), or the records of somebody who died (LAW-4.10)."""

    ACCESS = Right.ACCESS.value
    RECTIFICATION = Right.RECTIFICATION.value
    ERASURE = Right.ERASURE.value
    RESTRICTION = Right.RESTRICTION.value
    PORTABILITY = Right.PORTABILITY.value
    OBJECTION = Right.OBJECTION.value
    REVIEW = Right.REVIEW.value
    COMPLAINT = "complaint"
    DECEASED = "deceased"


class Route(StrEnum):
    """How a request came. A request is as good by one as by another (LAW-1.19)."""

    PORTAL = "portal"
    FORM = "form"
    EMAIL = "email"
    TELEPHONE = "telephone"
    LETTER = "letter"
    IN_PERSON = "in_person"


class Waits(StrEnum):
    """What a case waits for from the person, so that its clock has not begun or stands still (LAW-1.2, LAW-1.10)."""

    IDENTITY = "identity"
    AUTHORITY = "authority"
    FEE = "fee"
    ANSWER = "answer"


class RightsCase(Holding):  # type: ignore[django-manager-missing,unused-ignore]  # its steps are defined below it
    """
    One right that one person asked for. `decision` says of an erasure what goes and what stays; `outcome` what went.

    What happened to it stands in its steps, and the days by which it is due are reckoned from those: `due_on` and `waits_for`
    repeat the last reckoning, so that the list of work can be sorted and filtered by the database.
    """

    right = models.CharField(max_length=16, choices=[(asked.value, asked.value) for asked in Asked])
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in State], default=State.ASKED
    )
    about = models.CharField(
        max_length=12, choices=[(about.value, about.value) for about in About], default=About.EVERYTHING
    )
    received_on = models.DateField()
    due_on = models.DateField()
    route = models.CharField(
        max_length=12, choices=[(route.value, route.value) for route in Route], default=Route.PORTAL
    )
    waits_for = models.CharField(max_length=12, choices=[(waits.value, waits.value) for waits in Waits], blank=True)
    message = models.UUIDField(null=True)
    assigned_to = models.UUIDField(null=True)
    asked_by = models.UUIDField(null=True)
    words = SealedText(CASES, id="rights.case.words")
    reply_to = SealedJSON(CASES, id="rights.case.reply_to")
    close_account = SealedBoolean(CASES, id="rights.case.close_account")
    decision = SealedJSON(CASES, id="rights.case.decision")
    outcome = SealedJSON(CASES, id="rights.case.outcome")

    open_fields: ClassVar[dict[str, str]] = {
        "right": "which clock a case runs on: one of nine words",
        "state": "which of three stages a case is at, for the list of work",
        "about": "whether it is about everything or about what a copy left out: one of two words",
        "received_on": "the start of the clock (LAW-1.4)",
        "due_on": "the list of work is sorted by it (LAW-1.1)",
        "route": "how it came, one of six words, for the figures of the office",
        "waits_for": "what its clock waits for, one of four words, for the list of work",
        "message": "a random identifier shared by the cases of one message",
        "assigned_to": "the random identifier of the member of staff who has it, for the list of work",
        "asked_by": "the random identifier of somebody who acts for the person",
    }

    called = "request about your data"
    labels: ClassVar[dict[str, str]] = {
        "words": "what you wrote",
        "reply_to": "where you wanted the answer",
        "close_account": "close the account",
        "decision": "what was decided",
        "outcome": "what came of it",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["state", "due_on"], name="case_by_due_date")]


class StepKind(StrEnum):
    """What can happen to a case. The clock is reckoned from these and their days, and from nothing else."""

    IDENTITY_ASKED = "identity_asked"
    IDENTITY_CAME = "identity_came"
    IDENTITY_CHECKED = "identity_checked"
    IDENTITY_FAILED = "identity_failed"
    AUTHORITY_ASKED = "authority_asked"
    AUTHORITY_CAME = "authority_came"
    AUTHORITY_CHECKED = "authority_checked"
    AUTHORITY_FAILED = "authority_failed"
    FEE_ASKED = "fee_asked"
    FEE_PAID = "fee_paid"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    EXTENDED = "extended"
    ENTRY_FOUND = "entry_found"
    ACKNOWLEDGED = "acknowledged"
    ENQUIRY = "enquiry"
    PROGRESS = "progress"
    ASSIGNED = "assigned"
    NOTE = "note"
    LETTER = "letter"
    REMINDED = "reminded"
    CLOSED = "closed"
    REOPENED = "reopened"
    SENT = "sent"
    HANDED_OUT = "handed_out"
    MOVED = "moved"


class CaseStep(Holding):
    """One thing that happened to a case, on a day, and the words about it. Added, and never changed."""

    case = models.ForeignKey(RightsCase, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in StepKind])
    on = models.DateField()
    #: What one act adds has one moment: this says which came first.
    number = models.PositiveIntegerField(default=0)
    words = SealedText(CASES, id="rights.step.words")
    detail = SealedJSON(CASES, id="rights.step.detail")

    open_fields: ClassVar[dict[str, str]] = {
        "case_id": "the random identifier of the case it belongs to",
        "kind": "what happened, one of a closed list, which the clock is reckoned from",
        "on": "the day it counts for, which the clock is reckoned from (LAW-1.2, LAW-1.11)",
        "number": "its place among the steps of its case, by which those of one moment are sorted",
    }
    called = "step of your request"
    labels: ClassVar[dict[str, str]] = {"on": "day it counts for", "detail": "particulars"}
    #: The order in which they happened: by the day that each counts for, then by when it was written down.
    IN_ORDER: ClassVar[tuple[str, ...]] = ("on", "recorded_at", "number", "id")

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["case", "on"], name="step_by_case")]


class ErasureCertificate(Holding):
    """What was destroyed, what stays and why, and the two moments at which it is gone. One for each erasure."""

    case = models.OneToOneField(RightsCase, on_delete=models.PROTECT, related_name="+")
    content = SealedJSON(CERTIFICATES, id="rights.certificate.content")

    open_fields: ClassVar[dict[str, str]] = {"case_id": "the random identifier of the case it belongs to"}
    called = "certificate of erasure"


class EmergencyReview(Holding):
    """What a colleague wrote about a record that was opened in an emergency. `note` names the break; a talk does not close it."""

    note = models.UUIDField()
    closed = models.BooleanField(default=False)
    verdict = SealedChoice(REVIEWS, id="rights.review.verdict", of=Verdict)
    words = SealedText(REVIEWS, id="rights.review.words")

    open_fields: ClassVar[dict[str, str]] = {
        "note": "the random identifier of the note that was written when the glass was broken",
        "closed": "whether it still waits, for the list of work",
    }
    called = "review of an emergency"
    labels: ClassVar[dict[str, str]] = {"verdict": "what was found", "words": "in the reviewer's words"}

    class Meta(Holding.Meta):
        constraints = [
            models.UniqueConstraint(fields=["note"], condition=models.Q(closed=True), name="emergency_closed_once")
        ]


class EmergencyTelling(Holding):
    """That a person was told of an emergency opening of their record, or why not yet."""

    TOLD, DELAYED = "told", "delayed"

    note = models.UUIDField()
    state = models.CharField(max_length=8, choices=[(TOLD, TOLD), (DELAYED, DELAYED)])
    look_again_on = models.DateField(null=True)
    words = SealedText(REVIEWS, id="rights.telling.words")

    open_fields: ClassVar[dict[str, str]] = {
        "note": "the random identifier of the note that was written when the glass was broken",
        "state": "one of two words, for the list of work",
        "look_again_on": "the day on which a delay is looked at again, for the list of work",
    }
    called = "telling you of an emergency"
    labels: ClassVar[dict[str, str]] = {"words": "what you were told, or why not yet"}


from troth.rights.models.answers import (  # noqa: E402
    Correction,
    DisputeStatement,
    LiftingNotice,
    RecipientTold,
    RestrictedUse,
)
from troth.rights.models.deceased import Death, DeathShownBy  # noqa: E402
from troth.rights.models.ending import Appraisal  # noqa: E402
from troth.rights.models.exchange import ARRIVALS, Arrival  # noqa: E402
from troth.rights.models.obtained import OBTAINED, Obtained  # noqa: E402
from troth.rights.models.packs import (  # noqa: E402  they refer to what stands above
    AccessPack,
    HarmOpinion,
    PackDecision,
    PackPart,
    PackState,
    SearchRecord,
)
from troth.rights.models.withholding import Withholding  # noqa: E402

__all__ = [
    "ARRIVALS",
    "CASES",
    "CERTIFICATES",
    "OBTAINED",
    "REVIEWS",
    "About",
    "AccessPack",
    "Appraisal",
    "Arrival",
    "Correction",
    "Death",
    "DeathShownBy",
    "DisputeStatement",
    "EmergencyReview",
    "EmergencyTelling",
    "ErasureCertificate",
    "HarmOpinion",
    "LiftingNotice",
    "Obtained",
    "PackDecision",
    "PackPart",
    "PackState",
    "RecipientTold",
    "RestrictedUse",
    "RightsCase",
    "SearchRecord",
    "State",
    "Verdict",
    "Withholding",
]
