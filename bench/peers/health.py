"""
GNU Health on trytond, as its own programs set it up: made, served and asked over its JSON-RPC. Knows nothing of Troth.

It lives in a virtual environment of its own, `gnuhealth` in the folder that TROTH_BENCH_PEERS names, and on a PostgreSQL server
given by URL. Its default server is one process with threads.
"""

import base64
import http.client
import itertools
import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME, PASSWORD = "bench_health", "bench-only-" + secrets.token_hex(8)


def programs() -> Path | None:
    """Where its programs are, or None."""
    folder = Path(os.environ.get("TROTH_BENCH_PEERS", "")) / "gnuhealth" / "bin"
    return folder if os.environ.get("TROTH_BENCH_PEERS") and (folder / "trytond").exists() else None


class Caller:
    """One connection that is kept, with a session of the administrator."""

    def __init__(self, port: int, session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.numbers = itertools.count(1)
        self.session = session or self._sign_in()

    def _sign_in(self) -> str:
        user, session = self._send("common.db.login", ["admin", {"password": PASSWORD}, "en"], {})[1][:2]
        return base64.b64encode(f"admin:{user}:{session}".encode()).decode()

    def call(self, method: str, *arguments: Any) -> Any:
        """
        What a method gives.

        :raises RuntimeError: it was refused or failed.
        """
        status, result = self._send(method, [*arguments, {}], {"Authorization": f"Session {self.session}"})
        if status != 200:
            raise RuntimeError(f"{method} was answered with {status}: {str(result)[:500]}")
        return result

    def _send(self, method: str, arguments: list[Any], headers: dict[str, str]) -> tuple[int, Any]:
        body = json.dumps({"id": next(self.numbers), "method": method, "params": arguments})
        self.connection.request("POST", f"/{NAME}/", body, headers | {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        found = json.loads(text) if answer.status == 200 else text
        if isinstance(found, dict):
            if found.get("error"):
                raise RuntimeError(f"{method}: {str(found['error'])[:500]}")
            found = found.get("result")
        return answer.status, found


def create(caller: Caller, number: int) -> int:
    """A person and the patient made of them: two calls, as its own client does. Gives the patient's number."""
    person = {
        "name": "Morwenna",
        "lastname": f"Tait {number}",
        "ref": f"TB{number}",
        "is_person": True,
        "is_patient": True,
        "gender": "f",
        "fed_country": "GBR",
        "dob": {"__class__": "date", "year": 1971, "month": 2, "day": 3},
    }
    (party,) = caller.call("model.party.party.create", [person])
    (patient,) = caller.call("model.gnuhealth.patient.create", [{"party": party}])
    return int(patient)


def read(caller: Caller, patient: int) -> None:
    """One patient by number."""
    assert caller.call("model.gnuhealth.patient.read", [patient], ["id", "rec_name", "puid"])


def search(caller: Caller, number: int) -> None:
    """One patient by reference."""
    fields = ["id", "rec_name", "puid"]
    caller.call("model.gnuhealth.patient.search_read", [["party.ref", "=", f"TB{number}"]], 0, 10, None, fields)


@contextmanager
def served(server: str) -> Iterator[int]:
    """
    A database made from nothing on that PostgreSQL server (most of a minute), its server on loopback. Gives the port.

    :raises subprocess.CalledProcessError: it could not be made.
    """
    found = programs()
    assert found is not None
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="bench-health-") as folder, psycopg.connect(server, autocommit=True) as base:
        base.execute(f"CREATE DATABASE {NAME}")
        try:
            uri = urlunsplit(urlsplit(server)._replace(path="/"))
            settings = Path(folder) / "trytond.conf"
            settings.write_text(
                f"[database]\nuri = {uri}\nlanguage = en\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
            )
            (Path(folder) / "password").write_text(PASSWORD)
            environment = os.environ | {"TRYTONPASSFILE": f"{folder}/password"}
            making = [str(found / "trytond-admin"), "-c", str(settings), "-d", NAME, "-u", "health"]
            subprocess.run(
                [*making, "--email", "bench@clinic.example", "--activate-dependencies"],
                env=environment,
                check=True,
                capture_output=True,
                timeout=900,
            )
            process = subprocess.Popen(
                [str(found / "trytond"), "-c", str(settings), "-d", NAME],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                _wait(port)
                yield port
            finally:
                process.terminate()
                process.wait(30)
        finally:
            base.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("trytond did not listen within a minute.")
