"""The room's own work: carrying each message, giving up what waited too long, destroying what is old."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from troth.delivery import services
from troth.work.queue import Backoff, job
from troth.work.schedules import schedule


@job(queue="mail", retries=20, backoff=Backoff(first=timedelta(seconds=20), longest=timedelta(hours=2)))
def carry(message: UUID) -> None:
    """Carry one message out. Its own row counts the tries and ends them; the job's are more than that."""
    services.carry(message, at=timezone.now())


@schedule("every 10 minutes")
@job()
def give_up_late() -> None:
    """Put what nobody carried for a day into the office's list."""
    services.give_up_late(at=timezone.now())


@schedule("every 1 hour")
@job()
def dispose_old() -> None:
    """Destroy messages whose time is over."""
    services.dispose_old(at=timezone.now())
