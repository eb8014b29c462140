"""A clinic whose commits are real, on a machine whose HOME, temporary folder and log are this test's own."""

import logging
import logging.config
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conftest import publish_pack
from tests.stores import Home
from troth.work import queue, reporting, schedules

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class Machine:
    """What surrounds the deployment. `written` is every file that this process opened for writing outside of it."""

    home: Home
    folders: tuple[Path, ...]
    stream: Path
    since: float
    written: list[str] = field(default_factory=list)

    def is_expected(self, path: str) -> bool:
        """A file of the deployment, the log, or what Python keeps of a module that it has read."""
        own = (self.home.path, self.home.keys, self.home.backups, self.stream)
        return path == os.devnull or "__pycache__" in path or any(Path(path).is_relative_to(each) for each in own)


_watching: list[Machine] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    """A hook of the interpreter cannot be taken out again, so it looks whether anybody is watching."""
    if not _watching or event != "open":
        return
    path, _, flags = arguments
    if isinstance(flags, int) and flags & _WRITING and isinstance(path, str | bytes | os.PathLike):
        told = str(Path(os.fsdecode(path)).absolute())
        if not _watching[-1].is_expected(told):
            _watching[-1].written.append(told)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries in which what a test declares is gone after it."""
    monkeypatch.setattr(queue, "declared", dict(queue.declared))
    monkeypatch.setattr(schedules, "scheduled", {})


@pytest.fixture
def machine(committed_db: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The deployment with the notice of online prescribing, its log written to a file as the settings would have it."""
    folders = (tmp_path / "home", tmp_path / "tmp")
    for folder, variable in zip(folders, ("HOME", "TMPDIR"), strict=True):
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # what Python compiles on the way is no writing of ours
    assert tempfile.gettempdir() == str(folders[1])  # Python tries a new folder by writing to it, once
    made = Machine(committed_db, folders, tmp_path / "stderr.log", time.time() - 1)
    loggers = (logging.getLogger(), *map(logging.getLogger, ("django", "django.server", "granian.access")))
    kept = [(each, each.handlers[:], each.level, each.propagate) for each in loggers]
    publish_pack()
    with made.stream.open("w", buffering=1) as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        logging.config.dictConfig(reporting.logging_config("DEBUG"))
        if not _watching:
            sys.addaudithook(_audit)
        _watching.append(made)
        yield made
        _watching.pop()
        for logger, handlers, level, propagate in kept:
            logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate
        logging.getLogger().manager._clear_cache()  # type: ignore[attr-defined]
