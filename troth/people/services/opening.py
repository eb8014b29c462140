"""
How a clinic gets its first administrator, and the only one their way back: by whoever can run a command on the server. From then on
staff take on staff, and the server's commands are refused.
"""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors
from troth.people.rules import RoleRefused
from troth.people.services.factors import _say, _take_factors_away
from troth.people.services.resets import ResetRefused
from troth.people.services.staff import invite_starter, make_start_code
from troth.vault.categories import Category


def _invite_first(*, by: Actor, at: datetime, name: str, email: str, role: str) -> str:
    """
    Take on the clinic's first administrator, and give the code with which they choose a password. Called again for the same
    address, before they have started, it gives a new code.

    :raises RoleRefused: somebody runs the staff already, or the notice does not let this role.
    :raises AlreadyTaken: that address signs somebody in already.
    """
    declared = notices.register_in_force(at)
    _insist_that_nobody_else(None, at=at)
    if not selectors.running_staff(declared.purposes.get(Purpose.STAFF), role):
        raise RoleRefused(
            f"The notice lets the role {role} take on nobody: its purpose `staff` says so, under `access`."
        )
    known = selectors.find_member(email, at=at)
    if known is not None and role in selectors.roles_of(known, at=at) and not selectors.has_started(known):
        return make_start_code(known, by=by, at=at)
    return invite_starter(by=by, at=at, name=name, roles=[role], email=email)[1]


@act(Event.FACTORS_RESET, purpose=Purpose.ACCOUNT_SECURITY)
def let_only_one_back(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take away the lost second factor of the only administrator, and end their sessions: nobody else could. They sign in with their
    password and set up another one, and are written to.

    :raises RoleRefused: another administrator can do it.
    :raises ResetRefused: they do not run the staff.
    """
    acting().require(subject, Category.ACCOUNT)
    _insist_that_nobody_else(subject, at=at)
    if subject not in {member.subject for member in selectors.who_runs_staff(at=at)}:
        raise ResetRefused("They do not run the staff. An administrator takes their lost second factor away.")
    _take_factors_away(subject)
    _say(
        subject,
        "It was taken away because it was lost: whoever runs the clinic's server did this, as there is no other administrator",
        by=by,
        at=at,
    )


def _insist_that_nobody_else(than: UUID | None, *, at: datetime) -> None:
    others = [member.name for member in selectors.who_runs_staff(at=at) if member.subject != than]
    if others:
        raise RoleRefused(f"{others[0]} can do this, under Staff at the desk.")


# It checks, and calls the one act that this is: an act of its own would write the same event a second time.
invite_first = _invite_first
