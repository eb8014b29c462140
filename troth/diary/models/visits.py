"""Visits, and the stretches of time that people, practitioners, rooms and machines are held for."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from troth.vault import compartments
from troth.vault.categories import Category
from troth.vault.fields import SealedJSON, SealedText
from troth.vault.models import Holding
from troth.vault.words import Worded

VISITS = compartments.declare("diary.visits", Category.CORRESPONDENCE, retention="visits")
#: Beside what a hold stands when nobody has overridden anything: then two may not touch.
ALONE = UUID(int=0)


class VisitState(Worded):
    """Where a visit is in its life."""

    AWAITING = "awaiting", "waiting for its deposit"
    BOOKED = "booked", "booked"
    ARRIVED = "arrived", "here"
    COMPLETED = "completed", "done"
    MISSED = "missed", "did not come"
    CANCELLED = "cancelled", "cancelled"


class How(Worded):
    """By which way a visit was booked."""

    DESK = "desk", "at the desk"
    ONLINE = "online", "online, by themselves"
    OFFER = "offer", "from the waiting list"
    BEFORE = "before", "in the system before this one"


class Override(Worded):
    """Why a member of staff booked past what the diary allows. None says anything of health."""

    AGREED = "agreed", "the practitioner agreed to it"
    TOGETHER = "together", "two people come together"
    SHORT = "short", "it takes less time than planned"
    EXTRA = "extra", "the practitioner comes in for it"


class Ended(Worded):
    """Why a visit was cancelled. None says anything of health."""

    OTHER_TIME = "other_time", "they could not come at that time"
    NOT_WANTED = "not_wanted", "they do not want it any more"
    BY_US = "by_us", "we could not see them"
    MISTAKE = "mistake", "it was booked by mistake"
    UNSAID = "unsaid", "they did not say"


class Appointment(Holding):
    """One visit of a patient to a practitioner (FHIR Appointment). `detail` has the ids of service, room and machine."""

    practitioner = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=[(item.value, item.words) for item in VisitState])
    service = SealedText(VISITS, id="diary.appointment.service")
    note = SealedText(VISITS, id="diary.appointment.note")
    detail = SealedJSON(VISITS, id="diary.appointment.detail", null=True)
    ended_because = SealedText(VISITS, id="diary.appointment.ended_because", null=True)
    how = models.CharField(max_length=6, default=How.DESK.value, choices=[(item.value, item.words) for item in How])
    override = models.CharField(
        max_length=8, blank=True, default="", choices=[(item.value, item.words) for item in Override]
    )
    late = models.BooleanField(default=False)
    series = models.UUIDField(null=True, db_index=True)
    class_time = models.UUIDField(null=True, db_index=True)
    link_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    reminded_for = models.DateTimeField(null=True)

    called = "visit"
    labels: ClassVar[dict[str, str]] = {
        "service": "what for",
        "note": "note for the visit",
        "detail": "what was planned for it, as our numbers",
        "ended_because": "why it was cancelled",
        "late": "cancelled late",
    }
    open_fields: ClassVar[dict[str, str]] = {
        "practitioner": "a random identifier: the gate asks by it who has a reason to look",
        "starts_at": "the diary is laid out by it, and the reason to look begins and ends by it",
        "ends_at": "the diary is laid out by it",
        "state": "what is still to be done at the desk is found by it; it says nothing of health",
        "how": "a word of a closed list: whether it was booked at the desk",
        "override": "a word of a closed list: why a colleague booked past what the diary allows",
        "late": "whether it was cancelled after the day by which that is free",
        "series": "a random identifier that visits booked together share",
        "class_time": "a random identifier that visits to one class share",
        "link_hash": "SHA-256 of an HMAC under a key of this server: nobody gets the link from it without that key",
        "reminded_for": "the beginning that a reminder was written for, so that none is written twice",
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


class Hold(Holding):
    """
    A stretch of time for which a person, a practitioner, a room, a machine or a place in a class is taken: minutes since 1970, the
    last not included.

    No two of one `thing` touch: the database refuses the second (`guards`). `thing` is the id of a person or practitioner, or of a
    room, a machine or a place the keyed hash of it, since which room somebody is in tells what for. `until`: it ends by itself
    then, as long as nobody has confirmed it; whoever books clears away what is over. `beside`: the visit for which a colleague
    overrode the rule.
    """

    thing = models.UUIDField()
    beside = models.UUIDField(default=ALONE)
    first = models.IntegerField()
    last = models.IntegerField()
    appointment = models.UUIDField(db_index=True)
    until = models.DateTimeField(null=True, db_index=True)

    open_fields: ClassVar[dict[str, str]] = {
        "thing": "a random identifier of a person, or a keyed hash of a room's or a place's: what must not be in two places",
        "beside": "the random identifier of the visit for which the rule was overridden, or nought",
        "first": "the minute it begins with: what must not touch",
        "last": "the minute it ends before",
        "appointment": "a random identifier",
        "until": "when it ends by itself",
    }
    called = "time held for a visit"
    labels: ClassVar[dict[str, str]] = {"first": "when"}

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["thing", "first"], name="hold_by_thing")]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gt=models.F("first")), name="hold_ends_after_it_begins")
        ]
