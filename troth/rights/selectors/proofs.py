"""What this room can show of its promises: counts over cases, certificates and tables, with nothing opened."""

from datetime import datetime
from typing import Any

from django.db import connections
from django.utils import timezone

from troth.rights.models import ErasureCertificate, RightsCase, State
from troth.rights.selectors.clocks import count_late
from troth.vault.models import Subject, all_holdings


def count_erasures() -> tuple[int, int]:
    """How many erasures are done, and how many of them have no certificate."""
    done = RightsCase.objects.filter(right="erasure", state=State.DONE)
    certified = ErasureCertificate.objects.values("case_id")
    return done.count(), done.exclude(pk__in=certified).count()


def count_waiting(at: datetime) -> tuple[int, int]:
    """How many requests wait, and how many of them are past their day."""
    return RightsCase.objects.exclude(state=State.DONE).count(), count_late(timezone.localdate(at))


def list_unreached() -> list[str]:
    """Tables in either database that point at people and that neither a copy nor an erasure would walk."""
    walked = {model._meta.db_table for model in all_holdings()}
    known = walked | {Subject._meta.db_table}
    found = []
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table in known:
                    continue
                points = {
                    column
                    for column, (_, other) in _relations(alias, cursor, table).items()
                    if other == Subject._meta.db_table
                }
                columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
                if points or "subject_id" in columns:
                    found.append(f"{alias}.{table}")
    return found


def count_walked() -> int:
    """How many tables a copy and an erasure walk."""
    return sum(1 for _ in all_holdings())


def _relations(alias: str, cursor: Any, table: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = connections[alias].introspection.get_relations(cursor, table)
    return found
