"""
Reads for pages: events as plain values, newest first, sealed or not.

Whoever calls these has passed the gate: what happened to a record is itself about a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from troth.ledger.drafts import microseconds, moment
from troth.ledger.models import Leaf, LedgerEvent
from troth.ledger.names import Event
from troth.ledger.sealing import seal_start

_WORDS = {str(each): each.words for each in Event}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is shown. `words` says in English what happened."""

    id: int
    at: datetime
    event: str
    words: str
    outcome: str
    actor_kind: str
    actor: str
    on_behalf_of: str
    subject: str
    purpose: str
    action: str
    check: str
    rule: str
    reason: str
    what: tuple[str, ...]
    objects: tuple[str, ...]
    request: str
    note: str


def events_about(subject: str, *, limit: int = 50, before: int | None = None) -> list[Entry]:
    """The latest events about a person; for the next page give the last one's id as `before`."""
    sealed = Leaf.objects.filter(subject=subject)
    if before is not None:
        sealed = sealed.filter(event_id__lt=before)
    # The subject's index is on the leaves, which the sealer writes in batches: writers never pay for it.
    found = list(
        LedgerEvent.objects.filter(
            id__in=list(sealed.order_by("-subject_seq").values_list("event_id", flat=True)[:limit])
        )
    )
    waiting = _waiting().filter(subject=subject).exclude(id__in=[row.id for row in found])
    if before is not None:
        waiting = waiting.filter(id__lt=before)
    found += waiting.order_by("-id")[:limit]
    return _entries(sorted(found, key=lambda row: -row.id)[:limit])


def events_by(actor: str, *, limit: int = 50, before: int | None = None) -> list[Entry]:
    """The latest events of a person or service; for the next page give the last one's id as `before`."""
    return search(actor=actor, limit=limit, before=before)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for; what is left empty matches everything. `since` is included, `until` is not."""

    actor: str = ""
    subject: str = ""
    event: str = ""
    outcome: str = ""
    purpose: str = ""
    request: str = ""
    since: datetime | None = None
    until: datetime | None = None


def search(*, limit: int = 50, before: int | None = None, **wanted: Any) -> list[Entry]:
    """The latest events that match everything given (see `Wanted`), for the privacy officer. Pages like the others."""
    rows = _matching(Wanted(**wanted))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _entries(rows.order_by("-id")[:limit])


def count(wanted: Wanted) -> int:
    """How many events match, sealed or not."""
    return _matching(wanted).count()


def get_event(event_id: int) -> Entry | None:
    """One event, or None when there is none of that number."""
    row = LedgerEvent.objects.filter(pk=event_id).first()
    return None if row is None else entry_of(row)


def newer_than(event_id: int, wanted: Wanted) -> int:
    """How many events that match come after this one: where a page of the search begins."""
    return _matching(wanted).filter(id__gte=event_id).count()


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour of the clock, UTC."""

    start: datetime
    events: int
    opened: int
    refused: int


def by_hour(since: datetime) -> list[Hour]:
    """How much happened in each hour since a moment, the oldest first; hours in which nothing did are left out."""
    hour = 3_600_000_000
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at / %s, COUNT(*), SUM(CASE WHEN event = %s THEN 1 ELSE 0 END),"
            " SUM(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END) FROM ledger_event WHERE at >= %s GROUP BY 1 ORDER BY 1",
            [hour, str(Event.OPENED), microseconds(since)],
        )
        return [Hour(moment(int(start) * hour), *map(int, counts)) for start, *counts in cursor.fetchall()]


def _matching(wanted: Wanted) -> QuerySet[LedgerEvent]:
    given = {
        name: value
        for name in ("actor", "event", "outcome", "purpose", "request")
        if (value := getattr(wanted, name))
    }
    rows: QuerySet[LedgerEvent] = LedgerEvent.objects.filter(**given)
    if wanted.subject:
        about = Leaf.objects.filter(subject=wanted.subject).values("event_id")
        rows = rows.filter(id__in=about) | rows.filter(subject=wanted.subject, id__in=_waiting().values("id"))
    if wanted.since is not None:
        rows = rows.filter(at__gte=microseconds(wanted.since))
    if wanted.until is not None:
        rows = rows.filter(at__lt=microseconds(wanted.until))
    return rows


def count_about(subject: str) -> int:
    """How many events about a person are sealed."""
    found: int | None = Leaf.objects.filter(subject=subject).aggregate(last=Max("subject_seq"))["last"]
    return found or 0


def count_waiting() -> int:
    """How many events have no leaf yet."""
    return _waiting().count()


def _waiting() -> QuerySet[LedgerEvent]:
    """Events that have no leaf yet."""
    start = seal_start()
    if connection.vendor == "sqlite":
        return LedgerEvent.objects.filter(id__gt=start)
    return LedgerEvent.objects.extra(where=["xid >= %s::text::xid8"], params=[str(start)])


def _entries(rows: Sequence[LedgerEvent] | QuerySet[LedgerEvent]) -> list[Entry]:
    return [entry_of(row) for row in rows]


def entry_of(row: LedgerEvent) -> Entry:
    """A row as a plain value."""
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "id",
            "event",
            "outcome",
            "actor_kind",
            "actor",
            "on_behalf_of",
            "subject",
            "purpose",
            "action",
            "rule",
            "reason",
            "request",
            "note",
        )
    }
    return Entry(
        **values,
        at=moment(row.at),
        words=_WORDS.get(row.event, row.event),
        check=row.failed_check,
        what=tuple(row.what.split()),
        objects=tuple(row.objects_touched.split()),
    )
