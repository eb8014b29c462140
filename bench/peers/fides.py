"""
Fides, as its own server and worker run it, over a clinic's database of eight plain tables. Knows nothing of Troth.

It lives in a virtual environment of its own, `fides` in the folder that TROTH_BENCH_PEERS names, on a PostgreSQL server given by
URL, beside a Redis of Debian's package. Its default policies for access and erasure are asked for over its own API.
"""

import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

ROWS = 20
#: Per person: an address, two contacts, four appointments, encounters and prescriptions, two invoices and messages.
TABLES = """
CREATE TABLE person (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, full_name text, born_on text, number text, telephone text);
CREATE TABLE address (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, street text, town text, postcode text);
CREATE TABLE contact (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, name text, telephone text);
CREATE TABLE appointment (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, starts_at timestamptz, reason text);
CREATE TABLE encounter (id bigint PRIMARY KEY, appointment_id bigint NOT NULL REFERENCES appointment, note text, finding text);
CREATE TABLE prescription (id bigint PRIMARY KEY, encounter_id bigint NOT NULL REFERENCES encounter, drug text, dose text);
CREATE TABLE invoice (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, amount int, payer text, account text);
CREATE TABLE message (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, body text, sent_at timestamptz);
"""
ROWS_OF = {
    "person": "SELECT i, 'p' || i || '@example.com', 'Person ' || i, '1970-01-01', 'N' || i, '+100' || i FROM generate_series(1, {n}) i",
    "address": "SELECT i, i, i || ' Mill Row', 'Hexham', 'NE46 1AA' FROM generate_series(1, {n}) i",
    "contact": "SELECT i, (i - 1) / 2 + 1, 'Next of kin ' || i, '+200' || i FROM generate_series(1, {n} * 2) i",
    "appointment": "SELECT i, (i - 1) / 4 + 1, '2026-01-01'::timestamptz + i * interval '1 second', 'reason ' || i"
    " FROM generate_series(1, {n} * 4) i",
    "encounter": "SELECT i, i, repeat('note ', 40), 'J06.9' FROM generate_series(1, {n} * 4) i",
    "prescription": "SELECT i, i, 'drug ' || (i % 500), '1-0-1' FROM generate_series(1, {n} * 4) i",
    "invoice": "SELECT i, (i - 1) / 2 + 1, 1000 + i % 9000, 'Person ' || ((i - 1) / 2 + 1), 'ZZ00' || i"
    " FROM generate_series(1, {n} * 2) i",
    "message": "SELECT i, (i - 1) / 2 + 1, repeat('text ', 20), '2026-01-01' FROM generate_series(1, {n} * 2) i",
}
OF_PERSON = ("address", "contact", "appointment", "invoice", "message")
INDEXES = [f"CREATE INDEX ON {table} (person_id)" for table in OF_PERSON]
INDEXES += ["CREATE INDEX ON encounter (appointment_id)", "CREATE INDEX ON prescription (encounter_id)", "ANALYZE"]
#: What its own taxonomy calls each column that is about a person.
HEALTH, NAME, TELEPHONE = "user.health_and_medical", "user.name", "user.contact.phone_number"
COLUMNS: dict[str, dict[str, str]] = {
    "person": {
        "full_name": NAME,
        "born_on": "user.demographic.date_of_birth",
        "number": "user.government_id",
        "telephone": TELEPHONE,
    },
    "address": {
        "street": "user.contact.address.street",
        "town": "user.contact.address.city",
        "postcode": "user.contact.address.postal_code",
    },
    "contact": {"name": NAME, "telephone": TELEPHONE},
    "appointment": {"reason": HEALTH},
    "encounter": {"note": HEALTH, "finding": HEALTH},
    "prescription": {"drug": HEALTH, "dose": HEALTH},
    "invoice": {"payer": NAME, "account": "user.financial.bank_account"},
    "message": {"body": "user.content"},
}
PARENT = {
    **dict.fromkeys(OF_PERSON, ("person_id", "person.id")),
    "encounter": ("appointment_id", "appointment.id"),
    "prescription": ("encounter_id", "encounter.id"),
}
POLICIES = {"access": "default_access_policy", "erasure": "default_erasure_policy"}


