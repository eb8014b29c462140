"""
Watching over the ledger leaves its own events: who read it, had it checked, or took events out of it, and why.

They are gathered by the boundary and committed before the page or the first line of a download leaves.
"""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.refusals import Check, Decision, Refused
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring


def note_at_terminal(event: Event, *, at: datetime, reason: str = "", objects: str = "") -> None:
    """Note, and commit at once, that the operator watched at the terminal: nobody by name, as with a published notice."""
    with boundary() as into:
        into.note(
            Draft(
                at=at,
                event=event,
                outcome="allowed",
                purpose=str(Purpose.SECURITY_LOG),
                action=str(Action.EXPORT),
                reason=reason,
                objects=objects,
                request=into.request,
            )
        )
        into.commit()


def note(
    event: Event,
    *,
    by: Actor,
    at: datetime,
    action: Action = Action.READ,
    subject: UUID | None = None,
    reason: str = "",
    objects: str = "",
) -> None:
    """
    Note that somebody watched: `subject` whose events were read, `reason` a code of a list, `objects` what was taken.

    :raises Refused: the notice in force lets no role of theirs do this for the security of the systems.
    """
    with boundary() as into:
        register = into.register(at)
        declared = register.purposes.get(Purpose.SECURITY_LOG)
        allowed = declared is not None and any(
            action in declared.access[role].actions for role in by.roles if role in declared.access
        )
        row = f"notice {register.version}, row {declared.row}" if declared else f"notice {register.version}"
        draft = Draft(
            at=at,
            event=event if allowed else Event.REFUSED,
            outcome="allowed" if allowed else "refused",
            actor_kind=by.kind,
            actor=by.id.hex if by.id else "",
            subject=subject.hex if subject else "",
            purpose=str(Purpose.SECURITY_LOG),
            action=str(action),
            check="" if allowed else str(Check.ROLE),
            rule="" if allowed else row,
            reason=reason,
            objects=objects,
            request=into.request,
        )
        if allowed:
            into.note(draft)
            return
        into.refused(draft)
        raise keyring.poison(
            Refused(
                Decision(
                    allowed=False,
                    check=Check.ROLE,
                    spoken=Check.ROLE,
                    rule=row,
                    sentence=f"Our notice lets no role of yours {action} events of the ledger.",
                )
            )
        )
