"""The room's own work: looking files through, bringing them in, and destroying those that nobody went on with."""

from uuid import UUID

from django.utils import timezone

from troth.bringing import selectors, services
from troth.bringing.rules import KEPT_FOR
from troth.bringing.selectors.allowing import may_bring
from troth.gate.actors import Actor
from troth.gate.jobs import NoLongerAllowed, acting_for
from troth.work.queue import job
from troth.work.schedules import schedule


@job(queue="bringing", retries=2, serves=services.BRINGING)
def look_at_file(file: UUID) -> None:
    """Look a file through for whoever set its columns."""
    services.look(file, on_behalf_of=_bringer(file).id, at=timezone.now())


@job(queue="bringing", retries=5, serves=services.BRINGING)
def bring_file_in(file: UUID) -> None:
    """Bring in what is not here of a file, for whoever started it. A worker that died in it is followed by one that goes on."""
    services.go_on(file, on_behalf_of=_bringer(file).id, at=timezone.now())


@schedule("daily 03:40")
@job()
def destroy_left() -> None:
    """Destroy the files that nobody went on with for a week."""
    at = timezone.now()
    over = selectors.list_over(before=at - KEPT_FOR)
    if over:
        services.clear_old(over, at=at)


def _bringer(file: UUID) -> Actor:
    """
    Whom the job acts for, who may bring in still what that file holds.

    :raises NoLongerAllowed: they may not any more.
    """
    by, line = acting_for(), selectors.get_file(file)
    if line is None or not may_bring(line.kind, by=by, at=timezone.now()):
        raise NoLongerAllowed("Whoever started this may bring it in no more.")
    return by
