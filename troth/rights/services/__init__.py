"""Acts of this room. Each takes effect in every process the moment it is committed."""

from troth.rights.services.announcing import announce, read_notice_changes
from troth.rights.services.answering import (
    AnswerRefused,
    add_statement,
    announce_lifting,
    correct,
    lift_after_notice,
    lifted_letter,
    name_use,
    tell_recipient,
    use_restricted,
    weigh_objection,
    weighing_letter,
)
from troth.rights.services.arriving import give_receipt, settle_arrival, take_arrival
from troth.rights.services.blackening import blacken_part, show_part
from troth.rights.services.building import build_pack, end_packs
from troth.rights.services.cases import ask_for_what_was_held_back, ask_to_stop, open_case
from troth.rights.services.copies import case_to_copy, hand_out_file, record_copy, why_not_hand_out
from troth.rights.services.deceased import record_death, take_back_death
from troth.rights.services.emergencies import (
    ReviewRefused,
    delay_telling,
    email_about_emergency,
    review_emergency,
    tell_about_emergency,
)
from troth.rights.services.ending import approve_end, dispose_of_what_is_over
from troth.rights.services.erasure import (
    ErasureUnfinished,
    ask_erasure,
    carry_out_erasure,
    certificate_letter,
    resume_erasures,
)
from troth.rights.services.exchange import ask_to_send, send_portable
from troth.rights.services.given import fetch_given
from troth.rights.services.intake import take_in, take_in_from_representative, take_in_from_stranger
from troth.rights.services.obtaining import (
    end_silence,
    leave_untold,
    note_obtained,
    tell_by_hand,
    tell_of_sources,
)
from troth.rights.services.opining import give_opinion
from troth.rights.services.orphans import destroy_orphans
from troth.rights.services.packs import (
    PackRefused,
    ask_opinion,
    begin_pack,
    decide_entries,
    order_build,
    record_fee,
    record_search,
    remove_everywhere,
)
from troth.rights.services.placing import place_case, proof_letter
from troth.rights.services.releasing import (
    covering_letter,
    late_letter,
    let_applicant_fetch,
    record_fetched,
    release_pack,
)
from troth.rights.services.reminding import mind_days
from troth.rights.services.standing import (
    lift_restriction,
    object_to,
    restrict,
    withdraw_objection,
)
from troth.rights.services.stepping import StepRefused, why_unproven
from troth.rights.services.steps import (
    acknowledge,
    add_note,
    ask_for,
    asked_with,
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
    "AnswerRefused",
    "ErasureUnfinished",
    "PackRefused",
    "ReviewRefused",
    "StepRefused",
    "acknowledge",
    "add_note",
    "add_statement",
    "announce",
    "announce_lifting",
    "approve_end",
    "ask_erasure",
    "ask_for",
    "ask_for_what_was_held_back",
    "ask_opinion",
    "ask_to_send",
    "ask_to_stop",
    "asked_with",
    "assign_case",
    "begin_pack",
    "blacken_part",
    "build_pack",
    "carry_out_erasure",
    "case_to_copy",
    "certificate_letter",
    "compose_for",
    "correct",
    "covering_letter",
    "decide_entries",
    "delay_telling",
    "destroy_orphans",
    "dispose_of_what_is_over",
    "email_about_emergency",
    "end_packs",
    "end_silence",
    "extend_case",
    "fetch_given",
    "finish_case",
    "give_opinion",
    "give_receipt",
    "hand_out_file",
    "judge_proof",
    "late_letter",
    "leave_untold",
    "let_applicant_fetch",
    "lift_after_notice",
    "lift_restriction",
    "lifted_letter",
    "mind_days",
    "name_use",
    "note_obtained",
    "object_to",
    "open_case",
    "order_build",
    "place_case",
    "proof_letter",
    "read_notice_changes",
    "record_came",
    "record_copy",
    "record_death",
    "record_fee",
    "record_fetched",
    "record_search",
    "release_pack",
    "remove_everywhere",
    "reopen_case",
    "restrict",
    "resume_erasures",
    "review_emergency",
    "send_portable",
    "settle_arrival",
    "show_part",
    "take_arrival",
    "take_back_death",
    "take_in",
    "take_in_from_representative",
    "take_in_from_stranger",
    "tell_about_emergency",
    "tell_by_hand",
    "tell_of_sources",
    "tell_progress",
    "tell_recipient",
    "use_restricted",
    "weigh_objection",
    "weighing_letter",
    "why_not_ask",
    "why_not_hand_out",
    "why_unproven",
    "withdraw_objection",
]
