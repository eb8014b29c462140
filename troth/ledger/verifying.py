"""
`verify`: is the ledger what the sealer signed, event by event? It names the first that is not, and changes nothing.

It starts from the columns that people read, never from a stored copy. What it cannot see by itself is a history rewritten as a
whole by someone who holds the signing key; a checkpoint from outside shows that.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from troth.ledger import rows, strands
from troth.ledger.check_export import BadNote, Head, PublicKey, node_hash
from troth.ledger.drafts import moment
from troth.ledger.guards import columns_missing, guards_missing
from troth.ledger.merkle import TILE, fold, join
from troth.ledger.names import Event
from troth.ledger.recount import PIECE, Fault, Piece, Source, open_source, recount, recount_here
from troth.ledger.sealing import oldest_unsealed_age, seal_start
from troth.ledger.signing import signer

LAG = timedelta(seconds=10)
WORDS = {
    "changed": "was changed",
    "removed": "was removed",
    "reordered": "was moved to another place",
    "added": "was added without being sealed",
    "number": "breaks the numbering of its subject: a leaf was added, removed or changed",
    "leaf removed": "has lost its leaf",
    "tree": "lies where the stored tree differs from its leaves",
    "root": "is the first that may differ from what a checkpoint signed",
    "checkpoint": "ends a checkpoint that is not as it was signed",
    "fork": "lies beyond what a checkpoint from outside agrees with",
    "unsealed": "has waited too long to be sealed",
    **strands.WORDS,
}
_VAGUE = {"tree": TILE, "root": 0}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `index` is the leaf's number, -1 where there is none; `event_id` 0 where none is known."""

    index: int
    event_id: int
    kind: str

    @property
    def words(self) -> str:
        """A sentence for people."""
        event = f"Event {self.event_id}" if self.event_id else "An event"
        place = f" (leaf {self.index})" if self.index >= 0 else ""
        return f"{event}{place} {WORDS[self.kind]}."


