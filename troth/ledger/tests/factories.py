"""Drafts with sensible values; a test names only what it is about."""

from datetime import UTC, datetime
from uuid import UUID

from troth.ledger.drafts import Draft, moment
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CLINICIAN = UUID(int=1).hex
AYLA = UUID(int=2).hex
BRAM = UUID(int=3).hex


def draft(**changes) -> Draft:
    values = {
        "at": NOON,
        "event": Event.OPENED,
        "outcome": "allowed",
        "actor_kind": "person",
        "actor": CLINICIAN,
        "subject": AYLA,
        "purpose": "care",
        "action": "read",
        "reason": "a booking",
        "what": "contact health",
        "request": "r1",
    }
    return Draft(**(values | changes))


def as_draft(row: LedgerEvent) -> Draft:
    """The draft that a stored event was written from."""
    return Draft(
        moment(row.at),
        row.event,
        row.outcome,
        row.actor_kind,
        row.actor,
        row.on_behalf_of,
        row.subject,
        row.purpose,
        row.action,
        row.failed_check,
        row.rule,
        row.reason,
        row.what,
        row.objects_touched,
        row.request,
        row.note,
    )