def programs() -> Path | None:
    """Where its programs are, or None: its environment, and Redis."""
    folder = Path(os.environ.get("TROTH_BENCH_PEERS", "")) / "fides" / "bin"
    there = os.environ.get("TROTH_BENCH_PEERS") and (folder / "python").exists() and shutil.which("redis-server")
    return folder if there else None


class Fides:
    """A connection that is kept, with a token of its client."""

    def __init__(self, port: int, base: str, token: str = "") -> None:
        self.port, self.base = port, base
        self.erased: list[int] = []  # the numbers of the people
        self.failed: list[str] = []  # requests that did not come to their end
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.token = token or self._sign_in()

    def _sign_in(self) -> str:
        form = {"client_id": "benchclient", "client_secret": "benchsecret", "grant_type": "client_credentials"}
        self.connection.request(
            "POST",
            "/api/v1/oauth/token",
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        return str(json.loads(self.connection.getresponse().read())["access_token"])

    def call(self, method: str, path: str, value: Any = None) -> Any:
        """
        What a call gives.

        :raises RuntimeError: it was refused or failed.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request(method, "/api/v1" + path, None if value is None else json.dumps(value), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}: {text[:500].decode(errors='replace')}")
        found = json.loads(text) if text else None
        if isinstance(found, dict) and found.get("failed"):
            raise RuntimeError(f"{method} {path}: {str(found['failed'])[:500]}")
        return found

    def ask(self, right: str, number: int, *, pause: float) -> float | None:
        """
        Seconds from the request of one person to the answer that says it is complete, asked for every `pause` seconds. None where it
        ended otherwise, which is noted.
        """
        began = time.perf_counter()
        wanted = [{"policy_key": POLICIES[right], "identity": {"email": f"p{number}@example.com"}}]
        request = self.call("POST", "/privacy-request", wanted)["succeeded"][0]["id"]
        while True:
            time.sleep(pause)
            (found,) = self.call("GET", f"/privacy-request?request_id={request}")["items"]
            took = time.perf_counter() - began
            if found["status"] == "complete":
                return took
            if found["status"] in {"error", "canceled", "denied"} or took > 120:
                self.failed.append(f"{right} of {number}: {found['status']} after {took:.0f} s")
                return None

    def left_of(self, numbers: list[int]) -> dict[str, int]:
        """Of each table and column that is declared, how many rows of these people still hold what they held."""
        whose = {
            "encounter": "appointment_id IN (SELECT id FROM appointment WHERE person_id = ANY(%s))",
            "prescription": "encounter_id IN (SELECT id FROM appointment WHERE person_id = ANY(%s))",
            "person": "id = ANY(%s)",
        }
        with psycopg.connect(self.base) as connection:
            found = {}
            for table, columns in COLUMNS.items():
                where = whose.get(table, "person_id = ANY(%s)")
                for column in columns:
                    # Its mask is a digest of 64 or 128 figures, or nothing at all.
                    query = f"SELECT count(*) FROM {table} WHERE {where} AND length({column}) NOT IN (64, 128)"
                    (left,) = connection.execute(query.encode(), [numbers]).fetchone() or (0,)
                    found[f"{table}.{column}"] = int(left)
        return found


def _dataset() -> dict[str, Any]:
    """The eight tables in its own form. A column without a type it leaves as it is and says that it is done: each has one."""
    collections = []
    for table, columns in COLUMNS.items():
        fields: list[dict[str, Any]] = [
            {"name": "id", "data_categories": ["system.operations"], "fides_meta": {"primary_key": True}}
        ]
        if table == "person":
            meta = {"identity": "email", "data_type": "string"}
            fields.append({"name": "email", "data_categories": ["user.contact.email"], "fides_meta": meta})
        else:
            column, parent = PARENT[table]
            reference = {"references": [{"dataset": "clinic", "field": parent, "direction": "from"}]}
            fields.append({"name": column, "data_categories": ["system.operations"], "fides_meta": reference})
        for column, category in columns.items():
            fields.append({"name": column, "data_categories": [category], "fides_meta": {"data_type": "string"}})
        collections.append({"name": table, "fields": fields})
    return {"fides_key": "clinic", "name": "clinic", "collections": collections}


def _settings(folder: Path, server: str, redis: int, password: str) -> str:
    url = urlsplit(server)
    return f"""
[database]
server = "{url.hostname}"
port = "{url.port}"
user = "{url.username}"
password = "{url.password or "unused"}"
db = "bench_fides"
[redis]
host = "127.0.0.1"
port = {redis}
password = "{password}"
[security]
app_encryption_key = "{secrets.token_hex(16)}"
oauth_root_client_id = "benchclient"
oauth_root_client_secret = "benchsecret"
drp_jwt_secret = "{secrets.token_hex(16)}"
request_rate_limit = "1000000/minute"
auth_rate_limit = "1000/minute"
cors_origins = []
[execution]
require_manual_request_approval = false
subject_identity_verification_required = false
interrupted_task_requeue_interval = 3600
[celery]
task_always_eager = false
[user]
analytics_opt_out = true
[admin_ui]
enabled = false
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def served(server: str, people: int) -> Iterator[Fides]:
    """
    Its databases, its Redis, its server and worker; a clinic of so many people with twenty rows each. Gives a signed-in caller.

    :raises RuntimeError: it did not start.
    """
    found = programs()
    assert found is not None
    port, redis, password = _free_port(), _free_port(), secrets.token_hex(12)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-fides-")))
        base = stack.enter_context(psycopg.connect(server, autocommit=True))
        for name in ("bench_fides", "bench_clinic"):
            base.execute(f"CREATE DATABASE {name}".encode())
            stack.callback(base.execute, f"DROP DATABASE {name} WITH (FORCE)".encode())
        clinic = urlsplit(server)._replace(path="/bench_clinic").geturl()
        _fill(clinic, people)
        (folder / "fides.toml").write_text(_settings(folder, server, redis, password))
        (folder / "redis.conf").write_text(f'bind 127.0.0.1\nport {redis}\nrequirepass {password}\nsave ""\n')
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON", "TROTH_"))}
        environment = kept | {"FIDES__CONFIG_PATH": str(folder / "fides.toml")}
        python = str(found / "python")
        commands = [
            ["redis-server", str(folder / "redis.conf")],
            [python, "-m", "uvicorn", "fides.api.main:app", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
            [python, "-c", "from fides.api.worker import start_worker; start_worker()"],
        ]
        for number, command in enumerate(commands):
            log = stack.enter_context((folder / f"log-{number}").open("wb"))
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
            stack.callback(_end, process)
            if number == 1:
                _wait(port, process, folder / "log-1")
        caller = Fides(port, clinic)
        _set_up(caller, server)
        yield caller


def _fill(clinic: str, people: int) -> None:
    with psycopg.connect(clinic, autocommit=True) as connection:
        connection.execute(TABLES)
        for table, rows in ROWS_OF.items():
            connection.execute(f"INSERT INTO {table} {rows.format(n=people)}".encode())
        for index in INDEXES:
            connection.execute(index.encode())


def _set_up(caller: Fides, server: str) -> None:
    url = urlsplit(server)
    caller.call(
        "PUT", "/storage/default", {"type": "local", "format": "json", "details": {"naming": "request_id"}}
    )
    connection = {"key": "clinic", "name": "clinic", "connection_type": "postgres", "access": "write"}
    caller.call("PATCH", "/connection", [connection])
    secret = {
        "host": url.hostname,
        "port": url.port,
        "dbname": "bench_clinic",
        "username": url.username,
        "password": url.password or "unused",
    }
    caller.call("PUT", "/connection/clinic/secret?verify=true", secret)
    caller.call("PATCH", "/connection/clinic/dataset", [_dataset()])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Its first start makes 128 tables, which takes most of a minute."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.3)
    raise RuntimeError(f"Fides did not answer: {log.read_text(errors='replace')[-1500:]}")
