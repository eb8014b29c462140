"""Reading money, as plain values. What a person owes and paid is theirs and the book-keeper's to see."""

from troth.billing.selectors.payments import (
    Order,
    PaymentLine,
    RefundLine,
    RefundState,
    State,
    Trouble,
    get_payment,
    is_stand_in,
    list_open,
    list_payments,
    list_urgent,
    state_of,
    states_of,
    takes_cards,
    with_money,
)

__all__ = [
    "Order",
    "PaymentLine",
    "RefundLine",
    "RefundState",
    "State",
    "Trouble",
    "get_payment",
    "is_stand_in",
    "list_open",
    "list_payments",
    "list_urgent",
    "state_of",
    "states_of",
    "takes_cards",
    "with_money",
]
