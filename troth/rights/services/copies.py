"""The act of taking a copy away."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose


@act(Event.COPY_TAKEN, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def record_copy(subject: UUID, *, by: Actor, at: datetime, digest: str) -> None:
    """
    Record that a copy of a person's data is handed out; `digest` is the SHA-256 of its data file (LAW-3.1).

    :raises Refused: the actor may not take one.
    """
    acting().require(subject, *acting().covered())
    touched(subject, f"rights.copy/{digest}")
