"""
The room's own work: letters to GPs leave and are followed, what comes from them is taken in, cards are compared, and pictures of
documents go when looked at.
"""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.work.queue import Backoff, job
from troth.work.schedules import schedule


@job(
    queue="mail",
    retries=20,
    backoff=Backoff(first=timedelta(minutes=1), longest=timedelta(hours=4)),
    serves=(Purpose.GP_CORRESPONDENCE,),
)
def carry_gp_letter(notice: UUID) -> None:
    """Carry one letter to a GP. Its own row counts the tries of each way; the job's are more than that."""
    services.carry_gp_letter(notice, at=timezone.now())


@job(serves=(Purpose.FRAUD_PREVENTION,))
def compare_card(request: UUID, payment: UUID) -> None:
    """Look for other records that were paid for with the card of a request's payment."""
    services.compare_card(request, payment, at=timezone.now())


@schedule("every 30 minutes")
@job(serves=(Purpose.GP_CORRESPONDENCE,))
def watch_gp_letters() -> None:
    """Look what became of the letters that left by MESH, and after those that wait."""
    services.watch_gp_letters(at=timezone.now())


@schedule("every 15 minutes")
@job(serves=(Purpose.GP_CORRESPONDENCE,))
def read_mailbox() -> None:
    """Take in what lies in our own MESH mailbox."""
    services.read_mailbox(at=timezone.now())


@schedule("daily 06:20")
@job(serves=(Purpose.GP_CORRESPONDENCE,))
def chase_gps() -> None:
    """Give a task for each letter that a practice has not answered in its fortnight."""
    services.chase_gps(at=timezone.now())


@schedule("every 1 hours")
@job()
def destroy_documents() -> None:
    """Destroy every picture of a document whose check is over."""
    services.destroy_documents(at=timezone.now())
