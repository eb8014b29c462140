"""Reading the ledger's tables with raw SQL, in the shapes that sealing and proving need."""

import json
from collections.abc import Sequence

from django.db import connection

from troth.ledger.check_export import COLUMNS
from troth.ledger.merkle import TILE, Tree

EVENT_COLUMNS = ", ".join(f"e.{name}" for name in COLUMNS)


def read_tile(height: int, number: int) -> list[bytes]:
    """Up to 256 stored hashes: leaves at height 0, nodes above."""
    start = number * TILE
    with connection.cursor() as cursor:
        if height:
            cursor.execute(
                'SELECT hash FROM ledger_node WHERE height = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
                [height, start, start + TILE],
            )
        else:
            cursor.execute(
                'SELECT hash FROM ledger_leaf WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
                [start, start + TILE],
            )
        return [bytes(row[0]) for row in cursor.fetchall()]


def stored_tree() -> Tree:
    """A view of the stored tree."""
    return Tree(read_tile)


def last_checkpoint() -> tuple[int, int, str] | None:
    """Size, watermark and signed note of the newest checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, watermark, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
        row: tuple[int, int, str] | None = cursor.fetchone()
        return row


def unsealed(watermark: int) -> tuple[str, list[int | str]]:
    """The FROM and WHERE of events that have no leaf, given the newest checkpoint's watermark."""
    if connection.vendor == "sqlite":
        return "FROM ledger_event e WHERE e.id > %s", [watermark]
    return (
        "FROM ledger_event e WHERE e.xid >= %s::text::xid8"
        " AND NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.event_id = e.id)",
        [str(watermark)],
    )


def last_leaves(subjects: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """For each subject that has leaves: the number and hash of the last."""
    if connection.vendor == "sqlite":
        sql = (
            "SELECT l.subject, l.subject_seq, l.hash FROM json_each(%s) s JOIN ledger_leaf l ON l.subject = s.value"
            " AND l.subject_seq = (SELECT max(subject_seq) FROM ledger_leaf WHERE subject = s.value)"
        )
        parameter: str | list[str] = json.dumps(subjects)
    else:
        sql = (
            "SELECT s.subject, l.subject_seq, l.hash FROM unnest(%s::text[]) s(subject) CROSS JOIN LATERAL"
            " (SELECT subject_seq, hash FROM ledger_leaf WHERE subject = s.subject ORDER BY subject_seq DESC LIMIT 1) l"
        )
        parameter = list(subjects)
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return {subject: (number, bytes(leaf)) for subject, number, leaf in cursor.fetchall()}
