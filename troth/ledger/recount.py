"""
One piece of `verify`: every leaf of a range recomputed from the columns that people read.

Runs in a process of its own with a plain connection and without Django, which would take longer to start than a piece takes.
The database joins an event's columns into the bytes to be hashed (`check_export.encode` is the reference, and a property
test holds the two together): 3 us an event where Python needs 6.
"""

import sqlite3
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg

from troth.ledger.check_export import COLUMNS, WATERMARK, BadNote, Head, PublicKey
from troth.ledger.merkle import TILE, join

PIECE = 256 * TILE
_NUMBERS = {"id", "at", "follows", "turn"}


class Source(NamedTuple):
    """Where a worker finds the ledger: an engine, and a file name or connection parameters."""

    vendor: str
    parameters: dict[str, Any]


class Fault(NamedTuple):
    """Something wrong with one leaf or its event."""

    place: int  # the leaf's number
    event_id: int
    kind: str


@dataclass
class Piece:
    """What a range of leaves came to."""

    start: int
    stop: int
    faults: list[Fault] = field(default_factory=list)
    nodes: list[bytes] = field(default_factory=list)  # roots of the full tiles
    # For each checkpoint that ends in the range: size, its root, and the root over its last tile, full or not.
    checkpoints: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    bad_notes: list[int] = field(default_factory=list)
    events: int = 0  # leaves whose event is there
    # For each subject in the range: its first number and the leaf that was said to go before; its last number and leaf.
    firsts: dict[bytes, tuple[int, bytes, int]] = field(default_factory=dict)
    lasts: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)


# A leaf with its event, as the databases give them: its number, the event's, subject, number within the subject, the
# subject's previous leaf, hash, flaw, and the event's bytes (None where it is gone, or is about another subject).
_Row = tuple[int, int, bytes, int, bytes, bytes, bytes, bytes | None]


_connection: Any = None


def open_source(source: Source) -> None:
    """Connect this worker process, read-only."""
    global _connection
    if source.vendor == "sqlite":
        _connection = sqlite3.connect(f"file:{source.parameters['database']}?mode=ro", uri=True)
        # Read through memory: a piece walks two tables from end to end, and a system call a page would double its time.
        _connection.execute("PRAGMA mmap_size = 8589934592")
    else:
        _connection = psycopg.connect(**source.parameters, autocommit=True)
        _connection.execute("SET default_transaction_read_only = on")
        # Look each leaf's event up by its number; any other join reads the whole table for every piece.
        for setting in ("enable_hashjoin", "enable_mergejoin", "jit"):
            _connection.execute(f"SET {setting} = off")
        _connection.execute("SET max_parallel_workers_per_gather = 0")


def recount_here(start: int, stop: int, key: str) -> Piece:
    """As `recount`, over the connection that `open_source` made."""
    return recount(_connection, start, stop, key)


def recount(connection: Any, start: int, stop: int, key: str) -> Piece:
    """Recompute the leaves from `start` (a multiple of 256) to `stop`, and check the checkpoints of these sizes."""
    piece = Piece(start, stop)
    notes = _read_notes(connection, piece, PublicKey.parse(key))
    hashes: list[bytes] = []
    last_event, batches = -1, {size for size, _ in notes}
    expected = start
    firsts, lasts, faults = piece.firsts, piece.lasts, piece.faults
    for place, event_id, subject, number, previous, stored, flaw, body in _rows(connection, start, stop):
        while expected < place:  # a leaf is gone: keep its place, so that what follows is compared in its own
            faults.append(Fault(expected, 0, "leaf removed"))
            hashes.append(b"\0" * 32)
            expected += 1
        if body is None:
            faults.append(Fault(place, event_id, "removed"))
        else:
            piece.events += 1
            if sha256(b"\x00" + body + previous).digest() != stored:  # as `event_leaf`, without its calls
                faults.append(Fault(place, event_id, "changed"))
            elif flaw:
                faults.append(Fault(place, event_id, flaw.decode("ascii", "replace")))
        # Within one batch the sealer numbers events in their own order.
        if event_id <= last_event and place not in batches:
            faults.append(Fault(place, event_id, "reordered"))
        last_event = event_id
        if subject:
            before = lasts.get(subject)
            if before is None:
                firsts[subject] = (number, previous, place)
            elif before != (number - 1, previous):
                faults.append(Fault(place, event_id, "number"))
            lasts[subject] = (number, stored)
        hashes.append(stored)
        expected += 1
    piece.faults += [Fault(place, 0, "leaf removed") for place in range(expected, stop)]
    hashes += [b"\0" * 32] * (stop - expected)
    _build(piece, hashes, notes)
    return piece


def _build(piece: Piece, hashes: list[bytes], notes: list[tuple[int, bytes]]) -> None:
    waiting = iter(notes)
    note = next(waiting, None)
    for at in range(0, len(hashes), TILE):
        levels = [hashes[at : at + TILE]]
        while len(levels[-1]) > 1:
            row = levels[-1]
            # As `node_hash`, without its calls; an odd one out finds no partner and waits for the next tile.
            levels.append(
                [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]
            )
        while note and note[0] - piece.start - at <= TILE:
            piece.checkpoints.append((*note, _partial(levels, note[0] - piece.start - at)))
            note = next(waiting, None)
        if len(levels[0]) == TILE:
            piece.nodes.append(levels[-1][0])


