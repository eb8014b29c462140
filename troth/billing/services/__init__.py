"""
Acts on money. Rooms above call these inside their own acts; what the firm must do happens when that is committed.

    payment = billing.ask(subject, pence=5000, what="Deposit for your visit", thing_kind="diary.visit", thing=visit,
                          holds=True, key=visit, by=actor, at=at)
"""

from troth.billing.services.firms import FirmRefused, FirmSilent, NoFirm
from troth.billing.services.following import follows
from troth.billing.services.invoices import (
    MOVED,
    THING,
    ask_bank_refund,
    credit,
    give_bank_details,
    issue,
    left_of,
    pay_bank_refund,
    pay_by_card,
    set_price,
    settle,
    settle_by_card,
)
from troth.billing.services.payments import (
    ask,
    capture,
    hear,
    look,
    open_at_firm,
    pay_stand_in,
    refund,
    release,
    tell,
)

__all__ = [
    "MOVED",
    "THING",
    "FirmRefused",
    "FirmSilent",
    "NoFirm",
    "ask",
    "ask_bank_refund",
    "capture",
    "credit",
    "follows",
    "give_bank_details",
    "hear",
    "issue",
    "left_of",
    "look",
    "open_at_firm",
    "pay_bank_refund",
    "pay_by_card",
    "pay_stand_in",
    "refund",
    "release",
    "set_price",
    "settle",
    "settle_by_card",
    "tell",
]
