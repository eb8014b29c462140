"""Acts of this room: everything that changes who people are, how to reach them, and how they sign in."""

from troth.people.rules import LinkRefused, ReturnRefused
from troth.people.services.accounts import change_password
from troth.people.services.adjusting import ChangedMeanwhile, state_adjustments
from troth.people.services.bringing import CLIENT, Client, HereAlready, bring_in_as_service, bring_in_client
from troth.people.services.claimants import record_claimant
from troth.people.services.claiming import CannotClaim, claim, make_claim_code
from troth.people.services.factors import (
    FactorNeeded,
    UsedUp,
    add_app,
    add_passkey,
    make_recovery_codes,
    remove_app,
    remove_passkey,
    use_code,
    use_passkey,
)
from troth.people.services.opening import invite_first, let_only_one_back
from troth.people.services.patients import change_contact, record_nhs_number, register_patient
from troth.people.services.representing import end_authority, follow_birthday, record_authority
from troth.people.services.resets import (
    ResetRefused,
    ask_factor_reset,
    carry_out_factor_reset,
    confirm_factor_reset,
)
from troth.people.services.returning import LIFE as RETURN
from troth.people.services.returning import LIFE_BY_POST as RETURN_BY_POST
from troth.people.services.returning import come_back, make_return_code
from troth.people.services.same import confirm_link, propose_link, turn_link_down, undo_link
from troth.people.services.sessions import (
    AccountChanged,
    TheyDied,
    end_account_of_the_dead,
    end_sessions,
    prove_session,
    sessions,
    sign_in,
    sign_out,
)
from troth.people.services.staff import (
    UnknownRole,
    change_roles,
    invite_starter,
    join_staff,
    leave_staff,
    make_start_code,
    set_last_day,
    start,
)
from troth.people.services.steps import (
    LinkOver,
    answer_step,
    ask_account,
    ask_address,
    ask_link,
    choose_password,
    confirm_step,
    dispose_steps,
    owner_of,
)
from troth.people.services.telling import (
    address_of,
    can_be_told,
    contact_for,
    envelope_of,
    has_died,
    tell,
    tell_of_new_device,
)
from troth.people.services.tries import forget_tries, note_failed_try, note_sign_in

__all__ = [
    "CLIENT",
    "RETURN",
    "RETURN_BY_POST",
    "AccountChanged",
    "CannotClaim",
    "ChangedMeanwhile",
    "Client",
    "FactorNeeded",
    "HereAlready",
    "LinkOver",
    "LinkRefused",
    "ResetRefused",
    "ReturnRefused",
    "TheyDied",
    "UnknownRole",
    "UsedUp",
    "add_app",
    "add_passkey",
    "address_of",
    "answer_step",
    "ask_account",
    "ask_address",
    "ask_factor_reset",
    "ask_link",
    "bring_in_as_service",
    "bring_in_client",
    "can_be_told",
    "carry_out_factor_reset",
    "change_contact",
    "change_password",
    "change_roles",
    "choose_password",
    "claim",
    "come_back",
    "confirm_factor_reset",
    "confirm_link",
    "confirm_step",
    "contact_for",
    "dispose_steps",
    "end_account_of_the_dead",
    "end_authority",
    "end_sessions",
    "envelope_of",
    "follow_birthday",
    "forget_tries",
    "has_died",
    "invite_first",
    "invite_starter",
    "join_staff",
    "leave_staff",
    "let_only_one_back",
    "make_claim_code",
    "make_recovery_codes",
    "make_return_code",
    "make_start_code",
    "note_failed_try",
    "note_sign_in",
    "owner_of",
    "propose_link",
    "prove_session",
    "record_authority",
    "record_claimant",
    "record_nhs_number",
    "register_patient",
    "remove_app",
    "remove_passkey",
    "sessions",
    "set_last_day",
    "sign_in",
    "sign_out",
    "start",
    "state_adjustments",
    "tell",
    "tell_of_new_device",
    "turn_link_down",
    "undo_link",
    "use_code",
    "use_passkey",
]
