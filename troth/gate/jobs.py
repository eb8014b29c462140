"""
What the gate adds to `work`: every job runs inside a boundary, and a job that acts for someone is checked again when it runs,
not only when it was asked for (pitfalls A9). A job that serves only what the notice does not declare is left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

from troth.gate import actors, features, sending
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.work.queue import GiveUp, LeftOut, job
from troth.work.schedules import schedule
from troth.work.worker import Running, register_boundary

_acting_for: ContextVar[Actor | None] = ContextVar("troth_job_actor", default=None)


class NoLongerAllowed(GiveUp):
    """The person a job acts for holds nothing any more that would let them do it."""


def acting_for() -> Actor:
    """
    The person that the running job acts for, with the roles they hold now.

    :raises NoLongerAllowed: the job acts for nobody.
    """
    found = _acting_for.get()
    if found is None:
        raise NoLongerAllowed("This job acts for nobody: ask for it with `.using(on_behalf_of=…)`.")
    return found


@contextmanager
def job_boundary(running: Running) -> Iterator[None]:
    """
    Open a boundary around a job, and find out who it acts for as of now.

    :raises LeftOut: the notice in force declares none of the purposes that the job serves.
    """
    if running.serves and not _is_on(running.serves):
        raise LeftOut
    actor = actors.person(running.on_behalf_of, at=timezone.now()) if running.on_behalf_of else None
    token = _acting_for.set(actor)
    try:
        with boundary():
            yield
    finally:
        _acting_for.reset(token)


def _is_on(serves: tuple[str, ...]) -> bool:
    try:
        register = notices.register_in_force(timezone.now())
    except notices.NoNotice:
        return False
    return bool(features.declared_of((Purpose(each) for each in serves), register))


@schedule("daily 03:45")
@job()
def forget_sent() -> None:
    """Remove what forms left that were sent more than a day ago: where none is sent, no page does it."""
    sending.forget(at=timezone.now())


def register() -> None:
    """Hand the boundary to `work`. Called once, when the gate is ready."""
    register_boundary(job_boundary)
