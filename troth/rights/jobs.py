"""The room's own work: it carries to its end whatever erasure was stopped half way."""

from django.utils import timezone

from troth.rights.services.erasure import ErasureUnfinished, resume_erasures
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 5 minutes")
@job()
def resume() -> None:
    """Take up again every erasure that was decided and has no certificate yet."""
    try:
        resume_erasures(at=timezone.now())
    except ErasureUnfinished:
        pass  # it stands in the list of work with its due date, and the next run tries again
