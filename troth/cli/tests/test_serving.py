"""`troth serve`, `demo` and `doctor`, as processes of their own, on folders of their own."""

import gzip
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
Run = Callable[..., subprocess.CompletedProcess[str]]


# All of it stands on SQLite, as a deployment does out of the box: a run on PostgreSQL would only do the same again.
pytestmark = pytest.mark.skipif(bool(os.environ.get("TROTH_DATABASE_URL")), reason="the run on SQLite has done this")


def place_in(folder: Path) -> dict[str, str]:
    """The environment of a deployment in this folder."""
    return {
        "TROTH_HOME": str(folder / "data" / "home"),
        "TROTH_KEYS": str(folder / "elsewhere" / "keys"),
        "TROTH_BACKUPS": str(folder / "away" / "backups"),
        "TROTH_EXTRA_APPS": "",
        "TROTH_DEMO": "no",
        "TROTH_DATABASE_URL": "",
        "TROTH_KEYS_DATABASE_URL": "",
    }


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """The environment of a deployment that does not exist yet."""
    return place_in(tmp_path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(place: dict[str, str], *arguments: str) -> Iterator[str]:
    """A `troth` that serves; gives its address once it answers, and ends it afterwards."""
    port = free_port()
    program = "import sys; from troth.cli.main import main; sys.argv[0] = 'troth'; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **place},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            try:
                urllib.request.urlopen(f"{address}/sign-in/", timeout=5)
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def test_serve_makes_its_tables_and_answers_without_collecting_files(place: dict[str, str]) -> None:
    with running(place, "serve", "--workers", "1") as address:
        assert "yet" in read(address)
        sheet = re.search(r'href="(/static/[0-9a-f]{12}/design/troth.css)"', read(f"{address}/sign-in/"))
        assert sheet is not None
        asked = urllib.request.Request(f"{address}{sheet[1]}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert "@font-face" in gzip.decompress(answer.read()).decode()
        assert "@font-face" in read(f"{address}{sheet[1]}"), "a browser that does not unpack gets it plain"
        tables = (
            sqlite3.connect(Path(place["TROTH_HOME"]) / "keys.sqlite3")
            .execute("SELECT name FROM sqlite_master WHERE name = 'vault_datakey'")
            .fetchall()
        )
        assert tables
    home = Path(place["TROTH_HOME"])
    assert {
        path.stat().st_mode & 0o077 for path in [home, *home.rglob("*"), *Path(place["TROTH_KEYS"]).rglob("*")]
    } == {0}


def test_workers_are_forked_from_a_process_that_holds_no_database(place: dict[str, str]) -> None:
    """
    SQLite keeps its locks by process. A worker forked while a sealer's thread was writing believed for ever that somebody wrote,
    and answered every page with 503 after half a minute.
    """
    program = """
import os, pathlib, signal, sys, time, granian
from troth.cli.main import main
def sealers():
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"seal" in (place / "cmdline").read_bytes().split(b"\\0"):
                found.append(int(place.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found
class Server:
    def __init__(self, *args, **options): pass
    def serve(self):
        time.sleep(2)
        held = [os.readlink(place) for place in pathlib.Path("/proc/self/fd").iterdir() if place.is_symlink()]
        first = sealers()
        print("beside:", len(first))
        print("open:", [name for name in held if ".sqlite3" in name])
        os.kill(first[0], signal.SIGKILL)
        for _ in range(100):
            time.sleep(0.1)
            if sealers() not in (first, []):
                break
        print("after a kill:", len(sealers()), sealers() != first)
granian.Granian = Server
sys.argv = ["troth", "serve", "--port", sys.argv[1]]
main()
"""
    if not Path("/proc/self/fd").exists():
        pytest.skip("what a process holds open is asked of Linux")
    made = subprocess.run(
        [sys.executable, "-c", program, str(free_port())],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **place},
        check=False,
        timeout=120,
    )
    assert "beside: 1" in made.stdout, made.stderr
    assert "open: []" in made.stdout
    assert "after a kill: 1 True" in made.stdout
    assert "troth/cli/beside.py" in made.stderr


def test_serve_refuses_a_port_that_is_taken(place: dict[str, str], run_troth: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        made = run_troth("serve", "--port", str(taken.getsockname()[1]), environment=place)
        demo = run_troth("demo", "--port", str(taken.getsockname()[1]), environment=place)
    for ended in (made, demo):
        assert ended.returncode == 2 and "cannot be used" in ended.stderr and "--port" in ended.stderr
    assert not Path(place["TROTH_HOME"]).exists(), "nothing is made first"


def test_serve_refuses_keys_inside_the_data(place: dict[str, str], run_troth: Run) -> None:
    made = run_troth("serve", environment={**place, "TROTH_KEYS": f"{place['TROTH_HOME']}/keys"})
    assert made.returncode == 1
    assert "keys (TROTH_KEYS) lies in data (TROTH_HOME)" in made.stderr and "Traceback" not in made.stderr


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small demonstration, which takes a dozen seconds to make."""
    folder = tmp_path_factory.mktemp("demonstration")
    program = "import sys; from troth.cli.main import main; sys.exit(main())"
    # A firm that is set hears nothing of invented people: this one would not answer.
    firm = {"TROTH_STRIPE_KEY": "sk_test_nobody", "TROTH_STRIPE_API": "http://127.0.0.1:9"}
    made = subprocess.run(
        [sys.executable, "-c", program, "demo", "--no-serve", "--people", "4"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **place_in(folder), **firm},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def clinic(made_once: Path, tmp_path: Path) -> dict[str, str]:
    """A small demonstration of a test's own."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return place_in(tmp_path)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TRIGGER ledger_event_no_delete", "ledger_event_no_delete"),
        ("CREATE TABLE people_extra (name TEXT)", "people_extra"),
        ("ALTER TABLE people_identity ADD COLUMN nickname TEXT", "people_identity.nickname"),
    ],
)
def test_nothing_is_served_over_a_missing_guard_or_an_undeclared_column(
    clinic: dict[str, str], run_troth: Run, statement: str, words: str
) -> None:
    with sqlite3.connect(Path(clinic["TROTH_HOME"]) / "data.sqlite3") as store:
        store.execute(statement)
    made = run_troth("demo", "--no-serve", environment=clinic)
    assert made.returncode == 1 and words in made.stderr
    found = run_troth("doctor", "--json", environment=clinic)
    assert found.returncode == 1 and words in found.stdout


