"""What stopped a command from outside: settings, folders, disks, databases. What none of it explains is a fault in Troth."""

import errno
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from troth.cli.own_keys import CURE
from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

_FOR_ITS_OWNER = "Run the command as the user to whom Troth's folders belong, or give them back to that user."
_ROOM = "Make room there, then run the command again: what was half done is undone or gone on with."
_RESTORE = "Keep the files as they are and restore the newest backup: docs/how-to/operator.md, under Restore."
_NO_CLINIC = (
    "Name the folder of your clinic in TROTH_HOME, and its keys in TROTH_KEYS. For a new one, `troth serve` makes the tables, "
    "and `troth demo` a clinic of invented people."
)


def explain(error: BaseException) -> Stopped | None:
    """Cause and cure of what stopped a command, or None where it is a fault of ours."""
    for each in _chain(error):
        found = _of_settings(each) or _of_keys(each) or _of_disk(each) or _of_database(each)
        if found is not None:
            return found
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it arose from."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        # As Python shows it: what was raised `from None` has no cause that the one who raised it means to name.
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _of_settings(error: BaseException) -> Stopped | None:
    configured = sys.modules.get("django.core.exceptions")
    if configured is None or not isinstance(error, configured.ImproperlyConfigured):
        return None
    return Stopped(str(error), "docs/reference/settings.md says what each setting is for.")


def _of_keys(error: BaseException) -> Stopped | None:
    errors, signing = sys.modules.get("troth.vault.errors"), sys.modules.get("troth.ledger.signing")
    if not (errors and isinstance(error, errors.MasterKeyMissing)) and not (
        signing and isinstance(error, signing.KeyDamaged)
    ):
        return None
    return Stopped(str(error), CURE, FOUND_AGAINST)


def _of_disk(error: BaseException) -> Stopped | None:
    if not isinstance(error, OSError) or error.errno is None:
        return None
    where = str(error.filename) if error.filename else "A file or folder"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Stopped(
            f"The disk is full ({where})." if error.filename else "The disk is full.", _ROOM, FOUND_AGAINST
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Stopped(f"{where} may not be read or written by this user.", _FOR_ITS_OWNER, FOUND_AGAINST)
    if error.filename and error.errno in {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ENAMETOOLONG,
        errno.ELOOP,
        errno.EIO,
    }:
        return Stopped(f"{where}: {error.strerror}.", "Look at that path, and run the command again.", BAD_INPUT)
    return None


def _of_database(error: BaseException) -> Stopped | None:
    databases = sys.modules.get("django.db")
    settings = sys.modules.get("django.conf")
    if databases is None or settings is None or not isinstance(error, databases.DatabaseError):
        return None
    if isinstance(error.__cause__, sqlite3.Error):
        found = _of_sqlite(error.__cause__)
        if found is not None:
            return found
    return _of_tables()


def _of_sqlite(error: sqlite3.Error) -> Stopped | None:
    from django.conf import settings

    name, home = getattr(error, "sqlite_errorname", ""), settings.TROTH_HOME
    if name.startswith("SQLITE_FULL"):
        return Stopped(f"The disk of {home} is full.", _ROOM, FOUND_AGAINST)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return Stopped(f"A database file in {home} is damaged: it is not what SQLite wrote.", _RESTORE, FOUND_AGAINST)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Stopped(
            f"Another process has held the database in {home} for half a minute.",
            "Let it finish, or end it, and run the command again.",
            FOUND_AGAINST,
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return Stopped(f"The database in {home} may not be written by this user.", _FOR_ITS_OWNER, FOUND_AGAINST)
    if name.startswith("SQLITE_CANTOPEN") and home.is_dir():
        return Stopped(f"The database files in {home} cannot be opened by this user.", _FOR_ITS_OWNER, FOUND_AGAINST)
    if name.startswith("SQLITE_IOERR"):
        return Stopped(f"The disk of {home} does not read or write.", _RESTORE, FOUND_AGAINST)
    return None


def _of_tables() -> Stopped | None:
    """Whether the databases answer and have the tables of this version, looked at when a statement has failed."""
    from django.conf import settings
    from django.db import DatabaseError, connections
    from django.db.migrations.recorder import MigrationRecorder

    from troth.copies import tables

    file = Path(str(connections["default"].settings_dict["NAME"]))
    if connections["default"].vendor == "sqlite" and file.parent == settings.TROTH_HOME and not file.exists():
        return Stopped(f"There is no clinic in {settings.TROTH_HOME}.", _NO_CLINIC, FOUND_AGAINST)
    for alias, variable in (("default", "TROTH_DATABASE_URL"), ("keys", "TROTH_KEYS_DATABASE_URL")):
        connection = connections[alias]
        if connection.in_atomic_block:
            connection.close()  # what failed is undone; we only look
        try:
            applied = set(MigrationRecorder(connection).applied_migrations())
        except DatabaseError:
            # The server's own words may name a user or a host: only where to look is said.
            return Stopped(
                f"The database of {variable} does not answer.",
                "Look whether its server runs, and whether the name, user and password in that variable are right.",
                FOUND_AGAINST,
            )
        if not applied:
            where = settings.TROTH_HOME if connection.vendor == "sqlite" else f"the database of {variable}"
            return Stopped(f"There is no clinic in {where}: it has no tables.", _NO_CLINIC, FOUND_AGAINST)
        if newer := tables.count_unknown(alias):
            return from_a_later_version(newer)
        if waiting := tables.count_missing(alias):
            return Stopped(
                f"The tables are those of an earlier version of Troth: {waiting} of the migrations since have not run.",
                "`troth serve` brings them up to date when it starts; so does `troth demo --no-serve` for a demonstration.",
                FOUND_AGAINST,
            )
    return None


def from_a_later_version(count: int) -> Stopped:
    """The tables know migrations that we do not."""
    return Stopped(
        f"The tables are those of a later version of Troth: {count} of its migrations are not known here.",
        "Run the version of Troth that this clinic was last served with, or a later one.",
        FOUND_AGAINST,
    )
