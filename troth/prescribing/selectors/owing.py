"""
What GP practices owe an answer to, and what somebody sees to meanwhile: lists, by which nothing of anybody's health is opened.

Whoever takes in the post sees of a letter when it left and by what a practice quotes it, and neither what it asks nor of whom.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from troth.gate.reasons import linked
from troth.prescribing.models import OPEN, GpNotice, GpNoticeState
from troth.prescribing.rules.asking import ANSWER_WITHIN, MOST_REMINDERS, reference_of
from troth.prescribing.selectors.telling import ANSWERED_WITHIN, THERE, UNANSWERED


@dataclass(frozen=True)
class OwedLine:
    """A letter that asks and is not answered. Whom it is about is a random identifier."""

    id: UUID
    subject: UUID
    reference: str
    asked_at: datetime
    sent_at: datetime
    is_late: bool
    may_remind: bool
    was_reminded: bool
    taken_in_at: datetime | None


def list_owed(*, at: datetime, first: int = 0, limit: int = 50) -> list[OwedLine]:
    """The letters to which an answer may come any day, what has waited longest first: so many, from the `first` on."""
    return [_line(row, at) for row in _plain(_owed(at)).order_by("sent_at", "id")[first : first + limit]]


def count_owed(*, at: datetime) -> int:
    """How many there are."""
    return _owed(at).count()


def get_owed(letter: UUID, *, at: datetime) -> OwedLine | None:
    """One of them, or None. Whoever shows it asks the gate about its person first."""
    row = _plain(_owed(at)).filter(pk=letter).first()
    return _line(row, at) if row else None


def list_taken_in(*, limit: int = 50) -> list[OwedLine]:
    """The letters to which something was taken in that no clinician has looked at, the oldest first."""
    rows = _plain(GpNotice.objects.filter(taken_in_at__isnull=False)).order_by("taken_in_at")[:limit]
    return [_line(row, row.taken_in_at) for row in rows if row.taken_in_at is not None]


def with_owed(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose GP owes an answer that may come any day."""
    return linked(_owed(at), subjects)


def with_something_to_see_to(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those about whom a letter is late or came back, or has a task."""
    rows = GpNotice.objects.filter(
        _is_late(at) | Q(task__isnull=False) | Q(state=GpNoticeState.FAILED) | Q(taken_in_at__isnull=False)
    )
    return linked(rows, subjects)


def list_late(*, at: datetime) -> list[UUID]:
    """The letters whose fortnight has passed unanswered, whose request still waits, and that nobody sees to."""
    rows = GpNotice.objects.filter(_is_late(at), request__status__in=OPEN, task=None, taken_in_at=None)
    return list(rows.order_by("sent_at").values_list("pk", flat=True))


def list_seen_to(*, at: datetime) -> list[UUID]:
    """The letters whose task asks for nothing any more: nothing is late, came back or waits to be looked at."""
    late = _is_late(at) & Q(request__status__in=OPEN)
    rows = GpNotice.objects.filter(task__isnull=False, taken_in_at=None)
    return list(rows.exclude(late | Q(state=GpNoticeState.FAILED)).values_list("pk", flat=True))


def _owed(at: datetime) -> QuerySet[GpNotice]:
    return GpNotice.objects.filter(
        ~Q(state=GpNoticeState.ANSWERED), request__isnull=False, sent_at__gt=at - ANSWERED_WITHIN
    )


def _is_late(at: datetime) -> Q:
    return Q(request__isnull=False, state__in=THERE, sent_at__lte=at - ANSWER_WITHIN)


def _plain(rows: QuerySet[GpNotice]) -> QuerySet[GpNotice]:
    return rows.defer(*(field.name for field in GpNotice.sealed_fields())).select_related(None)


def _line(row: GpNotice, at: datetime) -> OwedLine:
    assert row.sent_at is not None
    late = row.state in THERE and at - row.sent_at >= ANSWER_WITHIN
    may_remind = late and row.reminders < MOST_REMINDERS and row.state in UNANSWERED
    return OwedLine(
        row.pk,
        row.subject_id,
        reference_of(row.pk),
        row.due_at,
        row.sent_at,
        late,
        may_remind,
        row.reminders > 0,
        row.taken_in_at,
    )
