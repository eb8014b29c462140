"""Destroying what its person was never to see: an act of its own, whose event stands apart from theirs (decision 0245)."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, alone_with, touched
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.selectors.places import compartment_of
from troth.rights.selectors.unseen import Unseen
from troth.vault import keystore
from troth.vault.compartments import get_compartment


@act(Event.ERASED_APART, purpose=Purpose.RIGHTS, action=Action.ERASE)
def destroy_unseen(subject: UUID, unseen: Unseen, *, by: Actor, at: datetime) -> None:
    """
    Destroy the keys and rows of what is kept from its person. The disposal journal has it already.

    :raises Refused: the actor may not erase one of these kinds.
    """
    names = {name for name, _ in unseen.scopes} | {compartment_of(rows.model) for rows in unseen.rows}
    acting().require(subject, *{get_compartment(name).category for name in names})
    with alone_with(subject):
        keystore.destroy_scopes(subject, unseen.scopes)
    for compartment, scope in unseen.scopes:
        touched(subject, f"vault.key/{compartment}:{scope or 'all'}/destroyed")
    for rows in unseen.rows:
        rows.delete()
