"""Acts of this room: everything that changes who people are, how to reach them, and how they sign in."""

from troth.people.services.accounts import change_password
from troth.people.services.claimants import record_claimant
from troth.people.services.claiming import CannotClaim, claim, make_claim_code
from troth.people.services.patients import change_contact, register_patient
from troth.people.services.sessions import end_sessions, sessions, sign_in, sign_out
from troth.people.services.staff import UnknownRole, join_staff, leave_staff
from troth.people.services.steps import (
    LinkOver,
    answer_step,
    ask_account,
    ask_address,
    ask_link,
    choose_password,
    confirm_step,
    dispose_steps,
)
from troth.people.services.telling import say_when, tell, tell_of_new_device

__all__ = [
    "CannotClaim",
    "LinkOver",
    "UnknownRole",
    "answer_step",
    "ask_account",
    "ask_address",
    "ask_link",
    "change_contact",
    "change_password",
    "choose_password",
    "claim",
    "confirm_step",
    "dispose_steps",
    "end_sessions",
    "join_staff",
    "leave_staff",
    "make_claim_code",
    "record_claimant",
    "register_patient",
    "say_when",
    "sessions",
    "sign_in",
    "sign_out",
    "tell",
    "tell_of_new_device",
]
