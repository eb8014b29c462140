"""Tasks as plain values: whose they are, by when, and what they are about for who may open that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.law.calendar import LONDON
from troth.notice.purposes import Purpose
from troth.records.models import Task, TaskKind, TaskState, TaskWords
from troth.records.rules import AFTER_DUE
from troth.vault.categories import Category
from troth.vault.openable import openable


@dataclass(frozen=True)
class TaskLine:
    """A task as far as it is open: whom it is about is a random identifier. Its words are opened one by one."""

    id: UUID
    subject: UUID
    state: TaskState
    serves: Purpose
    for_role: str
    for_person: UUID | None
    given_by: str
    given_at: datetime
    due_on: date
    ended_at: datetime | None


def list_tasks(actor: Actor, *, ended: bool = False) -> list[TaskLine]:
    """The tasks of somebody or of their roles, soonest due first; ended ones newest first. It opens nothing."""
    rows = _of(actor).exclude(state=TaskState.OPEN) if ended else _of(actor).filter(state=TaskState.OPEN)
    order = ("-ended_at", "id") if ended else ("due_on", "recorded_at", "id")
    return [_line(row) for row in rows.defer("kind").order_by(*order)]


def list_tasks_about(subject: UUID) -> list[TaskLine]:
    """The open tasks about one person, soonest due first. It opens nothing."""
    rows = Task.objects.filter(subject_id=subject, state=TaskState.OPEN)
    return [_line(row) for row in rows.defer("kind").order_by("due_on", "recorded_at", "id")]


def count_tasks(actor: Actor) -> int:
    """How many tasks wait for somebody, for the number beside the word."""
    return _of(actor).filter(state=TaskState.OPEN).count()


def get_task(task: UUID) -> TaskLine | None:
    """One task, or None. Whoever shows it asks the gate about its person first."""
    row = Task.objects.filter(pk=task).defer("kind").first()
    return _line(row) if row else None


def kinds_of_tasks(tasks: Collection[TaskLine], opened: Opened) -> dict[UUID, TaskKind]:
    """What tasks ask for, of those whose person this context may name; the others are left out, and what was erased."""
    admitted, _ = opened.admit(list({task.subject for task in tasks}), Category.IDENTITY)
    rows = Task.objects.filter(pk__in=[task.id for task in tasks], subject_id__in=admitted)
    return {row.pk: TaskKind(row.kind) for row in openable(rows)}


def words_of_task(task: TaskLine, opened: Opened) -> str | None:
    """What a task says, "" where it says no more than its kind; None where this context may not open the person's health."""
    if not opened.decision(task.subject, Category.HEALTH).allowed:
        return None
    row = TaskWords.objects.filter(task_id=task.id, subject_id=task.subject).first()
    return row.words or "" if row else ""


def with_task(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those about whom somebody has an open task that is not long overdue."""
    last = at.astimezone(LONDON).date() - AFTER_DUE
    return linked(_of(actor).filter(state=TaskState.OPEN, due_on__gte=last), subjects)


def _of(actor: Actor) -> QuerySet[Task]:
    return Task.objects.filter(Q(for_person=actor.id) | Q(for_role__in=actor.roles))


def _line(row: Task) -> TaskLine:
    return TaskLine(
        row.pk,
        row.subject_id,
        TaskState(row.state),
        Purpose(row.serves),
        row.for_role,
        row.for_person,
        row.recorded_by,
        row.recorded_at,
        row.due_on,
        row.ended_at,
    )
