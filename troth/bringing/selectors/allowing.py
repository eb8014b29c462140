"""Who may bring in what a file holds: the notice in force is asked, less what the clinic's permissions take away."""

from datetime import datetime

from troth.bringing.models import What
from troth.bringing.rules import brings
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.refusals import Check, Decision, Refused
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.vault import keyring
from troth.vault.categories import Category

#: What somebody's own roles must be let write, and what for, to bring in a file of each kind.
ASKED: dict[What, tuple[Purpose, tuple[Category, ...]]] = {
    What.CLIENTS: (Purpose.REGISTRATION, (Category.IDENTITY, Category.CONTACT)),
    What.VISITS: (Purpose.BOOKING, (Category.CORRESPONDENCE,)),
    What.NOTES: (Purpose.CARE, (Category.HEALTH,)),
}


def may_bring(kind: What, *, by: Actor, at: datetime) -> bool:
    """Whether somebody brings files in, and the notice and the permissions let one of their roles write what it holds."""
    purpose, categories = ASKED[kind]
    declared = _register(at).purposes.get(purpose)
    held = [access for role, access in declared.access.items() if role in by.roles] if declared else []
    return brings(by.roles, kind) and all(
        any(access.allows(Action.WRITE, category) for access in held) for category in categories
    )


def check_may_bring(kind: What, *, by: Actor, at: datetime) -> None:
    """
    Refuse whoever may not, on a page or in an act.

    :raises Refused: as said.
    """
    if may_bring(kind, by=by, at=at):
        return
    register = _register(at)
    declared = register.purposes.get(ASKED[kind][0])
    where = f"notice {register.version}" + (f", row {declared.row}" if declared else "")
    sentence = f"Your role may not bring in {kind.words.lower()}."
    raise keyring.poison(Refused(Decision(allowed=False, check=Check.ROLE, rule=where, sentence=sentence)))


def _register(at: datetime) -> Register:
    with boundary() as into:
        return into.register(at)
