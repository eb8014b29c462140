"""Acts of this room: everything that changes who people are, how to reach them, and how they sign in."""

from troth.people.services.accounts import change_password
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
from troth.people.services.patients import change_contact, register_patient
from troth.people.services.resets import (
    ResetRefused,
    ask_factor_reset,
    carry_out_factor_reset,
    confirm_factor_reset,
)
from troth.people.services.sessions import end_sessions, prove_session, sessions, sign_in, sign_out
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
from troth.people.services.tries import forget_tries, note_failed_try, note_sign_in

__all__ = [
    "FactorNeeded",
    "ResetRefused",
    "UnknownRole",
    "UsedUp",
    "add_app",
    "add_passkey",
    "ask_factor_reset",
    "carry_out_factor_reset",
    "change_contact",
    "change_password",
    "change_roles",
    "confirm_factor_reset",
    "end_sessions",
    "forget_tries",
    "invite_starter",
    "join_staff",
    "leave_staff",
    "make_recovery_codes",
    "make_start_code",
    "note_failed_try",
    "note_sign_in",
    "prove_session",
    "register_patient",
    "remove_app",
    "remove_passkey",
    "sessions",
    "set_last_day",
    "sign_in",
    "sign_out",
    "start",
    "use_code",
    "use_passkey",
]
