"""
Cases: a solicitor or insurer instructs, an independent expert examines the claimant and writes a report.

Who is in a case and where it stands is open, since the board is drawn from it; what happened, and what is asked of the expert, is
sealed. A claimant is no patient: they are brought in by an instruction, and have no agreement with the agency.

The report is a kind of data of its own, so that whoever instructed can be let at it without a view of anything else about health.
"""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedDate, SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

# One person may have been in two accidents, whose files fall due apart: each case has a key of its own.
CASES = compartments.declare("medicolegal.cases", Category.ACCIDENT, retention="case_file", per=compartments.Per.ROW)
REPORTS = compartments.declare(
    "medicolegal.reports", Category.REPORT, retention="case_file", per=compartments.Per.ROW
)


class Stage(Worded):
    """Where a case is, in the order in which cases go."""

    INSTRUCTED = "instructed", "Instructed"
    ACCEPTED = "accepted", "Accepted"
    RECORDS = "records", "Records"
    BOOKED = "booked", "Examination booked"
    EXAMINED = "examined", "Being written"
    SIGNED = "signed", "With the claimant"
    CHECKED = "checked", "To be released"
    RELEASED = "released", "Released"
    CLOSED = "closed", "Closed"
    DECLINED = "declined", "Declined"


#: The stages in which nobody works on a case any more.
OVER = (Stage.CLOSED, Stage.DECLINED)


class Case(Holding):
    """One instruction about one claimant, and what became of it."""

    stage = models.CharField(max_length=10, choices=[(item.value, item.words) for item in Stage])
    instructed_by = models.UUIDField()
    handler = models.UUIDField(null=True)
    expert = models.UUIDField(null=True)
    instructed_at = models.DateTimeField()
    examination_at = models.DateTimeField(null=True)
    stage_since = models.DateTimeField()
    their_reference = SealedText(CASES, id="medicolegal.case.their_reference")
    accident_on = SealedDate(CASES, id="medicolegal.case.accident_on")
    accident = SealedText(CASES, id="medicolegal.case.accident")
    questions = SealedText(CASES, id="medicolegal.case.questions")

    called = "case"
    labels: ClassVar[dict[str, str]] = {
        "their_reference": "reference of whoever instructed",
        "accident_on": "day of the accident",
        "accident": "what happened",
        "questions": "what the expert is asked",
    }
    open_fields: ClassVar[dict[str, str]] = {
        "stage": "the board is drawn from it; it says nothing of the injury",
        "instructed_by": "a random identifier: the gate asks by it who has a reason to look",
        "handler": "a random identifier: the gate asks by it who has a reason to look",
        "expert": "a random identifier: the gate asks by it who has a reason to look",
        "instructed_at": "from it the days are counted within which an appointment is due",
        "examination_at": "from it the days are counted within which the report is due",
        "stage_since": "from it the clock of the stage runs, and the reason to look ends after the last one",
    }

    class Meta(Holding.Meta):
        indexes = [
            models.Index(fields=["handler", "stage"], name="case_by_handler"),
            models.Index(fields=["expert", "stage"], name="case_by_expert"),
            models.Index(fields=["instructed_by", "stage"], name="case_by_instructor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["instructed", "declined"]) | models.Q(handler__isnull=False),
                name="case_that_goes_on_has_a_handler",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage__in=["booked", "examined", "signed", "checked", "released"])
                | models.Q(expert__isnull=False, examination_at__isnull=False),
                name="case_with_a_booking_has_expert_and_time",
            ),
        ]


class Report(Holding):
    """
    One version of the report in a case: a draft until it is signed, and never changed after that. What the claimant says is wrong
    makes the next version, so that each that was signed can be read beside it.
    """

    case = models.UUIDField(db_index=True)
    version = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField(null=True)
    parts = SealedJSON(REPORTS, id="medicolegal.report.parts")
    stated = SealedJSON(REPORTS, id="medicolegal.report.stated")
    claimant_said = SealedText(REPORTS, id="medicolegal.report.claimant_said")

    called = "report about you"
    labels: ClassVar[dict[str, str]] = {
        "parts": "what the report says",
        "stated": "what the expert states to the court",
        "claimant_said": "what you said is wrong in it",
    }
    open_fields: ClassVar[dict[str, str]] = {
        "case": "a random identifier",
        "version": "which of several it is; it says nothing of what stands in it",
        "signed_at": "whether it may be read by the claimant; the ledger holds the moment in the open as well",
    }

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="report_has_one_row_a_version")]

    @property
    def release(self) -> str | None:
        """That the claimant's own copy holds it once it is signed, as they read it then (LAW-4.5); a draft has no say in it."""
        return "released" if self.signed_at else None
