"""The room's own work: it carries erasures to their end, destroys what is kept no longer, and tells of new notices."""

from uuid import UUID

from django.utils import timezone

from troth.rights import services
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


@job()
def build_pack(pack: UUID) -> None:
    """Build a copy that was decided. Stopped, it goes on where it was."""
    services.build_pack(pack, at=timezone.now())


@job()
def send_portable(case: UUID) -> None:
    """Send what somebody takes along to another clinic. What did not go is tried again."""
    services.send_portable(case, at=timezone.now())


@schedule("every 1 hours")
@job()
def end_packs() -> None:
    """Destroy every copy whose last day is over."""
    services.end_packs(at=timezone.now())


@schedule("daily 02:20")
@job()
def dispose_of_what_is_over() -> None:
    """Destroy what the notice keeps no longer, and count what waits for an officer to look first."""
    services.dispose_of_what_is_over(at=timezone.now())


@schedule("daily 02:50")
@job()
def destroy_orphans() -> None:
    """Destroy stored files that nothing names any more."""
    services.destroy_orphans(at=timezone.now())


@schedule("daily 07:15")
@job()
def mind_days() -> None:
    """Bring the list of work to what the clocks give today, and remind officers of what is near or over."""
    services.mind_days(at=timezone.now())


@schedule("every 1 hours")
@job()
def tell_of_sources() -> None:
    """Tell whoever must still be told of what came about them from somebody else."""
    services.tell_of_sources(at=timezone.now())


@schedule("every 5 minutes")
@job()
def announce() -> None:
    """Tell whoever must still be told of a version of the notice."""
    services.announce(at=timezone.now())
