"""
In which order requests are read, and why. Pure: the page shows the reasons beside each, so that nobody has to believe the order.

It decides about nobody. Whoever reads may begin anywhere; what waits too long rises by itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from troth.prescribing.rules.gates import VERIFIED_FIRST, Risk, said_of

DAY = timedelta(days=1)
#: Ranks: what may harm if it waits, what needs more than a questionnaire, and the rest.
FIRST, NEXT, LAST = 0, 1, 2
#: When somebody asks how they are on a medicine, in days from when it left: sooner with what needs watching.
WATCHED_AFTER, SHORT_COURSE_AFTER, OTHERS_AFTER = 14, 7, 28


@dataclass(frozen=True)
class Waiting:
    """What is known of one request that waits."""

    asked_at: datetime
    good_until: datetime | None  # when its answers run out
    stops: int
    flags: int
    risks: frozenset[Risk]
    worried: bool  # there is a concern for their safety
    alike: bool  # it looks like another account
    parked: str = ""  # what it waits for that is not ours to do
    gp_says: str = ""  # what is to be known of what their GP was asked


def place(facts: Waiting, at: datetime) -> tuple[tuple[int, int, datetime], tuple[str, ...]]:
    """By what a request is ordered, the smallest first, and why in words. What is not ours to do yet stands last."""
    why, rank = [], LAST
    if facts.worried:
        why.append("A concern for their safety")
    if facts.stops:
        why.append("A rule stopped it" if facts.stops == 1 else f"{facts.stops} rules stopped it")
    if facts.good_until is not None and facts.good_until - at < DAY:
        why.append("The answers have run out" if facts.good_until <= at else "The answers run out within a day")
    if why:
        rank = FIRST
    risky = facts.risks & (VERIFIED_FIRST | {Risk.ANTIMICROBIAL})
    if risky:
        why.append(f"The treatment {said_of(risky)}")
        rank = min(rank, NEXT)
    if facts.alike:
        why.append("Looks like another account")
        rank = min(rank, NEXT)
    if facts.flags:
        why.append("1 thing to look at" if facts.flags == 1 else f"{facts.flags} things to look at")
    if facts.gp_says:
        why.append(facts.gp_says)
        rank = min(rank, NEXT)
    days = (at - facts.asked_at) // DAY
    if days > 0:
        why.append("Has waited a day" if days == 1 else f"Has waited {days} days")
    if facts.parked:
        why.insert(0, facts.parked)
    # Each day of waiting is worth one rank, so that a quiet request is not passed for ever.
    return (1 if facts.parked else 0, max(FIRST, rank - days), facts.asked_at), tuple(why)


def follow_up_after(risks: Collection[Risk]) -> int:
    """After how many days somebody asks how they are, by what is known of the medicine."""
    if set(risks) & (VERIFIED_FIRST | {Risk.BLACK_TRIANGLE}):
        return WATCHED_AFTER
    return SHORT_COURSE_AFTER if Risk.ANTIMICROBIAL in risks else OTHERS_AFTER
