"""Bringing a deployment up: folders, tables, checks, and the server itself."""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from troth.cli.beside import Beside
from troth.cli.causes import from_a_later_version
from troth.cli.stopped import FOUND_AGAINST, Stopped

if TYPE_CHECKING:
    from troth.cli.checks import Found

_MIGRATING = 0x6D696772  # the advisory lock's number: "migr"


def make_folders() -> None:
    """Make the folders of data and keys, for their owner alone."""
    from django.conf import settings

    for folder in (settings.TROTH_HOME, settings.TROTH_KEYS):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def bring_up_to_date() -> int:
    """
    Migrate both databases, one process at a time, and give how many migrations ran.

    :raises Stopped: a later version of Troth has been here: what it wrote is not for this one to change.
    """
    from django.conf import settings
    from django.db import connection

    from troth.copies import tables

    with _alone(settings.TROTH_HOME / "migrating.lock"):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            if newer := sum(tables.count_unknown(alias) for alias in tables.IN_ORDER):
                raise from_a_later_version(newer)
            return tables.bring_up_to_date()
        finally:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def insist_on_place(host: str, port: int | None) -> None:
    """
    Look whether folders and port are such that a server may start: before tables are made, which takes a while. None: no port is
    wanted.

    :raises Stopped: they are not; the port is taken or may not be used.
    """
    from troth.cli.checks import look_at_folders

    _stop_for([found for found in look_at_folders(datetime.now(UTC)) if not found.fine and found.stops])
    if port is not None:
        _check_port(host, port)


def insist() -> None:
    """
    Look whether a server may start.

    :raises Stopped: it may not; the message names what is wrong and how to mend it.
    """
    from troth.cli.checks import list_stoppers

    _stop_for(list_stoppers(datetime.now(UTC)))


def _stop_for(stoppers: "list[Found]") -> None:
    if stoppers:
        raise Stopped(
            "Troth does not start like this.\n" + "\n".join(f"  ✗ {each.name}: {each.words}" for each in stoppers),
            "\n".join(f"  {each.cure}" for each in stoppers),
            FOUND_AGAINST,
        )


#: Seconds for whoever answers to finish what was asked when the server is told to stop.
_ENDS_WITHIN = 30


def serve(host: str, port: int, workers: int, *, working: bool = False) -> int:
    """
    Serve until told to stop, with the ledger's sealer in a process beside those that answer, and a worker in another when asked
    (`working`). Either is started again when it dies.

    This process forks those that answer and opens no database itself. SQLite knows per process which locks are held: a worker
    forked while a sealer's thread was writing here would believe for ever that somebody writes, and answer every page with 503.

    :raises Stopped: the port is taken or may not be used.
    """
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from troth.work.reporting import logging_config

    _check_port(host, port)
    import_module(settings.ROOT_URLCONF)  # every page is read once here, and shared by those that answer
    # What stands now stays: the collector need not walk it in each of them, nor look after every 700 new objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    for connection in connections.all():
        connection.close()  # the workers open their own
    beside = [Beside("sealer", "ledger", "seal"), *([Beside("worker", "worker")] if working else [])]
    server = Granian(
        "troth.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=logging_config("WARNING"),
        respawn_failed_workers=True,
        # One that was just begun again does not hear that it is to end, and would be waited for without end.
        workers_kill_timeout=_ENDS_WITHIN,
    )
    for each in beside:
        each.start()
    try:
        server.serve()
    finally:
        for each in reversed(beside):  # the sealer last: what a worker's last job wrote is sealed too
            each.end(timeout=20)
    return 0


def _check_port(host: str, port: int) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Stopped(
                f"Port {port} of {host} cannot be used: {error.strerror}.",
                "Stop what listens there, or choose another with --port.",
            ) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file: processes that start at once take turns."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
