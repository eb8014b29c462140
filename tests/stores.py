"""
Private databases for tests whose commits must be real: copies of a migrated template, on SQLite and on PostgreSQL.

Never flush. The ledger refuses DELETE and TRUNCATE by trigger, so Django's transactional tests cannot clear the
tables after themselves; a copy that is thrown away needs no clearing.
"""

import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import override_settings

from tests.clusters import OWNER_VARIABLE

ALIASES = ("default", "keys")
FILES = {"default": "data.sqlite3", "keys": "keys.sqlite3"}
URLS = {"default": "TROTH_DATABASE_URL", "keys": "TROTH_KEYS_DATABASE_URL"}


@dataclass(frozen=True)
class Home:
    """A migrated deployment of a test's own: hand `environment` to a subprocess, look into the folders afterwards."""

    path: Path
    keys: Path
    backups: Path
    databases: dict[str, str]  # by alias: a SQLite file or a PostgreSQL database

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at this deployment."""
        folders = {"TROTH_HOME": self.path, "TROTH_KEYS": self.keys, "TROTH_BACKUPS": self.backups}
        variables = {name: str(folder) for name, folder in folders.items()}
        variables["DJANGO_SETTINGS_MODULE"] = "troth.config.settings"
        for alias, name in self.databases.items():
            if _is_postgresql(connections[alias]):
                variables[URLS[alias]] = _url(connections[alias].settings_dict, name)
        return variables


class Templates:
    """The two stores as the migrations leave them, kept for the session: tests copy them instead of migrating."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, str] = {}

    def make(self) -> None:
        """Take the copies. Called once, right after the test databases were migrated and before any test ran."""
        self.folder.mkdir(parents=True)
        for alias in ALIASES:
            connection = connections[alias]
            if _is_postgresql(connection):
                self.names[alias] = _copy_postgresql(connection, str(connection.settings_dict["NAME"]))
                continue
            connection.ensure_connection()
            with closing(sqlite3.connect(self.folder / FILES[alias])) as copy:
                connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=WAL")
            self.names[alias] = str(self.folder / FILES[alias])

    def remove(self) -> None:
        """Drop the template databases of PostgreSQL; files go with the session's temporary folder."""
        for alias, name in self.names.items():
            if _is_postgresql(connections[alias]):
                _drop_postgresql(connections[alias], name)

    @contextmanager
    def copied(self, folder: Path, *, of: Home | None = None) -> Iterator[Home]:
        """
        A deployment of its own below `folder`, gone again at the end: an empty one, or one as another stands (`of`), to whose
        databases nobody is connected meanwhile.
        """
        home = Home(folder / "var", folder / "var-keys", folder / "var-backups", {})
        if of is None:
            home.path.mkdir(parents=True)
            home.backups.mkdir()
            # The keys as they are now, and not as they were: this process goes on with those that it opened at its start.
            settings.TROTH_KEYS.mkdir(mode=0o700, exist_ok=True)  # the first test of all has made no key yet
            shutil.copytree(settings.TROTH_KEYS, home.keys)
        else:
            for source, target in zip(
                (of.path, of.keys, of.backups), (home.path, home.keys, home.backups), strict=True
            ):
                shutil.copytree(source, target)
        sources = self.names if of is None else of.databases
        try:
            for alias in ALIASES:
                if _is_postgresql(connections[alias]):
                    home.databases[alias] = _copy_postgresql(connections[alias], sources[alias])
                else:
                    home.databases[alias] = str(shutil.copy(sources[alias], home.path / FILES[alias]))
            yield home
        finally:
            for alias, name in home.databases.items():
                if _is_postgresql(connections[alias]):
                    _drop_postgresql(connections[alias], name)


@contextmanager
def connected_to(home: Home) -> Iterator[None]:
    """
    Point this process, in every thread, at the databases and folders of `home`.

    What the process remembers of its folders, such as opened master keys, it forgets on Django's `setting_changed`.

    The wrappers of the shared databases are set aside, not closed: closing one of SQLite's would lose its content.
    """
    kept = {alias: (connections[alias], connections.settings[alias]) for alias in ALIASES}
    for alias, (_, shared) in kept.items():
        connections.settings[alias] = {**shared, "NAME": home.databases[alias]}
        del connections[alias]
    folders = {"TROTH_HOME": home.path, "TROTH_KEYS": home.keys, "TROTH_BACKUPS": home.backups}
    try:
        with override_settings(**folders):
            yield
    finally:
        for alias, (wrapper, shared) in kept.items():
            connections[alias].close()
            connections.settings[alias] = shared
            connections[alias] = wrapper


@contextmanager
def as_owner() -> Iterator[BaseDatabaseWrapper]:
    """The data store as the server's superuser reaches it, for what an ordinary role may not try. Only on a cluster of ours."""
    kept, shared = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**shared, "USER": os.environ[OWNER_VARIABLE], "PASSWORD": ""}
    del connections["default"]
    try:
        yield connections["default"]
    finally:
        connections["default"].close()
        connections.settings["default"] = shared
        connections["default"] = kept


def _is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _copy_postgresql(connection: Any, source: str) -> str:
    """CREATE DATABASE refuses while anyone is connected to its source, so our own connection lets go of it first."""
    if connection.settings_dict["NAME"] == source:
        connection.close()
    name = f"troth_copy_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return name


def _drop_postgresql(connection: Any, name: str) -> None:
    """
    FORCE also ends the sessions of processes that a test killed or forgot. It may not end the cluster's own vacuum, which
    leaves by itself: try again a little later.
    """
    for attempt in range(20):
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except DatabaseError:
            if attempt == 19:
                raise
            time.sleep(0.25)


def _url(parts: dict[str, Any], name: str) -> str:
    who = quote(parts["USER"], safe="") + (":" + quote(parts["PASSWORD"], safe="") if parts["PASSWORD"] else "")
    return f"postgresql://{who}@{parts['HOST']}{':' + parts['PORT'] if parts['PORT'] else ''}/{name}"
