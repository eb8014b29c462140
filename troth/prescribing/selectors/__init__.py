"""Reading requests: who has a reason to look, queues, and the requests on a card. Plain values only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import Decision, nothing_there
from troth.intake import selectors as intake
from troth.people import selectors as people
from troth.prescribing.models import (
    OPEN,
    Alike,
    Astray,
    CheckState,
    DocumentKind,
    Drug,
    GpChannel,
    GpNoticeState,
    GpState,
    Matter,
    MedicationRequest,
    MessageState,
    Method,
    Outcome,
    Prescription,
    ReactionState,
    Recovery,
    RequestStatus,
    Seriousness,
    SupplyStatus,
    Verified,
    Wanted,
    Way,
)
from troth.prescribing.rules import DAYS_AFTER, prescribing_roles
from troth.vault.categories import Category

# The vocabularies come with the values that pages get: a face imports no models.
__all__ = [
    "OPEN",
    "Answered",
    "Astray",
    "CheckState",
    "DocumentKind",
    "Drug",
    "GpChannel",
    "GpNoticeState",
    "GpState",
    "Matter",
    "MessageState",
    "Method",
    "Outcome",
    "ReactionState",
    "Recovery",
    "RequestLine",
    "RequestOpened",
    "RequestStatus",
    "Seriousness",
    "SupplyStatus",
    "Verified",
    "Wanted",
    "Way",
    "assigned_to",
    "get_line",
    "list_lines_of",
    "list_prescribers",
    "list_to_pass_on",
    "list_waiting_for",
    "not_by",
    "prepared_by",
    "request_of",
    "requests_of",
    "sheet_for",
    "with_open_request",
]


#: States of a supply in which a pharmacist still has something to do.
IN_HAND = (SupplyStatus.SIGNED, SupplyStatus.QUERIED, SupplyStatus.RELEASED, SupplyStatus.DISPATCHED)


@dataclass(frozen=True)
class Answered:
    """One question of the questionnaire and what the person answered."""

    question: str
    answer: str


@dataclass(frozen=True)
class RequestLine:
    """A request as far as it is open: who it is about is a random identifier, and nothing of health is told."""

    id: UUID
    subject: UUID
    status: RequestStatus
    requested_at: datetime
    prescriber: UUID | None
    assistant: UUID | None


@dataclass(frozen=True)
class RequestOpened:
    """A request with what was asked for, answered and decided."""

    line: RequestLine
    medicine: str
    answers: tuple[Answered, ...]
    decided_at: datetime | None
    outcome: Outcome | None
    outcome_words: str


def assigned_to(prescriber: UUID, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those with a request that this prescriber has now, or decided within fourteen days."""
    rows = MedicationRequest.objects.filter(prescriber=prescriber)
    held = rows.filter(status__in=OPEN) | rows.filter(
        status=RequestStatus.DECIDED, decided_at__gt=at - DAYS_AFTER, decided_at__lte=at
    )
    return linked(held, subjects)


