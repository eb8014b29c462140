import argparse
import io
import logging
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection

from troth.cli import worker as command
from troth.work import queue, schedules, worker
from troth.work.jobs import tidy
from troth.work.models import Bucket, Effect, Job, State
from troth.work.reporting import PlaceOnly

NOW = datetime(2030, 5, 6, 9, tzinfo=UTC)
PLANTED = "Perpetua Quillfeather"
pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> worker.Worker:
    return worker.Worker(now=lambda: NOW, jitter=lambda: 0.0)


def test_step_runs_the_job_inside_the_boundary_with_its_arguments_read_back(one: worker.Worker) -> None:
    seen: list[Any] = []

    @queue.job()
    def visit(card: UUID, times: int) -> None:
        seen.append((card, times))

    @contextmanager
    def boundary(running: worker.Running) -> Iterator[None]:
        seen.append(running)
        yield
        seen.append("left")

    worker.register_boundary(boundary)
    subject, card = uuid4(), uuid4()
    asked = visit.using(on_behalf_of=subject, asker="reminders", run_after=NOW).enqueue(card, times=2)
    assert one.step()
    assert seen == [worker.Running(asked, visit.name, subject, "reminders", 1), (card, 2), "left"]
    assert Job.objects.get().state == State.DONE
    assert not one.step()


def test_job_for_a_person_is_not_run_without_a_boundary(one: worker.Worker) -> None:
    @queue.job()
    def open_card() -> None:
        raise AssertionError("ran")

    open_card.using(on_behalf_of=uuid4(), run_after=NOW).enqueue()
    one.step()
    kept = Job.objects.get()
    assert (kept.state, kept.failed_with) == (State.DEAD, "troth.work.worker.BoundaryMissing")


@pytest.mark.parametrize("on_entry", [True, False])
def test_boundary_that_refuses_fails_the_attempt(one: worker.Worker, on_entry: bool) -> None:
    @queue.job()
    def open_card() -> None:
        assert not on_entry, "ran"

    class NotAllowed(queue.GiveUp):
        pass

    @contextmanager
    def boundary(running: worker.Running) -> Iterator[None]:
        if on_entry:
            raise NotAllowed
        yield
        raise NotAllowed

    worker.register_boundary(boundary)
    open_card.using(run_after=NOW).enqueue()
    one.step()
    assert Job.objects.get().state == State.DEAD


def test_boundary_is_outside_the_jobs_transaction(one: worker.Worker) -> None:
    depths: list[int] = []

    @queue.job(effect_key="deep")
    def deep() -> None:
        depths.append(len(connection.savepoint_ids))

    @contextmanager
    def boundary(running: worker.Running) -> Iterator[None]:
        depths.append(len(connection.savepoint_ids))
        yield
        depths.append(len(connection.savepoint_ids))

    worker.register_boundary(boundary)
    deep.using(run_after=NOW).enqueue()
    one.step()
    assert depths == [0, 1, 0]


def test_effect_key_makes_asking_twice_happen_once_and_failing_undo_itself(one: worker.Worker) -> None:
    ran: list[int] = []

    @queue.job(effect_key="sent:{letter}", backoff=queue.Backoff(timedelta(0), timedelta(0)))
    def send(letter: int) -> None:
        ran.append(letter)
        if len(ran) == 1:
            raise OSError

    for _ in range(2):
        send.using(run_after=NOW).enqueue(7)
    while one.step():
        pass
    assert ran == [7, 7], "the failed attempt must not count as the effect, the second call must"
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
    assert Effect.objects.get().key == "sent:7"


@pytest.mark.parametrize(
    "failure",
    [
        ValidationError(PLANTED, params={"name": PLANTED}),
        KeyError(PLANTED),
        UnicodeDecodeError("utf-8", PLANTED.encode(), 0, 1, PLANTED),
    ],
)
def test_words_of_a_jobs_exception_reach_neither_table_nor_log(one: worker.Worker, failure: Exception) -> None:
    @queue.job(retries=0)
    def stumble() -> None:
        person = PLANTED
        raise RuntimeError(person) from failure

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlaceOnly())
    logging.getLogger().addHandler(handler)
    try:
        asked = stumble.using(run_after=NOW).enqueue()
        one.step()
    finally:
        logging.getLogger().removeHandler(handler)
    assert f'"job": "{asked}"' in stream.getvalue()
    assert type(failure).__name__ in stream.getvalue()
    assert Job.objects.get().state == State.DEAD
    for part in PLANTED.split():
        assert part not in stream.getvalue()
        assert part not in repr(list(Job.objects.values()))


