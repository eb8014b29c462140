"""Several processes on one database: each job claimed once, each effect once, whatever dies. Both engines."""

import random
import signal
import subprocess
from typing import Any

import pytest

PLANTED = "Perpetua Quillfeather"


def test_claim_by_three_processes_takes_each_of_2000_jobs_once(store: Any) -> None:
    store.run("enqueue", "mark", 2000)
    processes = [store.start("claim", f"w{number}", 7) for number in range(3)]
    takings = [store.finish(process) for process in processes]
    taken = [each for taking in takings for each in taking]
    assert len(taken) == 2000
    assert len(set(taken)) == 2000


def test_three_workers_run_each_job_once(store: Any) -> None:
    store.run("enqueue", "mark", 300)
    attempts = [store.finish(process) for process in [store.start("work", "long") for _ in range(3)]]
    told = store.run("tell")
    assert sum(attempts) == 300
    assert told["tally"] == {"mark": [300, 300]}
    assert told["done"] == 300


@pytest.mark.parametrize(("jobs", "rounds"), [(250, 8), pytest.param(3000, 50, marks=pytest.mark.slow)])
def test_workers_killed_at_random_leave_each_effect_once(store: Any, jobs: int, rounds: int) -> None:
    chance = random.Random(20260504)
    store.run("enqueue", "pay", jobs)
    for _ in range(rounds):
        pair = [store.start("work", "short", "slow_boundary") for _ in range(2)]
        for process in pair:
            process.stdout.readline()  # ready
            try:
                process.wait(timeout=chance.uniform(0.02, 0.25))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate()
    store.run("work", "short")
    told = store.run("tell")
    assert told["tally"] == {"paid": [jobs, jobs]}
    assert told["done"] == jobs
    assert told["attempts"] > jobs, "no worker died in a job, so this showed nothing"


@pytest.mark.parametrize(("errand", "effects"), [("pay", 1), ("pay_carelessly", 2)])
def test_death_between_effect_and_note_repeats_only_what_has_no_key(store: Any, errand: str, effects: int) -> None:
    store.run("enqueue", errand, 1)
    dying = store.start("work", "short", "deadly_boundary")
    dying.communicate()
    assert dying.returncode == 9
    store.run("work", "short")
    told = store.run("tell")
    assert told["tally"] == {"paid": [effects, 1]}
    assert (told["done"], told["attempts"]) == (1, 2)


def test_job_that_fells_its_worker_each_time_ends_among_the_dead(store: Any) -> None:
    store.run("enqueue", "fell_the_worker", 1)
    for _ in range(3):
        process = store.start("work", "short")
        process.communicate()
        assert process.returncode == 9
    store.run("work", "short")
    told = store.run("tell")
    assert told["dead"] == 1
    assert told["tally"] == {"felled": [3, 1]}
    assert told["failed_with"] == ["troth.work.queue.WorkerLost"]


def test_sigterm_lets_the_current_job_finish_and_takes_no_other(store: Any) -> None:
    store.run("enqueue", "take_long", 2)
    process = store.start("work", "long")
    while process.stdout.readline().strip() != "begun":
        pass
    process.send_signal(signal.SIGTERM)
    store.finish(process)
    told = store.run("tell")
    assert (told["done"], told["waiting"]) == (1, 1)
    assert told["tally"] == {"long": [1, 1]}


def test_three_processes_never_run_a_slot_twice(store: Any) -> None:
    store.run("schedule", 1)  # first seen: nothing is due yet
    for process in [store.start("schedule", 51) for _ in range(3)]:
        store.finish(process)
    assert store.run("tell")["waiting"] == 50


def test_allow_never_exceeds_its_limit_in_a_race(store: Any) -> None:
    assert sum(store.finish(process) for process in [store.start("throttle") for _ in range(3)]) == 100


def test_uncaught_exceptions_are_reported_without_their_words(store: Any) -> None:
    process = store.start("break", PLANTED)
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.count('"event": "uncaught"') == 2
    assert '"type": "ValueError"' in err
    for part in PLANTED.split():
        assert part not in err