@dataclass
class Report:
    """What `verify` found. `findings` are in the order of the leaves, those without a leaf last."""

    events: int = 0
    checkpoints: int = 0
    root: str = ""
    findings: list[Finding] = field(default_factory=list)
    guards_missing: list[str] = field(default_factory=list)
    columns_missing: list[str] = field(default_factory=list)  # where any is, nothing else was looked at

    @property
    def holds(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.findings and not self.guards_missing and not self.columns_missing


@dataclass
class _Count:
    """What the pieces come to, joined in order."""

    faults: list[Fault] = field(default_factory=list)
    nodes: list[bytes] = field(default_factory=list)
    peaks: list[tuple[int, bytes]] = field(default_factory=list)  # height and root, of the tiles so far
    subjects: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    agreed: int = 0  # the last checkpoint that agrees with the tree
    root: bytes = b""
    size: int = 0
    events: int = 0
    checkpoints: int = 0

    def add(self, piece: Piece) -> None:
        self.faults += piece.faults
        self.faults += [Fault(size - 1, 0, "checkpoint") for size in piece.bad_notes]
        for subject, (number, previous, place) in piece.firsts.items():
            if self.subjects.get(subject, (0, b"")) != (number - 1, previous):
                self.faults.append(Fault(place, 0, "number"))
        self.subjects.update(piece.lasts)
        tile = piece.start // TILE
        for size, root, partial in piece.checkpoints:
            while (size - 1) // TILE > len(self.nodes):
                self._push(piece.nodes[len(self.nodes) - tile])
            self._compare(size, root, partial)
        for node in piece.nodes[len(self.nodes) - tile :]:
            self._push(node)
        self.size = piece.stop
        self.events += piece.events

    def _push(self, node: bytes) -> None:
        self.nodes.append(node)
        height = 0
        while self.peaks and self.peaks[-1][0] == height:
            node = node_hash(self.peaks.pop()[1], node)
            height += 1
        self.peaks.append((height, node))

    def _compare(self, size: int, root: bytes, last_tile: bytes) -> None:
        self.checkpoints += 1
        self.root = join([*(peak for _, peak in self.peaks), last_tile])
        if self.root == root:
            self.agreed = size
        else:
            self.faults.append(Fault(self.agreed, 0, "root"))


def verify(
    *,
    at: datetime,
    workers: int = 1,
    checkpoints: Sequence[str] = (),
    key: PublicKey | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """
    Recompute the whole ledger and compare it with its tree, its checkpoints and those given from outside.

    `key` is for a machine without the key file: signatures are checked with it, and a moved event is called changed.
    """
    missing = columns_missing(connection)
    if missing:
        return Report(guards_missing=guards_missing(connection), columns_missing=missing)
    public = key or signer().public
    head = rows.last_checkpoint()
    size = _leaves()
    count = _Count()
    for piece in _pieces(max(size, head[0] if head else 0), str(public), workers):
        count.add(piece)
        progress(count.size, size)
    faults = count.faults + _tree_faults(count.nodes) + _outside(checkpoints, public, count)
    if head and head[0] != count.size:
        # More leaves than were signed for, or fewer.
        faults.append(Fault(min(head[0], count.size), 0, "root"))
    faults = _drop_vague(faults)
    findings = _name(faults, genuine=key is None)
    findings += [Finding(-1, event_id, "added") for event_id in _without_leaf(count.events)]
    findings += _waiting(at, genuine=key is None)
    return Report(count.events, count.checkpoints, count.root.hex(), findings, guards_missing(connection))


def _leaves() -> int:
    with connection.cursor() as cursor:
        cursor.execute('SELECT max("index") FROM ledger_leaf')
        last = cursor.fetchone()[0]
    return 0 if last is None else int(last) + 1


def _pieces(size: int, key: str, workers: int) -> Iterator[Piece]:
    """The pieces in order."""
    starts = range(0, size, PIECE)
    stops = [min(start + PIECE, size) for start in starts]
    source = _source()
    if source is None or workers < 2 or len(starts) < 2:
        connection.ensure_connection()
        for start, stop in zip(starts, stops, strict=True):
            yield recount(connection.connection, start, stop, key)
        return
    with ProcessPoolExecutor(
        min(workers, len(starts)), multiprocessing.get_context("spawn"), open_source, (source,)
    ) as pool:
        yield from pool.map(recount_here, starts, stops, [key] * len(stops))


def _source() -> Source | None:
    """How another process reaches the same database; None for one in memory, or seen from inside a transaction."""
    given: dict[str, Any] = connection.get_connection_params()
    if connection.in_atomic_block:
        return None
    if connection.vendor == "sqlite":
        return None if "memory" in str(given["database"]) else Source("sqlite", {"database": str(given["database"])})
    keep = ("dbname", "user", "password", "host", "port", "sslmode", "service", "passfile")
    return Source("postgresql", {name: given[name] for name in keep if given.get(name)})


def _tree_faults(nodes: list[bytes]) -> list[Fault]:
    """Compare the stored nodes of every height with those that the leaves give."""
    faults = []
    with connection.cursor() as cursor:
        cursor.execute('SELECT height, "index", hash FROM ledger_node')
        stored = {(height, index): bytes(value) for height, index, value in cursor.fetchall()}
    height, row = 1, nodes
    while row:
        faults += [
            Fault(index * TILE**height, 0, "tree")
            for index, value in enumerate(row)
            if stored.pop((height, index), b"") != value
        ]
        row = [fold(row[at : at + TILE]) for at in range(0, len(row) - TILE + 1, TILE)]
        height += 1
    return faults + [Fault(index * TILE**height, 0, "tree") for height, index in stored]


def _outside(checkpoints: Sequence[str], key: PublicKey, count: _Count) -> list[Fault]:
    faults = []
    for note in checkpoints:
        try:
            head = Head.parse(key.check(note))
        except BadNote:
            # Signed with another key, perhaps one that was put aside: its root must still be ours.
            head = Head.parse(note)
        try:
            agrees = head.size <= count.size and rows.stored_tree().root(head.size) == head.root
        except LookupError:
            agrees = False
        if not agrees and not _given_up(head):
            faults.append(Fault(min(head.size, count.size) - 1, 0, "fork"))
    return faults


def _given_up(head: Head) -> bool:
    """
    Whether a checkpoint belongs to what a restore gave up, as its event says: it is beyond the head that was restored, not
    beyond the newest one known then (of that size, it is that one), and from before the restore.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, objects_touched FROM ledger_event WHERE event = %s", [Event.RESTORED.value])
        events = cursor.fetchall()
    for at, objects in events:
        named = {
            label: (int(size), root)
            for label, size, root in (each.split("/") for each in objects.split() if each.startswith("ledger."))
        }
        size, _ = named.get("ledger.restored_head", (0, ""))
        newest, root = named.get("ledger.known_head", (0, ""))
        before = datetime.fromisoformat(head.at) <= moment(at)
        if before and size < head.size <= newest and (head.size < newest or head.root.hex() == root):
            return True
    return False


def _drop_vague(faults: list[Fault]) -> list[Fault]:
    """Leave out what only says that something is wrong hereabouts, where something says exactly what."""
    exact = sorted(fault.place for fault in faults if fault.kind not in _VAGUE)
    kept = []
    first_root = True
    for fault in sorted(faults):
        if fault.kind == "root":
            if not first_root or exact:
                continue
            first_root = False
        if fault.kind == "tree" and any(fault.place <= index < fault.place + TILE for index in exact):
            continue
        kept.append(fault)
    return kept


def _name(faults: list[Fault], *, genuine: bool) -> list[Finding]:
    """Give each fault its event's number, and tell what was changed from what was only moved."""
    findings: list[Finding] = []
    moved = []
    writers_key = signer().writers_key if genuine else b""
    with connection.cursor() as cursor:
        for place, event_id, kind in sorted(faults):
            named, event = event_id, None
            if not named:
                cursor.execute('SELECT event_id FROM ledger_leaf WHERE "index" = %s', [place])
                named = (cursor.fetchone() or (0,))[0]
            elif kind in {"changed", "removed"}:
                cursor.execute(f"SELECT {rows.EVENT_COLUMNS} FROM ledger_event e WHERE id = %s", [event_id])  # noqa: S608
                event = cursor.fetchone()
            if event and genuine and strands.is_genuine(list(map(str, event)), writers_key):
                moved.append(len(findings))
            # An event that is there, but about another subject than its leaf, was not removed.
            findings.append(Finding(place, named, "changed" if event else kind))
    # One of our writers wrote each of these, but under another number: they changed places among themselves.
    for at in moved if len(moved) > 1 else ():
        findings[at] = Finding(findings[at].index, findings[at].event_id, "reordered")
    return findings


def _without_leaf(with_leaf: int) -> list[int]:
    """Events that the sealer has passed by: they can only have been put in behind it."""
    head = rows.last_checkpoint()
    if head is None:
        return []
    before = "e.id <= %s" if connection.vendor == "sqlite" else "e.xid < %s::text::xid8"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id FROM ledger_event e WHERE {before} AND NOT EXISTS"  # noqa: S608
            " (SELECT 1 FROM ledger_leaf l WHERE l.event_id = e.id) ORDER BY e.id LIMIT 1000",
            [str(head[1])],
        )
        return [row[0] for row in cursor.fetchall()]


def _waiting(at: datetime, *, genuine: bool) -> list[Finding]:
    """What is wrong with events that wait for their sealing."""
    source, parameters = rows.unsealed(seal_start())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {rows.EVENT_COLUMNS} {source} ORDER BY e.id LIMIT 20000", parameters)
        events = [list(map(str, row)) for row in cursor.fetchall()]
    flaws = strands.find_flaws(events) if genuine else {}
    findings = [Finding(-1, event_id, flaw) for event_id, flaw in sorted(flaws.items())]
    age = oldest_unsealed_age(at)
    if age is not None and age > LAG:
        oldest = min(events, key=lambda event: int(event[1]))
        findings.append(Finding(-1, int(oldest[0]), "unsealed"))
    return findings
