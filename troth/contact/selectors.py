"""Reading questions: who has a reason to look, the list, and one opened. Plain values only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from troth.contact import rules
from troth.contact.models import Enquiry
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.people import selectors as people
from troth.vault.categories import Category


@dataclass(frozen=True)
class EnquiryLine:
    """A question in the list: who asks and when; "" where the viewer may not see who."""

    id: UUID
    subject: UUID
    asked_at: datetime
    answered_at: datetime | None
    name: str


@dataclass(frozen=True)
class EnquiryOpened:
    """One question with its words, and what was answered."""

    line: EnquiryLine
    email: str
    words: str
    answer: str
    answered_by: str


def with_question(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose question waits, or was answered within the last fourteen days."""
    return linked(Enquiry.objects.filter(_alive(at)), subjects)


def list_enquiries(opened: Opened, *, answered: bool, start: int, most: int) -> tuple[list[EnquiryLine], int]:
    """
    Questions that wait, the longest first; or those answered lately, the newest first. With how many there are in all.

    Those whose sender the viewer may not see stand there without a name.
    """
    rows = Enquiry.objects.filter(_alive(opened.at), answered_at__isnull=not answered)
    rows = rows.order_by("-answered_at" if answered else "asked_at", "id")
    shown = list(rows[start : start + most])
    admitted, _ = opened.admit([row.subject_id for row in shown], Category.CORRESPONDENCE)
    seen = set(admitted)
    lines = [_line(row, row.name or "" if row.subject_id in seen else "") for row in shown]
    return lines, rows.count()


def get_enquiry(enquiry: UUID, opened: Opened) -> EnquiryOpened:
    """
    One question, opened.

    :raises Refused: the viewer may not answer questions, or there is no such one.
    """
    row = Enquiry.objects.filter(pk=enquiry).first()
    opened.require(row.subject_id if row else enquiry, Category.CORRESPONDENCE)
    assert row is not None
    return EnquiryOpened(
        _line(row, row.name or ""),
        row.email or "",
        row.words or "",
        row.answer or "",
        people.staff_name(row.answered_by) if row.answered_by else "",
    )


def _line(row: Enquiry, name: str) -> EnquiryLine:
    return EnquiryLine(row.pk, row.subject_id, row.asked_at, row.answered_at, name)


def _alive(at: datetime) -> Q:
    return Q(answered_at__isnull=True) | Q(answered_at__gt=at - rules.DAYS_AFTER)
