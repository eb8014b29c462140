"""Acts of this room. Each takes effect in every process the moment it is committed."""

from troth.rights.services.announcing import announce, read_notice_changes
from troth.rights.services.cases import ask_for_what_was_held_back, ask_to_stop, close_case, open_case
from troth.rights.services.copies import record_copy
from troth.rights.services.emergencies import (
    ReviewRefused,
    delay_telling,
    email_about_emergency,
    review_emergency,
    tell_about_emergency,
)
from troth.rights.services.erasure import ErasureUnfinished, ask_erasure, carry_out_erasure, resume_erasures
from troth.rights.services.standing import (
    give_consent,
    lift_restriction,
    object_to,
    restrict,
    take_back_consent,
    withdraw_objection,
)

__all__ = [
    "ErasureUnfinished",
    "ReviewRefused",
    "announce",
    "ask_erasure",
    "ask_for_what_was_held_back",
    "ask_to_stop",
    "carry_out_erasure",
    "close_case",
    "delay_telling",
    "email_about_emergency",
    "give_consent",
    "lift_restriction",
    "object_to",
    "open_case",
    "read_notice_changes",
    "record_copy",
    "restrict",
    "resume_erasures",
    "review_emergency",
    "take_back_consent",
    "tell_about_emergency",
    "withdraw_objection",
]
