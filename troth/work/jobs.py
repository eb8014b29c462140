"""The room's own jobs: tidying behind the others, and the checks of the ledger, which lies below and has no worker."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from troth.ledger import checking
from troth.work import throttle
from troth.work.models import Effect, Job
from troth.work.queue import job
from troth.work.schedules import schedule

FINISHED_KEPT = timedelta(days=30)
EFFECTS_KEPT = timedelta(days=400)  # far longer than any job can come back


@schedule("daily 03:40")
@job()
def tidy() -> None:
    """Remove jobs that ended thirty days ago, notes of old effects, and throttles that have nothing left to say."""
    now = timezone.now()
    Job.objects.filter(finished_at__lt=now - FINISHED_KEPT).delete()
    Effect.objects.filter(done_at__lt=now - EFFECTS_KEPT).delete()
    throttle.forget_full(now)


@job(retries=2)
def check_ledger(check: UUID) -> None:
    """Recompute the whole ledger for a check that an officer asked for."""
    checking.run(check)


@schedule("daily 03:10")
@job(retries=2)
def check_ledger_daily() -> None:
    """Recompute the whole ledger every night, so that the office opens with an answer of today."""
    checking.run(checking.ask(by="schedule", at=timezone.now()))
