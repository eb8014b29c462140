"""
What the notice in force switches on: a page, an act or a job names the purposes that it can serve, in a fixed order.

It is done for the first that the notice declares and that a role of the actor may serve. Where the notice declares none of them the
feature is off: the page is an address that does not exist, the act refuses, the job is left out.
"""

from collections.abc import Iterable

from troth.gate.actors import Actor
from troth.notice.purposes import Action, Purpose
from troth.notice.register import REPRESENTATIVE, SELF, SERVICE, DeclaredPurpose, Register

Purposes = tuple[Purpose, ...]


def in_order(purpose: "Purpose | Purposes") -> Purposes:
    """One purpose or several, as several."""
    return (purpose,) if isinstance(purpose, Purpose) else tuple(purpose)


def declared_of(purposes: Iterable[Purpose], register: Register) -> Purposes:
    """Those of them that the notice declares, in the order given."""
    return tuple(purpose for purpose in purposes if purpose in register.purposes)


def purpose_for(purposes: Purposes, action: Action, actor: Actor, register: Register) -> Purpose | None:
    """
    The first purpose that the notice declares and that this actor may serve with that action; None where none is declared.

    For an actor who may serve none of them it is the first declared: the gate then refuses, and says by which row.
    """
    declared = declared_of(purposes, register)
    for purpose in declared:
        if _may_serve(register.purposes[purpose], action, actor):
            return purpose
    return declared[0] if declared else None


def serves_any(purposes: Purposes, action: Action, actor: Actor, register: Register) -> bool:
    """Whether the notice lets this actor serve one of these purposes with that action: a menu offers no page that it refuses."""
    return any(_may_serve(register.purposes[purpose], action, actor) for purpose in declared_of(purposes, register))


def _may_serve(declared: DeclaredPurpose, action: Action, actor: Actor) -> bool:
    if actor.kind == "service":
        names: Iterable[str] = (SERVICE,) if declared.purpose in actor.purposes else ()
    else:
        # Who holds a role is at work here: that a patient may see their own data under a purpose says nothing of staff.
        names = actor.roles or (SELF, REPRESENTATIVE)
    return any(name in declared.access and action in declared.access[name].actions for name in names)
