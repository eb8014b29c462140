"""Fixtures of the room: a clean registry of jobs, and a store of its own for tests that start processes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from troth.work import queue, schedules, throttle, worker


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test declares or hands in is gone after it."""
    monkeypatch.setattr(queue, "declared", dict(queue.declared))
    monkeypatch.setattr(schedules, "scheduled", {})
    monkeypatch.setattr(worker, "_boundary", None)
    monkeypatch.setattr(throttle, "_secret", lambda: b"a secret of thirty-two bytes, yes")


@dataclass
class Store:
    """A migrated database that child processes share, on the engine that the tests run on."""

    environment: dict[str, str]

    def start(self, *words: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "troth.work.tests.child", *map(str, words)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: object) -> Any:
        """Run a command of `child.py` to its end and read the JSON that it prints last."""
        return self.finish(self.start(*words))

    def finish(self, process: "subprocess.Popen[str]") -> Any:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return json.loads(out.splitlines()[-1])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    environment = {
        **os.environ,
        "TROTH_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "troth.config.settings",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    drop: Callable[[], object] = lambda: None  # noqa: E731
    if url := os.environ.get("TROTH_DATABASE_URL"):
        import psycopg

        parts, name = urlsplit(url), f"work_{uuid4().hex}"
        server = psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True)
        server.execute(f"CREATE DATABASE {name}")
        drop = lambda: (server.execute(f"DROP DATABASE {name} WITH (FORCE)"), server.close())  # noqa: E731
        environment["TROTH_DATABASE_URL"] = parts._replace(path=f"/{name}").geturl()
    made = Store(environment)
    made.run("prepare")
    yield made
    drop()
