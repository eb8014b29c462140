"""The room's own work: answering what was asked of an account, and forgetting what is over."""

from uuid import UUID

from django.utils import timezone

from troth.people import services
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 1 hour")
@job()
def forget_sessions() -> None:
    """Remove sessions that ended by their age. Idle ones already open nothing, and go when their day is over."""
    services.sessions.forget_ended(timezone.now())


@job(effect_key="account_step:{step}")
def answer_step(step: UUID) -> None:
    """Look whether the address of a step is known, and write the message that fits."""
    services.answer_step(step, at=timezone.now())


@schedule("every 10 minutes")
@job()
def dispose_steps() -> None:
    """Destroy what was asked and not confirmed, or is done with."""
    services.dispose_steps(at=timezone.now())
