"""
The ground of every benchmark: a throwaway deployment, people made through the front door, and figures as values.

    python -m bench.saving [--small]                                  SQLite in a temporary folder
    python -m bench.run                                               all of them, on SQLite and PostgreSQL
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.clusters import OWNER_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
STORES = ("TROTH_DATABASE_URL", "TROTH_KEYS_DATABASE_URL")
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Figure:
    """One figure: what was measured, against what, the result and the limit that it is held to (None: for information)."""

    work: str
    engine: str
    result: float
    limit: float | None
    unit: str = "x"
    at_least: bool = False
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether it is within its limit; None where there is none."""
        if self.limit is None:
            return None
        return self.result >= self.limit if self.at_least else self.result <= self.limit


Limits = dict[str, float]


@contextmanager
def deployment() -> Iterator[None]:
    """A throwaway TROTH_HOME, and on PostgreSQL two databases of its own; migrated, with the notice of the pack in force."""
    with ExitStack() as stack:
        home = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="troth-bench-", dir=os.environ.get("TROTH_BENCH_DIR"))
        )
        os.environ |= {
            "TROTH_HOME": f"{home}/var",
            "TROTH_KEYS": f"{home}/var-keys",
            "TROTH_BACKUPS": f"{home}/var-backups",
            "DJANGO_SETTINGS_MODULE": "bench.site.settings",
            "PYTHONWARNINGS": "ignore",
        }
        Path(f"{home}/var").mkdir()
        for variable in STORES:
            if os.environ.get(variable):
                stack.enter_context(_database(variable))
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from troth.notice import services as notices

        for alias in ("default", "keys"):
            call_command("migrate", verbosity=0, database=alias, run_syncdb=True)
        pack = (ROOT / "troth" / "notice" / "packs" / "online-prescribing.yaml").read_text()
        notices.publish(pack, by="bench", at=datetime(2024, 1, 1, tzinfo=UTC))
        stack.callback(connections.close_all)
        yield


@contextmanager
def _database(variable: str) -> Iterator[None]:
    """A database of a random name on the server that a variable names, which points at it until the end."""
    import psycopg

    server, name = os.environ[variable], f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        os.environ[variable] = urlsplit(server)._replace(path=f"/{name}").geturl()
        try:
            yield
        finally:
            os.environ[variable] = server
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def engine() -> str:
    """The engine of this deployment's data."""
    return POSTGRESQL if os.environ.get("TROTH_DATABASE_URL") else SQLITE


def vacuum() -> None:
    """Let PostgreSQL learn what was just filled in, as its own daemon would within a minute."""
    from django.db import connections

    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if engine() == POSTGRESQL else "ANALYZE")


def settle() -> None:
    """
    Have what was filled in written down, in every database of the throwaway servers, so that nobody measured later waits for the
    disk on its account: a million rows are otherwise being written for minutes.
    """
    owner = os.environ.get(OWNER_VARIABLE)
    if engine() == POSTGRESQL and owner:
        import psycopg

        for variable in STORES:
            server = urlsplit(os.environ[variable])
            url = server._replace(netloc=f"{owner}@{server.hostname}:{server.port}", path="/postgres").geturl()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
    os.sync()


def card_values(number: int) -> dict[str, Any]:
    """The six values of a card, of usual lengths."""
    return {
        "name": f"Person {number}",
        "born_on": date(1940 + number % 60, 1 + number % 12, 1 + number % 28),
        "telephone": f"+44 1632 {number:06d}",
        "email": f"person{number}@example.com",
        "note": "a note of some length. " * 4,
        "active": number % 2 == 0,
    }


def main(measure: Callable[[bool], list[Figure]]) -> None:
    """Run one benchmark by hand or for `run`: figures as JSON on stdout, what it is doing on stderr."""
    parser = argparse.ArgumentParser(description="One benchmark.")
    parser.add_argument("--small", action="store_true", help="a quick run, with fewer rounds and rows")
    small = parser.parse_args().small
    with deployment():
        figures = measure(small)
    for figure in figures:
        say(line_of(figure))
    print(json.dumps([asdict(figure) | {"met": figure.met} for figure in figures]))


def say(words: str) -> None:
    """Tell whoever waits what is going on."""
    print(words, file=sys.stderr, flush=True)


def line_of(figure: Figure) -> str:
    """A figure as one line of the table."""
    least = ">=" if figure.at_least else "<="
    limit = "" if figure.limit is None else f"{least} {figure.limit:g}"
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    detail = ", ".join(
        f"{name} {value:,.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figure.detail.items()
    )
    return f"{figure.engine:<11}{figure.work:<58}{figure.result:>9.2f} {figure.unit:<3}{limit:<9}{verdict:<7}{detail}"
