"""
Tasks for letters to GPs: one that is not answered within its fortnight, one that came back, and what was taken in and waits to be
looked at. A machine gives them, since none of it waits for somebody to open a page, and ends them once they ask for nothing.

Whoever gets a task is told who it is about and no more; what their role may see besides is the notice's to say.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.prescribing import rules
from troth.prescribing.models import GpNotice, MedicationRequest
from troth.prescribing.rules.asking import ANSWER_WITHIN, SEEN_TO_WITHIN
from troth.prescribing.selectors import owing
from troth.prescribing.selectors.telling import THERE
from troth.records import selectors as records
from troth.records.rules import roles_that_may
from troth.records.selectors import TaskKind
from troth.records.services import route_task, settle_task
from troth.rights.selectors import restricted_since
from troth.work.each import do_for_each

_ROUTES = "it notes in open columns that somebody sees to a letter, and opens nothing"


def _chase(*, at: datetime) -> None:
    """
    Give a task for each letter that asks and was not answered in time, and end those that ask for nothing any more.

    :raises ExceptionGroup: it failed for some; the others were done.
    """
    by = actors.service("gp-reminders")
    do_for_each(owing.list_seen_to(at=at), lambda letter: _note_seen_to(letter, by=by, at=at))
    do_for_each(owing.list_late(at=at), lambda letter: _note_late(letter, by=by, at=at))


@act(Event.GP_UNANSWERED, purpose=Purpose.PRESCRIBING, unasked=_ROUTES)
def _note_late(letter: UUID, *, by: Actor, at: datetime) -> None:
    """
    A task for whoever takes in the post, who may ask once more; after that for whoever has the request. Nothing is done about a
    record that stands still, or where somebody was quicker.
    """
    row = GpNotice.objects.select_for_update().get(pk=letter)
    late = row.state in THERE and row.sent_at is not None and at - row.sent_at >= ANSWER_WITHIN
    if not late or row.task or restricted_since(row.subject_id, at=at) is not None:
        return
    if row.reminders == 0 and (role := _role(rules.PASSING_ON, at)):
        row.task = _give(row, TaskKind.CHASE, role=role, at=at)
    else:
        row.task = _task_to_check(row, at=at)
    row.save(update_fields=["task"])


@act(Event.GP_UNANSWERED, purpose=Purpose.PRESCRIBING, unasked=_ROUTES)
def _note_seen_to(letter: UUID, *, by: Actor, at: datetime) -> None:
    row = GpNotice.objects.select_for_update().get(pk=letter)
    _settle(row, at=at)
    row.save(update_fields=["task"])


def _settle(row: GpNotice, *, at: datetime) -> None:
    """End the task of a letter, within the act that is open; whoever saves the row saves that it has none."""
    if row.task and records.get_task(row.task) is not None:
        settle_task(row.task, by=actors.service("gp-reminders"), at=at)
    row.task = None


def _task_to_send(row: GpNotice, *, at: datetime) -> UUID | None:
    """A task for whoever prints and posts what no other way has brought, within the act that is open."""
    role = _role(rules.CHECKING, at)
    return _give(row, TaskKind.CHASE, role=role, at=at) if role else None


def _task_to_check(row: GpNotice, *, at: datetime) -> UUID | None:
    """A task for whoever has the request: the letter is late, and they decide what follows."""
    return _give_decider(row, TaskKind.CHECK, at=at)


def _task_to_look(row: GpNotice, *, at: datetime) -> UUID | None:
    """A task for whoever has the request: something came that somebody took in who could not read it."""
    return _give_decider(row, TaskKind.REVIEW, at=at)


def _give_decider(row: GpNotice, kind: TaskKind, *, at: datetime) -> UUID | None:
    """One for whoever had the request, or for their role where they are here no more."""
    assert row.request_id is not None  # what tells of a prescription asks for nothing
    whose = MedicationRequest.objects.values_list("prescriber", flat=True).get(pk=row.request_id)
    if whose and actors.person(whose, at=at).roles & rules.DECIDING:
        return _give(row, kind, person=whose, at=at)
    role = _role(rules.DECIDING, at)
    return _give(row, kind, role=role, at=at) if role else None


def _give(row: GpNotice, kind: TaskKind, *, at: datetime, role: str = "", person: UUID | None = None) -> UUID:
    return route_task(
        row.subject_id,
        kind,
        due_on=timezone.localdate(at) + SEEN_TO_WITHIN,
        for_role=role,
        for_person=person,
        by=actors.service("gp-reminders"),
        at=at,
    )


def _role(wanted: frozenset[str], at: datetime) -> str:
    """Which of these roles of the notice in force a task may be given to; "" where it has none."""
    with boundary() as into:
        register: Register = into.register(at)
    return min(wanted & roles_that_may(register), default="")


# Made of several acts, each in a transaction of its own: what fails for one letter keeps no other from it.
chase_gps = _chase

__all__ = ["chase_gps"]
