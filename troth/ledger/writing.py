"""
`write`: the one way into the ledger. It joins whatever transaction the caller has on `default`, and opens none.

Writers' strand. Between its commit and its sealing a row is not in the tree yet. So each row names the last event of the same
writer's previous *committed* write (`follows`), its number among that writer's events (`turn`), and carries a MAC over itself
and both. A row forged or altered before sealing has no valid MAC; one that was deleted is missed by the next row of its
writer. Rolled-back writes leave no gap, because a strand moves on only when its transaction has committed. What it cannot
show: the loss of the very last events of a writer that never writes again.
"""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from troth.ledger import apart
from troth.ledger.drafts import Draft, line, microseconds
from troth.ledger.signing import signer

TEXT_COLUMNS = (
    "event",
    "outcome",
    "actor_kind",
    "actor",
    "on_behalf_of",
    "subject",
    "purpose",
    "action",
    "failed_check",
    "rule",
    "reason",
    "what",
    "objects_touched",
    "request",
    "note",
)
WRITTEN = ("at", *TEXT_COLUMNS, "follows", "turn", "mac")
_NAMES = ", ".join(WRITTEN)
_ONE = f"({', '.join(['%s'] * len(WRITTEN))})"
_INSERT = f"INSERT INTO ledger_event ({_NAMES}) VALUES "  # noqa: S608 — constants only
# From here on COPY beats a multi-row INSERT on PostgreSQL (10 us a row against 50, and three round trips against one).
_COPY_FROM = 8


def write(drafts: Sequence[Draft]) -> None:
    """
    Write events in the caller's transaction: all of them, or none (pitfalls A5).

    :raises DraftRefused: a draft holds something other than identifiers and codes; nothing was written.
    """
    if not drafts:
        return
    strand = _strand()
    follows, turn = strand.head()
    key = signer().writers_key
    lines = []
    for draft in map(apart.filed, drafts):
        turn += 1
        signed = f"{microseconds(draft.at)}\t{line(draft)}\t{follows}\t{turn}"
        lines.append(f"{signed}\t{mac(signed, key)}")
    strand.advance(_insert(lines), turn)


def has_written() -> bool:
    """Whether this thread's connection has committed an event since it was opened."""
    strand: _Strand | None = getattr(connections["default"], "troth_strand", None)
    return strand is not None and strand.committed[0] > 0


def mac(signed: str, key: bytes) -> str:
    """The mark of a genuine writer over a row's columns joined by tabs, from `at` to `turn`."""
    return hashlib.blake2b(signed.encode(), key=key, digest_size=16).hexdigest()


def _insert(lines: list[str]) -> int:
    """Insert the rows and give the id of the last."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if len(lines) == 1:
                cursor.execute(_INSERT + _ONE, lines[0].split("\t"))
                return int(cursor.lastrowid)
            cursor.executemany(_INSERT + _ONE, [text.split("\t") for text in lines])
            cursor.execute("SELECT last_insert_rowid()")
            return int(cursor.fetchone()[0])
        if len(lines) < _COPY_FROM:
            values = [value for text in lines for value in text.split("\t")]
            cursor.execute(f"{_INSERT}{', '.join([_ONE] * len(lines))} RETURNING id", values)
            return max(int(row[0]) for row in cursor.fetchall())
        with cursor.copy(f"COPY ledger_event ({_NAMES}) FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")
        cursor.execute("SELECT lastval()")
        return int(cursor.fetchone()[0])


class _Strand:
    """Where this connection's strand stands. One per open connection, hence one per thread."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.wrapper = wrapper
        self.raw = wrapper.connection
        # A new strand follows nothing; a random negative number tells it from every other new one.
        self.committed = (-secrets.randbits(62) - 1, 0)

    def head(self) -> tuple[int, int]:
        """The id and turn that the next row follows: of this transaction's last write, or of the last committed one."""
        # Django drops the callbacks of a savepoint that is rolled back, so what is listed is what will be committed.
        for entry in reversed(self.wrapper.run_on_commit):
            if isinstance(entry[1], _Advance) and entry[1].strand is self:
                return entry[1].head
        return self.committed

    def advance(self, last_id: int, turn: int) -> None:
        """Move on to `last_id` as soon as it is committed."""
        transaction.on_commit(_Advance(self, (last_id, turn)))


class _Advance:
    """The callback after a commit, in a form that `head` can find."""

    def __init__(self, strand: _Strand, head: tuple[int, int]) -> None:
        self.strand = strand
        self.head = head

    def __call__(self) -> None:
        self.strand.committed = self.head
        if self.strand.wrapper.in_atomic_block:
            # Only a test's captured callbacks run inside a transaction. It may yet be rolled back: begin a new strand.
            del self.strand.wrapper.troth_strand  # type: ignore[attr-defined]


def _strand() -> _Strand:
    wrapper: Any = connections["default"]
    wrapper.ensure_connection()
    strand: _Strand | None = getattr(wrapper, "troth_strand", None)
    if strand is None or strand.raw is not wrapper.connection:
        strand = wrapper.troth_strand = _Strand(wrapper)
    return strand
