"""The tables of work: jobs, slots of schedules, effects done, throttle buckets. None holds personal data."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class State(models.TextChoices):
    """Where a job stands. `dead` means that it will not be tried again until the office says so."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One call of a declared job. It keeps where an exception arose, never what the exception said (pitfalls B5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=32)
    arguments = models.JSONField(default=dict)  # identifiers, small numbers, dates and codes: see arguments.py
    on_behalf_of = models.CharField(max_length=36, blank=True, default="")  # the subject acted for, or nobody
    asker = models.CharField(max_length=64, blank=True, default="")  # who asked: an id, or a code such as `schedule`
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)  # counted when claimed, so a worker that dies counts too
    asked_at = models.DateTimeField(default=timezone.now)
    run_at = models.DateTimeField(default=timezone.now)
    worker = models.CharField(max_length=36, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_with = models.CharField(max_length=200, blank=True, default="")  # class of the last exception
    failed_where = models.CharField(max_length=200, blank=True, default="")  # its file and line

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "name": "the job's name in code",
        "queue": "a name in code",
        "arguments": "identifiers, numbers, dates and codes: checked when asked for",
        "on_behalf_of": "random identifier",
        "asker": "random identifier or a code",
        "state": "a code",
        "attempts": "a count",
        "asked_at": "for the order of work",
        "run_at": "for the order of work",
        "worker": "random",
        "lease_until": "for taking over",
        "finished_at": "for tidying up",
        "failed_with": "the class of an exception, never its message",
        "failed_where": "file and line in our code",
    }

    class Meta:
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state__in=["waiting", "running"]), name="work_job_open"),
            models.Index(fields=["finished_at"], name="work_job_finished"),
            models.Index(fields=["worker"], condition=Q(state="running"), name="work_job_leased"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Slot(models.Model):
    """The newest slot of a schedule that was run. It only ever moves forward, so no slot can run twice."""

    name = models.CharField(max_length=100, primary_key=True)
    last_at = models.DateTimeField()

    open_columns: ClassVar[dict[str, str]] = {
        "name": "the job's name in code",
        "last_at": "when it was last due",
    }

    def __str__(self) -> str:
        return self.name


class Effect(models.Model):
    """An effect that has happened, by its idempotency key."""

    key = models.CharField(max_length=128, primary_key=True)
    done_at = models.DateTimeField(default=timezone.now, db_index=True)

    open_columns: ClassVar[dict[str, str]] = {
        "key": "a declared key with identifiers",
        "done_at": "for tidying up",
    }

    def __str__(self) -> str:
        return self.key


class Bucket(models.Model):
    """A throttle's memory under a keyed hash: the microsecond (since 1970) at which it is empty of tries again."""

    key = models.CharField(max_length=64, primary_key=True)
    clear_at = models.BigIntegerField(db_index=True)

    open_columns: ClassVar[dict[str, str]] = {
        "key": "a keyed hash",
        "clear_at": "when the bucket is full again",
    }

    def __str__(self) -> str:
        return self.key
