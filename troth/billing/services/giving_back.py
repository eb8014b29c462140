"""Money that goes back at the desk, by the way it came: in cash, or by the card machine to the card that was held to it."""

from datetime import datetime
from uuid import UUID, uuid5

from troth.billing import rules
from troth.billing.models import Means, Settlement
from troth.billing.services.invoices import FOR, _locked, _made_under, lower
from troth.billing.services.papers import _enter, _left, _reading, _wanted
from troth.billing.services.reckoning import _held
from troth.gate.actors import Actor
from troth.gate.acts import act, require_role
from troth.ledger.names import Event
from troth.vault.categories import Category


@act(Event.INVOICE_SETTLED, purpose=FOR)
def return_at_desk(
    invoice: UUID,
    *,
    pence: int,
    means: Means,
    key: UUID,
    less: bool = False,
    beyond: bool = False,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Enter money that went back at the desk. Gives the entry. No more goes back by one way than came by it: a card machine pays back
    what was paid on it, and what came by card is not handed out as cash. `less`: so much less is to be paid, by a credit note.
    `beyond`: more than is owed may go back, and is then to pay again.

    :raises NotPossible: so much did not come by it, or is not owed to them.
    :raises Refused: the actor may not give money back to this person.
    """
    row = _locked(invoice)
    require_role(Category.FINANCIAL)
    if (before := _made_under(key, Settlement)) is not None:
        return before
    if less:
        lower(invoice, pence=pence, key=uuid5(key, "less"), by=by, at=at)
    with _reading(by, at):
        came = sum(each.pence or 0 for each in Settlement.objects.filter(invoice=row) if each.means == means)
        held, wanted, left = _held(row), _wanted(row), _left(row)
    rules.check_came_by(means, came=came, pence=pence)
    rules.check_is_held(held=held, pence=pence)
    if not beyond:
        rules.check_can_give_back(owed=held - wanted, pence=pence)
    found: UUID = _enter(row, pence=-pence, means=means, key=key, left=left, at=at).pk
    return found
