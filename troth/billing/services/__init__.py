"""
Acts on money. Rooms above call these inside their own acts; what the firm must do happens when that is committed.

    payment = billing.ask(subject, pence=5000, what="Deposit for your visit", thing_kind="diary.visit", thing=visit,
                          holds=True, key=visit, by=actor, at=at)
"""

from troth.billing.services.firms import FirmRefused, FirmSilent, NoFirm
from troth.billing.services.following import follows
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
    "FirmRefused",
    "FirmSilent",
    "NoFirm",
    "ask",
    "capture",
    "follows",
    "hear",
    "look",
    "open_at_firm",
    "pay_stand_in",
    "refund",
    "release",
    "tell",
]
