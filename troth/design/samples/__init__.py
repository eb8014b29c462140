"""
Invented people and clinics, and the values of the sample pages. It is Tuesday 24 November 2026 in all of them.

They fill the gallery; nothing else imports them.
"""

from troth.design.samples.card import CARD, REFUSAL
from troth.design.samples.clinics import DESK, OFFICE, PORTAL, SKIN, TODAY, WHO_LOOKED
from troth.design.samples.doors import REFUSED, SIGN_IN, AboutYou, SignIn
from troth.design.samples.erasure import CERTIFICATE, ERASE_CONFIRM
from troth.design.samples.record import HISTORY, MY_DATA

__all__ = [
    "CARD",
    "CERTIFICATE",
    "DESK",
    "ERASE_CONFIRM",
    "HISTORY",
    "MY_DATA",
    "OFFICE",
    "PORTAL",
    "REFUSAL",
    "REFUSED",
    "SIGN_IN",
    "SKIN",
    "TODAY",
    "WHO_LOOKED",
    "AboutYou",
    "SignIn",
]
