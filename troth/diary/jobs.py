"""The diary's own work: reminding people of their visits, and clearing away times that were kept and are over."""

from django.utils import timezone

from troth.diary import selectors, services
from troth.gate import actors
from troth.notice.purposes import Purpose
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 10 minutes")
@job(serves=(Purpose.SERVICE_MESSAGES,))
def remind() -> None:
    """Remind everybody whose visit is a day ahead. Each is an act of its own, and is done once however often this runs."""
    at = timezone.now()
    for visit in selectors.due_reminders(at=at):
        services.remind(visit, by=actors.service("visit-messages"), at=at)


@schedule("every 10 minutes")
@job(serves=(Purpose.BOOKING,))
def clear_over() -> None:
    """Clear away the times that were kept and are over. They stand in nobody's way before that either."""
    services.clear_over(by=actors.service("diary-sweeper"), at=timezone.now())
