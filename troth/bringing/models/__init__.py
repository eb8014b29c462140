"""Files of the system before, while they are brought in. What lies in them is of many people, none of whom is a subject yet."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault.words import Worded


class What(Worded):
    """What a file holds."""

    CLIENTS = "clients", "Clients"
    VISITS = "visits", "Visits"
    NOTES = "notes", "Notes"


class FileState(Worded):
    """Where a file stands."""

    NEW = "new", "columns to be set"
    LOOKING = "looking", "being looked through"
    LOOKED = "looked", "looked through, nothing brought in"
    RUNNING = "running", "being brought in"
    DONE = "done", "brought in"
    GONE = "gone", "thrown away"


class BroughtFile(models.Model):
    """
    A file that somebody sent to be brought in. The file itself lies sealed; where, and under which key, stands in `ticket`, as
    ciphertext that runs out, together with what the system before is called; so for the same rows in parts, once they are brought
    in. Once it is over all are gone, and the counts stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=7, choices=[(each.value, each.words) for each in What])
    state = models.CharField(
        max_length=7, choices=[(each.value, each.words) for each in FileState], default=FileState.NEW.value
    )
    ticket = models.TextField(blank=True, default="")
    columns = models.JSONField(default=dict)
    also_alike = models.BooleanField(default=False)
    sent_by = models.UUIDField()
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    here_before = models.PositiveIntegerField(default=0)
    alike = models.PositiveIntegerField(default=0)
    reached = models.PositiveIntegerField(default=0)
    next_at = models.PositiveBigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    brought = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    trouble = models.CharField(max_length=200, blank=True, default="")

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "kind": "one of three words",
        "state": "one of six words, for the list",
        "ticket": "ciphertext under a key of this deployment: where the file lies and its key; it runs out and is emptied",
        "columns": "which of our columns has which number in the file",
        "also_alike": "a choice of whoever brings it in",
        "sent_by": "the random identifier of the member of staff who sent it",
        "sent_at": "what nobody goes on with is destroyed by it",
        "ended_at": "when it was over",
        "rows": "a count",
        "ready": "a count",
        "here_before": "a count",
        "alike": "a count: how many may be here already; which of them stands nowhere",
        "reached": "the number of the last line that a run has dealt with",
        "next_at": "a count of bytes: where the part begins that is brought in next",
        "done": "a count: how far it is",
        "brought": "a count",
        "faults": "numbers of lines and our own words; none repeats what stands there",
        "trouble": "our own words on why it cannot be read",
    }

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="brought_file_by_time")]

    def __str__(self) -> str:
        return f"brought file {self.pk.hex[:8]}"


class KnownColumn(models.Model):
    """
    Which of our columns a column of the system before was, the last time: by a keyed hash of its head, since the first line of a
    file without heads is somebody's data.
    """

    id = models.UUIDField(primary_key=True)
    ours = models.CharField(max_length=20)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a keyed hash of a head in the files of a system; nobody gets the head from it",
        "ours": "one of our own words for a column",
    }

    def __str__(self) -> str:
        return f"known column {self.pk.hex[:8]}"