def prepared_by(assistant: UUID, subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with an open request that this assistant prepares."""
    return linked(MedicationRequest.objects.filter(assistant=assistant, status__in=OPEN), subjects)


def with_open_request(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with a request that nobody has decided."""
    return linked(MedicationRequest.objects.filter(status__in=OPEN), subjects)


def with_open_supply(subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those with a prescription that a pharmacist still has in hand."""
    return linked(Prescription.objects.filter(status__in=IN_HAND), subjects)


def alike_to(prescriber: UUID, subjects: Collection[UUID]) -> set[UUID]:
    """Of these people, those who were found alike with the person of an open request that this prescriber has."""
    rows = Alike.objects.filter(request__prescriber=prescriber, request__status__in=OPEN)
    return linked(rows, subjects, column="other")


def list_waiting_for(actor: UUID, *, limit: int = 50) -> list[RequestLine]:
    """The open requests that this person decides or prepares, the oldest first."""
    rows = MedicationRequest.objects.filter(status__in=OPEN)
    mine = rows.filter(prescriber=actor) | rows.filter(assistant=actor)
    return [_line(row) for row in mine.defer(*_sealed()).order_by("requested_at")[:limit]]


def list_to_pass_on(*, limit: int = 50) -> list[RequestLine]:
    """The requests that no prescriber has yet, the oldest first."""
    rows = MedicationRequest.objects.filter(status=RequestStatus.REQUESTED).defer(*_sealed())
    return [_line(row) for row in rows.order_by("requested_at")[:limit]]


def get_line(request: UUID) -> RequestLine | None:
    """One request as far as it is open, or None."""
    row = MedicationRequest.objects.filter(pk=request).defer(*_sealed()).first()
    return None if row is None else _line(row)


def list_lines_of(subject: UUID) -> list[RequestLine]:
    """A person's requests as far as they are open, the newest first."""
    rows = MedicationRequest.objects.filter(subject_id=subject).defer(*_sealed())
    return [_line(row) for row in rows.order_by("-requested_at")]


def requests_of(subject: UUID, opened: Opened) -> "tuple[RequestOpened, ...] | Decision":
    """A person's requests, opened, the newest first; or the gate's decision where they are withheld."""
    decision = opened.decision(subject, Category.HEALTH)
    if not decision.allowed:
        return decision
    rows = MedicationRequest.objects.where("-requested_at", subject_id=subject)
    return tuple(
        RequestOpened(
            _line(row),
            row.medicine,
            _answered(row),
            row.decided_at,
            row.outcome,
            row.outcome_words or "",
        )
        for row in rows
    )


def not_by(request: UUID) -> UUID | None:
    """Who decided a request before its person asked that another looks again; None where nobody did. An identifier only."""
    return MedicationRequest.objects.filter(pk=request).values_list("not_by", flat=True).first()


def list_prescribers(opened: Opened) -> list[people.StaffMember]:
    """Members of staff who may be given a request now, by name. Their profiles are published; roles are standing facts."""
    staff = people.list_staff()
    may = actors.who_hold(prescribing_roles(opened.register), (member.subject for member in staff), at=opened.at)
    return [member for member in staff if member.subject in may]


def sheet_for(request: UUID, opened: Opened) -> intake.Sheet | None:
    """
    The answers that a request was made with, each with its history; None for one that came without a questionnaire.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    row = MedicationRequest.objects.filter(pk=request).defer(*_sealed()).first()
    opened.require(row.subject_id if row else request, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return intake.get_sheet(row.response, opened) if row.response else None


def request_of(response: UUID) -> UUID | None:
    """The request that was made with these answers, or None. Identifiers only."""
    return MedicationRequest.objects.filter(response=response).values_list("id", flat=True).first()


def _answered(row: MedicationRequest) -> tuple[Answered, ...]:
    """Question and answer, as they stand now."""
    if row.response is None:
        return tuple(Answered(**answer) for answer in row.answers)
    sheet = intake.sheet_behind(row.response)
    return tuple(Answered(line.item.text, line.words) for line in sheet.lines)


def _line(row: MedicationRequest) -> RequestLine:
    return RequestLine(
        row.pk, row.subject_id, RequestStatus(row.status), row.requested_at, row.prescriber, row.assistant
    )


def _sealed() -> list[str]:
    """The sealed columns, which a queue does not even load."""
    return [field.name for field in MedicationRequest.sealed_fields()]


def count_decided() -> tuple[int, int]:
    """How many requests are decided, and how many of them were last written by another than their prescriber."""
    rows = MedicationRequest.objects.filter(status=RequestStatus.DECIDED).values_list("prescriber", "changed_by")
    who = [(prescriber.hex if prescriber else "", by) for prescriber, by in rows]
    return len(who), sum(prescriber != by for prescriber, by in who)
