"""The room's own work: it forgets sessions that are over."""

from django.utils import timezone

from troth.people import services
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 1 hour")
@job()
def forget_sessions() -> None:
    """Remove sessions that ended by their age. Idle ones already open nothing, and go when their day is over."""
    services.sessions.forget_ended(timezone.now())
