"""Every place where something could have been left: folders, databases, servers, backups, and the machine around them."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.core import mail
from django.db import connections

from tests.clusters import OWNER
from tests.hunt.scanner import Finding, Scanner
from tests.stores import ALIASES, Home
from troth.copies.archive import ArchiveReader

ROOT = Path(__file__).resolve().parent.parent.parent
#: In the working folder: what is not ours, and what no clinic has.
NOT_OURS = (".git", ".venv", "node_modules", ".mypy_cache", ".ruff_cache", ".hypothesis")
#: Under HOME: where programs keep what they were not asked to keep.
CACHES = (".cache", ".config", ".local/state", ".local/share")


def hunt_everywhere(
    scanner: Scanner, home: Home, *, streams: Iterable[Path], machine: Iterable[Path]
) -> list[Finding]:
    """
    Hunt in all of them. `streams` are files that logs went to; `machine` the folders that stand for this machine's own,
    such as its HOME and its folder for temporary files.
    """
    found = hunt_folders(scanner, home, machine)
    for stream in streams:
        found += scanner.scan_file(stream, f"log {stream.name}")
    for alias in ALIASES:
        found += scanner.scan_database(connections[alias])
        if connections[alias].vendor == "postgresql":
            found += hunt_server(scanner, connections[alias])
    found += hunt_backups(scanner, home.backups)
    for message in getattr(mail, "outbox", []):
        found += scanner.scan_bytes("mail", message.message().as_bytes())
    return found


def hunt_folders(scanner: Scanner, home: Home, machine: Iterable[Path] = ()) -> list[Finding]:
    """Every file of the deployment, of the working folder, and of this machine's own folders."""
    found: list[Finding] = []
    for folder in (home.path, home.keys, home.backups, *machine):
        found += scanner.scan_folder(folder)
    found += scanner.scan_folder(ROOT, but=NOT_OURS)
    # Of what all programs share only the top: what lies deeper there belongs to others, and to other tests.
    for shared in {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")}:
        if shared.is_dir():
            found += scanner.scan_folder(shared, deepest=1)
    for cache in CACHES:
        if (Path("~").expanduser() / cache).is_dir():
            found += scanner.scan_folder(Path("~").expanduser() / cache, but=("uv", "pip", "ms-playwright"))
    return found


def hunt_backups(scanner: Scanner, folder: Path) -> list[Finding]:
    """Open every backup with today's keys and look at what lies inside: a key that is at hand hides nothing."""
    found: list[Finding] = []
    for path in sorted(folder.rglob("*.backup")):
        with path.open("rb") as file:
            for part in ArchiveReader(file, path).parts():
                found += scanner.scan_bytes(f"{path.name}: {part.name}", b"".join(part.pieces))
    return found


def server_folder(connection: Any) -> Path:
    """The data folder of a throwaway cluster, everything in memory written out first."""
    told = connection.settings_dict
    with psycopg.connect(
        host=told["HOST"], port=told["PORT"], user=OWNER, dbname="postgres", autocommit=True
    ) as owner:
        owner.execute("CHECKPOINT")
        row = owner.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def hunt_server(scanner: Scanner, connection: Any) -> list[Finding]:
    """
    What the server keeps: this database's files, the tables that all share, the write-ahead log, its own log, its spills.

    The files of other databases are left out: they belong to other tests, and other words were planted there.
    """
    folder = server_folder(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        own = str(cursor.fetchone()[0])
    found: list[Finding] = []
    for place in _kept_by_server(folder, own):
        found += scanner.scan_folder(place)
    for path in (*folder.glob("*.conf"), *server_logs(folder)):
        found += scanner.scan_file(path)
    return found


def _kept_by_server(folder: Path, own: str) -> Iterator[Path]:
    for name in (
        f"base/{own}",
        "base/pgsql_tmp",
        "global",
        "pg_wal",
        "pg_stat",
        "pg_stat_tmp",
        "pg_logical",
        "pg_replslot",
        "log",
    ):
        if (folder / name).is_dir():
            yield folder / name


def server_logs(folder: Path) -> list[Path]:
    """Where `pg_ctl` of tests/clusters.py lets the server write its log."""
    return [path for path in (folder.parent / "log",) if path.is_file()]
