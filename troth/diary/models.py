"""
The diary: what is offered, when a practitioner works, and who comes to whom and when.

What somebody comes for is sealed, since it tells something of their health; when and to whom is structure, and open. A visit holds
its quarters of an hour in a table of their own, in which the database lets nobody be in two places at once.
"""

from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedText
from troth.vault.models import Holding

VISITS = compartments.declare("diary.visits", Category.CORRESPONDENCE, retention="visits")


class VisitState(StrEnum):
    """Where a visit is in its life."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "VisitState":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    BOOKED = "booked", "booked"
    ARRIVED = "arrived", "here"
    COMPLETED = "completed", "done"
    MISSED = "missed", "did not come"
    CANCELLED = "cancelled", "cancelled"


class Service(models.Model):
    """Something that the clinic offers, as it stands on its public pages. It is about nobody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300, blank=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "name": "published on the clinic's own pages",
        "minutes": "published on the clinic's own pages",
        "words": "published on the clinic's own pages",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__in=[15, 30, 45, 60, 75, 90, 105, 120]),
                name="service_lasts_whole_quarters",
            )
        ]

    def __str__(self) -> str:
        return f"service {self.pk.hex[:8]}"


class Practitioner(Holding):
    """When a member of staff sees people: for each weekday (0 is Monday) the quarter of the day it begins and ends with."""

    hours = models.JSONField()

    open_fields: ClassVar[dict[str, str]] = {
        "hours": "the published hours of a member of staff; free times are worked out from them without opening anything",
    }
    called = "hours of work"

    class Meta(Holding.Meta):
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_practitioner_a_person")]


class Appointment(Holding):
    """One visit of a patient to a practitioner (FHIR Appointment)."""

    practitioner = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=[(item.value, item.words) for item in VisitState])
    service = SealedText(VISITS, id="diary.appointment.service")
    note = SealedText(VISITS, id="diary.appointment.note")

    called = "visit"
    labels: ClassVar[dict[str, str]] = {"service": "what for", "note": "note for the visit"}
    open_fields: ClassVar[dict[str, str]] = {
        "practitioner": "a random identifier: the gate asks by it who has a reason to look",
        "starts_at": "the diary is laid out by it, and the reason to look begins and ends by it",
        "ends_at": "the diary is laid out by it",
        "state": "what is still to be done at the desk is found by it; it says nothing of health",
    }

    class Meta(Holding.Meta):
        indexes = [
            models.Index(fields=["practitioner", "starts_at"], name="visit_by_practitioner"),
            models.Index(fields=["starts_at"], name="visit_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="visit_ends_after_it_begins"
            )
        ]


class Quarter(Holding):
    """
    A quarter of an hour that a visit holds. Two unique constraints let nobody see, or be seen by, two people at once.

    The rows of a visit go when it is cancelled, missed or moved, and come anew where it is moved to.
    """

    appointment = models.UUIDField(db_index=True)
    practitioner = models.UUIDField()
    quarter = models.IntegerField()

    open_fields: ClassVar[dict[str, str]] = {
        "appointment": "a random identifier",
        "practitioner": "a random identifier, which must not stand twice beside one quarter",
        "quarter": "quarters of an hour since 1970: what must not stand twice beside one person",
    }
    called = "time held for a visit"

    class Meta(Holding.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "quarter"], name="practitioner_sees_one_at_a_time"),
            models.UniqueConstraint(fields=["subject", "quarter"], name="person_is_in_one_place_at_a_time"),
        ]
