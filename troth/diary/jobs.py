"""The diary's own work: reminding people, ending what was kept and is over or was not paid, and the waiting list."""

from contextlib import suppress
from uuid import UUID

from django.utils import timezone

from troth.diary import rules, selectors, services
from troth.gate import actors
from troth.notice.purposes import Purpose
from troth.work.each import do_for_each
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 10 minutes")
@job(serves=(Purpose.SERVICE_MESSAGES,))
def remind() -> None:
    """Remind everybody whose visit is a day ahead. Each is an act of its own, and is done once however often this runs."""
    at = timezone.now()
    do_for_each(
        selectors.due_reminders(at=at),
        lambda visit: services.remind(visit, by=actors.service("visit-messages"), at=at),
    )


@schedule("every 10 minutes")
@job(serves=(Purpose.BOOKING,))
def clear_over() -> None:
    """Clear away the times that were kept and are over. They stand in nobody's way before that either."""
    at = timezone.now()
    if selectors.is_any_over(at=at):  # an event says that something was cleared away, not that the job ran
        services.clear_over(by=actors.service("diary-sweeper"), at=at)


@schedule("every 5 minutes")
@job(serves=(Purpose.BOOKING,))
def end_unpaid() -> None:
    """End the visits whose deposit was not paid while their time was kept, each in an act of its own."""
    at = timezone.now()
    do_for_each(selectors.list_unpaid(at=at), lambda visit: services.end_unpaid(visit, by=selectors.payer(), at=at))


@schedule("every 5 minutes")
@job(serves=(Purpose.BOOKING,))
def offer_times() -> None:
    """
    Let the offers pass that nobody took in time, and offer what is free to whoever stands first: one act each, so that what cannot
    be offered to one is offered to the next.
    """
    at, by = timezone.now(), actors.service("waiting-list")

    def offer(waiting: tuple[UUID, UUID]) -> None:
        service, wish = waiting
        with suppress(rules.Taken):  # somebody booked it in that moment: the next run looks again
            services.offer_time(wish, service, by=by, at=at)

    def pass_on(wish: UUID) -> None:
        services.pass_offer(wish, by=by, at=at)

    try:
        do_for_each(selectors.list_over(at=at), pass_on)
    finally:
        free = selectors.services_waited_for(at=at)
        do_for_each(((each, wish) for each in free for wish in selectors.who_waits_for(each, at=at)), offer)
