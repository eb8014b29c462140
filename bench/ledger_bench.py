"""
What the ledger costs, against the figures it is held to. Prints a table on stderr and JSON on stdout.

    python bench/ledger_bench.py [--small]

SQLite in a temporary folder, or a database of its own on the server of TROTH_DATABASE_URL.

(a) Events by 8 writers through `write()` with the sealer running, against bare INSERTs of the same values into a table
    without index or trigger: interleaved rounds, medians; one event a transaction and 50.
(b) `verify` with two workers.
(c) The first proof of a process that has just started: connected, nothing read yet.
"""

import argparse
import json
import multiprocessing
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
WRITERS = 8
COLD = """
import django, time
django.setup()
from django.db import connection
from troth.ledger.proving import prove
begun = time.perf_counter()
connection.ensure_connection()
connected = time.perf_counter()
prove({event})
print(connected - begun, time.perf_counter() - connected)
"""


def prepare() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "troth.config.settings")
    import django

    django.setup()


def drafts(count: int, people: int) -> list:
    from troth.ledger.drafts import Draft
    from troth.ledger.names import Event

    actor, request, now = uuid4().hex, uuid4().hex, datetime.now(UTC)
    return [
        Draft(
            now,
            Event.OPENED,
            "allowed",
            "person",
            actor,
            "",
            f"{secrets.randbelow(people) * 7919:032x}",
            "care",
            "read",
            "",
            "LAW-5.3",
            "a booking",
            "contact health identity",
            "",
            request,
            "",
        )
        for _ in range(count)
    ]


def writer(pipe) -> None:
    """Run rounds as told: (which, seconds, batch) gives the number of events committed."""
    prepare()
    from django.db import connection, transaction

    from troth.ledger.drafts import line, microseconds
    from troth.ledger.writing import _NAMES, WRITTEN, write

    bare = f"INSERT INTO bench_bare ({_NAMES}) VALUES ({', '.join(['%s'] * len(WRITTEN))})"
    connection.ensure_connection()
    while (told := pipe.recv()) is not None:
        which, seconds, batch = told
        ready = [drafts(batch, 20_000) for _ in range(20)]
        plain: list[Any] = [
            [(microseconds(each.at), *line(each).split("\t"), 5, 7, "0" * 32) for each in some] for some in ready
        ]
        pipe.send("ready")
        pipe.recv()
        done, place, until = 0, 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            with transaction.atomic():
                if which == "ours":
                    write(ready[place])
                else:
                    with connection.cursor() as cursor:
                        if batch == 1:
                            cursor.execute(bare, plain[place][0])
                        else:
                            cursor.executemany(bare, plain[place])
            done, place = done + batch, (place + 1) % 20
        pipe.send(done)


def sealer(stop) -> None:
    prepare()
    from troth.ledger.sealing import run_sealer

    run_sealer(stop.wait)


