"""The room's own work: answering what was asked of an account, closing those of leavers, and forgetting what is over."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.people import services
from troth.people.selectors import staff
from troth.people.selectors.history import KEPT, whose_tries_are_due
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 1 hour")
@job()
def forget_sessions() -> None:
    """Remove sessions that ended by their age. Idle ones already open nothing, and go when their day is over."""
    services.sessions.forget_ended(timezone.now())


@schedule("every 1 hour")
@job()
def forget_tries() -> None:
    """Remove the tries to sign in that are older than the notice keeps addresses of machines."""
    at = timezone.now()
    for subject in whose_tries_are_due(at - timedelta(days=KEPT)):
        services.forget_tries(subject, by=actors.service("sign-in"), at=at)


@job()
def let_go(subject: UUID) -> None:
    """Close the account of someone whose last day is over. If the day was moved, another job is on its way, and this one rests."""
    at = timezone.now()
    if not staff.roles_of(subject, at=at):
        services.leave_staff(subject, by=actors.service("leaving"), at=at)


@job(effect_key="account_step:{step}")
def answer_step(step: UUID) -> None:
    """Look whether the address of a step is known, and write the message that fits."""
    services.answer_step(step, at=timezone.now())


@schedule("every 10 minutes")
@job()
def dispose_steps() -> None:
    """Destroy what was asked and not confirmed, or is done with."""
    services.dispose_steps(at=timezone.now())
