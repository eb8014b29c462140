"""
Standing facts: what the gate consults about a person at every decision. They work the moment they are committed.

A fact holds identifiers and codes only. Each carries a keyed mark over its columns, so that one that was written, changed
or lengthened below the gate is refused (pitfalls B15).
"""

from typing import ClassVar

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

EMERGENCIES = compartments.declare("gate.emergencies", Category.RIGHTS, retention="rights_file")


class FactKind(models.TextChoices):
    """What can stand about a subject."""

    NOTICE_GIVEN = "notice_given", "was given a version of the notice"
    NOTICE_TOLD = "notice_told", "was told of a version of the notice"
    ROLE = "role", "holds a role"
    CONTRACT = "contract", "has an agreement with the clinic"
    CONSENT = "consent", "consented"
    OBJECTION = "objection", "objected"
    RESTRICTION = "restriction", "asked for restriction"
    REPRESENTATIVE = "representative", "is represented"
    SAME_PERSON = "same_person", "is the same person as another subject"
    GLASS_BROKEN = "glass_broken", "had their record opened in an emergency"
    RESTRICTED_USE = "restricted_use", "had their record used in a way that a restriction leaves"
    DIED = "died", "died: nothing is sent to them"


class Fact(models.Model):
    """One standing fact. Times are microseconds since 1970, UTC. It ends once, and is never otherwise changed."""

    id = models.CharField(primary_key=True, max_length=32)
    subject = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, choices=FactKind.choices)
    purpose = models.CharField(max_length=40, default="")  # "" is every purpose
    value = models.CharField(max_length=400, default="")  # a role, a version, a ground, a scope: codes, never words
    other = models.CharField(
        max_length=32, default=""
    )  # the other subject: representative, linked person, who broke the glass
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)
    ended = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=64)
    mark = models.BinaryField(max_length=32)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "subject": "random identifier",
        "kind": "a code: the gate must find it",
        "purpose": "a code of the vocabulary",
        "value": "a role, version, ground or scope: codes",
        "other": "random identifier",
        "since": "when it holds from",
        "until": "when it ends",
        "ended": "when it was ended",
        "recorded_by": "random identifier or service",
        "mark": "a keyed hash",
    }

    class Meta:
        indexes = [
            models.Index(fields=["subject", "kind"], name="fact_by_subject"),
            # Whoever a fact of one kind is about; and how many were told of a notice, which it answers by itself. At 300,000
            # facts 0.6 ms and not 37, 0.12 s and not 0.8; one more is written for 25 microseconds.
            models.Index(fields=["kind", "value", "ended", "subject"], name="fact_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="fact_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(ended__isnull=True) | models.Q(ended__gte=models.F("since")),
                name="fact_ended_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id[:8]}"


class Narrowing(models.Model):
    """One cell of the permissions that was switched off: a role may not do this with this kind of data, whatever for."""

    id = models.CharField(primary_key=True, max_length=32)
    role = models.CharField(max_length=40)
    category = models.CharField(max_length=24)
    action = models.CharField(max_length=8)
    since = models.BigIntegerField()
    recorded_by = models.CharField(max_length=64)
    ended = models.BigIntegerField(null=True)
    mark = models.BinaryField(max_length=32)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random",
        "role": "a role of the notice",
        "category": "a code of the vocabulary",
        "action": "a code of the vocabulary",
        "since": "when it was switched off",
        "recorded_by": "random identifier or service",
        "ended": "when it was switched on again",
        "mark": "a keyed hash",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "category", "action"], condition=models.Q(ended=None), name="cell_is_off_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.category} {self.action}"


class EmergencyNote(Holding):
    """Why a record was opened in an emergency, in the words of the one who opened it."""

    note = SealedText(EMERGENCIES, id="gate.emergency.note")


class Sent(models.Model):
    """A form that made something and may not make it again. Nobody is named: it is found by whoever holds its page."""

    id = models.CharField(primary_key=True, max_length=64)
    body = models.BinaryField(max_length=32)
    answer = models.BinaryField(max_length=4096, null=True)
    at = models.DateTimeField(db_index=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a keyed hash; its key is a random number that the page alone has",
        "body": "a keyed hash under the same",
        "answer": "sealed under the same: where the answer led",
        "at": "when it was sent, for a day",
    }

    def __str__(self) -> str:
        return f"sent {self.id[:8]}"