def _partial(levels: list[list[bytes]], count: int) -> bytes:
    """The root over the first `count` of a tile, from its full subtrees."""
    peaks, start = [], 0
    for height in reversed(range(count.bit_length())):
        if count >> height & 1:
            peaks.append(levels[height][start >> height])
            start += 1 << height
    return join(peaks)


def _read_notes(connection: Any, piece: Piece, key: PublicKey) -> list[tuple[int, bytes]]:
    """Size and root of each checkpoint that ends in the range, where its signature holds and its columns say what was signed."""
    found = connection.execute(
        "SELECT size, at, watermark, note FROM ledger_checkpoint"  # noqa: S608
        f" WHERE size > {int(piece.start)} AND size <= {int(piece.stop)} ORDER BY size"
    )
    notes = []
    for size, at, watermark, note in found.fetchall():
        try:
            text = key.check(note)
            head = Head.parse(text)
            stated = watermark_in(text)
            at_stated = int(datetime.fromisoformat(head.at).timestamp())
        except (BadNote, TypeError, AttributeError, ValueError):
            piece.bad_notes.append(size)
            continue
        as_stated = at // 1_000_000 == at_stated and stated in (None, watermark)
        if head.size == size and head.origin == key.name and as_stated:
            notes.append((size, head.root))
        else:
            piece.bad_notes.append(size)
    return notes


def watermark_in(text: str) -> int | None:
    """
    Where the next seal begins, as a checkpoint's signed text states it; None in those made before it was stated.

    :raises ValueError: it is no number.
    """
    stated = [line for line in text.split("\n")[4:] if line.startswith(WATERMARK)]
    return int(stated[0].removeprefix(WATERMARK)) if stated else None


def encoding(vendor: str) -> str:
    """The SQL for an event's columns, its number within the subject and its flaw, encoded as `check_export.encode` does."""
    parts = [(f"e.{name}", name in _NUMBERS) for name in COLUMNS] + [("l.subject_seq", True), ("l.flaw", False)]
    values = ", ".join(name for name, _ in parts)
    if vendor == "sqlite":
        lengths = ", ".join(f"length(CAST({name} AS BLOB))" for name, _ in parts)
        return f"CAST(printf('{','.join(['%d'] * len(parts))}:{'%s' * len(parts)}', {lengths}, {values}) AS BLOB)"
    lengths = ", ".join(
        f"octet_length({name}::text)" if number else f"octet_length({name})" for name, number in parts
    )
    # Lengths first and not between: two calls where there would be eighty, for two thirds of the time.
    return f"concat_ws(',', {lengths}) || ':' || concat({values})"


def _rows(connection: Any, start: int, stop: int) -> Iterator[_Row]:
    where = (
        "FROM ledger_leaf l LEFT JOIN ledger_event e ON e.id = l.event_id AND e.subject = l.subject"
        f' WHERE l."index" >= {int(start)} AND l."index" < {int(stop)} ORDER BY l."index"'
    )
    if isinstance(connection, sqlite3.Connection):
        # SQLite keeps any type in any column: what somebody put in must read as something else, and not stop the count.
        sql = (
            'SELECT l."index", CAST(l.event_id AS INTEGER), CAST(l.subject AS BLOB), CAST(l.subject_seq AS INTEGER),'
            " CAST(l.previous AS BLOB), CAST(l.hash AS BLOB), CAST(l.flaw AS BLOB),"
            f" CASE WHEN e.id IS NOT NULL THEN {encoding('sqlite')} END {where}"
        )
        yield from connection.execute(sql)
        return
    sql = (
        "COPY (SELECT l.\"index\", l.event_id, l.subject, l.subject_seq, encode(l.previous, 'hex'), encode(l.hash, 'hex'),"
        f" l.flaw, CASE WHEN e.id IS NOT NULL THEN {encoding('postgresql')} END {where}) TO STDOUT"
    )
    for line in _copied(connection.pgconn, sql):
        place, event_id, subject, number, previous, stored, flaw, body = line[:-1].split(b"\t")
        yield (
            int(place),
            int(event_id),
            subject,
            int(number),
            unhexlify(previous),
            unhexlify(stored),
            flaw,
            None if body == b"\\N" else body,
        )


def _copied(link: Any, sql: str) -> Iterator[bytes]:
    """The lines of a COPY, straight from libpq: psycopg's own reader costs more a line than hashing it."""
    begun = link.exec_(sql.encode())
    if begun.status != psycopg.pq.ExecStatus.COPY_OUT:
        raise psycopg.OperationalError("The ledger could not be read.")
    while True:
        length, data = link.get_copy_data(0)
        if length < 0:
            break
        yield bytes(data)
    failed = length == -2
    while (result := link.get_result()) is not None:
        failed = failed or result.status == psycopg.pq.ExecStatus.FATAL_ERROR
    if failed:
        raise psycopg.OperationalError("The ledger could not be read to its end.")
