"""
The two stores and the folder of files, as copying sees them: snapshots out of them while others write, and back into them.

SQLite is copied by its online backup into a file that has no name any more, so that a killed backup leaves nothing behind;
PostgreSQL by pg_dump and pg_restore, through pipes. Neither ever lies unsealed at a destination.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connections

from troth.copies import destinations
from troth.vault.secrets import sync_folder

ALIASES = ("default", "keys")
PART_OF = {"default": "data", "keys": "keys"}  # the name of each store's part in a backup
PIECE = 256 * 1024
_DRAFT = ".snapshot-"  # how the name of a copy begins, in the moment that it has one
# Where Debian, Red Hat and Homebrew keep PostgreSQL's programs, which are not on everybody's PATH.
PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")


class StoreUnusable(Exception):
    """A store cannot be copied from or into; the message says why and what to do."""


def vendor(alias: str) -> str:
    """`sqlite` or `postgresql`."""
    return connections[alias].vendor


def file_of(alias: str) -> Path:
    """The SQLite file of a store, by its settings."""
    return Path(str(connections[alias].settings_dict["NAME"]))


def snapshot(alias: str) -> Iterator[bytes]:
    """
    Yield a consistent copy of a store as of one moment, while others go on writing.

    :raises StoreUnusable: PostgreSQL's program is missing or failed, or the store is not there.
    """
    return _snapshot_sqlite(file_of(alias)) if vendor(alias) == "sqlite" else _dump(alias)


def _snapshot_sqlite(path: Path) -> Iterator[bytes]:
    handle = copy_nameless(path, path.parent)
    try:
        place = 0
        while piece := os.pread(handle, PIECE, place):
            place += len(piece)
            yield piece
    finally:
        os.close(handle)


def copy_nameless(path: Path, folder: Path) -> int:
    """
    Copy a SQLite store into a file whose name is taken away before anything is in it, and give the open file.

    :raises StoreUnusable: there is no such store, or no room beside it.
    """
    draft = folder / f"{_DRAFT}{token_hex(8)}"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=60)) as source:
            handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
                    copy.execute("PRAGMA journal_mode=OFF")  # a journal would need the name that goes now
                    copy.execute("PRAGMA synchronous=OFF")
                    draft.unlink()
                    source.backup(copy)
            except BaseException:
                os.close(handle)
                draft.unlink(missing_ok=True)
                raise
        return handle
    except (sqlite3.Error, OSError) as fault:
        raise StoreUnusable(
            f"The store {path} could not be copied ({type(fault).__name__}). Check that it is there and that "
            "its disk has room for a second one."
        ) from None


def sweep_drafts() -> None:
    """Remove the names, with nothing in them, that copies left which were killed as they began. The caller holds the lock."""
    for alias in ALIASES:
        if vendor(alias) == "sqlite":
            for draft in file_of(alias).parent.glob(f"{_DRAFT}*"):
                draft.unlink(missing_ok=True)


def find_program(name: str) -> str:
    """
    Where a program of PostgreSQL lies.

    :raises StoreUnusable: nowhere.
    """
    found = shutil.which(name)
    if found:
        return found
    for pattern in PLACES:
        for folder in sorted(Path("/").glob(pattern), reverse=True):
            if (folder / name).exists():
                return str(folder / name)
    raise StoreUnusable(
        f"{name} was not found. Install PostgreSQL's client programs, of the server's version or newer "
        "(Debian: apt-get install postgresql-client)."
    )


def _reach(alias: str) -> tuple[list[str], Mapping[str, str]]:
    """The options and variables with which PostgreSQL's programs reach a store. The password is never an argument."""
    given = connections[alias].settings_dict
    options = ["--no-password", "--dbname", str(given["NAME"])]
    for option, name in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if given.get(name):
            options += [option, str(given[name])]
    password = str(given.get("PASSWORD") or "")
    return options, {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _dump(alias: str) -> Iterator[bytes]:
    options, environment = _reach(alias)
    command = [find_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--no-comments", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as dump:  # noqa: S603
        assert dump.stdout and dump.stderr
        try:
            while piece := dump.stdout.read(PIECE):
                yield piece
            words = dump.stderr.read()
        except BaseException:
            dump.kill()
            raise
    if dump.returncode:
        raise StoreUnusable(f"pg_dump could not copy the store {alias!r}: {_said(words)}")


def _said(words: bytes) -> str:
    """What the program said of itself; lines with values of rows do not begin with its name."""
    lines = [
        line for line in words.decode(errors="replace").splitlines() if line.startswith(("pg_dump:", "pg_restore:"))
    ]
    return lines[0][:300] if lines else "it gave no reason."


def is_empty(alias: str) -> bool:
    """Whether a PostgreSQL store holds no table yet."""
    return not connections[alias].introspection.table_names()


def load_postgresql(alias: str, pieces: Iterator[bytes]) -> None:
    """
    Fill an empty PostgreSQL store, in one transaction: all of it or nothing.

    :raises StoreUnusable: pg_restore is missing or failed.
    """
    options, environment = _reach(alias)
    command = [
        find_program("pg_restore"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        *options,
    ]
    connections[alias].close()
    with subprocess.Popen(  # noqa: S603  our own command, no shell, nothing from outside
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    ) as load:
        assert load.stdin and load.stderr
        try:
            for piece in pieces:
                # Where it stops early, go on reading, so that the parts behind are still checked; its word comes below.
                with contextlib.suppress(BrokenPipeError):
                    load.stdin.write(piece)
            with contextlib.suppress(BrokenPipeError):
                load.stdin.close()
            words = load.stderr.read()
        except BaseException:
            load.kill()
            raise
    if load.returncode:
        raise StoreUnusable(f"pg_restore could not fill the store {alias!r}: {_said(words)}")


def write_file(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a file whole and durable, or not at all."""
    destinations.make_folder(path.parent)
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for piece in pieces:
            destinations.write_all(handle, piece)
        os.fsync(handle)
    except OSError as fault:
        fault.filename = fault.filename or str(path)  # a full disk does not say which
        raise
    finally:
        os.close(handle)
    draft.rename(path)
    sync_folder(path.parent)


def stored_files() -> Iterator[tuple[str, Path]]:
    """Every sealed file, by the name of its part. Those still arriving are left out: no row has them yet."""
    folder: Path = settings.TROTH_HOME / "files"
    for shelf in sorted(folder.iterdir()) if folder.is_dir() else []:
        for path in sorted(shelf.iterdir()):
            if not path.suffix:
                yield f"files/{shelf.name}/{path.name}", path


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """An open file in pieces."""
    with file:
        while piece := file.read(PIECE):
            yield piece


@contextlib.contextmanager
def pointed_at(home: Path, databases: Mapping[str, str]) -> Iterator[None]:
    """
    Let this process use other stores and another folder of files until the block ends. For commands, never for a server.

    `databases` gives for each alias the SQLite file or the PostgreSQL database.
    """
    kept = {alias: (connections[alias], connections.settings[alias]) for alias in ALIASES}
    kept_home = settings.TROTH_HOME
    for alias, (_, shared) in kept.items():
        connections.settings[alias] = {**shared, "NAME": databases[alias]}
        del connections[alias]
    settings.TROTH_HOME = home
    try:
        yield
    finally:
        settings.TROTH_HOME = kept_home
        for alias, (wrapper, shared) in kept.items():
            connections[alias].close()
            connections.settings[alias] = shared
            connections[alias] = wrapper


@contextlib.contextmanager
def throwaway(home: Path) -> Iterator[dict[str, str]]:
    """
    Names for two stores that are gone again at the end: files in `home`, or PostgreSQL databases beside ours.

    :raises StoreUnusable: PostgreSQL does not let us make a database.
    """
    made: dict[str, str] = {}
    try:
        for alias in ALIASES:
            if vendor(alias) == "sqlite":
                made[alias] = str(home / file_of(alias).name)
                continue
            wrapper: Any = connections[alias]
            name = f"troth_drill_{token_hex(6)}"
            try:
                with wrapper._nodb_cursor() as cursor:
                    cursor.execute(f'CREATE DATABASE "{name}"')
            except Exception as fault:  # noqa: BLE001  the driver's own classes, of which there may be none installed
                raise StoreUnusable(
                    f"A drill needs a database to restore into, and the role of {alias!r} may not make one "
                    f"({type(fault).__name__}). Let it (ALTER ROLE … CREATEDB), or run the drill on a machine "
                    "of its own."
                ) from None
            made[alias] = name
        yield made
    finally:
        for alias, name in made.items():
            if vendor(alias) == "postgresql":
                with connections[alias]._nodb_cursor() as cursor:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
