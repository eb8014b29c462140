"""Counting over the standing facts, for the checks of promises: numbers and codes come out, and nobody."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connections

from troth.gate.facts import FactKind, micros, stored_marks
from troth.vault.models import SubjectKind


def count_people(kinds: Iterable[SubjectKind]) -> int:
    """How many subjects of these kinds there are."""
    wanted = [str(kind) for kind in kinds]
    return _one(f"SELECT count(*) FROM vault_subject WHERE kind IN ({_marks(wanted)})", wanted)  # noqa: S608 - marks only


def count_never_told(kinds: Iterable[SubjectKind]) -> int:
    """How many subjects of these kinds were never given nor told of a version of the notice that was published."""
    wanted = [str(kind) for kind in kinds]
    identifier = "s.id" if connections["default"].vendor == "sqlite" else "replace(s.id::text, '-', '')"
    return _one(
        f"SELECT count(*) FROM vault_subject s WHERE s.kind IN ({_marks(wanted)}) AND NOT EXISTS ("  # noqa: S608
        f"SELECT 1 FROM gate_fact f WHERE f.subject = {identifier} AND f.kind IN (%s, %s)"
        " AND f.value IN (SELECT CAST(number AS text) FROM notice_version))",
        [*wanted, str(FactKind.NOTICE_GIVEN), str(FactKind.NOTICE_TOLD)],
    )


def count_facts() -> tuple[int, int]:
    """How many standing facts there are, and how many of them do not carry the mark of our writers."""
    total = unsound = 0
    for _, mark in stored_marks():
        total += 1
        unsound += mark == "unsound"
    return total, unsound


def roles_held(at: datetime) -> dict[str, set[str]]:
    """Each role that somebody holds now, with who holds it (random identifiers, in hexadecimal)."""
    when = micros(at)
    held: dict[str, set[str]] = {}
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT value, subject FROM gate_fact WHERE kind = %s AND since <= %s"
            " AND (until IS NULL OR until > %s) AND (ended IS NULL OR ended > %s)",
            [str(FactKind.ROLE), when, when, when],
        )
        for role, subject in cursor.fetchall():
            held.setdefault(role, set()).add(subject)
    return held


def _one(sql: str, parameters: list[str]) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchone()[0])


def _marks(values: list[str]) -> str:
    return ", ".join(["%s"] * len(values))
