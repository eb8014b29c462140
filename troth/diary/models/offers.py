"""What the clinic offers and where: about nobody, and as it stands on the clinic's own pages."""

from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from django.db import models

#: Lengths are counted in these many minutes.
STEP = 5
LONGEST = 480
#: How long making ready may take, and cleaning down.
AROUND = 120
#: How many people a class can have.
MOST_PLACES = 40


class ResourceKind(StrEnum):
    """What a visit can need besides a practitioner."""

    ROOM = "room"
    MACHINE = "machine"


class Colour(StrEnum):
    """The colours of services in the diary, where the name of each stands beside it: none speaks by colour alone."""

    SEAL = "seal"
    SLATE = "slate"
    OCHRE = "ochre"
    PLUM = "plum"
    MOSS = "moss"
    STONE = "stone"


def _whole(name: str) -> models.Q:
    """That a number is a whole number of steps: what is divided as whole numbers comes back."""
    return models.Q(**{name: models.F(name) / STEP * STEP})


class Place(models.Model):
    """A location of the clinic, as patients find it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    address = models.CharField(max_length=300, blank=True)
    closed = models.BooleanField(default=False)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "name": "published on the clinic's own pages",
        "address": "the clinic's own, and published",
        "closed": "whether anything new can be booked there",
    }

    def __str__(self) -> str:
        return f"place {self.pk.hex[:8]}"


class Resource(models.Model):
    """A room or a machine. `sort` is the kind that a service asks for, such as “treatment room” or “laser”."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=7, choices=[(each.value, each.value) for each in ResourceKind])
    name = models.CharField(max_length=80, unique=True)
    sort = models.CharField(max_length=60)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    closed = models.BooleanField(default=False)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; which visit uses it stands nowhere in the clear",
        "kind": "a word of a closed list",
        "name": "what is written on the door",
        "sort": "about a room or a machine, and nobody",
        "place_id": "where it stands",
        "closed": "whether it can be booked",
    }

    def __str__(self) -> str:
        return f"{self.kind} {self.pk.hex[:8]}"


class Service(models.Model):
    """
    Something that the clinic offers, as it stands on its public pages. It is about nobody.

    Preparation and clean-down (`before`, `after`, in minutes) hold practitioner, room and machine besides the visit itself.
    `room_sort` and `machine_sort` name the sort of room or machine that it needs; empty means none. With more than one of `places`
    it is a class, which is booked at the times that were set for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField()
    places = models.PositiveSmallIntegerField(default=1)
    words = models.CharField(max_length=300, blank=True)
    before = models.PositiveSmallIntegerField(default=0)
    after = models.PositiveSmallIntegerField(default=0)
    price_pence = models.PositiveIntegerField(default=0)
    deposit_pence = models.PositiveIntegerField(default=0)
    room_sort = models.CharField(max_length=60, blank=True, default="")
    machine_sort = models.CharField(max_length=60, blank=True, default="")
    form = models.CharField(max_length=80, blank=True, default="")
    colour = models.CharField(
        max_length=5, choices=[(each.value, each.value) for each in Colour], default=Colour.SEAL.value
    )
    online = models.BooleanField(default=True)
    closed = models.BooleanField(default=False)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; says nothing",
        "name": "published on the clinic's own pages",
        "minutes": "published on the clinic's own pages",
        "places": "published on the clinic's own pages",
        "words": "published on the clinic's own pages",
        "before": "how long it takes to make ready",
        "after": "how long it takes to clean down",
        "price_pence": "published on the clinic's own pages",
        "deposit_pence": "published on the clinic's own pages",
        "room_sort": "what sort of room it needs",
        "machine_sort": "what sort of machine it needs",
        "form": "the name of a form that is filled in before it",
        "colour": "how it is drawn in the diary",
        "online": "whether people book it by themselves",
        "closed": "whether it is offered still",
    }

    class Meta:
        constraints = [
            # A list of all lengths would do as well, but Django cannot read such a table's columns back on SQLite.
            models.CheckConstraint(
                condition=models.Q(minutes__gte=STEP, minutes__lte=LONGEST) & _whole("minutes"),
                name="service_lasts_whole_steps",
            ),
            models.CheckConstraint(
                condition=models.Q(before__lte=AROUND, after__lte=AROUND) & _whole("before") & _whole("after"),
                name="service_is_made_ready_in_whole_steps",
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=1, places__lte=MOST_PLACES), name="service_has_places"
            ),
            models.CheckConstraint(
                condition=models.Q(deposit_pence__lte=models.F("price_pence")), name="deposit_is_part_of_the_price"
            ),
        ]

    def __str__(self) -> str:
        return f"service {self.pk.hex[:8]}"
