"""
Prescriptions and their supplies. Lists, papers and counts know them from open columns, and nothing of anybody is opened for those.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from troth.gate import actors
from troth.gate.contexts import Opened
from troth.gate.refusals import nothing_there
from troth.intake import selectors as intake
from troth.prescribing.models import MedicationRequest, Prescription, SupplyStatus, Verification
from troth.prescribing.rules import DECIDING
from troth.prescribing.rules.dispensing import last_day
from troth.prescribing.rules.reacting import may_be_taken
from troth.prescribing.selectors import pricing
from troth.vault.categories import Category
from troth.vault.files import StoredFile

#: Supplies that do not count: what was cancelled or came back was not taken.
GONE = (SupplyStatus.CANCELLED, SupplyStatus.RETURNED)


@dataclass(frozen=True)
class SupplyLine:
    """One supply, opened."""

    id: UUID
    request: UUID
    subject: UUID
    status: SupplyStatus
    reference: str
    prescriber: UUID
    signed_at: datetime
    pharmacist: UUID | None
    checked_at: datetime | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    item: dict[str, Any]
    tracking: str
    digest: str

    @property
    def until(self) -> date:
        """The last day on which it may be dispensed: as its paper says, or by law where the paper says none."""
        said = self.item.get("until")
        return date.fromisoformat(said) if said else last_day(timezone.localdate(self.signed_at))

    @property
    def can_be_taken(self) -> bool:
        """Whether its person can have taken some of it, and so can tell of a reaction."""
        return may_be_taken(self.status, delivered=self.delivered_at is not None)


@dataclass(frozen=True)
class Waiting:
    """A prescription in a list of the pharmacy: who it is for is a random identifier."""

    id: UUID
    subject: UUID
    status: SupplyStatus
    prescriber: UUID
    signed_at: datetime
    unpaid: bool


def list_supplies(
    statuses: tuple[SupplyStatus, ...], *, prescriber: UUID | None = None, limit: int = 50
) -> list[Waiting]:
    """The prescriptions in these states, the oldest first: all, or those that one prescriber signed. Nothing is opened."""
    sealed = [field.name for field in Prescription.sealed_fields()]
    found = Prescription.objects.filter(status__in=statuses).defer(*sealed).order_by("signed_at")
    rows = list((found.filter(prescriber=prescriber) if prescriber else found)[:limit])
    unpaid = pricing.unpaid_requests([row.request_id for row in rows if row.status in pricing.WAITS])
    return [
        Waiting(
            row.pk, row.subject_id, SupplyStatus(row.status), row.prescriber, row.signed_at, row.request_id in unpaid
        )
        for row in rows
    ]


def is_unpaid(supply: SupplyLine) -> bool:
    """Whether a supply waits until its person pays: nothing leaves before."""
    return supply.status in pricing.WAITS and bool(pricing.unpaid_requests([supply.request]))


def count_waiting(*, at_most: int = 1000) -> dict[SupplyStatus, int]:
    """How many prescriptions wait for a pharmacist, to be checked and to be sent."""
    waiting = (SupplyStatus.SIGNED, SupplyStatus.RELEASED)
    return {each: Prescription.objects.filter(status=each)[:at_most].count() for each in waiting}


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

    Answers count from when all of them were last confirmed; the longest that any treatment allows counts here, since which it was
    is sealed.
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
    confirmed = intake.last_confirmed(response for *_, response in rows if response)
    for status, signer, pharmacist, signed_at, subject, response in rows:
        counts["signed"] += 1
        counts["unanswered"] += response not in confirmed
        counts["stale"] += response in confirmed and signed_at - confirmed[response] > longest
        counts["unverified"] += subject not in checked or checked[subject] > signed_at
        counts["unchecked"] += status in left and pharmacist in (None, signer)
    return counts


def supplies_of(subject: UUID, opened: Opened, *, but: UUID | None = None) -> list[SupplyLine]:
    """
    A person's prescriptions with their supply, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    opened.require(subject, Category.HEALTH)
    rows = Prescription.objects.filter(subject_id=subject).order_by("-signed_at")
    return [_supply(row) for row in rows if row.request_id != but]


def get_supply(prescription: UUID, opened: Opened) -> SupplyLine:
    """
    One prescription with its supply.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = Prescription.objects.filter(pk=prescription).first()
    opened.require(row.subject_id if row else prescription, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return _supply(row)


def supply_for(request: UUID, opened: Opened) -> SupplyLine | None:
    """
    The prescription that answered a request, or None.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = Prescription.objects.filter(request_id=request).first()
    if row is None:
        return None
    opened.require(row.subject_id, Category.HEALTH)
    return _supply(row)


def reasons_for(request: UUID, opened: Opened) -> list[str]:
    """
    What its prescriber wrote down of why they prescribed all the same, where a rule asked for a reason.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = MedicationRequest.objects.filter(pk=request).first()
    opened.require(row.subject_id if row else request, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return [words for words in dict(row.grounds or {}).values() if words]


def open_document(prescription: UUID, opened: Opened) -> StoredFile:
    """
    The signed document, to be streamed.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = Prescription.objects.filter(pk=prescription).first()
    opened.require(row.subject_id if row else prescription, Category.HEALTH)
    if row is None:
        raise nothing_there()
    stored: StoredFile = row.file
    return stored


def last_on(supplies: list[SupplyLine], treatment: str) -> date | None:
    """The day of the last of these supplies for a treatment that was not cancelled and did not come back."""
    days = [
        timezone.localdate(each.signed_at)
        for each in supplies
        if each.item.get("treatment") == treatment and each.status not in GONE
    ]
    return max(days, default=None)


def _supply(row: Prescription) -> SupplyLine:
    return SupplyLine(
        row.pk,
        row.request_id,
        row.subject_id,
        SupplyStatus(row.status),
        row.number,
        row.prescriber,
        row.signed_at,
        row.pharmacist,
        row.checked_at,
        row.dispatched_at,
        row.delivered_at,
        dict(row.item),
        row.tracking or "",
        row.file_hash,
    )


#: By then somebody has asked how they are, or nobody does any more.
ASKED_WITHIN = timedelta(days=60)


def count_unfollowed(*, at: datetime) -> dict[str, int]:
    """
    How many supplies left, and of those that nobody has asked about yet: how many nobody was given to ask about, and how many are
    long past the day. Nothing is opened.

    Somebody has been given to ask since tasks are given for it. What left before the first of them, or was signed by somebody who
    had left, was looked after in another way, and is not counted as missed.
    """
    sent = (SupplyStatus.DISPATCHED, SupplyStatus.DELIVERED)
    left = Prescription.objects.filter(status__in=(*sent, SupplyStatus.CLOSED))
    planned, bare = left.filter(status__in=sent, task__isnull=False), left.filter(status__in=sent, task=None)
    began = left.filter(task__isnull=False).aggregate(first=Min("dispatched_at"))["first"]
    signers = list(bare.filter(dispatched_at__gte=began).values_list("prescriber", flat=True)) if began else []
    stay = {each for each in set(signers) if actors.person(each, at=at).roles & DECIDING}
    return {
        "left": left.count(),
        "unplanned": sum(each in stay for each in signers),
        "late": planned.filter(dispatched_at__lt=at - ASKED_WITHIN).count(),
    }
