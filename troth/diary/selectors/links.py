"""What a visitor of the site and whoever has a link may see: times, and nothing of anybody."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from troth.diary import rules
from troth.diary.models import Appointment, Hold, VisitState
from troth.diary.selectors.holds import free_to_move, search_free
from troth.diary.selectors.visits import as_booked, visit_of
from troth.gate import actors, linking
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.vault import secrets
from troth.vault.categories import Category
from troth.work import throttle

_TICKET = "kept-time"
#: A time is kept for far less. Whoever comes back to the form later in the day finds what they wrote, and takes another.
_OPENS_FOR = timedelta(days=1)
#: How many times one network may keep within the hour.
_HOLDS_PER_NETWORK = 40
actors.declare_service(
    "visit-links",
    purposes={Purpose.BOOKING},
    categories={Category.CORRESPONDENCE},
    modules={__name__, "troth.diary.services.online"},
)


@dataclass(frozen=True)
class Kept:
    """A time that is kept for whoever has its ticket, and until when."""

    pending: UUID
    service: UUID
    practitioner: UUID
    starts_at: datetime
    until: datetime


@dataclass(frozen=True)
class LinkedVisit:
    """
    A visit as whoever has its link sees it: when and with whom, and nothing of what for. `kept_until`: its time is kept so long for
    its deposit to be paid.
    """

    id: UUID
    practitioner: UUID
    starts_at: datetime
    ends_at: datetime
    state: VisitState
    late: bool
    too_late_to_move: bool
    kept_until: datetime | None = None

    @property
    def awaits_deposit(self) -> bool:
        """Whether it is booked once its deposit is paid."""
        return self.state is VisitState.AWAITING

    @property
    def is_ahead(self) -> bool:
        """Whether anything can still be done with it."""
        return self.state is VisitState.BOOKED


def token_of(visit: UUID) -> str:
    """What the link of a visit, or of a time that is offered, ends with: worked out of its number and a secret of this server."""
    key = secrets.opened().named("diary")
    return urlsafe_b64encode(hmac.digest(key, b"link|" + visit.bytes, hashlib.sha256)).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What is stored of the token of a link, and of a calendar's address."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal_kept(kept: Kept, *, at: datetime) -> str:
    """The ticket by which the browser that chose a time comes back to it. What for is sealed in it, and stored nowhere."""
    said = {
        "pending": kept.pending.hex,
        "service": kept.service.hex,
        "practitioner": kept.practitioner.hex,
        "starts": kept.starts_at.isoformat(),
        "until_then": kept.until.isoformat(),
    }
    return people.seal_ticket(_TICKET, said, at=at, lasts=_OPENS_FOR)


def open_kept(ticket: str, *, at: datetime) -> Kept | None:
    """What a ticket says, or None."""
    said = people.open_ticket(_TICKET, ticket, at=at)
    if said is None:
        return None
    return Kept(
        UUID(said["pending"]),
        UUID(said["service"]),
        UUID(said["practitioner"]),
        datetime.fromisoformat(said["starts"]),
        datetime.fromisoformat(said["until_then"]),
    )


def is_booked(kept: Kept) -> bool:
    """Whether the time that was kept has become a visit: it goes on under the same number."""
    return Appointment.objects.filter(pk=kept.pending).exists()


def may_hold(network: str, *, at: datetime) -> bool:
    """Count one keeping of a time from a network, and say whether it may: nobody fills the diary with times that are kept."""
    return throttle.allow("hold_network", network, limit=_HOLDS_PER_NETWORK, per=timedelta(hours=1), at=at).allowed


def open_days(
    service: UUID, first: date, days: int, *, practitioner: UUID | None, without: UUID | None = None, at: datetime
) -> dict[UUID, list[int]]:
    """What is free for whoever books by themselves: not within the hour, and no further than a year."""
    last = (at + rules.AHEAD).date()
    days = max(0, min(days, (last - first).days))
    who = None if practitioner is None else [practitioner]
    return search_free(service, first, days, at=at, practitioners=who, soonest=at + rules.NEWEST, without=without)


def visit_by_link(token: str, *, at: datetime) -> LinkedVisit | None:
    """The visit of a link, from open columns alone; None where there is none, or it was over a fortnight ago."""
    if not token:
        return None
    row = Appointment.objects.filter(link_hash=hash_of(token), ends_at__gt=at - rules.DAYS_AFTER).first()
    if row is None or linking.has_died(row.subject_id, at=at):
        return None
    return LinkedVisit(
        row.pk,
        row.practitioner,
        row.starts_at,
        row.ends_at,
        VisitState(row.state),
        row.late,
        rules.is_late(row.starts_at, at=at),
        Hold.objects.filter(appointment=row.pk, until__isnull=False).values_list("until", flat=True).first()
        if row.state == VisitState.AWAITING
        else None,
    )


def free_for_link(token: str, on: date, *, at: datetime) -> list[datetime]:
    """The moments of a day to which the visit of a link can be moved, with the same practitioner."""
    found = visit_by_link(token, at=at)
    if found is None:
        return []
    with processing(Purpose.BOOKING, Action.READ, by=actors.service("visit-links"), at=at) as opened:
        row = Appointment.objects.get(pk=found.id)
        if not opened.decision(row.subject_id, Category.CORRESPONDENCE).allowed:
            return []
        booked = as_booked(visit_of(row, "", True))
        free = free_to_move(booked, row.pk, on, row.practitioner, subject=row.subject_id, at=at)
    return [each.at for each in free if each.at >= at + rules.NEWEST]


def due_reminders(*, at: datetime) -> list[UUID]:
    """Visits that are a day ahead, and of whose beginning nobody was reminded yet."""
    rows = Appointment.objects.filter(
        state=VisitState.BOOKED, starts_at__gt=at, starts_at__lte=at + rules.REMINDED
    ).values_list("id", "starts_at", "reminded_for", "recorded_at", "subject_id")
    due = {
        key: subject
        for key, starts, reminded, booked, subject in rows
        # Who booked for tomorrow has just been told.
        if reminded != starts and booked <= starts - rules.REMINDED
    }
    restricted = rights.restricted_among(set(due.values()), at=at)
    return [key for key, subject in due.items() if subject not in restricted]
