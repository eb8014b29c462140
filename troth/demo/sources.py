"""What others told a demonstration's clinic: the older of it was told to its person by hand, the newest waits for the worker."""

from datetime import datetime, timedelta

from django.utils import timezone

from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.law.calendar import LONDON
from troth.rights import services as rights
from troth.rights.selectors import obtaining

#: Younger ones are written to by the worker, as at a clinic.
YOUNG = timedelta(days=3)


def tell_older(made: Made, *, at: datetime) -> None:
    """Two days after each came its person was told, on the telephone."""
    officer, today = made.staff["privacy_officer"], timezone.localdate(at)
    waiting, _ = obtaining.list_work(at=at, most=10_000)
    for each in waiting:
        if each.received_on + YOUNG < today:
            day = datetime.combine(each.received_on + timedelta(days=2), datetime.min.time(), LONDON)
            moment = min(day.replace(hour=10, minute=40), at)
            with boundary():
                rights.tell_by_hand(
                    each.id,
                    words="Told on the telephone from whom it came and of what kind it was.",
                    by=actors.person(officer, at=moment),
                    at=moment,
                )
