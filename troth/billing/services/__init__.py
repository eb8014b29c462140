"""
Acts on money. Rooms above call these inside their own acts; what the firm must do happens when that is committed.

    payment = billing.ask(subject, pence=5000, what="Deposit for your visit", thing_kind="diary.visit", thing=visit,
                          holds=True, key=visit, by=actor, at=at)
"""

from troth.billing.services.at_firm import hear, look, open_at_firm, pay_stand_in, tell
from troth.billing.services.firms import FirmRefused, FirmSilent, NoFirm
from troth.billing.services.following import follows
from troth.billing.services.giving_back import return_at_desk
from troth.billing.services.holds import fulfil
from troth.billing.services.invoices import (
    MOVED,
    THING,
    ask_bank_refund,
    credit,
    give_bank_details,
    issue,
    left_of,
    lower,
    pay_bank_refund,
    pay_by_card,
    set_price,
    settle,
    settle_by_card,
)
from troth.billing.services.packages import draw, draw_for, end_package, give_draw_back, sell_package, set_package
from troth.billing.services.payments import ask, capture, refund, release
from troth.billing.services.vouchers import pay_by_voucher, sell_voucher

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
    "draw",
    "draw_for",
    "end_package",
    "follows",
    "fulfil",
    "give_bank_details",
    "give_draw_back",
    "hear",
    "issue",
    "left_of",
    "look",
    "lower",
    "open_at_firm",
    "pay_bank_refund",
    "pay_by_card",
    "pay_by_voucher",
    "pay_stand_in",
    "refund",
    "release",
    "return_at_desk",
    "sell_package",
    "sell_voucher",
    "set_package",
    "set_price",
    "settle",
    "settle_by_card",
    "tell",
]
