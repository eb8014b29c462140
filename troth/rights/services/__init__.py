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
from troth.rights.services.intake import take_in, take_in_from_representative, take_in_from_stranger
from troth.rights.services.reminding import mind_days
from troth.rights.services.standing import (
    give_consent,
    lift_restriction,
    object_to,
    restrict,
    take_back_consent,
    withdraw_objection,
)
from troth.rights.services.stepping import StepRefused
from troth.rights.services.steps import (
    acknowledge,
    add_note,
    ask_for,
    assign_case,
    compose_for,
    extend_case,
    finish_case,
    judge_proof,
    record_came,
    reopen_case,
    tell_progress,
    why_not_ask,
)

__all__ = [
    "ErasureUnfinished",
    "ReviewRefused",
    "StepRefused",
    "acknowledge",
    "add_note",
    "announce",
    "ask_erasure",
    "ask_for",
    "ask_for_what_was_held_back",
    "ask_to_stop",
    "assign_case",
    "carry_out_erasure",
    "close_case",
    "compose_for",
    "delay_telling",
    "email_about_emergency",
    "extend_case",
    "finish_case",
    "give_consent",
    "judge_proof",
    "lift_restriction",
    "mind_days",
    "object_to",
    "open_case",
    "read_notice_changes",
    "record_came",
    "record_copy",
    "reopen_case",
    "restrict",
    "resume_erasures",
    "review_emergency",
    "take_back_consent",
    "take_in",
    "take_in_from_representative",
    "take_in_from_stranger",
    "tell_about_emergency",
    "tell_progress",
    "why_not_ask",
    "withdraw_objection",
]
