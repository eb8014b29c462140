"""
The statutory clocks: requests (one month), complaints (thirty days), breaches (72 hours).

Three counters that must never share one function (LAW-2.4): a request starts on the day it arrives, a complaint on
the day after, and a breach runs through weekends by the hour.
"""

from troth.law.clocks.breaches import DueAt, breach_due
from troth.law.clocks.complaints import complaint_due
from troth.law.clocks.pauses import Pause
from troth.law.clocks.promises import Promise
from troth.law.clocks.requests import request_due
from troth.law.clocks.results import DueOn

__all__ = ["DueAt", "DueOn", "Pause", "Promise", "breach_due", "complaint_due", "request_due"]
