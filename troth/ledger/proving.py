"""
Proofs for people outside: that an event stands in the ledger, that one checkpoint continues another, and a person's export.

What an export shows and what it does not is worded in `check_export.py`, which goes out with it (pitfalls A14).
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from troth.design.documents import json_of
from troth.ledger import rows
from troth.ledger.check_export import (
    COLUMNS,
    FORMAT,
    BadNote,
    CheckFailed,
    Head,
    check_inclusion,
    event_leaf,
    statement_text,
)
from troth.ledger.merkle import Tree
from troth.ledger.sealing import seal
from troth.ledger.signing import signer

_LEAF_COLUMNS = 'l."index", l.subject_seq, l.previous, l.flaw, l.hash'


class NotSealed(LookupError):
    """There is no such event in the tree yet, or no tree at all."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an event stands, and the path from its leaf to the root that the checkpoint signs."""

    event_id: int
    index: int
    leaf: bytes
    path: list[bytes]
    checkpoint: str


def public_key() -> str:
    """The key with which checkpoints are checked, as text to be published."""
    return str(signer().public)


def latest_checkpoint() -> str:
    """
    The newest signed checkpoint.

    :raises NotSealed: nothing was ever sealed.
    """
    head = rows.last_checkpoint()
    if head is None:
        raise NotSealed("Nothing has been sealed yet; run `troth ledger seal`.")
    return head[2]


def prove(event_id: int) -> Proof:
    """
    Prove that an event is in the tree of the newest checkpoint.

    :raises NotSealed: it has no leaf yet, or does not exist.
    """
    note = latest_checkpoint()
    with connection.cursor() as cursor:
        cursor.execute('SELECT "index", hash FROM ledger_leaf WHERE event_id = %s', [event_id])
        leaf = cursor.fetchone()
    if leaf is None:
        raise NotSealed(
            "This event is not sealed; the sealer takes a few seconds, and `troth ledger seal` does it now."
        )
    size = Head.parse(note).size
    return Proof(event_id, leaf[0], bytes(leaf[1]), rows.stored_tree().inclusion(leaf[0], size), note)


def holds(proof: Proof) -> bool:
    """
    Whether a proof stands: the columns that people read make this leaf, and the path leads from it to the root that our key signed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_LEAF_COLUMNS}, {rows.EVENT_COLUMNS} FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id"  # noqa: S608
            " WHERE e.id = %s",
            [proof.event_id],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    index, number, previous, flaw, stored, *columns = row
    leaf = event_leaf(map(str, columns), subject_seq=number, flaw=flaw, previous=bytes(previous))
    try:
        head = Head.parse(signer().public.check(proof.checkpoint))
        check_inclusion(leaf, index, head.size, proof.path, head.root)
    except (CheckFailed, BadNote):
        return False
    return leaf == bytes(stored) == proof.leaf


def prove_consistency(old: int, size: int) -> list[bytes]:
    """
    Prove that the tree of `size` leaves begins with the tree of `old` leaves.

    :raises ValueError: the older tree is empty or larger.
    :raises LookupError: the tree has not that many leaves.
    """
    return rows.stored_tree().consistency(old, size)


def export_person(subject: str, at: datetime, known: Sequence[str] = ()) -> bytes:
    """
    Everything in the ledger about one person, with proofs, as a JSON document that `check_export.py` checks offline.

    It seals first, so that nothing waits outside. `known` are checkpoints that the person has from elsewhere: the document
    then shows that they belong to the same history.

    :raises NotSealed: the ledger is empty.
    """
    seal()
    note = latest_checkpoint()
    head = Head.parse(note)
    tree = rows.stored_tree()
    events = [_event(row, tree, head.size) for row in _events(subject, head.size)]
    document = {
        "format": FORMAT,
        "subject": subject,
        "made_at": at.isoformat(),
        "public_key": public_key(),
        "checkpoint": note,
        "statement": signer().sign(statement_text(subject, len(events), head)),
        "events": events,
        "consistency": {
            str(size): _texts(tree.consistency(*sorted((size, head.size)))) for size in _sizes(known, head.size)
        },
    }
    return json_of(document, ascii_only=True)


def _sizes(known: Sequence[str], size: int) -> list[int]:
    """The sizes of known checkpoints that the tree can be compared with; of a larger one there is nothing to show."""
    return [head.size for head in map(Head.parse, known) if 0 < head.size < size]


def _events(subject: str, size: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_LEAF_COLUMNS}, {rows.EVENT_COLUMNS} FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id"  # noqa: S608
            ' WHERE l.subject = %s AND l."index" < %s ORDER BY l.subject_seq',
            [subject, size],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _event(row: tuple[Any, ...], tree: Tree, size: int) -> dict[str, Any]:
    index, number, previous, flaw, _ = row[:5]
    return {
        "index": index,
        "subject_seq": number,
        "previous": bytes(previous).hex(),
        "flaw": flaw,
        "columns": dict(zip(COLUMNS, map(str, row[5:]), strict=True)),
        "path": _texts(tree.inclusion(index, size)),
    }


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]
