"""
The statutory clocks: requests (one month), complaints (thirty days), breaches (72 hours), records of the dead (forty days).

Counters that must never share one function (LAW-2.4): a request starts on the day it arrives, a complaint on the day
after, a breach runs through weekends by the hour, and the end of what is asked of the dead is moved by no weekend.
"""

from troth.law.clocks.breaches import DueAt, breach_due
from troth.law.clocks.complaints import complaint_due
from troth.law.clocks.deceased import deceased_asking_ends, deceased_due
from troth.law.clocks.pauses import Pause
from troth.law.clocks.promises import Promise
from troth.law.clocks.requests import request_due
from troth.law.clocks.results import DueOn

__all__ = [
    "DueAt",
    "DueOn",
    "Pause",
    "Promise",
    "breach_due",
    "complaint_due",
    "deceased_asking_ends",
    "deceased_due",
    "request_due",
]
