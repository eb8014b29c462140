"""
SIGKILL at any moment: nothing that was acknowledged is lost, and nothing stays half true.

By default each work is killed a few times; `pytest -m slow tests/kills` does it a hundred times each.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections

from bench.specimens.models import Name, Person
from conftest import publish_pack
from tests.stores import Home
from troth.copies import backup, journal, marker, stores
from troth.copies.drilling import count_openable
from troth.copies.restoring import restore
from troth.copies.tests.conftest import opened
from troth.ledger.models import LedgerEvent
from troth.ledger.sealing import seal
from troth.ledger.verifying import verify
from troth.vault import keystore, secrets, turning

ROOT = Path(__file__).resolve().parent.parent.parent
FEW = 5
MANY = 100
times = pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
Seed = random.Random(20261124)


class Nursery:
    """The process that loads everything once and forks the workers, one a call."""

    def __init__(self, home: Home, folder: Path) -> None:
        environment = {**os.environ, **home.environment, "PYTHONPATH": str(ROOT)}
        self.folder = folder
        self.count = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.worker"],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._answer() == "loaded"

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def start(self, *words: str) -> "Worker":
        assert self.process.stdin
        self.count += 1
        out = self.folder / f"worker-{self.count}"
        self.process.stdin.write(json.dumps([str(out), *words]) + "\n")
        self.process.stdin.flush()
        return Worker(int(self._answer()), out)

    def end(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Worker:
    """A forked process, and the lines it managed to write."""

    def __init__(self, number: int, out: Path) -> None:
        self.number = number
        self.out = out
        self._wait(lambda: "ready\n" in self._words(), 60)

    def _words(self) -> str:
        return self.out.read_text() if self.out.exists() else ""

    def _wait(self, until: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end and self._lives():
            time.sleep(0.002)

    def _lives(self) -> bool:
        return Path(f"/proc/{self.number}").exists()

    def kill_after(self, seconds: float) -> list[list[str]]:
        """Give it that long, then SIGKILL; the whole lines that it wrote, split."""
        self._wait(lambda: False, seconds)
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)
        self._wait(lambda: False, 60)
        return self._lines()

    def finish(self) -> list[list[str]]:
        self._wait(lambda: False, 300)
        lines = self._lines()
        assert lines[-1] == ["ended"], self._words()[-3000:]
        return lines[:-1]

    def _lines(self) -> list[list[str]]:
        text = self._words()
        assert "Traceback" not in text, text[-3000:]
        return [line.split("|") for line in text.split("\n")[1:-1]]  # without `ready`


@pytest.fixture
def place(committed_db: Home, tmp_path: Path) -> Iterator[Nursery]:
    publish_pack()
    let_go()
    nursery = Nursery(committed_db, tmp_path)
    yield nursery
    nursery.end()


def let_go() -> None:
    """Close what this process has open: a restore is refused while anyone is connected."""
    for alias in stores.ALIASES:
        connections[alias].close()


def check_acknowledged(lines: list[list[str]]) -> int:
    """Every row that was said to be written opens, with its words. Gives how many."""
    rows = [line for line in lines if line[0] == "row"]
    with opened():
        for _, label, key, words in rows:
            row = apps.get_model(label).objects.get(pk=key)
            assert (row.text if label.endswith("note") else row.name) == words
    return len(rows)


def check_everything() -> None:
    """Whatever lies in the stores opens, and the ledger holds, once what waits is sealed."""
    assert count_openable().damaged == []
    seal()
    report = verify(at=datetime.now(UTC))
    assert report.holds, [each.words for each in report.findings]


def people(place: Nursery, count: int) -> list[list[str]]:
    return place.start("people", str(count)).finish()


def ids(lines: list[list[str]]) -> list[str]:
    return [line[1] for line in lines if line[0] == "person"]


@contextmanager
def running(place: Nursery, mode: str) -> Iterator[list[list[str]]]:
    """A worker beside what is being killed; its lines are there when the block has ended."""
    lines: list[list[str]] = []
    worker = place.start(mode)
    try:
        yield lines
    finally:
        lines += worker.kill_after(0.01)


@times
def test_writes(place: Nursery, kills: int) -> None:
    written = 0
    for _ in range(kills):
        written += check_acknowledged(place.start("write").kill_after(Seed.uniform(0.02, 0.5)))
        let_go()
    check_everything()
    assert written


@times
def test_turning(place: Nursery, kills: int) -> None:
    lines = people(place, 30)
    for _ in range(kills):
        with running(place, "write") as beside:
            turned = place.start("turn").kill_after(Seed.uniform(0.02, 0.4))
        check_acknowledged(beside)
        lines += beside
        let_go()
        assert all(line[0].startswith(("turned", "destroyed")) for line in turned)
    check_acknowledged(lines)
    check_everything()
    turning.turn(at=datetime.now(UTC), new=True)
    turning.destroy_retired(at=datetime.now(UTC), now=True)
    assert [(entry.number, entry.retired_at) for entry in turning.status()] == [
        (secrets.opened().current().number, None)
    ]
    assert not secrets.opened().hidden()
    assert check_acknowledged(lines) >= 60


@times
def test_sealing(place: Nursery, kills: int) -> None:
    for _ in range(kills):
        lines = place.start("seal").kill_after(Seed.uniform(0.02, 0.5))
        rows = [line for line in lines if line[0] == "row"]
        written = {reference for event in LedgerEvent.objects.all() for reference in event.objects_touched.split()}
        assert all(any(each.startswith(f"{label}/{key}/") for each in written) for _, label, key, _ in rows)
        let_go()
    check_everything()


@times
def test_erasure(place: Nursery, kills: int) -> None:
    for _ in range(kills):
        subjects = ids(people(place, 12))
        gone, kept = subjects[:8], subjects[8:]
        lines = place.start("erase", *gone).kill_after(Seed.uniform(0.01, 0.25))
        done = [line[1] for line in lines if line[0] == "erased"]
        check_erased(done)
        journalled = {each.subject for entry in journal.entries_since(0) for each in entry.disposals}
        assert all(keystore.list_stored(UUID(subject)) for subject in gone if subject not in journalled)
        let_go()
        finished = [line[1] for line in place.start("erase", *gone).finish() if line[0] == "erased"]
        assert not set(done) & set(finished)
        check_erased(gone)
        assert all(len(keystore.list_stored(UUID(subject))) == 2 for subject in kept)
        assert Person.objects.filter(subject_id__in=kept).count() == len(kept)
        let_go()
    check_everything()


def check_erased(subjects: list[str]) -> None:
    for subject in subjects:
        assert not keystore.list_stored(UUID(subject))
    assert (
        not Person.objects.filter(subject_id__in=subjects).exists()
        and not Name.objects.filter(subject_id__in=subjects).exists()
    )
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT subject FROM vault_token")
        assert not {row[0] for row in cursor.fetchall()} & set(subjects)


@times
def test_backup(place: Nursery, kills: int) -> None:
    lines = people(place, 10)
    named: set[str] = set()
    for _ in range(kills):
        with running(place, "write") as beside:
            named |= {
                line[1] for line in place.start("backup").kill_after(Seed.uniform(0.05, 0.6)) if line[0] == "backup"
            }
        lines += beside
        let_go()
    # A name stands for a whole backup, said or not; a killed one has no name, and its draft goes with the next.
    last = backup.create_backup(at=datetime.now(UTC)).places[0]
    assert named <= {each.path.name for each in backup.list_backups()}
    for each in backup.list_backups():
        backup.verify_backup(each.path)
    assert not list(last.parent.glob(".*"))
    assert not [each for each in settings.TROTH_HOME.iterdir() if each.name.startswith(".")]
    check_acknowledged(lines)
    _restore(last)
    assert check_acknowledged(lines) == len([line for line in lines if line[0] == "row"])
    check_everything()


def _restore(path: Path) -> None:
    empty()
    restore(path, settings.TROTH_HOME, at=datetime.now(UTC), aside=True)


def empty() -> None:
    let_go()
    for alias in stores.ALIASES:
        if stores.vendor(alias) == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
            connections[alias].close()


@times
def test_restore(place: Nursery, kills: int) -> None:
    lines = people(place, 20)
    path = backup.create_backup(at=datetime.now(UTC)).places[0]
    let_go()
    gone = ids(lines)[:5]
    place.start("erase", *gone).finish()
    kept = [line for line in lines if line[0] == "row" and not _is_of(line, gone)]
    killed = 0
    while killed < kills:
        empty()
        while True:  # one restore, killed and called again until it is through
            worker = place.start("restore", str(path))
            said_so = worker.kill_after(Seed.uniform(0.01, 0.4)) if killed < kills else worker.finish()
            if ["restored"] in said_so:
                break
            killed += 1
            if marker.read_mark(settings.TROTH_HOME) is not None:
                with pytest.raises(marker.StillRestoring):
                    Person.objects.count()
        check_erased(gone)
        check_acknowledged(kept)
        assert Person.objects.count() == 15
        check_everything()
        let_go()
    assert LedgerEvent.objects.filter(event="copies:restored").count() == 1


def _is_of(line: list[str], subjects: list[str]) -> bool:
    row = apps.get_model(line[1])._base_manager.filter(pk=line[2]).first()
    return row is None or row.subject_id.hex in subjects


@times
def test_racing_first_writes_of_one_key(place: Nursery, kills: int) -> None:
    """Four processes make the same keys at the same moment, and some are killed in the midst (pitfalls A12)."""
    from troth.vault.models import Subject

    for _ in range(max(1, kills // 25)):
        subjects = [Subject.objects.create(kind="patient").id for _ in range(25)]
        let_go()
        place.start("register", *(subject.hex for subject in subjects)).finish()
        go = place.folder / f"go-{place.count}"
        workers = [place.start("race", str(go), *(subject.hex for subject in subjects)) for _ in range(4)]
        go.touch()
        lines = [
            line
            for number, worker in enumerate(workers)
            for line in (worker.kill_after(Seed.uniform(0.05, 0.5)) if number % 2 else worker.finish())
        ]
        assert check_acknowledged(lines) >= 50
        check_everything()
        for subject in subjects:
            assert len([name for name in keystore.list_stored(subject) if name[1] == "specimens.body"]) == 1
        let_go()
