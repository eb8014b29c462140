"""What is known of a payment and of what went back of it, read within the acts on it, and a refund written down."""

from datetime import datetime
from uuid import UUID

from troth.billing.models import Order, Payment, Refund, RefundState, State, Trouble
from troth.billing.rules import Known, Word
from troth.billing.services.reckoning import _year
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category
from troth.work import queue


def _give_back(row: Payment, *, pence: int, why: str, key: UUID, at: datetime) -> UUID:
    made: UUID = Refund.objects.create(
        subject_id=row.subject_id, key=key, payment=row, disposal_year=_year(at), pence=pence, why=why.strip()
    ).pk
    queue.declared["billing.ask_the_firm"].enqueue(row.pk)
    return made


def _read(payment: UUID, *, by: Actor, at: datetime) -> tuple[Payment, Known, str]:
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        row = Payment.objects.get(pk=payment)
        opened.require(row.subject_id, Category.FINANCIAL)
        return row, _known(row), row.firm_number or ""


def _opened(row: Payment, by: Actor, at: datetime) -> Known:
    """The same of a row at hand, within an act."""
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        opened.require(row.subject_id, Category.FINANCIAL)
        return _known(row)


def _amounts(row: Payment, by: Actor, at: datetime, *, failed: bool = True) -> dict[UUID, int]:
    """What was given back of a payment, by refund, in pence; those that failed too, unless it is said."""
    with processing(Purpose.PAYMENT, Action.READ, by=by, at=at) as opened:
        opened.require(row.subject_id, Category.FINANCIAL)
        rows = Refund.objects.filter(payment=row)
        return {each.pk: each.pence or 0 for each in rows if failed or each.state != RefundState.FAILED}


def _known(row: Payment) -> Known:
    return Known(
        State(row.state),
        Order(row.order),
        row.pence or 0,
        row.captured or 0,
        row.returned or 0,
        Trouble(row.trouble),
    )


def _word(known: Known, reference: str) -> Word:
    """What we think, in the firm's words: all that a stand-in knows."""
    status = {State.ASKED: "waiting", State.AUTHORISED: "held", State.RELEASED: "ended", State.FAILED: "ended"}
    return Word(reference, known.pence, "gbp", status.get(known.state, "taken"), known.captured, known.returned)
