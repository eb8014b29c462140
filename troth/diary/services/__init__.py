"""
Acts of the diary: what is offered and when, holding a time, and booking, moving, cancelling and living through a visit.

Whether a time is free is the database's to say: an act writes the stretches that a visit holds, and two that touch undo the later.
"""

from troth.diary.services.classes import cancel_class, plan_classes
from troth.diary.services.feeds import end_feed, make_feed
from troth.diary.services.holding import clear_over, hold_time
from troth.diary.services.online import (
    book_as_stranger,
    book_kept,
    cancel_by_link,
    move_by_link,
)
from troth.diary.services.paying import ask_deposit, book_unpaid, draw_package, end_unpaid, hear_deposit
from troth.diary.services.series import book_series, cancel_following, move_following
from troth.diary.services.setup import (
    end_day_off,
    keep_place,
    keep_resource,
    offer_service,
    set_day_off,
    set_hours,
)
from troth.diary.services.telling import remind
from troth.diary.services.visits import arrive, book, cancel, complete, confirm, miss, move
from troth.diary.services.waiting import (
    answer_offer,
    join_as_stranger,
    join_list,
    leave_list,
    offer_time,
    pass_offer,
    take_offer,
    withdraw_offer,
)

__all__ = [
    "answer_offer",
    "arrive",
    "ask_deposit",
    "book",
    "book_as_stranger",
    "book_kept",
    "book_series",
    "book_unpaid",
    "cancel",
    "cancel_by_link",
    "cancel_class",
    "cancel_following",
    "clear_over",
    "complete",
    "confirm",
    "draw_package",
    "end_day_off",
    "end_feed",
    "end_unpaid",
    "hear_deposit",
    "hold_time",
    "join_as_stranger",
    "join_list",
    "keep_place",
    "keep_resource",
    "leave_list",
    "make_feed",
    "miss",
    "move",
    "move_by_link",
    "move_following",
    "offer_service",
    "offer_time",
    "pass_offer",
    "plan_classes",
    "remind",
    "set_day_off",
    "set_hours",
    "take_offer",
    "withdraw_offer",
]
