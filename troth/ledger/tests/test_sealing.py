"""The sealer among other processes: late committers, several sealers at once, and being killed."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from troth.ledger import guards
from troth.ledger.models import Leaf, LedgerEvent
from troth.ledger.sealing import run_sealer, seal, seal_start
from troth.ledger.tests.factories import NOON, draft
from troth.ledger.verifying import verify
from troth.ledger.writing import write

ROOT = Path(__file__).resolve().parents[3]
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@postgresql_only
def test_a_transaction_that_commits_late_is_sealed(committed_db):
    written, may_commit = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            write([draft(request="late")])
            written.set()
            may_commit.wait(30)

    thread = in_thread(late)
    assert written.wait(30)
    for _ in range(3):
        write([draft(request="early")])
        assert seal() == 1
    may_commit.set()
    thread.join()
    late_id = LedgerEvent.objects.get(request="late").pk
    assert late_id < min(LedgerEvent.objects.filter(request="early").values_list("id", flat=True))
    assert seal() == 1
    assert Leaf.objects.get(event_id=late_id).index == 3
    assert seal() == 0
    assert verify(at=NOON).holds


@postgresql_only
def test_a_long_transaction_keeps_nothing_from_being_sealed_twice_or_never(committed_db):
    written, may_commit = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            write([draft(request="late") for _ in range(30)])
            written.set()
            may_commit.wait(30)

    thread = in_thread(late)
    assert written.wait(30)
    write([draft() for _ in range(50)])
    assert seal(limit=20) == 20
    assert seal() == 30
    may_commit.set()
    thread.join()
    assert seal(limit=7) == 7
    assert seal() == 23
    assert verify(at=NOON).holds


@postgresql_only
def test_data_from_another_cluster_is_sealed_too(committed_db):
    write([draft()])
    seal()
    guards.drop_guards(connection)
    with connection.cursor() as cursor:  # as restored from a cluster that had seen many more transactions
        cursor.execute("UPDATE ledger_checkpoint SET watermark = watermark + 1000000000")
    assert seal_start() == 0
    write([draft()])
    assert seal() == 1
    assert seal() == 0


def test_two_sealers_at_once_seal_each_event_once(committed_db):
    for _ in range(5):
        write([draft() for _ in range(40)])
        threads = [in_thread(seal) for _ in range(4)]
        for thread in threads:
            thread.join()
    assert Leaf.objects.count() == 200
    assert verify(at=NOON).holds


def test_run_sealer_seals_once_more_when_told_to_stop(committed_db):
    stop = threading.Event()
    thread = in_thread(lambda: run_sealer(stop.wait, every=0.05))
    write([draft()])
    deadline = time.monotonic() + 30
    while not Leaf.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert Leaf.objects.count() == 1
    stop.set()
    write([draft()])
    thread.join()
    seal()
    assert Leaf.objects.count() == 2


# Killed at random. Each child is a process of its own with a home of its own.

CHILD = """
import sys, threading, django
django.setup()
from django.db import transaction
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import draft
from troth.ledger.writing import write
role = sys.argv[1]
print("ready", flush=True)
number = 0
while True:
    if role == "seal":
        seal(limit=7)
    else:
        with transaction.atomic():
            write([draft(request=f"{role}-{number + each}") for each in range(3)])
        number += 3
        print(number, flush=True)
"""
CHECK = """
import json, sys, django
django.setup()
if sys.argv[1] == "migrate":
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    raise SystemExit
from django.db import connection
from troth.ledger.models import Leaf, LedgerEvent
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import NOON
from troth.ledger.verifying import verify
before = verify(at=NOON)
seal()
after = verify(at=NOON, workers=2)
print(json.dumps({
    "before": [finding.words for finding in before.findings], "after": [finding.words for finding in after.findings],
    "requests": list(LedgerEvent.objects.values_list("request", flat=True)), "leaves": Leaf.objects.count(),
}))
"""


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TROTH_")}
    home.mkdir(exist_ok=True)
    return kept | {
        "TROTH_HOME": str(home / "var"),
        "TROTH_KEYS": str(home / "keys"),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "troth.config.settings",
    }


def killed_at_random(home: Path, times: int) -> None:
    env = environment(home)
    (home / "var").mkdir()
    python = [sys.executable, "-c"]
    subprocess.run([*python, CHECK, "migrate"], env=env, check=True)
    writer = subprocess.Popen([*python, CHILD, "w"], env=env, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    lines: list[str] = []
    reading = threading.Thread(target=lambda: lines.extend(writer.stdout), daemon=True)
    reading.start()
    chance = random.Random(7)
    for _ in range(times):
        child = subprocess.Popen([*python, CHILD, "seal"], env=env, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    reading.join()
    writer.stdout.close()
    told = [int(line) for line in lines if line.strip().isdigit()]
    assert told, "the writer never wrote"
    acknowledged = {f"w-{number}" for number in range(told[-1])}
    seen = json.loads(
        subprocess.run([*python, CHECK, "check"], env=env, check=True, capture_output=True, text=True).stdout
    )
    assert seen["before"] == []
    assert seen["after"] == []
    assert acknowledged <= set(seen["requests"])
    assert seen["leaves"] == len(seen["requests"]) == len(set(seen["requests"]))


def test_a_sealer_killed_at_random_loses_nothing(tmp_path):
    killed_at_random(tmp_path / "home", 6)


@pytest.mark.slow
def test_a_sealer_killed_a_hundred_times_loses_nothing(tmp_path):
    killed_at_random(tmp_path / "home", 100)


def test_verify_with_two_processes_finds_what_one_does(tmp_path):
    env = environment(tmp_path / "home")
    (tmp_path / "home" / "var").mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
from troth.ledger import guards, recount, verifying
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import NOON, draft
from troth.ledger.writing import write
from uuid import UUID
call_command("migrate", verbosity=0)
verifying.PIECE = 512
for _ in range(4):
    write([draft(subject=UUID(int=n % 97 + 1).hex) for n in range(700)])
    seal()
told = []
assert verifying.verify(at=NOON, workers=2, progress=lambda done, of: told.append((done, of))).holds
assert told[-1] == (2800, 2800) and len(told) == 6, told
guards.drop_guards(connection)
with connection.cursor() as cursor:
    cursor.execute("UPDATE ledger_event SET what = 'identity' WHERE id IN (600, 1500)")
    cursor.execute("DELETE FROM ledger_event WHERE id = 2000")
    cursor.execute("DELETE FROM ledger_event WHERE id = 2500")
    cursor.execute("DELETE FROM ledger_leaf WHERE event_id = 2500")
one, two = (verifying.verify(at=NOON, workers=workers).findings for workers in (1, 2))
assert one == two
print([(finding.kind, finding.event_id, finding.index) for finding in two[:4]])
""",
        ],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        "[('changed', 600, 599), ('changed', 1500, 1499), ('removed', 2000, 1999), ('leaf removed', 0, 2499)]"
    )
