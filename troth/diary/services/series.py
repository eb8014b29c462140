"""Visits that belong together: booked at once, and from one of them on moved or cancelled. All of them or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from troth.delivery.rules import Kind
from troth.diary import rules, selectors
from troth.diary.models import Appointment, Ended, Hold, VisitState
from troth.diary.services import figures
from troth.diary.services.holding import lock_workers, plan_time
from troth.diary.services.telling import tell
from troth.diary.services.visits import as_booked_by, book, cancel, counted_as, lock_visit, offered_now, put_visit
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category


@act(Event.SERIES_BOOKED, purpose=Purpose.BOOKING)
def book_series(
    subject: UUID,
    *,
    practitioner: UUID,
    service: UUID,
    starts: Sequence[datetime],
    note: str = "",
    by: Actor,
    at: datetime,
) -> list[UUID]:
    """
    Book several visits that belong together, all or none of them. Each is told of by itself, and has its own link.

    :raises NotPossible: some of the times are not free; every one of those is said.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    offered, clashes = offered_now(service), []
    for each in starts:
        try:
            plan_time(offered, practitioner, each, subject=subject, at=at)
        except rules.NotPossible as refused:
            clashes.append(f"{rules.said_day(each)}: {refused}")
    if clashes:
        raise rules.NotPossible(rules.listed(clashes))
    shared = uuid4()
    return [
        book(
            subject,
            practitioner=practitioner,
            service=service,
            starts_at=each,
            note=note,
            series=shared,
            by=by,
            at=at,
        )
        for each in starts
    ]


@act(Event.SERIES_MOVED, purpose=Purpose.BOOKING)
def move_following(
    appointment: UUID, *, starts_at: datetime, practitioner: UUID | None = None, by: Actor, at: datetime
) -> int:
    """
    Move a visit and those of its series that follow it by as many days, to the same time by the clock on the wall. Gives how many:
    one that belongs to no series is moved alone. Each stays with its practitioner, unless one is named for all. Nothing is asked of
    how soon the first is: for the clinic's own hands, since a person themselves may be too late to move it.

    :raises NotPossible: the first has begun or is over, or some of the times are not free; every one of those is said.
    :raises Refused: the actor may not arrange visits of this person.
    """
    rows = _following(appointment, at=at)
    rules.check_can_move(rows[0].state)
    lock_workers([practitioner or row.practitioner for row in rows])
    offered = [as_booked_by(row, by=by, at=at) for row in rows]
    moments = rules.moved_alike([row.starts_at for row in rows], starts_at)
    # Their own times are in the way of none of them.
    Hold.objects.filter(appointment__in=[row.pk for row in rows]).delete()
    clashes = []
    for row, what, moment in zip(rows, offered, moments, strict=True):
        whom = practitioner or row.practitioner
        try:
            planned = plan_time(what, whom, moment, subject=row.subject_id, at=at)
        except rules.NotPossible as refused:
            clashes.append(f"{rules.said_day(moment)}: {refused}")
            continue
        row.override = ""
        put_visit(row, whom, moment, what, planned)
    if clashes:
        # The act ends with it and is undone.
        raise rules.NotPossible(" ".join([*clashes, "None of them is moved."]))
    for row in rows:
        tell(row, Kind.VISIT_MOVED, by=by, at=at)
    return len(rows)


@act(Event.SERIES_CANCELLED, purpose=Purpose.BOOKING)
def cancel_following(appointment: UUID, *, because: Ended = Ended.UNSAID, by: Actor, at: datetime) -> int:
    """
    Cancel a visit and those of its series that follow it, as each is cancelled by itself. Gives how many.

    :raises NotPossible: it has begun or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    rows = _following(appointment, at=at)
    counted = [row for row in rows if row.state == VisitState.BOOKED]
    figures.lock((figures.ATTENDED, row.starts_at, counted_as(row.starts_at, because, at=at)) for row in counted)
    figures.lock((figures.REASON, row.starts_at, because) for row in counted)
    for row in rows:
        cancel(row.pk, because=because, by=by, at=at)
    return len(rows)


def _following(appointment: UUID, *, at: datetime) -> list[Appointment]:
    """The visit and those that follow it, held against a second hand in the order of their times. What is cancelled stays so."""
    first = lock_visit(appointment)
    later = [lock_visit(each) for each in selectors.that_follow(first.series, first.starts_at, at=at)]
    # Read again once it is held: whoever was before us may have cancelled one, or noted that somebody is here.
    return [first, *(row for row in later if row.state == VisitState.BOOKED)]
