"""Acts of this room: everything that changes who people are, how to reach them, and how they sign in."""

from troth.people.services.accounts import change_password
from troth.people.services.claimants import record_claimant
from troth.people.services.patients import change_contact, register_patient
from troth.people.services.sessions import end_sessions, sessions, sign_in, sign_out
from troth.people.services.staff import UnknownRole, join_staff, leave_staff

__all__ = [
    "UnknownRole",
    "change_contact",
    "change_password",
    "end_sessions",
    "join_staff",
    "leave_staff",
    "record_claimant",
    "register_patient",
    "sessions",
    "sign_in",
    "sign_out",
]
