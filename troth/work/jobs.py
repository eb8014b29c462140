"""The room's own job: it tidies behind the others."""

from datetime import timedelta

from django.utils import timezone

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
