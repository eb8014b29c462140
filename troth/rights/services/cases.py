"""Opening and closing a case: one right, one person, one clock."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.law.clocks import request_due
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.models import RightsCase, State

LONDON = ZoneInfo("Europe/London")


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def open_case(subject: UUID, right: Right, *, by: Actor, at: datetime, words: str = "") -> UUID:
    """
    Open a case with its due date, and keep the words that the person used (LAW-1.1, LAW-1.19).

    :raises Refused: the actor may not do this for that person.
    """
    return _write_case(subject, right, at=at, words=words)


@act(Event.CASE_CLOSED, purpose=Purpose.RIGHTS)
def close_case(case: UUID, *, by: Actor, at: datetime) -> None:
    """
    Close a case that was answered. An erasure closes with its certificate, and not here.

    :raises RightsCase.DoesNotExist: no such case waits.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.exclude(right=Right.ERASURE).exclude(state=State.DONE).get(pk=case)
    row.state = State.DONE
    row.outcome = {"closed_at": at.isoformat()}
    row.save()


def _write_case(subject: UUID, right: Right, *, at: datetime, words: str = "", close_account: bool = False) -> UUID:
    """Write the row of a new case, inside the act that is open."""
    received = at.astimezone(LONDON).date()
    return RightsCase.objects.create(
        subject_id=subject,
        right=right.value,
        received_on=received,
        due_on=request_due(right, received).due_on,
        words=words,
        close_account=close_account,
    ).pk
