"""What stays locked: which services need it, for whom that holds now, and what was recorded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.diary import selectors as diary
from troth.diary.rules import DAYS_AFTER, DAYS_BEFORE
from troth.diary.selectors import VisitState
from troth.gate.actors import Actor
from troth.gate.contexts import Opened, processing
from troth.gate.refusals import Decision
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.records.models.bases import Source
from troth.records.models.locked import LOCKED_TABLES, Need
from troth.records.models.locked import NAMES as NAMES
from troth.vault.categories import Category


@dataclass(frozen=True)
class NeedLine:
    """That a service needs a locked kind, and why."""

    id: UUID
    service: UUID
    service_name: str
    category: Category
    why: str
    since: datetime
    ended_at: datetime | None

    @property
    def kind(self) -> str:
        """What pages call the kind."""
        return NAMES[self.category]


@dataclass(frozen=True)
class Finding:
    """One entry of a locked kind."""

    id: UUID
    words: str
    source: Source
    at: datetime
    by: str


@dataclass(frozen=True)
class LockedPart:
    """One locked kind of one person: what was recorded and for what, or the gate's refusal."""

    category: Category
    kind: str
    decision: Decision
    need: NeedLine | None = None
    findings: tuple[Finding, ...] = ()


def lockable(register: Register) -> tuple[Category, ...]:
    """The locked kinds that this notice lets a treatment need: those that its row of care covers."""
    declared = register.purposes.get(Purpose.CARE)
    return tuple(each for each in NAMES if declared and each in declared.categories)


def list_needs(*, ended: bool = False) -> list[NeedLine]:
    """What services need, by service and kind; with `ended` what they needed once as well."""
    names = {each.id: each.name for each in diary.list_services(closed=True)}
    rows = Need.objects.all() if ended else Need.objects.filter(ended_at=None)
    lines = [
        NeedLine(
            row.pk,
            row.service_id,
            names.get(row.service_id, ""),
            Category(row.category),
            row.why,
            row.since,
            row.ended_at,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.service_name.casefold(), line.kind, line.since))


def needs_of(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> Mapping[UUID, dict[Category, NeedLine]]:
    """
    For each of these people the needs of what they come for to this practitioner, from seven days before a visit until fourteen
    days after it. What a visit is for is sealed: it is opened for whoever the visit is to.
    """
    if actor.kind != "person" or not actor.roles or actor.id is None:
        return {}
    wanted = list_needs()
    since, until = at - DAYS_AFTER, at + DAYS_BEFORE
    if not wanted or not (theirs := diary.booked_with(actor.id, subjects, since=since, until=until)):
        return {}
    found: dict[UUID, dict[Category, NeedLine]] = {}
    with processing(Purpose.CARE, by=actor, at=at) as opened:
        for subject in theirs:
            services = {
                visit.offered
                for visit in diary.visits_of(subject, opened) or ()
                if visit.practitioner == actor.id
                and visit.ends_at > since
                and visit.starts_at < until
                and visit.state not in (VisitState.CANCELLED, VisitState.AWAITING)
            }
            found[subject] = {line.category: line for line in wanted if line.service in services}
    return found


def list_locked(subject: UUID, opened: Opened) -> list[LockedPart]:
    """Each locked kind that the notice lets a treatment need: what was recorded, or why it stays closed to this viewer."""
    needs = needs_of(opened.by, [subject], at=opened.at).get(subject, {})
    parts = []
    for category in lockable(opened.register):
        decision = opened.decision(subject, category)
        rows = LOCKED_TABLES[category].objects.filter(subject_id=subject).order_by("-recorded_at")
        findings = (
            tuple(
                Finding(row.pk, row.words or "", row.source or Source.CLINIC, row.recorded_at, row.recorded_by)
                for row in rows
            )
            if decision.allowed
            else ()
        )
        parts.append(LockedPart(category, NAMES[category], decision, needs.get(category), findings))
    return parts


def count_without_need() -> tuple[int, int]:
    """How many entries of locked kinds there are, and how many were recorded while no need of theirs stood."""
    needs = {row.pk: row for row in Need.objects.all()}
    rows = bare = 0
    for category, table in LOCKED_TABLES.items():
        for named, at in table.objects.values_list("need", "recorded_at"):
            rows += 1
            need = needs.get(named)
            stood = (
                need is not None
                and need.category == category
                and need.since <= at
                and (need.ended_at is None or at <= need.ended_at)
            )
            bare += not stood
    return rows, bare
