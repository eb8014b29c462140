"""The worker: takes due jobs one at a time, runs each inside the boundary that the gate registers, and settles it."""

import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from uuid import UUID, uuid4

from django.db import Error, connection, connections, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from troth.work import queue, schedules
from troth.work.models import Job
from troth.work.reporting import note, working_on


@dataclass(frozen=True)
class Running:
    """What the boundary is told of a job that is about to run."""

    id: UUID
    name: str  # room and function, such as `records.send_letter`
    on_behalf_of: UUID | None
    asker: str
    attempt: int
    serves: tuple[str, ...] = ()


Boundary = Callable[[Running], AbstractContextManager[object]]
_boundary: Boundary | None = None


class BoundaryMissing(queue.GiveUp):
    """A job acts for a person, and nothing is registered that could check whether it may."""


def register_boundary(boundary: Boundary | None) -> None:
    """
    Hand in the context that every job runs inside: the gate's, which checks again for whom it acts (pitfalls A9).

    It is entered before the job's transaction begins and left after it ended, so that what it records survives a
    rollback (pitfalls A5); an exception from entering or leaving it fails the attempt.
    """
    global _boundary
    _boundary = boundary


def perform(taken: Job) -> None:
    """
    Run a claimed job once, inside the boundary.

    :raises BoundaryMissing: it acts for a person and no boundary is registered.
    :raises Exception: whatever the boundary or the job raises.
    """
    known = queue.declared[taken.name]
    arguments = known.parameters.unpack(taken.arguments)
    on_behalf_of = UUID(taken.on_behalf_of) if taken.on_behalf_of else None
    if _boundary is None and on_behalf_of is not None:
        raise BoundaryMissing
    running = Running(taken.id, taken.name, on_behalf_of, taken.asker, taken.attempts, known.serves)
    key = known.effect(taken.arguments)
    with _boundary(running) if _boundary else nullcontext():
        if not key:
            known.function(**arguments)
            return
        with transaction.atomic():
            if queue.once(key):
                known.function(**arguments)


class Worker:
    """One process's loop. Several share one database; SIGTERM or SIGINT lets the current job finish, then ends."""

    def __init__(
        self,
        queues: Iterable[str] | None = None,
        *,
        lease: timedelta = timedelta(minutes=1),
        pause: float = 0.5,
        now: Callable[[], datetime] = timezone.now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.id = str(uuid4())
        self.queues, self.lease, self.pause, self.now, self.jitter = queues, lease, pause, now, jitter
        self._running: Job | None = None
        self._schedules_at: datetime | None = None
        self.stopping = False  # a plain flag: an Event's lock could be held when the signal arrives

    def run(self, *, once: bool = False) -> int:
        """
        Work until told to stop, or with `once` until nothing is due, and return the number of attempts made.

        :raises django.db.Error: with `once`, the database is away; without, the worker waits for it to come back.
        """
        autodiscover_modules("jobs")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        ended = threading.Event()
        renewer = threading.Thread(target=self._renew_until, args=(ended,), daemon=True)
        renewer.start()
        attempts = 0
        try:
            while not self.stopping:
                worked = False
                try:
                    worked = self.step()
                except Error as failure:
                    if once:
                        raise
                    note("database_away", logging.ERROR, failure)
                    connection.close()
                attempts += worked
                if once and not worked:
                    break
                if not worked:
                    time.sleep(self.pause)
        finally:
            ended.set()
            renewer.join()
        return attempts

    def step(self) -> bool:
        """
        Ask for due schedules, then take and run one job; False when nothing was due.

        :raises django.db.Error: the database is away; a job that was not settled comes back after its lease.
        """
        _drop_broken_connections()
        try:
            at = self.now()
            if self._schedules_at is None or at >= self._schedules_at + timedelta(seconds=1):
                schedules.ask_for_due(at)
                self._schedules_at = at
            taken = queue.claim(self.id, queues=self.queues, limit=1, lease=self.lease, at=at)
            for each in taken:
                self._running = each
                self._attempt(each)
        finally:
            self._running = None  # whatever was not settled is not renewed, so that its lease runs out
        return bool(taken)

    def _attempt(self, taken: Job) -> None:
        failure: Exception | None = None
        left_out = False
        begun = time.monotonic()
        with working_on("job", taken.id):
            if taken.attempts > queue.declared[taken.name].retries + 1:
                failure = queue.WorkerLost()  # each attempt took its worker down: trying it again takes this one too
            else:
                try:
                    perform(taken)
                except queue.LeftOut:
                    left_out = True
                except Exception as raised:  # noqa: BLE001 (whatever a job raises is written down and tried again)
                    failure = raised
            _drop_broken_connections()
            state = queue.settle(taken, failure, jitter=self.jitter(), at=self.now())
            note(
                "job_left_out" if left_out else "job_ended",
                logging.WARNING if failure else logging.INFO,
                failure,
                name=taken.name,
                state=state or "taken_over",
                attempt=taken.attempts,
                ms=round((time.monotonic() - begun) * 1000),
            )

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(self.lease.total_seconds() / 3):
            if (running := self._running) is None:
                continue
            try:
                queue.renew(running, lease=self.lease, at=self.now())
            except Error as failure:
                note("lease_not_renewed", logging.WARNING, failure)
            finally:
                connection.close()


def _drop_broken_connections() -> None:
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:  # a test's transaction around the worker is left alone
            each.close_if_unusable_or_obsolete()
