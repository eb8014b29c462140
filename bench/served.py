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

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Cookie": f"bench={cookie}"}

    def get(self, path: str) -> tuple[float, bytes]:
        """
        Seconds from sending to the last byte, and the page.

        :raises RuntimeError: it was not answered with 200.
        """
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered with {answer.status}: {body[:2000].decode(errors='replace')}")
        return took, body


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


@contextmanager
def served() -> Iterator[Server]:
    """The site, in a process of its own, on the deployment of this one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--no-ws",
        "--log-level",
        "warning",
        "bench.site.wsgi:application",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), **UNPACED}, stdout=sys.stderr
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)
