"""Payments by card: asking for money, taking or letting go what is held, and giving back. The firm is asked in `at_firm`."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from troth.billing import rules
from troth.billing.models import Order, Payment, Refund, VatRate
from troth.billing.rules import NotPossible
from troth.billing.services.known import _amounts, _give_back, _opened
from troth.billing.services.ordering import _locked, _order
from troth.billing.services.papers import _wanted
from troth.billing.services.reckoning import _held, _hold_invoice_of, _year
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category


@act(Event.PAYMENT_ASKED, purpose=Purpose.PAYMENT)
def ask(
    subject: UUID,
    *,
    pence: int,
    what: str,
    thing_kind: str,
    thing: UUID,
    holds: bool = False,
    rate: VatRate | None = None,
    advance: bool = False,
    key: UUID,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Ask somebody for money, and give the payment. Nothing is charged by it: they pay on its page.

    `thing` is what it is for, in the room that `thing_kind` names (`diary.visit`); that room hears what becomes of it
    (`following.follows`). `holds`: the money is only held on the card, until `capture` or `release`. `key`: asking again under it
    gives the same payment. `rate`: an invoice so taxed is issued when the money comes. `advance`: a later invoice for the same is
    less by it.

    :raises NotPossible: no firm takes such an amount, or the key was used for something else.
    :raises Refused: the actor may not ask this person for money.
    """
    acting().require(subject, Category.FINANCIAL)
    rules.check_can_ask(pence)
    known: Payment | None = Payment.objects.filter(key=key).first()
    if known is not None:
        if known.subject_id != subject or known.thing != thing or _opened(known, by, at).pence != pence:
            raise NotPossible("This was asked before, for something else. Begin again.")
        found: UUID = known.pk
        return found
    row = Payment(
        subject_id=subject,
        key=key,
        thing_kind=thing_kind,
        thing=thing,
        holds=holds,
        disposal_year=_year(at),
        pence=pence,
        captured=0,
        returned=0,
        what=what.strip(),
        firm_number="",
        rate=rate,
        advance=advance,
    )
    try:
        row.save()
    except IntegrityError:
        raise NotPossible("This is being asked for in another window. Look there.") from None
    made: UUID = row.pk
    return made


@act(Event.CAPTURE_ORDERED, purpose=Purpose.PAYMENT)
def capture(payment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Have the firm take what is held. It is asked for in the caller's transaction, and happens when that is committed.

    :raises NotPossible: nothing is held, or it is being let go.
    :raises Refused: the actor may not take money of this person.
    """
    require_role(Category.FINANCIAL)
    _order(payment, Order.CAPTURE)


@act(Event.RELEASE_ORDERED, purpose=Purpose.PAYMENT)
def release(payment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Have the firm let go what is held, or end what nobody has paid. What was paid in the meantime is given back.

    :raises NotPossible: it was taken already, or is over.
    :raises Refused: the actor may not decide on money of this person.
    """
    require_role(Category.FINANCIAL)
    _order(payment, Order.RELEASE)


@act(Event.REFUND_ASKED, purpose=Purpose.PAYMENT)
def refund(payment: UUID, *, pence: int, why: str, key: UUID, by: Actor, at: datetime, beyond: bool = True) -> UUID:
    """
    Give back part or all of what was taken, to the card that it came from. Gives the refund. `beyond`: more than is owed may go
    back, and is then to pay again.

    :raises NotPossible: not so much is left, it goes back by bank already, it was set against an invoice, or the key was used for
        something else.
    :raises Refused: the actor may not give money back to this person.
    """
    invoice = _hold_invoice_of(payment)
    row = _locked(payment)
    require_role(Category.FINANCIAL)
    before = _opened(row, by, at)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        if known.payment_id != row.pk or _amounts(row, by, at)[known.pk] != pence:
            raise NotPossible("This was asked before, for something else. Begin again.")
        found: UUID = known.pk
        return found
    given = sum(_amounts(row, by, at, failed=False).values())
    rules.check_can_refund(before.state, captured=before.captured, given=max(given, before.returned), pence=pence)
    if invoice is not None and invoice.set_against:
        raise NotPossible("It was set against another invoice. Cancel that one first, and it can be given back.")
    if invoice is not None:
        with processing(Purpose.PAYMENT, Action.READ, by=by, at=at):
            held, wanted = _held(invoice), _wanted(invoice)
        rules.check_is_held(held=held, pence=pence)
        if not beyond:
            rules.check_can_give_back(owed=held - wanted, pence=pence)
    return _give_back(row, pence=pence, why=why, key=key, at=at)


__all__ = ["ask", "capture", "refund", "release"]
