"""
The sealer: it gives every committed event its leaf in the tree and signs a checkpoint over the whole.

One at a time, whatever the number of processes: an advisory lock on PostgreSQL, the write lock on SQLite. Killed at any
moment it leaves nothing behind, since leaves, nodes and checkpoint are one transaction. On PostgreSQL an event may become
visible after a later-numbered one was sealed, so a watermark of event numbers would lose it: the next seal starts from the
oldest transaction that was still running, and takes whatever has no leaf.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction

from troth.ledger import rows, strands
from troth.ledger.check_export import COLUMNS, WATERMARK, Head, event_leaf
from troth.ledger.drafts import microseconds
from troth.ledger.merkle import TILE, fold
from troth.ledger.signing import signer

log = logging.getLogger(__name__)

# On SQLite writers wait while a batch is sealed: 2,000 events take about 30 ms (pitfalls A5: batches under 100 ms).
BATCH = {"sqlite": 2_000, "postgresql": 20_000}
_SUBJECT = COLUMNS.index("subject")
_LOCK = 0x74726F7468  # the advisory lock's number: "troth"
_publishers: list[Callable[[str], None]] = []


def register_publisher(publish: Callable[[str], None]) -> None:
    """Have `publish` called with every new checkpoint (a signed note) after it is committed."""
    if publish not in _publishers:
        _publishers.append(publish)


def seal(limit: int | None = None) -> int:
    """
    Seal what is committed and not yet in the tree, at most about `limit` events, and give their number.

    Call it at the end of every command; a server runs `run_sealer`.
    """
    sealed, after = 0, (0, 0)
    while limit is None or sealed < limit:
        if not _anything_unsealed():
            break
        batch = BATCH[connection.vendor] if limit is None else min(limit - sealed, BATCH[connection.vendor])
        with transaction.atomic():
            count, after = _seal_batch(batch, after)
        sealed += count
        if count < batch:
            break
    return sealed


def run_sealer(ends: Callable[[float], bool], every: float = 2.0) -> None:
    """
    Seal every few seconds until it ends, then once more. Run it in a process of its own, or in a thread where nobody forks.

    `ends(seconds)` waits so long at most and says whether it is over: the `wait` of an event.
    """
    try:
        last_time = ends(0)
        while True:
            try:
                seal()
            except DatabaseError as fault:
                # The store may be away for a moment. If it stays away, `oldest_unsealed_age` raises the alarm.
                log.error("The sealer could not seal: %s", type(fault).__name__)
                connection.close()
            if last_time:
                return
            last_time = ends(every)
    finally:
        connection.close()


def oldest_unsealed_age(at: datetime) -> timedelta | None:
    """How long the oldest event without a leaf has been waiting at `at`; over ten seconds is an alarm."""
    source, parameters = rows.unsealed(seal_start())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(e.at) {source}", parameters)
        oldest = cursor.fetchone()[0]
    return None if oldest is None else timedelta(microseconds=microseconds(at) - oldest)


def seal_start() -> int:
    """Where to look for events without a leaf: the newest checkpoint's watermark, or the beginning."""
    return _standing().low


class _Standing(NamedTuple):
    """How far it is sealed: leaves in the tree, where to look for more, and the oldest transaction that runs (PostgreSQL)."""

    size: int
    low: int
    running: int


def _standing() -> _Standing:
    """By one statement, since every page about somebody asks."""
    running = "pg_snapshot_xmin(pg_current_snapshot())::text" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT head.size, head.watermark, {running} FROM (SELECT 1) AS always LEFT JOIN"  # noqa: S608
            " (SELECT size, watermark FROM ledger_checkpoint ORDER BY size DESC LIMIT 1) AS head ON 1 = 1"
        )
        size, watermark, oldest = cursor.fetchone()
    if size is None:
        return _Standing(0, 0, int(oldest))
    # Of data that came from another cluster, whose transactions had higher numbers, everything is looked at.
    foreign = connection.vendor == "postgresql" and watermark > int(oldest)
    return _Standing(size, 0 if foreign else watermark, int(oldest))


def _anything_unsealed() -> bool:
    """Asked before the lock is taken, so that an idle sealer never keeps a writer waiting."""
    source, parameters = rows.unsealed(seal_start())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {source} LIMIT 1", parameters)
        return cursor.fetchone() is not None


def _seal_batch(limit: int, after: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    """Seal up to `limit` events, and say how many and up to which (transaction, number) they were taken."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Taken before the events are read: a transaction that ends between the two is looked at twice, never missed.
        size, low, horizon = _standing()
        source, parameters = rows.unsealed(low)
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT {rows.EVENT_COLUMNS}, e.xid::text {source} AND (e.xid, e.id) > (%s::text::xid8, %s)"
                " ORDER BY e.xid, e.id LIMIT %s",
                [*parameters, str(after[0]), after[1], limit],
            )
            found = cursor.fetchall()
            if found:
                after = (int(found[-1][-1]), int(found[-1][0]))
            # A full batch may have stopped in the midst of a transaction: begin with that one again.
            watermark = min(horizon, after[0]) if len(found) == limit else horizon
            events = [list(map(str, row[:-1])) for row in sorted(found)]
        else:
            cursor.execute(f"SELECT {rows.EVENT_COLUMNS} {source} ORDER BY e.id LIMIT %s", [*parameters, limit])
            events = [list(map(str, row)) for row in cursor.fetchall()]
            watermark = int(events[-1][0]) if events else low
    if events:
        _add(events, size, watermark)
    return len(events), after


def _add(events: Sequence[Sequence[str]], size: int, watermark: int) -> None:
    """Add events, given as text in the order of their numbers, to the tree, and sign it."""
    flaws = strands.find_flaws(events)
    last = rows.last_leaves(sorted({event[_SUBJECT] for event in events if event[_SUBJECT]}))
    leaves = []
    for index, event in enumerate(events, size):
        event_id, subject = int(event[0]), event[_SUBJECT]
        flaw = flaws.get(event_id, "")
        number, previous = last.get(subject, (0, b"")) if subject else (-1, b"")
        made = event_leaf(event, subject_seq=number + 1, flaw=flaw, previous=previous)
        if subject:
            last[subject] = (number + 1, made)
        leaves.append((index, event_id, subject, number + 1, previous, flaw, made))
    _insert("ledger_leaf", ("index", "event_id", "subject", "subject_seq", "previous", "flaw", "hash"), leaves)
    new_size = size + len(leaves)
    _add_nodes(1, size, new_size)
    now = datetime.now(UTC)
    signing = signer()
    head = Head(signing.name, new_size, rows.stored_tree().root(new_size), now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    note = signing.sign(f"{head.text}{WATERMARK}{watermark}\n")
    _insert(
        "ledger_checkpoint", ("size", "at", "watermark", "note"), [(new_size, microseconds(now), watermark, note)]
    )
    transaction.on_commit(lambda: _publish(note))


def _add_nodes(height: int, old: int, new: int) -> None:
    """Store the subtrees of `height` that have become full; `old` and `new` count what lies one height below."""
    first, stop = old // TILE, new // TILE
    if first == stop:
        return
    nodes = [(height, index, fold(rows.read_tile(height - 1, index))) for index in range(first, stop)]
    _insert("ledger_node", ("height", "index", "hash"), nodes)
    _add_nodes(height + 1, first, stop)


def _insert(table: str, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 — constants only


def _publish(note: str) -> None:
    for publish in _publishers:
        try:
            publish(note)
        except Exception as fault:  # noqa: BLE001 — one destination that is away must not keep the others from theirs
            log.error("A checkpoint could not be published: %s", type(fault).__name__)
