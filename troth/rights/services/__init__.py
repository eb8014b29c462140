"""Acts of this room. Each takes effect in every process the moment it is committed."""

from troth.rights.services.announcing import announce, read_notice_changes
from troth.rights.services.answering import (
    AnswerRefused,
    add_statement,
    announce_lifting,
    correct,
    lift_after_notice,
    tell_recipient,
    use_restricted,
    weigh_objection,
)
from troth.rights.services.building import build_pack, end_packs
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
from troth.rights.services.packs import (
    PackRefused,
    ask_opinion,
    begin_pack,
    decide_entries,
    give_opinion,
    order_build,
    record_fee,
    record_fetched,
    record_search,
    release_pack,
    remove_everywhere,
)
from troth.rights.services.standing import (
    give_consent,
    lift_restriction,
    object_to,
    restrict,
    take_back_consent,
    withdraw_objection,
)

__all__ = [
    "AnswerRefused",
    "ErasureUnfinished",
    "PackRefused",
    "ReviewRefused",
    "add_statement",
    "announce",
    "announce_lifting",
    "ask_erasure",
    "ask_for_what_was_held_back",
    "ask_opinion",
    "ask_to_stop",
    "begin_pack",
    "build_pack",
    "carry_out_erasure",
    "close_case",
    "correct",
    "decide_entries",
    "delay_telling",
    "email_about_emergency",
    "end_packs",
    "give_consent",
    "give_opinion",
    "lift_after_notice",
    "lift_restriction",
    "object_to",
    "open_case",
    "order_build",
    "read_notice_changes",
    "record_copy",
    "record_fee",
    "record_fetched",
    "record_search",
    "release_pack",
    "remove_everywhere",
    "restrict",
    "resume_erasures",
    "review_emergency",
    "take_back_consent",
    "tell_about_emergency",
    "tell_recipient",
    "use_restricted",
    "weigh_objection",
    "withdraw_objection",
]
