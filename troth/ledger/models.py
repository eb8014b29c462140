"""
The four tables of the ledger. Never write to them through the ORM: `writing.write` adds events, `sealing.seal` the rest.

Triggers (`guards.py`) refuse UPDATE, DELETE, TRUNCATE and REPLACE on all four. On PostgreSQL an event also carries
`xid`, the transaction that wrote it (migration 0001), by which the sealer finds late committers.
"""

from typing import ClassVar

from django.db import models
from django.db.models import CompositePrimaryKey


class LedgerEvent(models.Model):
    """One thing that happened, in identifiers and codes only (pitfalls B6). Its columns are described in `drafts.Draft`."""

    id = models.BigAutoField(primary_key=True)
    at = models.BigIntegerField()  # microseconds since 1970, UTC
    event = models.TextField(db_default="")
    outcome = models.TextField(db_default="")
    actor_kind = models.TextField(db_default="")
    actor = models.TextField(db_default="")
    on_behalf_of = models.TextField(db_default="")
    subject = models.TextField(db_default="")
    purpose = models.TextField(db_default="")
    action = models.TextField(db_default="")
    failed_check = models.TextField(db_default="")
    rule = models.TextField(db_default="")
    reason = models.TextField(db_default="")
    what = models.TextField(db_default="")
    objects_touched = models.TextField(db_default="")
    request = models.TextField(db_default="")
    note = models.TextField(db_default="")
    # The writer's strand (`writing.py`): the last event of this writer's previous write, the turn, and the MAC of all above.
    follows = models.BigIntegerField()
    turn = models.BigIntegerField()
    mac = models.TextField()

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "at": "when it happened",
        "event": "a code from a fixed list",
        "outcome": "a code from a fixed list",
        "actor_kind": "a code from a fixed list",
        "actor": "random identifier or a service's name",
        "on_behalf_of": "random identifier",
        "subject": "random identifier",
        "purpose": "a code from a fixed list",
        "action": "a code from a fixed list",
        "failed_check": "a code from a fixed list",
        "rule": "a citation",
        "reason": "a label from a fixed list",
        "what": "names of categories",
        "objects_touched": "random identifiers and digests of ciphertext",
        "request": "random",
        "note": "random identifier",
        "follows": "a counter",
        "turn": "a counter",
        "mac": "a keyed hash",
        "xid": "PostgreSQL's number of the transaction",
    }

    class Meta:
        db_table = "ledger_event"
        indexes = [models.Index(fields=["actor", "id"], name="ledger_event_actor")]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Leaf(models.Model):
    """The place of one event in the tree, numbered within its subject."""

    index = models.BigAutoField(primary_key=True)  # always given; this type makes it the rowid on SQLite
    event_id = models.BigIntegerField(unique=True)
    subject = models.TextField(db_default="")
    subject_seq = models.BigIntegerField()  # 1, 2, 3 … without a gap; 0 for an event about nobody
    previous = models.BinaryField()  # hash of this subject's previous leaf; empty for the first
    flaw = models.TextField(db_default="")  # what the sealer found wrong with the strand, or nothing
    hash = models.BinaryField()

    open_columns: ClassVar[dict[str, str]] = {
        "index": "a counter",
        "event_id": "a counter",
        "subject": "random identifier",
        "subject_seq": "a counter",
        "previous": "a hash",
        "flaw": "a code from a fixed list",
        "hash": "a hash",
    }

    class Meta:
        db_table = "ledger_leaf"
        # Not unique: a second unique key would be a second door for INSERT OR REPLACE. `verify` checks continuity.
        indexes = [models.Index(fields=["subject", "subject_seq"], name="ledger_leaf_subject")]

    def __str__(self) -> str:
        return f"leaf {self.pk}"


class Node(models.Model):
    """The root of a full subtree of 256 to the power of `height` leaves; the heights between are computed when needed."""

    pk = CompositePrimaryKey("height", "index")
    height = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "height": "a number",
        "index": "a number",
        "hash": "a hash",
    }

    class Meta:
        db_table = "ledger_node"

    def __str__(self) -> str:
        return f"node {self.height}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the whole tree at one size (C2SP tlog-checkpoint)."""

    size = models.BigAutoField(primary_key=True)  # always given
    at = models.BigIntegerField()
    # Where the next seal starts looking: the highest event (SQLite), the oldest running transaction (PostgreSQL).
    watermark = models.BigIntegerField()
    note = models.TextField()

    open_columns: ClassVar[dict[str, str]] = {
        "size": "a number",
        "at": "when it was signed",
        "watermark": "a number",
        "note": "public",
    }

    class Meta:
        db_table = "ledger_checkpoint"

    def __str__(self) -> str:
        return f"checkpoint {self.pk}"
