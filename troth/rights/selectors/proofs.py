"""What this room can show of its promises: counts over cases, certificates and tables, with nothing opened."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from troth.rights.models import Asked, CaseStep, ErasureCertificate, RightsCase, Route, State, StepKind
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


def count_routes() -> dict[str, int]:
    """How many requests came by each route."""
    return dict(Counter(RightsCase.objects.values_list("route", flat=True)))


def count_complaints(at: datetime) -> tuple[int, int]:
    """How many complaints are open, and how many of them are past their thirty days without an acknowledgement."""
    rows = RightsCase.objects.filter(right=Asked.COMPLAINT).exclude(state=State.DONE)
    acknowledged = CaseStep.objects.filter(kind=StepKind.ACKNOWLEDGED).values("case_id")
    late = rows.filter(due_on__lt=timezone.localdate(at)).exclude(pk__in=acknowledged)
    return rows.count(), late.count()


def count_misclosed() -> int:
    """How many requests stand as closed though their last such step does not say so, or the other way round."""
    last = CaseStep.objects.filter(case_id=OuterRef("pk"), kind__in=[StepKind.CLOSED, StepKind.REOPENED])
    rows = RightsCase.objects.annotate(last=Subquery(last.order_by("-recorded_at", "-id").values("kind")[:1]))
    open_though = rows.exclude(state=State.DONE).filter(last=StepKind.CLOSED)
    closed_though = rows.filter(state=State.DONE).exclude(last=StepKind.CLOSED) | rows.filter(
        state=State.DONE, last=None
    )
    return open_though.count() + closed_though.count()


def count_asked_again() -> tuple[int, int]:
    """How many requests came from people who were signed in, and how many of those were asked who they are."""
    rows = RightsCase.objects.filter(route=Route.PORTAL)
    asked = CaseStep.objects.filter(kind=StepKind.IDENTITY_ASKED).values("case_id")
    return rows.count(), rows.filter(pk__in=asked).count()


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
