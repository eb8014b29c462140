"""
The diary: what is offered and where, when practitioners work, and who comes to whom and when.

What somebody comes for is sealed, since it tells something of their health; when and to whom is structure, and open. Whatever must
not be in two places at once is held in a table of its own, in which the database lets no two stretches of time of one thing touch.
"""

from troth.diary.models.classes import ClassTime
from troth.diary.models.figures import Figure
from troth.diary.models.offers import (
    AROUND,
    LONGEST,
    MOST_PLACES,
    STEP,
    Colour,
    Place,
    Resource,
    ResourceKind,
    Service,
)
from troth.diary.models.staff import DayOff, Feed, Practitioner
from troth.diary.models.visits import ALONE, VISITS, Appointment, Ended, Hold, How, Override, VisitState
from troth.diary.models.waiting import Wish, WishState

__all__ = [
    "ALONE",
    "AROUND",
    "LONGEST",
    "MOST_PLACES",
    "STEP",
    "VISITS",
    "Appointment",
    "ClassTime",
    "Colour",
    "DayOff",
    "Ended",
    "Feed",
    "Figure",
    "Hold",
    "How",
    "Override",
    "Place",
    "Practitioner",
    "Resource",
    "ResourceKind",
    "Service",
    "VisitState",
    "Wish",
    "WishState",
]