def test_worker_survives_a_database_that_is_away_and_lets_the_lease_run_out(
    one: worker.Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    @queue.job()
    def work() -> None: ...

    def away(*args: object, **kwargs: object) -> None:
        one.stopping = True
        raise OperationalError(PLANTED)

    work.using(run_after=NOW).enqueue()
    monkeypatch.setattr(queue, "settle", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(worker.signal, "signal", lambda *words: None)
    assert one.run() == 0
    assert one._running is None
    one.stopping = False
    Job.objects.update(state=State.WAITING, lease_until=None)
    with pytest.raises(OperationalError):
        one.run(once=True)
    assert Job.objects.get().state == State.RUNNING


def test_renewer_keeps_the_running_job_and_no_other(one: worker.Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    @queue.job()
    def work() -> None: ...

    class Rounds:
        left = 2

        def wait(self, seconds: float) -> bool:
            assert seconds * 3 <= one.lease.total_seconds()
            self.left -= 1
            return self.left < 0

    monkeypatch.setattr(connection, "close", lambda: None)
    for _ in range(2):
        work.using(run_after=NOW).enqueue()
    mine, other = queue.claim(one.id, queues=None, limit=2, lease=timedelta(seconds=1), at=NOW)
    one._renew_until(Rounds())  # type: ignore[arg-type]
    assert set(Job.objects.values_list("lease_until", flat=True)) == {NOW + timedelta(seconds=1)}
    one._running = mine
    one._renew_until(Rounds())  # type: ignore[arg-type]
    assert Job.objects.get(pk=mine.pk).lease_until == NOW + one.lease
    assert Job.objects.get(pk=other.pk).lease_until == NOW + timedelta(seconds=1)


def test_run_once_stops_when_nothing_is_due(one: worker.Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.signal, "signal", lambda *words: None)
    ran: list[int] = []

    @queue.job()
    def count(number: int) -> None:
        ran.append(number)

    for number in range(3):
        count.using(run_after=NOW + timedelta(days=number)).enqueue(number)
    assert one.run(once=True) == 1
    assert ran == [0]


def test_schedule_runs_once_a_slot_and_catches_up_with_one_run(one: worker.Worker) -> None:
    ran: list[datetime] = []
    clock = [NOW]
    one.now = lambda: clock[0]

    @schedules.schedule("every 10 minutes")
    @queue.job()
    def look() -> None:
        ran.append(clock[0])

    def at(minutes: int) -> int:
        clock[0] = NOW + timedelta(minutes=minutes)
        Job.objects.filter(state=State.WAITING).update(run_at=NOW)
        while one.step() or Job.objects.filter(state=State.WAITING).update(run_at=NOW):
            pass
        return len(ran)

    # First seen at 09:00; due at 09:10; six slots missed by 10:15 make one run; the clock set back makes none.
    assert [at(0), at(9), at(10), at(11), at(75), at(76), at(50), at(80)] == [0, 0, 1, 1, 2, 2, 2, 3]


def test_schedule_does_not_pile_up_behind_a_busy_worker() -> None:
    @schedules.schedule("every 10 minutes")
    @queue.job()
    def look() -> None: ...

    asked = [schedules.ask_for_due(NOW + timedelta(minutes=minutes)) for minutes in (0, 10, 20, 30)]
    assert asked == [0, 1, 0, 0]
    Job.objects.update(state=State.RUNNING)
    assert schedules.ask_for_due(NOW + timedelta(minutes=40)) == 1


def test_tidy_removes_what_is_old_and_keeps_the_rest() -> None:
    now = datetime.now(UTC)
    for days, state in ((31, State.DONE), (31, State.DEAD), (29, State.DEAD)):
        Job.objects.create(name="x", queue="default", state=state, finished_at=now - timedelta(days=days))
    waiting = Job.objects.create(name="x", queue="default", asked_at=now - timedelta(days=400))
    Effect.objects.create(key="old", done_at=now - timedelta(days=401))
    Effect.objects.create(key="new", done_at=now - timedelta(days=399))
    Bucket.objects.create(key="full", clear_at=1)
    Bucket.objects.create(key="used", clear_at=2**62)
    tidy()
    assert Job.objects.count() == 2 and Job.objects.filter(pk=waiting.pk).exists()
    assert Effect.objects.get().key == "new"
    assert Bucket.objects.get().key == "used"


def test_command_line_starts_a_worker_on_the_queues_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ready: list[str] = []
    ran: list[Any] = []
    main = types.ModuleType("troth.cli.main")
    main.prepare_stores = lambda: ready.append("ready")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "troth.cli.main", main)
    monkeypatch.setattr("troth.work.reporting.install_hooks", lambda: ready.append("hooks"))
    monkeypatch.setattr(worker.Worker, "run", lambda self, once: ran.append((self.queues, once)))
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    for words in (["worker"], ["worker", "--queues", "mail", "default", "--once"]):
        args = parser.parse_args(words)
        assert args.func(args) == 0
    assert ran == [(None, False), (["mail", "default"], True)]
    assert ready == ["ready", "hooks"] * 2
