"""
What is wanted of the payment firm, written down for the job that asks it. It happens once the act is committed.
"""

from uuid import UUID

from troth.billing import rules
from troth.billing.models import Order, Payment, State
from troth.billing.services.reckoning import _open_for
from troth.gate.acts import acting
from troth.gate.refusals import nothing_there
from troth.vault.categories import Category
from troth.work import queue


def _order(payment: UUID, wanted: Order) -> None:
    row = _locked(payment)
    rules.check_can_order(State(row.state), Order(row.order), wanted)
    if row.order == wanted:
        return
    row.order = wanted
    row.save()
    queue.declared["billing.ask_the_firm"].enqueue(row.pk)


def _let_go_of(invoice: UUID) -> None:
    """What nobody has to pay any more is ended at the firm, within the act that made it so."""
    for row in _open_for(invoice):
        _order(row.pk, Order.RELEASE)


def _locked(payment: UUID) -> Payment:
    """The payment, held against a second hand, when the gate lets the actor decide on this person's money."""
    row: Payment | None = Payment.objects.select_for_update().filter(pk=payment).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else payment, Category.FINANCIAL)
    if row is None:
        raise nothing_there()
    return row
