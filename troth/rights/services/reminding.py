"""
Minding the days: officers are reminded before and after, and the list of work is brought to what the clocks give today.

Nothing closes itself. A reminder is written once for each of a few days before, and once a week after.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.delivery.rules import Kind
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.rights.models import RightsCase, StepKind
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.clock import reminder_due
from troth.rights.selectors import clocks
from troth.rights.selectors.clocks import Waiting
from troth.rights.services.stepping import _add, _restate
from troth.vault.categories import Category
from troth.work.queue import once

AHEAD = timedelta(days=7)


def _mind_days(*, at: datetime) -> int:
    """Bring every case of the list to its clock, and remind of those that are near or over. Gives how many were written."""
    by, on = actors.service("rights-clock"), timezone.localdate(at)
    for case in clocks.misreckoned(at=at):
        _restate_case(case, by=by, at=at)
    officers = [
        member.subject
        for member in people_reads.list_staff()
        if PRIVACY_OFFICER in actors.person(member.subject, at=at).roles
    ]
    written = 0
    for each in clocks.list_near(on, within=AHEAD):
        mark = reminder_due(each.due_on, on=on)
        if mark:
            written += _remind(
                each, mark, [each.assigned_to] if each.assigned_to in officers else officers, by=by, at=at
            )
    return written


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _restate_case(case: UUID, *, by: Actor, at: datetime) -> None:
    row = RightsCase.objects.only("id", "subject", "due_on", "waits_for").get(pk=case)
    acting().require(row.subject_id, Category.RIGHTS)
    _restate(row, at=at)


@act(Event.CASE_REMINDED, purpose=Purpose.RIGHTS)
def _remind(each: Waiting, mark: str, officers: list[UUID], *, by: Actor, at: datetime) -> int:
    acting().require(each.subject, Category.RIGHTS)
    if not officers or not once(f"case_reminded:{each.id.hex}:{each.due_on.isoformat()}:{mark}"):
        return 0
    for officer in officers:
        people.tell(
            officer,
            Kind.CASE_REMINDER,
            context={
                "reference": each.reference,
                "due": f"{each.due_on:%-d %B %Y}",
                "left": _left(each.due_on, timezone.localdate(at)),
            },
            by=by,
            at=at,
        )
    _add(
        RightsCase.objects.only("id", "subject", "right", "received_on", "state").get(pk=each.id),
        StepKind.REMINDED,
        at=at,
    )
    return len(officers)


def _left(due: date, on: date) -> str:
    days = (due - on).days
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} past its day"
    return "Today" if days == 0 else f"{days} {'day' if days == 1 else 'days'} left"


# Made of one act for each case, so that a stop in the middle loses none and repeats none.
mind_days = _mind_days
