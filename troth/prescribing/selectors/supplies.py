"""Prescriptions as lists, papers and counts know them: from open columns, and nothing of anybody is opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from troth.intake import selectors as intake
from troth.prescribing.models import MedicationRequest, Prescription, SupplyStatus, Verification


@dataclass(frozen=True)
class Waiting:
    """A prescription in a list of the pharmacy: who it is for is a random identifier."""

    id: UUID
    subject: UUID
    status: SupplyStatus
    prescriber: UUID
    signed_at: datetime


def list_supplies(statuses: tuple[SupplyStatus, ...], *, limit: int = 50) -> list[Waiting]:
    """The prescriptions in these states, the oldest first. Nothing is opened."""
    sealed = [field.name for field in Prescription.sealed_fields()]
    rows = Prescription.objects.filter(status__in=statuses).defer(*sealed).order_by("signed_at")[:limit]
    return [Waiting(row.pk, row.subject_id, SupplyStatus(row.status), row.prescriber, row.signed_at) for row in rows]


def seconds_read(request: UUID) -> int | None:
    """For how long its prescriber had a request before them when they decided; None where nobody could measure it."""
    found: int | None = MedicationRequest.objects.filter(pk=request).values_list("seconds", flat=True).first()
    return found


@dataclass(frozen=True)
class Standing:
    """What anybody may know of a prescription whose paper they hold: nothing of the person it is for."""

    reference: str
    prescriber: UUID
    signed_at: datetime
    status: SupplyStatus
    digest: str
    signature: str


def find_standing(reference: str) -> Standing | None:
    """A prescription by the reference on its paper, or None. Nothing is opened."""
    sealed = [field.name for field in Prescription.sealed_fields()]
    row = Prescription.objects.filter(number=reference.strip().upper()).defer(*sealed).first()
    if row is None:
        return None
    return Standing(row.number, row.prescriber, row.signed_at, SupplyStatus(row.status), row.file_hash, row.signature)


def count_supplies() -> dict[str, int]:
    """
    How many prescriptions there are, and how many lack what had to be there: seen from open columns, and nothing opened.

    Answers are as old as their newest; the longest that any treatment allows counts here, since which it was is sealed.
    """
    longest = timedelta(days=max(each.answers_good_for for each in intake.treatments().values()))
    left = {SupplyStatus.RELEASED, SupplyStatus.DISPATCHED, SupplyStatus.DELIVERED, SupplyStatus.CLOSED}
    counts = dict.fromkeys(("signed", "unanswered", "stale", "unverified", "unchecked"), 0)
    checked: dict[UUID, datetime] = {}
    for subject, at in Verification.objects.order_by("-checked_at").values_list("subject_id", "checked_at"):
        checked[subject] = at  # the first that there was
    rows = Prescription.objects.values_list(
        "status", "prescriber", "pharmacist", "signed_at", "subject_id", "request__response"
    )
    answered = intake.newest_answers(response for *_, response in rows if response)
    for status, signer, pharmacist, signed_at, subject, response in rows:
        counts["signed"] += 1
        counts["unanswered"] += response not in answered
        counts["stale"] += response in answered and signed_at - answered[response] > longest
        counts["unverified"] += subject not in checked or checked[subject] > signed_at
        counts["unchecked"] += status in left and pharmacist in (None, signer)
    return counts
