"""
Money that is held on a card until something is decided, for the room that asked for it.

    payment = billing.ask(subject, pence=14900, what="…", thing_kind="prescribing.request", thing=request, holds=True, …)
    billing.fulfil(payment, Order.CAPTURE, on_behalf_of=by.id, at=at)     # it was agreed
    billing.fulfil(payment, Order.RELEASE, on_behalf_of=by.id, at=at)     # it was not, or is wanted no more

Whoever decides holds no role that takes money, and is shown none: the service of payments does it on their behalf, in their act.
What a room wants may come before the firm has said where the money is. So a room says it again whenever it hears of a payment
(`following`), and what is wanted already is done once.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from troth.billing.models import Order, Payment, Refund, State
from troth.billing.rules import OPEN
from troth.billing.services.known import _amounts, _opened
from troth.billing.services.payments import capture, refund, release
from troth.billing.services.reckoning import _held, _hold_invoice_of
from troth.gate import actors
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose

#: States in which something is with us that could be given back.
_WITH_US = frozenset({State.CAPTURED, State.PART_REFUNDED})


def _fulfil(payment: UUID, wanted: Order, *, on_behalf_of: UUID | None = None, at: datetime) -> bool:
    """
    Have what is held taken, or let go; what was taken goes back to the card. Gives whether it is so, or is on its way there.

    False of a capture: nothing is held. False of a release: it is being taken, or was taken off an invoice, and goes back when this
    is said again later.

    :raises Refused: the notice does not let the service of payments at this person's money.
    """
    by = actors.service("payments", on_behalf_of=on_behalf_of)
    with transaction.atomic():
        receipt = _hold_invoice_of(payment)
        found = Payment.objects.select_for_update().filter(pk=payment).values_list("state", "order").first()
        if found is None:
            return False
        state, order = State(found[0]), Order(found[1])
        if wanted is Order.CAPTURE:
            if state is State.AUTHORISED and order is Order.NONE:
                capture(payment, by=by, at=at)
                return True
            return state in _WITH_US or (state is State.AUTHORISED and order is Order.CAPTURE)
        if state in OPEN:
            if order is Order.NONE:
                release(payment, by=by, at=at)
            return order is not Order.CAPTURE
        if state in _WITH_US:
            if receipt is not None and receipt.set_against:
                return False  # told again once that invoice is cancelled
            row = Payment.objects.get(pk=payment)
            known, given = _opened(row, by, at), sum(_amounts(row, by, at, failed=False).values())
            # What went back at the firm, by hand, is gone as well, and nothing here asked for it.
            left = known.captured - max(given, known.returned)
            if receipt is not None:  # nor does what went back by bank, or is on its way there
                with processing(Purpose.PAYMENT, Action.READ, by=by, at=at):
                    left = min(left, _held(receipt))
            if left > 0:
                refund(
                    payment,
                    pence=left,
                    why="It was no longer wanted",
                    # One that the firm would not make may be asked for again; the row is held, so nobody asks in between.
                    key=uuid5(payment, f"all {left} {Refund.objects.filter(payment=row).count()}"),
                    by=by,
                    at=at,
                )
        return True


# It is no act: what it does is done by acts, each with its event.
fulfil = _fulfil

__all__ = ["fulfil"]
