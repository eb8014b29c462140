"""The room's own work: asking the payment firm what became of what is open, and having it do what is wanted."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from troth.billing import selectors, services
from troth.notice.purposes import Purpose
from troth.work.queue import Backoff, job
from troth.work.schedules import schedule


@job(
    queue="money",
    retries=40,
    backoff=Backoff(first=timedelta(seconds=10), longest=timedelta(hours=1)),
    serves=(Purpose.PAYMENT,),
)
def ask_the_firm(payment: UUID) -> None:
    """Do at the firm what is wanted of one payment, and write down what it says."""
    services.look(payment, at=timezone.now())


@schedule("every 5 minutes")
@job(serves=(Purpose.PAYMENT,))
def ask_about_wanted() -> None:
    """
    Ask about every payment of which something is wanted, one job each: a message of the firm that never came, and a process that
    died between the firm's answer and our writing it down, are made good here.
    """
    if selectors.takes_cards():
        for payment in selectors.list_urgent(at=timezone.now()):
            ask_the_firm.enqueue(payment)


@schedule("every 6 hours")
@job(serves=(Purpose.PAYMENT,))
def ask_about_open() -> None:
    """Ask about everything that is open, and end what nobody has paid for a day. Seldom, since each time is a look at a record."""
    if selectors.takes_cards():
        for payment in selectors.list_open():
            ask_the_firm.enqueue(payment)
