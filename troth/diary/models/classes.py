"""Classes: times to which several people come together."""

from typing import ClassVar

from django.db import models

from troth.diary.models.offers import MOST_PLACES
from troth.vault.models import Holding


class ClassTime(Holding):
    """
    One time of a class, and with whom: a member of staff gives it, and as many people may come as it has `places`.

    It holds its practitioner, room and machine as a visit does, under its own number. Each place is a thing that is held too, and
    by one person at a time. Its service stands here as a keyed hash: a visit says openly which class it belongs to. The hash
    hides nothing from whoever has the published timetable beside it (decision 0202).
    """

    service_mark = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    cancelled_at = models.DateTimeField(null=True)

    open_fields: ClassVar[dict[str, str]] = {
        "service_mark": "a keyed hash of a service, by which its times are found; what is published of it may name it",
        "starts_at": "published where people book",
        "ends_at": "published where people book",
        "places": "published where people book",
        "cancelled_at": "whether it takes place",
    }
    called = "class that you give"
    labels: ClassVar[dict[str, str]] = {
        "starts_at": "when",
        "places": "for how many",
        "cancelled_at": "whether it is",
    }

    class Meta(Holding.Meta):
        indexes = [models.Index(fields=["starts_at"], name="class_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="class_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=2, places__lte=MOST_PLACES), name="class_has_places"
            ),
        ]
