"""The rooms and machines of a demonstration's clinic, what its services need of them, and days on which somebody is away."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from troth.diary import services as diary
from troth.diary.selectors import ResourceKind
from troth.gate.actors import Actor

TREATMENT, CONSULTING, GYM, LASER = "treatment room", "consulting room", "exercise room", "light machine"
#: What each service takes besides its time. Lengths in minutes, money in pence.
SERVICES: dict[str, dict[str, Any]] = {
    "Skin consultation": {"price_pence": 7_500, "room_sort": CONSULTING, "colour": "seal"},
    "Skin treatment": {
        "before": 5,
        "after": 10,
        "price_pence": 14_500,
        "deposit_pence": 3_000,
        "room_sort": TREATMENT,
        "machine_sort": LASER,
        "colour": "plum",
    },
    "Mole and lesion check": {"price_pence": 6_000, "room_sort": CONSULTING, "colour": "slate"},
    "Physiotherapy": {"after": 5, "price_pence": 6_800, "room_sort": GYM, "colour": "ochre"},
    "Health check": {"after": 10, "price_pence": 18_000, "room_sort": CONSULTING, "colour": "moss"},
    "Review": {"price_pence": 3_500, "colour": "stone"},
}
#: Those that are no health care and so are taxed; of the others the price list says that they are exempt.
TAXED = frozenset({"Skin treatment"})
_THINGS = (
    (ResourceKind.ROOM, "Room 1", CONSULTING),
    (ResourceKind.ROOM, "Room 2", CONSULTING),
    (ResourceKind.ROOM, "Room 3", CONSULTING),
    (ResourceKind.ROOM, "Room 4", TREATMENT),
    (ResourceKind.ROOM, "Room 5", TREATMENT),
    (ResourceKind.ROOM, "The studio", GYM),
    (ResourceKind.ROOM, "The gallery", GYM),
    (ResourceKind.MACHINE, "Light machine A", LASER),
    (ResourceKind.MACHINE, "Light machine B", LASER),
)


def write(practitioners: Sequence[UUID], *, by: Actor, opened: datetime, at: datetime) -> None:
    """One place with its rooms and machines; somebody has a week off next month, and somebody an afternoon at other hours."""
    place = diary.keep_place(name="Quarry Steps", address="8 Quarry Steps, Ludlow SY8 9ZZ", by=by, at=opened)
    for kind, name, sort in _THINGS:
        diary.keep_resource(kind=kind, name=name, sort=sort, place=place, by=by, at=opened)
    monday = at.date() + timedelta(days=28 - at.weekday())
    diary.set_day_off(practitioners[0], first_on=monday, last_on=monday + timedelta(days=6), by=by, at=at)
    if len(practitioners) > 1:
        tuesday = monday + timedelta(days=1)
        diary.set_day_off(practitioners[1], first_on=tuesday, last_on=tuesday, stretches=[(48, 80)], by=by, at=at)
