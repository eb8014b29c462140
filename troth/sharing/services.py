"""
Writing down what is passed on. The room that hands something over calls `record_disclosure` inside its own act, so that neither
stands without the other.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.sharing import rules
from troth.sharing.models import Disclosure
from troth.vault.categories import Category

#: What stands before the id of whom a person chose: no id of a notice has a colon.
PARTNER = "partner:"


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
        chosen=False,
        named="",
        by=actors.service("disclosure-log", on_behalf_of=by.id),
        at=at,
    )


@act(
    Event.DISCLOSED,
    purpose=Purpose.RIGHTS,
    unasked="it touches no row by itself: the gate was asked before it left (`selectors.may_pass`), and it has left",
)
def record_left(
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
    This will write down what a machine has handed over already, having asked before: whatever the person withdrew in the meantime,
    they learn that it left.
    """
    return _write(
        subject,
        recipient=recipient,
        serves=purpose,
        categories=categories,
        what=what,
        chosen=False,
        named="",
        by=actors.service("disclosure-log", on_behalf_of=by.id),
        at=at,
    )


@act(
    Event.DISCLOSED,
    purpose=Purpose.RIGHTS,
    action=Action.EXPORT,
    unasked="it touches no row by itself: the gate is asked whether this may go, and the service writes it down",
)
def record_chosen(
    subject: UUID, *, recipient: str, name: str, categories: Collection[Category], what: str, by: Actor, at: datetime
) -> UUID:
    """
    This will write down what went to somebody whom the person named themself: no notice could name them (UK GDPR Article 20(2)).
    Their id is kept apart from those of the notice's recipients, which may be the same word.

    :raises Refused: this actor may not export these kinds under the person's rights.
    """
    acting().require(subject, Category.RIGHTS, *categories)
    return _write(
        subject,
        recipient=f"{PARTNER}{recipient}",
        chosen=True,
        serves=Purpose.RIGHTS,
        categories=categories,
        what=what,
        named=name,
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
    chosen: bool,
    named: str,
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
        chosen=chosen,
        named=named,
    ).pk
