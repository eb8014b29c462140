"""The room's own work: it looks at every promise each night, so that one that slips is seen the next morning."""

import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from troth.assurance import services
from troth.assurance.selectors.checking import check_promises
from troth.gate import actors
from troth.work.queue import job
from troth.work.schedules import schedule


@job(retries=2)
def look_now(asked: UUID) -> None:
    """Look at every promise because an officer asked for it."""
    services.run_look(asked, by=actors.service(services.SERVICE))


@schedule("daily 03:10")
@job()
def check() -> None:
    """Look at every promise of this deployment's pack and keep what was found."""
    at, begun = timezone.now(), time.monotonic()
    outcomes = check_promises(settings.TROTH_PACK, at=at)
    services.record_look(
        settings.TROTH_PACK,
        outcomes,
        by=actors.service(services.SERVICE),
        at=at,
        took=timedelta(seconds=time.monotonic() - begun),
    )
