"""
What happened to events between their writing and their sealing, as their writers' strands show it (see `writing.py`).

The sealer looks once, and its finding stands in the leaf, under the checkpoint's signature.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from troth.ledger.check_export import COLUMNS
from troth.ledger.signing import signer
from troth.ledger.writing import mac

FORGED, GAP, ORDER, COPY = "forged", "gap", "order", "copy"
WORDS = {
    FORGED: "was added or changed before it was sealed",
    GAP: "follows an event that was removed before it was sealed",
    ORDER: "was reordered before it was sealed",
    COPY: "is a copy of an earlier event, put in before it was sealed",
}
_ID, _FOLLOWS, _TURN, _MAC = (COLUMNS.index(name) for name in ("id", "follows", "turn", "mac"))


def find_flaws(events: Sequence[Sequence[str]]) -> dict[int, str]:
    """The flaw of each flawed event among these, which are columns as text, in the order of their numbers."""
    key = signer().writers_key
    # A copy is genuine in every column; that its place in its strand was taken before is all that shows it.
    flaws = dict.fromkeys(_copies(events), COPY)
    writes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    here = {}
    for event in events:
        event_id, turn = int(event[_ID]), int(event[_TURN])
        if not is_genuine(event, key):
            flaws[event_id] = FORGED
        elif event_id in flaws:
            continue
        writes[int(event[_FOLLOWS])].append((event_id, turn))
        here[event_id] = turn
    turns = _turns_of(writes, here)
    for follows, write in writes.items():
        before = 0 if follows < 0 else turns.get(follows)
        for event_id, flaw in _flaws_of_one_write(write, before, follows):
            flaws.setdefault(event_id, flaw)
    return flaws


def is_genuine(event: Sequence[str], key: bytes) -> bool:
    """Whether one of our writers wrote exactly this, its number aside."""
    joined = "\t".join(event[1:_MAC])
    return joined.count("\t") == _MAC - 2 and mac(joined, key) == event[_MAC]


def _copies(events: Sequence[Sequence[str]]) -> set[int]:
    """Those whose place in a strand an event with a lower number has already, sealed or not."""
    copies: set[int] = set()
    for start in range(0, len(events), 300):
        part = events[start : start + 300]
        rows = ", ".join(["(%s, %s, %s)"] * len(part))
        places = [int(event[column]) for event in part for column in (_ID, _FOLLOWS, _TURN)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH waiting (id, follows, turn) AS (VALUES {rows})"  # noqa: S608 — marks only
                " SELECT w.id FROM waiting w WHERE EXISTS (SELECT 1 FROM ledger_event e"
                " WHERE e.follows = w.follows AND e.turn = w.turn AND e.id < w.id)",
                places,
            )
            copies.update(row[0] for row in cursor.fetchall())
    return copies


def _turns_of(writes: dict[int, list[tuple[int, int]]], here: dict[int, int]) -> dict[int, int]:
    """The turn of each event that a write follows, where that event still exists."""
    missing = [follows for follows in writes if follows >= 0 and follows not in here]
    turns = dict(here)
    for start in range(0, len(missing), 500):
        part = missing[start : start + 500]
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"SELECT id, turn FROM ledger_event WHERE id IN ({marks})", part)  # noqa: S608 — marks only
            turns.update(cursor.fetchall())
    return turns


def _flaws_of_one_write(write: list[tuple[int, int]], before: int | None, follows: int) -> list[tuple[int, str]]:
    if before is None:
        return [(write[0][0], GAP)]
    if write[0][1] != before + 1 and _sealed_in_two(write[0], follows):
        before = write[0][1] - 1
    expected = list(range(before + 1, before + 1 + len(write)))
    if sorted(turn for _, turn in write) == expected:
        return [(event_id, ORDER) for (event_id, turn), place in zip(write, expected, strict=True) if turn != place]
    flaws = []
    for event_id, turn in write:
        if turn != before + 1:
            flaws.append((event_id, GAP if turn > before else ORDER))
        before = turn
    return flaws


def _sealed_in_two(first: tuple[int, int], follows: int) -> bool:
    """Whether the write's earlier events went into an earlier batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM ledger_event WHERE id < %s AND id > %s AND follows = %s AND turn = %s LIMIT 1",
            [first[0], max(follows, 0), follows, first[1] - 1],
        )
        return cursor.fetchone() is not None
