"""What a practitioner's calendar reads: when they are taken, from open columns, and nothing of anybody."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from troth.diary import rules
from troth.diary.models import Appointment, Feed
from troth.people import selectors as people

_BEFORE, _AHEAD = timedelta(days=7), timedelta(days=90)


def hash_of(token: str) -> str:
    """What is stored of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_feed(practitioner: UUID) -> bool:
    """Whether their calendar has an address."""
    return Feed.objects.filter(subject_id=practitioner, ended_at__isnull=True).exists()


def read_feed(token: str, *, at: datetime) -> str | None:
    """The calendar file of an address; None where it is none, was ended, or its owner works here no longer."""
    row = Feed.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).first()
    if row is None or not people.roles_of(row.subject_id, at=at):
        return None
    visits = (
        Appointment.objects.filter(
            practitioner=row.subject_id,
            starts_at__gt=at - _BEFORE,
            starts_at__lt=at + _AHEAD,
            state__in=list(rules.HOLDING),
        )
        .order_by("starts_at")
        .values_list("id", "starts_at", "ends_at")
    )
    return rules.feed_of(list(visits), at=at)
