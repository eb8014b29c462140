"""What this room can show of its promises: counts over cases, certificates and tables, with nothing opened."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from troth.gate import facts
from troth.gate.facts import FactKind
from troth.rights.models import (
    Asked,
    CaseStep,
    Correction,
    ErasureCertificate,
    RecipientTold,
    RightsCase,
    Route,
    State,
    StepKind,
)
from troth.rights.rules import NEVER_WEIGHED
from troth.rights.selectors.clocks import count_late
from troth.sharing import selectors as sharing
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
    rows = RightsCase.objects.annotate(
        last=Subquery(last.order_by("-recorded_at", "-number", "-id").values("kind")[:1])
    )
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


def count_corrections() -> tuple[int, int]:
    """
    How many facts were put right, and how many recipients of what was put right stand untold in a case that is closed (LAW-3.7).
    Whoever was given it afterwards has the right one.
    """
    dealt = set(RecipientTold.objects.values_list("case_id", "recipient"))
    changed: dict[tuple[UUID, UUID, str], datetime] = {}  # when the last of its kind was put right
    rows = Correction.objects.filter(case__state=State.DONE).order_by("recorded_at")
    for case, subject, category, at in rows.values_list(
        "case_id", "subject_id", "category", "recorded_at"
    ).iterator():
        changed[case, subject, category] = at
    given: dict[tuple[UUID, str], list[tuple[str, datetime]]] = {}
    for subject, recipient, kinds, at, *_ in sharing.given_about({subject for _, subject, _ in changed}):
        for kind in kinds:
            given.setdefault((subject, kind), []).append((recipient, at))
    untold = {
        (case, recipient)
        for (case, subject, kind), corrected in changed.items()
        for recipient, at in given.get((subject, kind), ())
        if at <= corrected
    }
    return Correction.objects.count(), len(untold - dealt)


def count_overruled() -> int:
    """
    How many objections to a use that is never weighed were refused all the same. The act that refuses one ends it, under each
    record of theirs, at the moment of its step on the case; who takes their own objection back adds no step (LAW-3.9).
    """
    ended = [
        facts.moment(fact.ended)
        for fact in facts.of_kind(FactKind.OBJECTION)
        if fact.ended is not None and fact.purpose in NEVER_WEIGHED
    ]
    steps = CaseStep.objects.filter(kind__in=(StepKind.CLOSED, StepKind.NOTE), case__right=Asked.OBJECTION)
    weighed = set(steps.values_list("recorded_at", flat=True)) if ended else set()
    return sum(each in weighed for each in ended)


def count_sent() -> tuple[int, int]:
    """How often somebody's data went straight to another clinic, and how often the log of what was passed on lacks it."""
    sent = Counter(CaseStep.objects.filter(kind=StepKind.SENT).values_list("subject_id", flat=True))
    logged = Counter(subject for subject, *_ in sharing.given_about(set(sent), chosen=True))
    return sum(sent.values()), sum((sent - logged).values())


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
