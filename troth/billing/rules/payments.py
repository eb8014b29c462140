"""Payments: which state follows which, and what may be asked of the firm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from troth.billing.models import Order, State, Trouble

#: What is still open: the firm is asked about it until it is not.
OPEN = frozenset({State.ASKED, State.AUTHORISED})
#: The service that settles money of people who restricted the use of their record, or had it erased.
LETTING_GO = "money-let-go"
#: The most that one payment asks for, in pence: a slip of the finger asks for no house.
MOST = 1_000_000
#: The least that card firms take, in pence.
LEAST = 30
#: What nobody paid within this time is ended at the firm, so that it cannot be paid for something that is long gone.
UNPAID_ENDS = timedelta(hours=24)
#: Which states can follow which. The firm's word comes late, twice and out of order, so a step back is no step.
AFTER: Mapping[State, frozenset[State]] = {
    State.ASKED: frozenset(State) - {State.ASKED},
    State.AUTHORISED: frozenset({State.CAPTURED, State.RELEASED, State.PART_REFUNDED, State.REFUNDED, State.FAILED}),
    State.CAPTURED: frozenset({State.PART_REFUNDED, State.REFUNDED}),
    State.PART_REFUNDED: frozenset({State.PART_REFUNDED, State.REFUNDED}),
    State.REFUNDED: frozenset(),
    State.RELEASED: frozenset(),
    State.FAILED: frozenset(),
}


class NotPossible(Exception):
    """The money does not allow it. The message is fit for the person who tried."""


@dataclass(frozen=True)
class Word:
    """What the firm says about a payment now. Amounts in pence."""

    reference: str
    pence: int
    currency: str
    status: str  # waiting, held, taken, ended
    captured: int = 0
    returned: int = 0
    declined: bool = False
    secret: str = ""  # what lets a browser pay it; never stored
    card: str = ""  # the firm's own sign for the card, the same whoever pays with it; never its number, and never stored as it is


@dataclass(frozen=True)
class Known:
    """What we know of a payment. Amounts in pence."""

    state: State
    order: Order
    pence: int
    captured: int
    returned: int
    trouble: Trouble = Trouble.NONE


def after(known: Known, word: Word) -> Known:
    """
    What is known once the firm has spoken. Its word counts only forwards; what it says again changes nothing.

    An amount that is not ours ends the payment as failed, unless money was taken: then the amount taken is what is true.
    """
    if word.currency != "gbp" or (word.pence != known.pence and not word.captured):
        if known.state in OPEN:
            return Known(State.FAILED, Order.NONE, known.pence, 0, 0, Trouble.DIFFERS)
        return known
    taken = word.status == "taken"
    captured = max(known.captured, word.captured if taken else 0)
    returned = max(known.returned, word.returned if taken else 0)
    said = _state_of(known, word, captured, returned)
    if said is known.state and returned == known.returned:
        trouble = Trouble.DECLINED if word.declined and said is State.ASKED else known.trouble
        return Known(known.state, known.order, known.pence, captured, returned, trouble)
    if said is not known.state and said not in AFTER[known.state]:
        return known
    order = known.order if said in OPEN else Order.NONE
    trouble = Trouble.NONE
    if said is State.FAILED:
        trouble = Trouble.LAPSED if known.order is Order.CAPTURE else Trouble.EXPIRED
    return Known(said, order, known.pence, captured, returned, trouble)


def _state_of(known: Known, word: Word, captured: int, returned: int) -> State:
    if word.status == "taken":
        if returned >= captured > 0:
            return State.REFUNDED
        return State.PART_REFUNDED if returned else State.CAPTURED
    if word.status == "held":
        return State.AUTHORISED
    if word.status == "ended":
        # Let go because we wanted to, or because the bank's week was over and nobody wanted it; else it is a failure.
        if known.order is Order.CAPTURE or known.state is State.ASKED:
            return State.RELEASED if known.order is Order.RELEASE else State.FAILED
        return State.RELEASED
    return State.ASKED


def check_can_ask(pence: int) -> None:
    """
    Refuse an amount that no card firm takes, or that nobody meant.

    :raises NotPossible: it is.
    """
    if pence < LEAST:
        raise NotPossible(f"A card payment is {pounds(LEAST)} at least.")
    if pence > MOST:
        raise NotPossible(f"A card payment is {pounds(MOST)} at most.")


def check_can_order(state: State, order: Order, wanted: Order) -> None:
    """
    Refuse to take what is not held, and to let go what is being taken, or the other way round.

    :raises NotPossible: so it is.
    """
    if order not in (Order.NONE, wanted):
        raise NotPossible(f"The payment firm was already asked {order.words}.")
    if wanted is Order.CAPTURE and state is not State.AUTHORISED:
        raise NotPossible(f"Nothing is held that could be taken: the payment is {state.words}.")
    if wanted is Order.RELEASE and state not in OPEN:
        raise NotPossible(f"Nothing is held that could be let go: the payment is {state.words}.")


def check_can_refund(state: State, *, captured: int, given: int, pence: int) -> None:
    """
    Refuse to give back what was not taken, or more than is left of it. `given`: what was given back or is on its way.

    :raises NotPossible: so it is.
    """
    if state not in (State.CAPTURED, State.PART_REFUNDED):
        raise NotPossible(f"There is nothing to give back: the payment is {state.words}.")
    if pence <= 0:
        raise NotPossible("Enter how much to give back.")
    if pence > captured - given:
        raise NotPossible(f"No more than {pounds(captured - given)} is left to give back.")


def check_is_held(*, held: int, pence: int) -> None:
    """
    Refuse to give back what an invoice no longer holds: `held` is what came, less what went back or is on its way, by any means.

    :raises NotPossible: so it is.
    """
    if pence > held:
        raise NotPossible(
            f"No more than {pounds(max(held, 0))} is left to give back. The rest goes back another way."
        )


def financial_year(on: date, ends: tuple[int, int]) -> int:
    """The calendar year in which the financial year of a day ends. `ends` is month and day."""
    return on.year if (on.month, on.day) <= ends else on.year + 1


def pounds(pence: int) -> str:
    """An amount as people read it: £1,204.50, and £80 where there are no pence."""
    whole, rest = divmod(abs(pence), 100)
    return f"{'−' if pence < 0 else ''}£{whole:,}{f'.{rest:02}' if rest else ''}"