def measure_writers(seconds: float, rounds: int) -> dict:
    from django.db import connection

    from troth.ledger.sealing import seal
    from troth.ledger.writing import WRITTEN

    numbers = {"at", "follows", "turn"}
    columns = ", ".join(f"{name} {'bigint' if name in numbers else 'text'} NOT NULL" for name in WRITTEN)
    key = (
        "integer PRIMARY KEY AUTOINCREMENT"
        if connection.vendor == "sqlite"
        else "bigint GENERATED ALWAYS AS IDENTITY"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare (id {key}, {columns})")
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for _ in range(WRITERS):
        ours, theirs = spawn.Pipe()
        processes.append(spawn.Process(target=writer, args=(theirs,), daemon=True))
        pipes.append(ours)
        processes[-1].start()
    stop = spawn.Event()
    sealing = spawn.Process(target=sealer, args=(stop,), daemon=True)
    sealing.start()
    result = {}
    for batch in (1, 50):
        rates: dict[str, list[float]] = {"bare": [], "ours": []}
        for _ in range(rounds):
            for which in ("bare", "ours"):
                for pipe in pipes:
                    pipe.send((which, seconds, batch))
                for pipe in pipes:
                    pipe.recv()
                for pipe in pipes:
                    pipe.send("go")
                rates[which].append(sum(pipe.recv() for pipe in pipes) / seconds)
                seal()
        medians = {which: statistics.median(found) for which, found in rates.items()}
        result[f"{batch} a transaction"] = medians | {
            "ratio": medians["ours"] / medians["bare"],
            "rounds": {which: [round(rate) for rate in found] for which, found in rates.items()},
        }
    for pipe in pipes:
        pipe.send(None)
    stop.set()
    for process in [*processes, sealing]:
        process.join(30)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare")
    return result


def measure_single() -> dict:
    """Microseconds an event inside one open transaction: the public call without the commit."""
    from django.db import connection, transaction

    from troth.ledger.writing import write

    def each(batch: int, total: int) -> float:
        some = [drafts(batch, 20_000) for _ in range(20)]
        with transaction.atomic():
            write(some[0])
            begun = time.perf_counter()
            for place in range(total // batch):
                write(some[place % 20])
            return (time.perf_counter() - begun) / total * 1e6

    connection.ensure_connection()
    return {
        str(batch): round(statistics.median(each(batch, 4000) for _ in range(5)), 1) for batch in (1, 10, 50, 1000)
    }


def fill(count: int) -> dict:
    from django.db import connection

    from troth.ledger.sealing import seal
    from troth.ledger.writing import write

    begun = time.perf_counter()
    missing = max(count - _count(), 10_000)
    for _ in range(0, missing, 5000):
        write(drafts(5000, max(count // 10, 1)))
    wrote = time.perf_counter() - begun
    begun = time.perf_counter()
    sealed = seal()
    took = time.perf_counter() - begun
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE ledger_event, ledger_leaf, ledger_node, ledger_checkpoint")
    return {"written a second": round(missing / wrote), "sealed a second": round(sealed / took) if sealed else None}


def _count() -> int:
    from troth.ledger.models import LedgerEvent

    return LedgerEvent.objects.count()


def measure_verify(rounds: int) -> dict:
    from troth.ledger.verifying import verify

    rates = []
    for _ in range(rounds):
        begun = time.perf_counter()
        report = verify(at=datetime.now(UTC), workers=2)
        rates.append(report.events / (time.perf_counter() - begun))
        if not report.holds:
            raise SystemExit([finding.words for finding in report.findings[:3]])
    return {
        "events": report.events,
        "events a second": round(statistics.median(rates)),
        "rounds": [round(r) for r in rates],
    }


def measure_proof(rounds: int) -> dict:
    from troth.ledger.models import Leaf

    leaves, times = Leaf.objects.count(), []
    for _ in range(rounds):
        event = Leaf.objects.get(index=secrets.randbelow(leaves)).event_id
        found = subprocess.run(
            [sys.executable, "-c", COLD.format(event=event)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        times.append([float(part) * 1000 for part in found.stdout.split()])
    connecting, proving = zip(*times, strict=True)
    return {
        "leaves": leaves,
        "median ms": round(statistics.median(proving), 2),
        "connecting first, median ms": round(statistics.median(connecting), 2),
        "rounds": [round(ms, 2) for ms in proving],
    }


def run(small: bool) -> dict:
    prepare()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    result: dict[str, Any] = {
        "engine": connection.vendor,
        "cores": os.cpu_count(),
        "us an event, without commit": measure_single(),
    }
    result["writers"] = measure_writers(*((1.0, 3) if small else (4.0, 5)))
    # A tree of 250,000 has as many levels of tiles as one of a million, and a proof reads a tile of each.
    result["fill"] = fill(250_000 if small else 1_000_000)
    result["verify"] = measure_verify(3)
    result["proof"] = measure_proof(5 if small else 11)
    least = 0.5 if connection.vendor == "sqlite" else 0.7
    rows = [
        (
            f"8 writers, {name}: ours {found['ours']:,.0f}/s, bare {found['bare']:,.0f}/s",
            f"{found['ratio']:.2f}",
            f">= {least}",
        )
        for name, found in result["writers"].items()
    ]
    rows.append(
        (
            f"verify, {result['verify']['events']:,} events",
            f"{result['verify']['events a second']:,}/s",
            ">= 200,000/s",
        )
    )
    rows.append((f"proof, {result['proof']['leaves']:,} leaves", f"{result['proof']['median ms']} ms", "<= 10 ms"))
    for what, found, wanted in rows:
        print(f"{connection.vendor:<11} {what:<62} {found:>14}   {wanted}", file=sys.stderr)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ledger.")
    parser.add_argument("--small", action="store_true", help="a minute rather than ten")
    small = parser.parse_args().small
    with tempfile.TemporaryDirectory(prefix="troth-bench-") as home:
        os.environ |= {"TROTH_HOME": f"{home}/var", "TROTH_KEYS": f"{home}/keys", "PYTHONWARNINGS": "ignore"}
        Path(f"{home}/var").mkdir()
        os.environ.pop("TROTH_KEYS_DATABASE_URL", None)
        url = os.environ.get("TROTH_DATABASE_URL")
        if not url:
            print(json.dumps(run(small), indent=1))
            return
        import psycopg

        name = f"troth_bench_{secrets.token_hex(4)}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
            os.environ["TROTH_DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
            try:
                print(json.dumps(run(small), indent=1))
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
