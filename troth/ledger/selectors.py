"""
Reads for pages: events as plain values, newest first, sealed or not.

Whoever calls these has passed the gate: what happened to a record is itself about a person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from troth.ledger import apart
from troth.ledger.drafts import microseconds, moment
from troth.ledger.models import Leaf, LedgerEvent
from troth.ledger.names import Event
from troth.ledger.sealing import seal_start
from troth.ledger.writing import TEXT_COLUMNS

_WORDS = {str(each): each.words for each in Event}
#: What an `Entry` is made of, in its order.
_COLUMNS = ("id", "at", *TEXT_COLUMNS)
_SHOWN = ", ".join(f"e.{name}" for name in _COLUMNS)


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


def events_about(
    subject: str,
    *,
    limit: int = 50,
    before: int | None = None,
    with_apart: bool = False,
    only: Collection[str] = (),
    not_by: Collection[str] = (),
) -> list[Entry]:
    """
    The latest events about a person; for the next page give the last one's id as `before`. `with_apart`: those for their protection
    too, which stand in a file of their own. `only` events of some names, and none of what some actors did (`not_by`), when they are
    given: a person's own use is most of what is about them.
    """
    files = (subject, apart.file_of(subject)) if with_apart else (subject,)
    # Where sealing stands is asked first: what is sealed meanwhile is then found twice and kept once, and never missed.
    start = seal_start()
    wanted = ""
    given: list[Any] = []
    for column, values, among in (("event", only, "IN"), ("actor", not_by, "NOT IN")):
        if values:
            wanted += f" AND e.{column} {among} ({', '.join(['%s'] * len(values))})"
            given += values
    if before is not None:
        wanted, given = f"{wanted} AND e.id < %s", [*given, before]
    found: dict[int, Sequence[Any]] = {}
    with connection.cursor() as cursor:
        for file in files:
            # The subject's index is on the leaves, which the sealer writes in batches: writers never pay for it.
            cursor.execute(
                f"SELECT {_SHOWN} FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id"  # noqa: S608  names of our own
                f" WHERE l.subject = %s AND e.subject = %s{wanted} ORDER BY l.subject_seq DESC LIMIT %s",
                [file, file, *given, limit],
            )
            found |= {row[0]: row for row in cursor.fetchall()}
        since = "e.id > %s" if connection.vendor == "sqlite" else "e.xid >= %s::text::xid8"
        cursor.execute(
            f"SELECT {_SHOWN} FROM ledger_event e WHERE {since} AND e.subject IN ({', '.join(['%s'] * len(files))}){wanted}"  # noqa: S608
            " ORDER BY e.id DESC LIMIT %s",
            [start if connection.vendor == "sqlite" else str(start), *files, *given, limit],
        )
        found |= {row[0]: row for row in cursor.fetchall()}
    return [_entry(*found[number]) for number in sorted(found, reverse=True)[:limit]]


def stands_apart(entry: Entry) -> bool:
    """Whether an event is for somebody's protection, and so no part of what its person reads."""
    return apart.is_apart(entry.purpose, entry.event)


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


def opened_by(actor: UUID, subjects: Collection[UUID], *, purpose: str, since: datetime) -> set[UUID]:
    """Of these people, those of whom this actor opened something for this purpose since a moment."""
    if not subjects:
        return set()
    wanted = {subject.hex: subject for subject in subjects}
    looked = {"actor": actor.hex, "event": Event.OPENED, "purpose": purpose, "at__gte": microseconds(since)}
    # The subject's index is on the leaves, as for a person's own list; the few events that wait for theirs are looked at beside.
    leaves = Leaf.objects.filter(subject__in=wanted).values("event_id")
    sealed = LedgerEvent.objects.filter(id__in=leaves, **looked)
    waiting = _waiting().filter(subject__in=wanted, **looked)
    return {wanted[event.subject] for rows in (sealed, waiting) for event in rows.only("subject")}


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
        files = [wanted.subject, apart.file_of(wanted.subject)]
        about = Leaf.objects.filter(subject__in=files).values("event_id")
        rows = rows.filter(id__in=about) | rows.filter(subject__in=files, id__in=_waiting().values("id"))
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
    return _entry(*(getattr(row, name) for name in _COLUMNS))


def _entry(number: int, at: int, event: str, *columns: Any) -> Entry:
    *codes, what, objects, request, note = columns
    words = _WORDS.get(event, event)
    listed = (tuple(what.split()), tuple(objects.split()))
    done: tuple[Any, ...] = (number, moment(at), event, words, *codes, *listed, request, note)
    return Entry(*done)
