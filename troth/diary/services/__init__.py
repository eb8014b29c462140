"""
Acts of the diary: what is offered and when, holding a time, and booking, moving, cancelling and living through a visit.

Whether a time is free is the database's to say: an act writes the stretches that a visit holds, and two that touch undo the later.
"""

from troth.diary.services.feeds import end_feed, make_feed
from troth.diary.services.holding import clear_over, hold_time, let_go
from troth.diary.services.online import (
    book_as_stranger,
    book_kept,
    cancel_by_link,
    move_by_link,
    tell_of,
)
from troth.diary.services.setup import (
    end_day_off,
    keep_place,
    keep_resource,
    offer_service,
    set_day_off,
    set_hours,
)
from troth.diary.services.telling import remind
from troth.diary.services.visits import arrive, book, book_series, cancel, complete, confirm, miss, move

__all__ = [
    "arrive",
    "book",
    "book_as_stranger",
    "book_kept",
    "book_series",
    "cancel",
    "cancel_by_link",
    "clear_over",
    "complete",
    "confirm",
    "end_day_off",
    "end_feed",
    "hold_time",
    "keep_place",
    "keep_resource",
    "let_go",
    "make_feed",
    "miss",
    "move",
    "move_by_link",
    "offer_service",
    "remind",
    "set_day_off",
    "set_hours",
    "tell_of",
]
