"""What a practitioner's calendar reads: when they are taken, from open columns, and nothing of anybody."""

from datetime import datetime, timedelta
from uuid import UUID

from troth.diary import rules
from troth.diary.models import Appointment, ClassTime, Feed
from troth.diary.selectors.links import hash_of
from troth.people import selectors as people

_BEFORE, _AHEAD = timedelta(days=7), timedelta(days=90)


def has_feed(practitioner: UUID) -> bool:
    """Whether their calendar has an address."""
    return Feed.objects.filter(subject_id=practitioner, ended_at__isnull=True).exists()


def read_feed(token: str, *, at: datetime) -> str | None:
    """The calendar file of an address; None where it is none, was ended, or its owner works here no longer."""
    row = Feed.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).first()
    if row is None or not people.roles_of(row.subject_id, at=at):
        return None
    shown = {"starts_at__gt": at - _BEFORE, "starts_at__lt": at + _AHEAD}
    visits = Appointment.objects.filter(
        practitioner=row.subject_id, state__in=list(rules.HOLDING), class_time__isnull=True, **shown
    )
    # A class is one stretch, however many come to it.
    classes = ClassTime.objects.filter(subject_id=row.subject_id, cancelled_at__isnull=True, **shown)
    taken = [each for rows in (visits, classes) for each in rows.values_list("id", "starts_at", "ends_at")]
    return rules.feed_of(sorted(taken, key=lambda each: each[1]), at=at)
