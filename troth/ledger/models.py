"""
The tables of the ledger. Never write to the first four through the ORM: `writing.write` adds events, `sealing.seal` the rest.

Triggers (`guards.py`) refuse UPDATE, DELETE, TRUNCATE and REPLACE on those four. On PostgreSQL an event also carries
`xid`, the transaction that wrote it (migration 0001), by which the sealer finds late committers.
"""

import uuid
from typing import Any, ClassVar

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
        "id": "a count",
        "at": "when it happened: pages and alarms sort and search by it",
        "event": "one of a list in code",
        "outcome": "one of three words",
        "actor_kind": "one of three words",
        "actor": "a random identifier, or a service's name",
        "on_behalf_of": "a random identifier",
        "subject": "a random identifier",
        "purpose": "one of a list in code",
        "action": "one of a list in code",
        "failed_check": "one of the gate's checks",
        "rule": "a citation",
        "reason": "a label from a list in code; what somebody typed is sealed elsewhere",
        "what": "categories, never their content",
        "objects_touched": "tables, random identifiers and digests of sealed rows",
        "request": "a random identifier",
        "note": "a random identifier of a sealed holding",
        "follows": "a number of this table",
        "turn": "a count",
        "mac": "a mark under a key that is in no database",
        "xid": "PostgreSQL's number of the transaction",
    }

    class Meta:
        db_table = "ledger_event"
        indexes = [
            models.Index(fields=["actor", "id"], name="ledger_event_actor"),
            # By this the sealer finds a copy. Not unique, as below.
            models.Index(fields=["follows", "turn"], name="ledger_event_strand"),
        ]

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
        "index": "a place in the tree",
        "event_id": "a number of the events",
        "subject": "a random identifier",
        "subject_seq": "a count",
        "previous": "a hash over identifiers and codes",
        "flaw": "one of four words",
        "hash": "a hash over identifiers and codes",
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
        "height": "a place in the tree",
        "index": "a place in the tree",
        "hash": "a hash over hashes",
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
        "size": "a count",
        "at": "when it was signed; published",
        "watermark": "a number of the events or of a transaction",
        "note": "the signed statement, which is published",
    }

    class Meta:
        db_table = "ledger_checkpoint"

    def __str__(self) -> str:
        return f"checkpoint {self.pk}"


class LedgerCheck(models.Model):
    """One check of the whole ledger: who asked for it, how far it is, and what it found. `checking.py` writes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField(db_index=True)
    asked_by = models.CharField(max_length=64)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    of = models.BigIntegerField(default=0)
    holds = models.BooleanField(null=True)
    events = models.BigIntegerField(default=0)
    checkpoints = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, default="")
    findings: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "asked_at": "when",
        "asked_by": "a random identifier, or `schedule`",
        "started_at": "when",
        "finished_at": "when",
        "done": "a count",
        "of": "a count",
        "holds": "the answer",
        "events": "a count",
        "checkpoints": "a count",
        "root": "a hash over hashes",
        "findings": "numbers of events, and words from a list in code",
    }

    def __str__(self) -> str:
        return f"check {self.pk}"
