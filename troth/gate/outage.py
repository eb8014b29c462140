"""Telling a store that takes nothing now (a full disk, one that is read-only, a server that is away) from a fault of ours."""

import errno
import sqlite3

import psycopg
from django.db import DatabaseError

_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY})
# Insufficient resources, operator intervention, connection failures, a transaction that may only read.
_SQLSTATES = ("53", "57P", "08", "25006", "58030")


def is_outage(error: BaseException | None) -> bool:
    """Whether the cause of an error is that nothing can be stored now, so that trying again later may work."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _ERRNO:
            return True
        # The low byte of an extended code is its kind.
        if isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE:
            return True
        if (getattr(error, "sqlstate", None) or "").startswith(_SQLSTATES):
            return True
        # The line to the server broke, and nobody is there to say why. What was asked after a fault of ours is aborted for that.
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return not isinstance(error, psycopg.errors.PipelineAborted)
        error = error.__cause__ or error.__context__ if isinstance(error, DatabaseError) else error.__cause__
    return False
