"""
Tasks: something to be done about a person, for a role or a colleague. A task is a reason to look, so only who has one can give one.

What it is about may be health data, and is written by who may write such; everybody else gives and ends tasks by their kind alone.
"""

from datetime import date, datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.refusals import nothing_there
from troth.law.calendar import LONDON
from troth.ledger.names import Event
from troth.notice.purposes import Action
from troth.records import rules
from troth.records.models import Task, TaskKind, TaskState, TaskWords
from troth.vault.categories import Category

ROUTES = "who has a task passes it on or ends it without a key to what it is about; who the person is, is asked for"


@act(Event.TASK_GIVEN, purpose=rules.CARD_PURPOSES)
def give_task(
    subject: UUID,
    kind: TaskKind,
    *,
    words: str,
    due_on: date,
    by: Actor,
    at: datetime,
    for_role: str = "",
    for_person: UUID | None = None,
) -> UUID:
    """
    This will give a task with words about the person's health to a role or to one colleague.

    :raises NotPossible: the day lies behind or too far ahead, or it would open nothing to them.
    :raises Refused: the actor may not write health data of this person for what the card is opened for.
    """
    acting().require(subject, Category.HEALTH)
    return _give(subject, kind, words=words, due_on=due_on, at=at, for_role=for_role, for_person=for_person)


@act(Event.TASK_GIVEN, purpose=rules.CARD_PURPOSES, action=Action.READ, unasked=ROUTES)
def route_task(
    subject: UUID,
    kind: TaskKind,
    *,
    due_on: date,
    by: Actor,
    at: datetime,
    for_role: str = "",
    for_person: UUID | None = None,
) -> UUID:
    """
    This will give a task that says no more than its kind, as somebody does who may not write health data.

    :raises NotPossible: the day lies behind or too far ahead, or it would open nothing to them.
    :raises Refused: the actor may not see who the person is for what the card is opened for.
    """
    acting().require(subject, Category.IDENTITY)
    return _give(subject, kind, words="", due_on=due_on, at=at, for_role=for_role, for_person=for_person)


@act(Event.TASK_HANDED_OVER, purpose=rules.CARD_PURPOSES, action=Action.READ, unasked=ROUTES)
def hand_over_task(
    task: UUID, *, by: Actor, at: datetime, for_role: str = "", for_person: UUID | None = None
) -> None:
    """
    This will hand a task to another role or colleague, who from then on has the reason to look; who had it has none.

    :raises NotPossible: it is ended, somebody else's, or would open nothing to them.
    :raises Refused: the actor may not see who the person is for what the card is opened for.
    """
    row = _locked(task, by)
    _check_receiver(at=at, for_role=for_role, for_person=for_person)
    row.for_role, row.for_person = for_role, for_person
    row.save()


@act(Event.TASK_ENDED, purpose=rules.CARD_PURPOSES, action=Action.READ, unasked=ROUTES)
def end_task(task: UUID, *, state: TaskState, by: Actor, at: datetime) -> None:
    """
    This will end a task as done or as given up. The reason to look that it was ends with it.

    :raises NotPossible: it is ended, or somebody else's.
    :raises Refused: the actor may not see who the person is for what the card is opened for.
    """
    row = _locked(task, by)
    row.state, row.ended_at = state, at
    row.save()


@act(Event.TASK_ENDED, purpose=rules.CARD_PURPOSES, action=Action.READ, unasked=ROUTES)
def settle_task(task: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will end a task because what it asks for was done, whoever it was for; where it is ended already, nothing. It is for the
    acts that do such a thing, and no page offers it.

    :raises Refused: the actor may not see who the person is for what the card is opened for.
    """
    row = _held(task)
    if row.state == TaskState.OPEN:
        row.state, row.ended_at = TaskState.DONE, at
        row.save()


def _give(
    subject: UUID,
    kind: TaskKind,
    *,
    words: str,
    due_on: date,
    at: datetime,
    for_role: str,
    for_person: UUID | None,
) -> UUID:
    rules.check_can_give(due_on=due_on, today=at.astimezone(LONDON).date())
    _check_receiver(at=at, for_role=for_role, for_person=for_person)
    made = Task.objects.create(
        subject_id=subject,
        kind=kind,
        serves=acting().purpose.value,
        for_role=for_role,
        for_person=for_person,
        due_on=due_on,
    )
    if words:
        TaskWords.objects.create(subject_id=subject, task=made, words=words)
    return made.pk


def _check_receiver(*, at: datetime, for_role: str, for_person: UUID | None) -> None:
    opened = acting()
    roles = actors.person(for_person, at=at).roles if for_person else frozenset({for_role})
    rules.check_can_receive(roles=roles, register=opened.register)


def _locked(task: UUID, by: Actor) -> Task:
    """The same of one that is the actor's to end or hand over."""
    row = _held(task)
    rules.check_can_end(
        state=row.state,
        mine=row.for_person == by.id or row.for_role in by.roles,
        by_me=by.id is not None and row.recorded_by == by.id.hex,
    )
    return row


def _held(task: UUID) -> Task:
    """The task, held against a second hand, when the gate lets the actor see whom it is about."""
    row: Task | None = Task.objects.select_for_update().filter(pk=task).first()
    # One that does not exist is answered as one of a stranger: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else task, Category.IDENTITY)
    if row is None:
        raise nothing_there()
    return row
