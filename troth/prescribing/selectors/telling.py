"""Reading letters to GPs. Plain values only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from troth.delivery.selectors import Failure
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.prescribing.models import GpChannel, GpNotice, GpNoticeState
from troth.vault.categories import Category
from troth.vault.files import StoredFile

#: A GP may answer for so long; after that nobody has a reason to look because of the letter.
ANSWERED_WITHIN = timedelta(days=28)
WAITING = (GpNoticeState.DUE, GpNoticeState.FAILED)
#: They have it, and may answer.
THERE = (GpNoticeState.SENT, GpNoticeState.RECEIVED)
GOT = (*THERE, GpNoticeState.ANSWERED)
NOT_SET_UP = Failure.NOT_SET_UP
#: What MESH gives back after five days.
NOT_COLLECTED = "not_collected"


@dataclass(frozen=True)
class WaitingLetter:
    """A letter in a list: whom it is about is a random identifier."""

    id: UUID
    subject: UUID
    state: GpNoticeState
    due_at: datetime
    channel: GpChannel
    trouble: str  # why it has not left, in words


@dataclass(frozen=True)
class LetterOpened:
    """One letter, opened."""

    id: UUID
    subject: UUID
    prescription: UUID
    state: GpNoticeState
    due_at: datetime
    sent_at: datetime | None
    tries: int
    practice: dict[str, str]
    answer: str
    channel: GpChannel
    message: str
    trouble: str


def list_waiting(*, limit: int = 50) -> list[WaitingLetter]:
    """The letters that are to be sent, the oldest first. Nothing is opened."""
    sealed = [field.name for field in GpNotice.sealed_fields()]
    rows = GpNotice.objects.filter(state__in=WAITING).defer(*sealed).order_by("due_at")[:limit]
    return [
        WaitingLetter(
            row.pk,
            row.subject_id,
            GpNoticeState(row.state),
            row.due_at,
            GpChannel(row.channel),
            _trouble_of(row),
        )
        for row in rows
    ]


def with_letter(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those about whom a letter is to be sent, or was sent within four weeks and not answered."""
    waiting = GpNotice.objects.filter(state__in=WAITING)
    sent = GpNotice.objects.filter(state__in=THERE, sent_at__gt=at - ANSWERED_WITHIN)
    return linked(waiting | sent, subjects)


def get_letter(letter: UUID, opened: Opened) -> LetterOpened:
    """
    One letter.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = GpNotice.objects.filter(pk=letter).first()
    opened.require(row.subject_id if row else letter, Category.IDENTITY, Category.HEALTH)
    if row is None:
        raise nothing_there()
    return _opened(row)


def letter_about(prescription: UUID, opened: Opened) -> LetterOpened | None:
    """
    The letter about one prescription, or None.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = GpNotice.objects.filter(prescription_id=prescription).first()
    if row is None:
        return None
    opened.require(row.subject_id, Category.HEALTH)
    return _opened(row)


def open_letter(letter: UUID, opened: Opened) -> StoredFile:
    """
    The letter itself, to be streamed.

    :raises Refused: the viewer may not see health data of this person.
    """
    row = GpNotice.objects.filter(pk=letter).first()
    opened.require(row.subject_id if row else letter, Category.HEALTH)
    if row is None:
        raise nothing_there()
    stored: StoredFile = row.file
    return stored


def _opened(row: GpNotice) -> LetterOpened:
    return LetterOpened(
        row.pk,
        row.subject_id,
        row.prescription_id,
        GpNoticeState(row.state),
        row.due_at,
        row.sent_at,
        row.tries,
        dict(row.practice or {}),
        row.answer or "",
        GpChannel(row.channel),
        row.message,
        _trouble_of(row),
    )


def _trouble_of(row: GpNotice) -> str:
    """Why a letter did not leave or came back, in words; "" where nothing is in its way."""
    if row.trouble == NOT_COLLECTED:
        return "nobody there collected it"
    return str(Failure(row.trouble).label) if row.trouble else ""
