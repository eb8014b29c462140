"""What runs beside the server is started again when it dies, with longer and longer pauses, and never twice at once."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from troth.cli import beside
from troth.cli.beside import Beside

LISTING = """
import os, signal, sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"begun {os.getpid()}\\n")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while os.getppid() == int(sys.argv[2]):
    time.sleep(0.02)
"""


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def begun(path: Path) -> list[int]:
    return [int(line.split()[1]) for line in path.read_text().splitlines()] if path.exists() else []


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def running(path: Path, program: str = LISTING, pause: float = 0.05) -> Iterator[Beside]:
    made = Beside("sealer", first_pause=pause)
    made.command = (sys.executable, "-c", program, str(path), str(os.getpid()))
    made.start()
    try:
        yield made
    finally:
        made.end(timeout=10)


def test_one_that_is_killed_is_started_again_and_never_twice_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "begun"
    with caplog.at_level(logging.ERROR), running(path):
        for killed in range(1, 4):
            until(lambda: len(begun(path)) == killed)  # noqa: B023  asked within this turn only
            assert [each for each in begun(path) if alive(each)] == begun(path)[-1:]
            os.kill(begun(path)[-1], signal.SIGKILL)
        until(lambda: len(begun(path)) == 4)
        last = begun(path)[-1]
        assert alive(last)
    assert not alive(last)
    assert len(begun(path)) == 4
    assert caplog.text.count("ended unasked (-9)") == 3


def test_one_that_ends_at_once_is_started_less_and_less_often(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "LONGEST_PAUSE", 0.2)
    with caplog.at_level(logging.ERROR), running(tmp_path / "begun", "raise SystemExit(3)"):
        until(lambda: len(caplog.records) >= 4)
    pauses = [float(record.getMessage().split()[-2]) for record in caplog.records[:4]]
    assert pauses == [0.05, 0.1, 0.2, 0.2]


def test_one_that_ends_when_told_is_not_started_again(tmp_path: Path) -> None:
    path = tmp_path / "begun"
    with running(path, pause=0.01):
        until(lambda: len(begun(path)) == 1)
    time.sleep(0.3)
    assert len(begun(path)) == 1


def test_one_that_cannot_be_started_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "begun"
    made = Beside("sealer", first_pause=0.05)
    made.command = (str(tmp_path / "nothing"),)
    with caplog.at_level(logging.ERROR):
        made.start()
        until(lambda: "could not be started" in caplog.text)
        made.command = (sys.executable, "-c", LISTING, str(path), str(os.getpid()))
        until(lambda: bool(begun(path)))
    made.end(timeout=10)


def test_it_ends_when_the_server_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "begun"
    server = f"""
import os, sys, time
from troth.cli.beside import Beside
made = Beside("sealer")
made.command = (sys.executable, "-c", {LISTING!r}, {str(path)!r}, str(os.getpid()))
made.start()
time.sleep(60)
"""
    root = str(Path(__file__).resolve().parents[3])
    with subprocess.Popen([sys.executable, "-c", server], env={**os.environ, "PYTHONPATH": root}) as process:
        until(lambda: len(begun(path)) == 1)
        process.kill()
    until(lambda: not alive(begun(path)[0]))