def test_the_demonstration_says_who_signs_in_where_and_shows_a_banner(clinic: dict[str, str], run_troth: Run) -> None:
    again = run_troth("demo", "--no-serve", environment=clinic)
    for words in ("prescriber@aldersyke.example", "privacy officer", "patient ", "Everyone's password is"):
        assert words in again.stdout
    with running(clinic, "demo") as address:
        page = read(address)
        assert "Every person and figure here is invented." in page
        assert "Aldersyke Clinic" in page
    store = sqlite3.connect(Path(clinic["TROTH_HOME"]) / "data.sqlite3")
    assert store.execute("SELECT count(*) FROM people_identity").fetchone() == (4,)


def test_serve_refuses_a_demonstration(clinic: dict[str, str], run_troth: Run) -> None:
    made = run_troth("serve", environment=clinic)
    assert made.returncode == 2 and "known to everybody" in made.stderr


def test_serve_refuses_a_demonstration_that_lost_its_mark(clinic: dict[str, str], run_troth: Run) -> None:
    """As a backup that was restored has: the mark is no part of it."""
    mark = Path(clinic["TROTH_HOME"]) / "demonstration.json"
    words = mark.read_text()
    mark.unlink()
    try:
        made = run_troth("serve", environment=clinic)
    finally:
        mark.write_text(words)
    assert made.returncode == 2 and "restored from a backup" in made.stderr


def test_a_demonstration_touches_nothing_else(place: dict[str, str], run_troth: Run) -> None:
    home = Path(place["TROTH_HOME"])
    home.mkdir(parents=True)
    (home / "data.sqlite3").write_bytes(b"somebody's")
    made = run_troth("demo", "--no-serve", environment=place)
    assert made.returncode == 2 and "no demonstration" in made.stderr
    assert (home / "data.sqlite3").read_bytes() == b"somebody's" and len(list(home.iterdir())) == 1


def test_an_unknown_pack_is_refused(place: dict[str, str], run_troth: Run) -> None:
    made = run_troth("demo", "--pack", "spa", environment=place)
    assert made.returncode == 2 and "online-prescribing" in made.stderr


def test_the_doctor_is_content_with_a_demonstration_and_names_what_is_not_right(
    clinic: dict[str, str], run_troth: Run
) -> None:
    found = json.loads(run_troth("doctor", "--json", environment=clinic).stdout)
    machine = {"memory does not reach the disk"}  # depends on where the tests run
    assert [each["name"] for each in found if not each["fine"] and each["name"] not in machine] == []
    key = next(Path(clinic["TROTH_KEYS"]).glob("master-*.json"))
    key.chmod(0o644)
    beside = {"TROTH_HOSTS": "clinic.example", "TROTH_BACKUPS": clinic["TROTH_KEYS"] + "-b"}
    made = run_troth("doctor", environment={**clinic, **beside})
    assert made.returncode == 1
    assert "✗ files are their owner's alone" in made.stdout and "chmod -R go-rwx" in made.stdout
    assert "✗ one archive cannot hold them all" in made.stdout
    assert "✓ the ledger's guards stand" in made.stdout
