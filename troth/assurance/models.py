"""
What became of each promise, check by check, and the proofs of those that only people can keep.

Nothing here is about a person: a result holds counts, places in our code and digests. So every column is open, with its reason.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models


class Status(models.TextChoices):
    """Where a promise stands. Only `holds` and `kept as corrected` were looked at and found kept."""

    HOLDS = "holds", "Holds"
    CORRECTED = "kept as corrected", "Kept as corrected"
    FALLS_SHORT = "falls short", "Falls short"
    ORGANISATIONAL = "organisational", "Kept by people"
    UNLAWFUL = "refused: unlawful", "Not made: the law forbids it"
    MISSING = "not yet built", "Not built yet"


class ProofKind(models.TextChoices):
    """How somebody saw that people keep a promise."""

    DOCUMENT = "document", "A document was read"
    VISIT = "visit", "A place was visited"
    TALK = "talk", "People were asked"
    EXERCISE = "exercise", "It was rehearsed"


class CheckRun(models.Model):
    """One look at every promise of a pack, at one moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    pack = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    notice = models.PositiveIntegerField()  # the version in force then
    took_ms = models.PositiveIntegerField()
    recorded_by = models.CharField(max_length=64)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "pack": "a name in code",
        "at": "when the promises were looked at; published",
        "notice": "the number of a public text",
        "took_ms": "a count",
        "recorded_by": "a service's name, or a random identifier",
    }

    class Meta:
        indexes = [models.Index(fields=["pack", "-at"], name="check_run_newest")]

    def __str__(self) -> str:
        return f"check of {self.at:%Y-%m-%d %H:%M}"


class LookAsked(models.Model):
    """A look at every promise that somebody asked for: how far the worker is with it. One at a time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    pack = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "pack": "a name in code",
        "asked_at": "when",
        "asked_by": "a random identifier",
        "started_at": "when",
        "finished_at": "when",
        "done": "a count",
        "of": "a count",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack"], condition=models.Q(finished_at__isnull=True), name="one_look_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"look asked for at {self.asked_at:%Y-%m-%d %H:%M}"


class CheckResult(models.Model):
    """What one look found of one promise."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="+")
    promise = models.CharField(max_length=12)
    status = models.CharField(max_length=20, choices=Status.choices)
    evidence = models.JSONField()  # see rules/evidence.py: words, counts, a moment and a digest

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "run_id": "the random identifier of the look it belongs to",
        "promise": "an id of the catalogue in our code",
        "status": "one of six",
        "evidence": "counts, sentences of our code and digests: a check opens no sealed field, so none can reach it",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "promise"], name="one_result_a_promise_and_run")]
        indexes = [models.Index(fields=["promise"], name="check_result_by_promise")]

    def __str__(self) -> str:
        return f"{self.promise} {self.status}"


class Proof(models.Model):
    """That somebody looked whether people keep a promise, on a day, and by what."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    promise = models.CharField(max_length=12, db_index=True)
    seen_on = models.DateField()
    kind = models.CharField(max_length=8, choices=ProofKind.choices)
    paper = models.CharField(max_length=24)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "promise": "an id of the catalogue in our code",
        "seen_on": "the day of the proof, from which its next review is counted",
        "kind": "one of four words",
        "paper": "the mark of a paper in the clinic's own files: letters, digits and - / . alone, so that nobody is named by it",
        "recorded_at": "when it was recorded",
        "recorded_by": "a random identifier",
    }

    def __str__(self) -> str:
        return f"proof of {self.promise} on {self.seen_on}"
