"""
Writing down what is passed on. The room that hands something over calls `record_disclosure` inside its own act, so that neither
stands without the other.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.sharing import rules
from troth.sharing.models import Disclosure
from troth.vault.categories import Category


@act(
    Event.DISCLOSED,
    purpose=Purpose.RIGHTS,
    unasked="it touches no row by itself: the gate is asked whether this may go, and the service writes it down",
)
def record_disclosure(
    subject: UUID,
    *,
    recipient: str,
    purpose: Purpose,
    categories: Collection[Category],
    what: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    This will write down one handing over, once the gate says that this actor may disclose these kinds for this purpose.

    :raises NotNamed: the notice names no such recipient for the purpose.
    :raises Refused: the gate said no.
    """
    with processing(purpose, Action.DISCLOSE, by=by, at=at) as opened:
        opened.require(subject, *categories)
        rules.check_is_named(recipient=recipient, purpose=purpose, register=opened.register)
    return _write(
        subject,
        recipient=recipient,
        serves=purpose,
        categories=categories,
        what=what,
        by=actors.service("disclosure-log", on_behalf_of=by.id),
        at=at,
    )


@act(Event.DISCLOSURE_WRITTEN, purpose=Purpose.RIGHTS)
def _write(
    subject: UUID,
    *,
    recipient: str,
    serves: Purpose,
    categories: Collection[Category],
    what: str,
    by: Actor,
    at: datetime,
) -> UUID:
    return Disclosure.objects.create(
        subject_id=subject,
        recipient=recipient,
        purpose=serves.value,
        categories=" ".join(sorted(category.value for category in categories)),
        disclosed_at=at,
        what=what,
    ).pk
