"""The room's own work: pictures of documents go when they were looked at."""

from django.utils import timezone

from troth.prescribing import services
from troth.work.queue import job
from troth.work.schedules import schedule


@schedule("every 1 hours")
@job()
def destroy_documents() -> None:
    """Destroy every picture of a document whose check is over."""
    services.destroy_documents(at=timezone.now())
