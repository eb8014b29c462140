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


def search(
    *,
    actor: str = "",
    subject: str = "",
    event: str = "",
    outcome: str = "",
    purpose: str = "",
    request: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Entry]:
    """The latest events that match everything given, for the privacy officer. Pages like the others."""
    given = {"actor": actor, "event": event, "outcome": outcome, "purpose": purpose, "request": request}
    rows: QuerySet[LedgerEvent] = LedgerEvent.objects.filter(
        **{name: value for name, value in given.items() if value}
    )
    if subject:
        about = Leaf.objects.filter(subject=subject).values("event_id")
        rows = rows.filter(id__in=about) | rows.filter(subject=subject, id__in=_waiting().values("id"))
    if since is not None:
        rows = rows.filter(at__gte=microseconds(since))
    if until is not None:
        rows = rows.filter(at__lt=microseconds(until))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _entries(rows.order_by("-id")[:limit])


def count_about(subject: str) -> int:
    """How many events about a person are sealed."""
    found: int | None = Leaf.objects.filter(subject=subject).aggregate(last=Max("subject_seq"))["last"]
    return found or 0


def _waiting() -> QuerySet[LedgerEvent]:
    """Events that have no leaf yet."""
    start = seal_start()
    if connection.vendor == "sqlite":
        return LedgerEvent.objects.filter(id__gt=start)
    return LedgerEvent.objects.extra(where=["xid >= %s::text::xid8"], params=[str(start)])


def _entries(rows: Sequence[LedgerEvent] | QuerySet[LedgerEvent]) -> list[Entry]:
    return [_entry(row) for row in rows]


def _entry(row: LedgerEvent) -> Entry:
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
