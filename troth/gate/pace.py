"""
How often one actor may search: finding comes before any reason, so it is the one door through which names could be collected.

`settings.TROTH_FINDS_AN_HOUR` searches at once, which come back evenly over an hour. Ten people are shown for each, so whoever
leafs through the register is stopped within minutes, and stands in the ledger.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from troth.gate.actors import Actor
from troth.work import throttle

HOUR = timedelta(hours=1)
LIMIT = "the limit of searches"  # as the ledger names it


def too_many_searches(by: Actor, *, at: datetime) -> str:
    """Take one search of this actor's, and give the sentence for them when none is left."""
    most = max(1, int(settings.TROTH_FINDS_AN_HOUR))
    allowance = throttle.allow("find", by.reference, limit=most, per=HOUR, at=at)
    if allowance.allowed:
        return ""
    again = timezone.localtime(allowance.retry_at or at + HOUR) + timedelta(minutes=1)
    return (
        f"You've searched very often: {most} times at once, and as many an hour, is the most. "
        f"You can search again from {again:%H:%M}. If you know the record's address, open it directly."
    )
