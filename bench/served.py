"""A real server on loopback: granian with one worker, and a client that keeps its connection."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ground import ROOT


class Client:
    """One connection that is kept, signed in by a cookie."""

    def __init__(self, port: int, cookie: str, *, named: str = "bench") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Cookie": f"{named}={cookie}"} if cookie else {}

    def get(self, path: str) -> tuple[float, bytes]:
        """
        Seconds from sending to the last byte, and the page.

        :raises RuntimeError: it was not answered with 200.
        """
        took, status, body = self.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}: {body[:2000].decode(errors='replace')}")
        return took, body

    def ask(self, path: str) -> tuple[float, int, bytes]:
        """Seconds from sending to the last byte, the status whatever it is, and the page."""
        began = time.perf_counter()
        try:
            self.connection.request("GET", path, headers=self.headers)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next question opens a new one
            raise
        return time.perf_counter() - began, answer.status, body


def processor_seconds(parent: int) -> float | None:
    """The processor time of a process and its children so far, to the nanosecond; None where /proc does not say it."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return (
            sum(
                int(task.joinpath("schedstat").read_text().split()[0])
                for process in (str(parent), *children)
                for task in Path(f"/proc/{process}/task").iterdir()
            )
            / 1e9
        )
    except OSError:
        return None


# A search is measured hundreds of times in a row, which no member of staff may do.
UNPACED = {"TROTH_FINDS_AN_HOUR": "1000000"}


@dataclass(frozen=True)
class Server:
    """Where it listens, and its process."""

    port: int
    process: int


#: As `troth serve` does: two processes that answer, and the ledger's sealer beside them.
CLINIC = "import django, sys; django.setup(); from troth.cli.starting import serve; serve('127.0.0.1', int(sys.argv[1]), 2)"


@contextmanager
def served(*, clinic: bool = False) -> Iterator[Server]:
    """The benchmarks' own site in one process of its own, or the clinic as it is served, on the deployment of this one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    site = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    site += ["--blocking-threads", "1", "--no-ws", "--log-level", "warning", "bench.site.wsgi:application"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), **UNPACED}
    if clinic:
        environment |= {"DJANGO_SETTINGS_MODULE": "troth.config.settings"}
    process = subprocess.Popen(
        [sys.executable, *(["-c", CLINIC, str(port)] if clinic else site)],
        cwd=ROOT,
        env=environment,
        stdout=sys.stderr,
    )
    try:
        wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, *, seconds: float = 60) -> None:
    """
    Wait until something listens there.

    :raises RuntimeError: nothing did in that time.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"Nothing listened on port {port} within {seconds:g} seconds.")
