"""A disk that fills up in the middle of an act: 503 with a sentence, and nothing half true."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.db import DataError, OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from conftest import publish_pack
from tests.stores import Home
from troth.desk.tests.conftest import Clinic
from troth.gate.outage import is_outage
from troth.ledger.models import LedgerEvent
from troth.records.models import ClinicalNote


@pytest.fixture
def notice_in_force(committed_db: Home) -> None:
    """Commits are real here: a full disk shows when something is stored."""
    publish_pack()


@contextmanager
def full(alias: str) -> Iterator[None]:
    """No page more for a SQLite file, which answers as it does on a full disk."""
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA freelist_count")
        assert cursor.fetchone()[0] == 0
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a full disk is made with SQLite's own limit")
def test_a_full_disk_inside_an_act_is_said_in_a_sentence_and_leaves_nothing_half_true(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    browser = signed_in(clinic.prescriber)
    path = reverse("desk_note_new", args=[clinic.subject])
    form = {"text": "sentinel " * 500, "heading": "A visit"}
    before = ClinicalNote.objects.count(), LedgerEvent.objects.filter(outcome="done").count()
    with full("default"):
        answer = browser.post(path, form)
        assert answer.status_code == 503, answer.content.decode()[:500]
        body = answer.content.decode()
        assert "nothing was changed" in body and "sentinel" not in body and "Traceback" not in body
        assert answer.headers["Cache-Control"] == "no-store"
        assert (ClinicalNote.objects.count(), LedgerEvent.objects.filter(outcome="done").count()) == before
    assert browser.post(path, form).status_code == 302
    assert ClinicalNote.objects.count() == before[0] + 1


class _Away(Exception):
    sqlstate = "57P01"


class _DiskFull(Exception):
    sqlstate = "53100"


class _Unique(Exception):
    sqlstate = "23505"


def _caused(kind: type[Exception], cause: Exception) -> Exception:
    try:
        raise kind("x") from cause
    except kind as made:
        return made


def _sqlite(code: int) -> sqlite3.Error:
    made = sqlite3.OperationalError("x")
    made.sqlite_errorcode = code  # type: ignore[misc, unused-ignore]
    return made


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EROFS, "x"), True),
        (FileNotFoundError(errno.ENOENT, "x"), False),
        (_caused(OperationalError, _DiskFull()), True),
        (_caused(OperationalError, _Away()), True),
        (_caused(DataError, _Unique()), False),
        (_caused(OperationalError, _sqlite(sqlite3.SQLITE_FULL)), True),
        (_caused(OperationalError, _sqlite(sqlite3.SQLITE_IOERR_WRITE)), True),
        (_caused(OperationalError, _sqlite(sqlite3.SQLITE_ERROR)), False),
        (_caused(OperationalError, psycopg.OperationalError("the connection is closed")), True),
        (_caused(OperationalError, psycopg.errors.PipelineAborted("after a fault of ours")), False),
        (ValueError("database or disk is full"), False),
        (None, False),
    ],
)
def test_only_a_store_that_takes_nothing_counts_as_an_outage(error: Exception | None, outage: bool) -> None:
    assert is_outage(error) is outage
