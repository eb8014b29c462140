"""
The mark of an unfinished restore: a file in TROTH_HOME while the stores there are not to be used.

A backup brings back what was disposed of after it was made. Until the journal has been replayed nobody may see it, so while
the mark stands no process but the restoring one gets a connection to any store.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.backends.base.base import BaseDatabaseWrapper

from troth.vault.secrets import sync_folder

NAME = "restoring"
NOTED = {"backup", "restore", "step", "keep_keys", "aside"}
_ours: ContextVar[bool] = ContextVar("troth_restoring", default=False)


class MarkUnreadable(Exception):
    """The mark of an unfinished restore stands and does not say what it is of."""


class StillRestoring(Exception):
    """A restore into TROTH_HOME has not finished, so nothing there may be used."""


def read_mark(home: Path) -> dict[str, Any] | None:
    """
    What the unfinished restore in this home noted, or None when there is none.

    :raises MarkUnreadable: it was changed; what lies there belongs to nobody knows which backup.
    """
    try:
        noted: dict[str, Any] = json.loads((home / NAME).read_text())
        if NOTED - noted.keys():
            raise ValueError("something is missing")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, AttributeError):
        raise MarkUnreadable(
            f"{home / NAME}, the mark of an unfinished restore, does not read. Move {home} away, and restore into an "
            "empty one."
        ) from None
    return noted


def write_mark(home: Path, noted: dict[str, Any]) -> None:
    """Set or change the mark, durably."""
    draft = home / f".{NAME}"
    with draft.open("w") as file:
        json.dump(noted, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(home / NAME)
    sync_folder(home)


def remove_mark(home: Path) -> None:
    """Let everybody in. Repeatable."""
    (home / NAME).unlink(missing_ok=True)
    sync_folder(home)


@contextmanager
def restoring() -> Iterator[None]:
    """Let this code use the stores in spite of the mark."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def refuse_while_restoring(connection: BaseDatabaseWrapper | None = None, **_: Any) -> None:
    """
    Stop whoever is not the restoring process. Called at every new connection to a store.

    :raises StillRestoring: the mark stands.
    """
    if not _ours.get() and (settings.TROTH_HOME / NAME).exists():
        if connection is not None:
            connection.close()  # it is open already when we are told, and would serve the next query
        raise StillRestoring(_SENTENCE)


def check_mark(**_: Any) -> Sequence[CheckMessage]:
    """An error while the mark stands: a server does not start on a half-restored home."""
    if _ours.get() or not (settings.TROTH_HOME / NAME).exists():
        return []
    return [
        Error(
            _SENTENCE,
            hint="Run the same `troth backup restore` again; it goes on where it stopped.",
            id="copies.E001",
        )
    ]


_SENTENCE = (
    "A restore into TROTH_HOME has not finished: what was disposed of since the backup has not been disposed of again. "
    "Run the same `troth backup restore` again before anything else."
)
