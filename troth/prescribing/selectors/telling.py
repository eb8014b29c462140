"""Reading letters to GPs. Plain values only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from troth.delivery.selectors import Failure
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.prescribing.models import OPEN, GpChannel, GpNotice, GpNoticeState, Wanted, Way
from troth.prescribing.rules import DECIDING
from troth.prescribing.rules.asking import ANSWER_WITHIN, check_may_judge, reference_of
from troth.vault.categories import Category
from troth.vault.files import StoredFile

#: A GP may answer for so long; after that nobody has a reason to look because of the letter.
ANSWERED_WITHIN = timedelta(days=28)
WAITING = (GpNoticeState.DUE, GpNoticeState.FAILED)
#: They have it, and may answer.
THERE = (GpNoticeState.SENT, GpNoticeState.RECEIVED)
GOT = (*THERE, GpNoticeState.ANSWERED)
UNANSWERED = (*WAITING, *THERE)
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
    asks: bool


@dataclass(frozen=True)
class LetterOpened:
    """One letter, opened."""

    id: UUID
    subject: UUID
    prescription: UUID | None  # that it tells of; None where it asks
    request: UUID | None  # for which it asks; None where it tells
    state: GpNoticeState
    due_at: datetime
    sent_at: datetime | None
    tries: int
    practice: dict[str, str]
    answer: str
    channel: GpChannel
    message: str
    trouble: str
    asked: "Asked | None"
    taken_in_at: datetime | None  # when something was taken in to it that no clinician has looked at

    def is_late(self, at: datetime) -> bool:
        """Whether it asks, and the practice let its fortnight pass."""
        return self.asked is not None and _is_late(self.state, self.sent_at, at)


@dataclass(frozen=True)
class Asked:
    """What a practice was asked for, and what came of it; `document`: the file on the card."""

    wanted: tuple[str, ...]
    by: UUID
    reference: str
    came_on: date | None
    way: Way | None
    document: UUID | None


@dataclass(frozen=True)
class AskedLine:
    """How far the newest letter that asks for one request has come. Nothing of it is opened."""

    state: GpNoticeState
    late: bool
    taken_in: bool  # something came that nobody has looked at


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
            row.request_id is not None,
        )
        for row in rows
    ]


def count_to_post(*, at_most: int = 1000) -> int:
    """How many letters wait for somebody to print and post them: the others leave by themselves."""
    return GpNotice.objects.filter(state__in=WAITING, channel=GpChannel.POST)[:at_most].count()


def with_letter(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those about whom a letter is to be sent, or was sent within four weeks and not answered."""
    waiting = GpNotice.objects.filter(state__in=WAITING)
    sent = GpNotice.objects.filter(state__in=THERE, sent_at__gt=at - ANSWERED_WITHIN)
    return linked(waiting | sent, subjects)


def with_answer(prescriber: UUID, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    Of these people, those whose GP this prescriber asked within four weeks, or from whose GP something waits to be looked at, for a
    request that is closed meanwhile.
    """
    waits = Q(state__in=GOT, sent_at__gt=at - ANSWERED_WITHIN) | Q(taken_in_at__isnull=False)
    sent = GpNotice.objects.filter(waits, request__prescriber=prescriber)
    return linked(sent.exclude(request__status__in=OPEN), subjects)


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


def asked_for(request: UUID, opened: Opened) -> list[LetterOpened]:
    """
    The letters that ask a GP for what bears on one request, the newest first.

    :raises Refused: the viewer may not see health data of this person.
    """
    rows = list(GpNotice.objects.filter(request_id=request).order_by("-recorded_at"))
    if rows:
        opened.require(rows[0].subject_id, Category.HEALTH)
    return [_opened(row) for row in rows]


def asked_among(requests: Collection[UUID], *, at: datetime) -> dict[UUID, AskedLine]:
    """Of these requests, those for which a GP was asked, each with how far the newest letter has come. One query."""
    rows = GpNotice.objects.filter(request__in=requests).order_by("recorded_at")
    return {
        request: AskedLine(GpNoticeState(state), _is_late(state, sent_at, at), taken_in_at is not None)
        for request, state, sent_at, taken_in_at in rows.values_list("request_id", "state", "sent_at", "taken_in_at")
    }


def who_decides(letter: UUID) -> UUID | None:
    """Whose the request is for which a letter asks; None where it is nobody's now, or the letter tells."""
    rows = GpNotice.objects.filter(pk=letter)
    return rows.values_list("request__prescriber", flat=True).first()


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


def open_taken_in(letter: UUID, opened: Opened) -> StoredFile:
    """
    What was taken in to a letter and waits, to be streamed to whoever says what it is.

    :raises Refused: the viewer may not see health data of this person.
    :raises NotPossible: they decide about no requests.
    """
    row = GpNotice.objects.filter(pk=letter).first()
    opened.require(row.subject_id if row else letter, Category.HEALTH)
    check_may_judge(decides=bool(opened.by.roles & DECIDING))
    stored: StoredFile | None = row.taken_in if row else None
    if stored is None:
        raise nothing_there()
    return stored


def _opened(row: GpNotice) -> LetterOpened:
    return LetterOpened(
        row.pk,
        row.subject_id,
        row.prescription_id,
        row.request_id,
        GpNoticeState(row.state),
        row.due_at,
        row.sent_at,
        row.tries,
        dict(row.practice or {}),
        row.answer or "",
        GpChannel(row.channel),
        row.message,
        _trouble_of(row),
        _asked(row),
        row.taken_in_at,
    )


def _asked(row: GpNotice) -> Asked | None:
    if row.request_id is None:
        return None
    asked, came = dict(row.asked or {}), dict(row.came or {})
    return Asked(
        said_of(asked),
        UUID(row.recorded_by),
        reference_of(row.pk),
        date.fromisoformat(came["on"]) if came else None,
        Way(came["by"]) if came else None,
        UUID(came["document"]) if came.get("document") else None,
    )


def said_of(asked: dict[str, Any]) -> tuple[str, ...]:
    """What a letter asks for, in words, a line each."""
    wanted = [Wanted(each) for each in asked.get("wanted", ())]
    lines = [f"{each.words}: {asked['history']}" if each is Wanted.HISTORY else each.words for each in wanted]
    return (*lines, *([asked["words"]] if asked.get("words") else []))


def _is_late(state: str, sent_at: datetime | None, at: datetime) -> bool:
    return state in THERE and sent_at is not None and at - sent_at >= ANSWER_WITHIN


def _trouble_of(row: GpNotice) -> str:
    """Why a letter did not leave or came back, in words; "" where nothing is in its way."""
    if row.trouble == NOT_COLLECTED:
        return "nobody there collected it"
    return str(Failure(row.trouble).label) if row.trouble else ""
