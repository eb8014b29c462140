"""
The deposit of a visit, at the payment firm: asked for with the visit, let go or given back when the visit is not to be.

Whether it is kept is the visit's to say: cancelled late, or not come to, it is. Amounts are opened by a service of its own, since
whoever arranges visits sees no money.
"""

from datetime import datetime
from uuid import UUID, uuid5

from troth.billing import selectors as money
from troth.billing import services as billing
from troth.billing.rules import NotPossible as MoneyNotPossible
from troth.billing.selectors import Order, State
from troth.diary.models import Appointment, VisitState
from troth.diary.rules import NotPossible
from troth.diary.selectors import DEPOSIT_FOR, Offered, payer
from troth.gate.actors import Actor

_OPEN = {State.ASKED, State.AUTHORISED}


def _ask(row: Appointment, offered: Offered, *, by: Actor, at: datetime) -> None:
    """Ask for it in the act that keeps the time: once for each visit, and first only held on the card."""
    billing.ask(
        row.subject_id,
        pence=offered.deposit_pence,
        what="Deposit for a visit",
        thing_kind=DEPOSIT_FOR,
        thing=row.pk,
        holds=True,
        rate=money.rate_of(offered.name),
        advance=True,
        key=row.pk,
        by=payer(by),
        at=at,
    )


def _ask_again(row: Appointment, offered: Offered, *, after: UUID | None, by: Actor, at: datetime) -> None:
    """Ask for it by a link, for a visit that stands: it is taken as it is paid. `after`: the payment that came to nothing."""
    billing.ask(
        row.subject_id,
        pence=offered.deposit_pence,
        what="Deposit for a visit",
        thing_kind=DEPOSIT_FOR,
        thing=row.pk,
        rate=money.rate_of(offered.name),
        advance=True,
        key=uuid5(after or row.pk, "asked"),
        by=payer(by),
        at=at,
    )


def _draw(row: Appointment, service: str, *, by: Actor, at: datetime) -> None:
    """Draw a treatment for a visit from a package of whoever comes, once, in words that the diary speaks."""
    try:
        billing.draw_for(row.subject_id, serves=service, thing=row.pk, by=payer(by), at=at)
    except MoneyNotPossible as refused:
        raise NotPossible(str(refused)) from None


def _take(payment: UUID, *, by: Actor, at: datetime) -> None:
    """Have what is held taken, in the act that books."""
    billing.capture(payment, by=payer(by), at=at)


def _let_go(payment: UUID, *, by: Actor, at: datetime) -> None:
    """Have what was asked for, or is held, let go, in the act that books without it."""
    billing.fulfil(payment, Order.RELEASE, on_behalf_of=by.id, at=at)


def _settle(row: Appointment, *, by: Actor, at: datetime) -> None:
    """
    Let go or give back the deposit of a visit that is cancelled in time, and what it drew from a package. What is being taken right
    now is given back once the firm has said so, when this is called again.
    """
    known = money.payment_for(DEPOSIT_FOR, row.pk)
    if known is not None and row.state == VisitState.CANCELLED and not row.late:
        billing.fulfil(known.id, Order.RELEASE, on_behalf_of=by.id, at=at)
    if row.state == VisitState.CANCELLED and not row.late and money.is_drawn_for(row.pk):
        billing.give_draw_back(row.pk, by=payer(by), at=at)


# No acts themselves: they belong to the act that books or cancels.
ask, ask_again, draw, take, let_go, settle = _ask, _ask_again, _draw, _take, _let_go, _settle
