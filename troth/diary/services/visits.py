"""Booking a visit and what becomes of it: moving, cancelling, arriving, finishing and missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from troth.diary import rules, selectors
from troth.diary.models import Appointment, Ended, Hold, How, VisitState
from troth.diary.selectors import Offered
from troth.diary.services import figures
from troth.diary.services.holding import Planned, plan_time, still_kept, write_holds
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category


@act(Event.VISIT_BOOKED, purpose=Purpose.BOOKING)
def book(
    subject: UUID,
    *,
    practitioner: UUID,
    service: UUID,
    starts_at: datetime,
    note: str = "",
    override: str = "",
    how: How = How.DESK,
    series: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Book a visit, and give its id. `override` says why a member of staff books past hours and what is taken; the person themselves
    is never in two places.

    :raises NotPossible: the time is not one at which they work, or somebody else's by now.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    if override:
        rules.check_override(override, practitioner, by)
    offered = _service(service)
    planned = plan_time(offered, practitioner, starts_at, subject=subject, at=at, override=bool(override))
    row = Appointment(
        subject_id=subject,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=offered.minutes),
        state=VisitState.BOOKED,
        service=offered.name,
        note=note.strip(),
        detail=_detail(offered, planned),
        how=how,
        override=override,
        series=series,
    )
    row.save()
    write_holds(planned, owner=subject, appointment=row.pk)
    if override:
        _note_override(row, by=by, at=at)
    figures.count(figures.BOOKED, starts_at, service=service, word=how)
    found: UUID = row.pk
    return found


@act(Event.VISIT_OVERRIDDEN, purpose=Purpose.BOOKING)
def _note_override(row: Appointment, *, by: Actor, at: datetime) -> None:
    """An event of its own says who booked past what the diary allows, and for which reason of the list."""
    touched(row.subject_id, f"diary.override/{row.pk.hex}/{row.override}")


@act(Event.TIME_CONFIRMED, purpose=Purpose.BOOKING)
def confirm(
    pending: UUID,
    subject: UUID,
    *,
    practitioner: UUID,
    service: UUID,
    starts_at: datetime,
    note: str = "",
    how: How = How.ONLINE,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Book the time that was kept under this number, and give the visit's id.

    :raises Lost: it is kept no longer, though it may still be free.
    :raises NotPossible: the visit cannot be.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    # Locked in the order in which every booking locks: practitioner first.
    plan = selectors.workers([practitioner])
    if not plan or not still_kept(pending, at=at):
        raise rules.Lost("We kept that time for a quarter of an hour, and that is over. Choose a time again.")
    Hold.objects.filter(appointment=pending).delete()
    return book(
        subject,
        practitioner=practitioner,
        service=service,
        starts_at=starts_at,
        note=note,
        how=how,
        by=by,
        at=at,
    )


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
    Book several visits that belong together, all or none of them.

    :raises NotPossible: one of the times is not free; which one is said.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    shared, made = uuid4(), []
    for each in starts:
        try:
            made.append(
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
            )
        except rules.NotPossible as refused:
            raise rules.NotPossible(f"{rules.said_day(each)}: {refused} None of the visits is booked.") from None
    return made


@act(Event.VISIT_MOVED, purpose=Purpose.BOOKING)
def move(
    appointment: UUID,
    *,
    starts_at: datetime,
    practitioner: UUID | None = None,
    override: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """
    Move a visit to another time, and to another practitioner if one is named.

    :raises NotPossible: it has begun or is over, the time is not free, or the person themselves is too late to move it.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_can_move(row.state)
    if _is_their_own(row, by):
        rules.check_in_time(row.starts_at, at=at)
    whom = practitioner or row.practitioner
    if override:
        rules.check_override(override, whom, by)
    offered = _as_booked(row, by=by, at=at)
    Hold.objects.filter(appointment=row.pk).delete()
    planned = plan_time(offered, whom, starts_at, subject=row.subject_id, at=at, override=bool(override))
    row.practitioner = whom
    row.starts_at, row.ends_at = starts_at, starts_at + timedelta(minutes=offered.minutes)
    row.override, row.detail = override, _detail(offered, planned)
    row.save()
    write_holds(planned, owner=row.subject_id, appointment=row.pk)
    if override:
        _note_override(row, by=by, at=at)


@act(Event.VISIT_CANCELLED, purpose=Purpose.BOOKING)
def cancel(appointment: UUID, *, because: Ended = Ended.UNSAID, by: Actor, at: datetime) -> None:
    """
    Cancel a visit; its time is free again. It counts as late after the day before it, unless it was our doing.

    :raises NotPossible: it has begun or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_step(row.state, VisitState.CANCELLED, starts_at=row.starts_at, at=at)
    row.late = rules.is_late(row.starts_at, at=at) and because not in {Ended.BY_US, Ended.MISTAKE}
    row.ended_because = because.words
    _leave(row, VisitState.CANCELLED, word="cancelled_late" if row.late else "cancelled", by=by, at=at)
    figures.count(figures.REASON, row.starts_at, word=because)


@act(Event.VISIT_ARRIVED, purpose=Purpose.BOOKING)
def arrive(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the person is here.

    :raises NotPossible: the visit is on another day, or over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_step(row.state, VisitState.ARRIVED, starts_at=row.starts_at, at=at)
    row.state = VisitState.ARRIVED
    row.save(update_fields=["state"])


@act(Event.VISIT_COMPLETED, purpose=Purpose.BOOKING)
def complete(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the visit is over.

    :raises NotPossible: nobody has arrived for it.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_step(row.state, VisitState.COMPLETED, starts_at=row.starts_at, at=at)
    _leave(row, VisitState.COMPLETED, word="came", by=by, at=at)


@act(Event.VISIT_MISSED, purpose=Purpose.BOOKING)
def miss(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the person did not come; what is left of the time is free again.

    :raises NotPossible: it has not begun, or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_step(row.state, VisitState.MISSED, starts_at=row.starts_at, at=at)
    _leave(row, VisitState.MISSED, word="missed", by=by, at=at)


def _leave(row: Appointment, to: VisitState, *, word: str, by: Actor, at: datetime) -> None:
    """Bring a visit to where it ends, and count that in figures that name nobody."""
    row.state = to
    row.save()
    if to not in rules.HOLDING:
        Hold.objects.filter(appointment=row.pk).delete()
    offered = _as_booked(row, by=by, at=at)
    figures.count(figures.ATTENDED, row.starts_at, word=word, minutes=offered.minutes)
    if to is VisitState.COMPLETED:
        figures.count(figures.DONE, row.starts_at, service=offered.id, pence=offered.price_pence)


def _locked(appointment: UUID) -> Appointment:
    """The visit, held against a second hand, when the gate lets the actor arrange visits of its person."""
    row: Appointment | None = Appointment.objects.select_for_update().filter(pk=appointment).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else appointment, Category.CORRESPONDENCE)
    assert row is not None
    return row


def _is_their_own(row: Appointment, by: Actor) -> bool:
    """Whether the person themselves acts, or somebody for them, or whoever has the link of their message."""
    return not by.roles


def _as_booked(row: Appointment, *, by: Actor, at: datetime) -> Offered:
    """What a visit was booked for. An act only writes, so that is read in a context of its own."""
    with processing(Purpose.BOOKING, by=by, at=at):
        return selectors.as_booked(selectors.visit_of(row, "", True))


def _service(service: UUID) -> Offered:
    found = selectors.get_service(service)
    if found is None or found.closed:
        raise rules.NotPossible("That is not offered any more. Choose another service.")
    return found


def _detail(offered: Offered, planned: Planned) -> dict[str, str]:
    return {
        "service": offered.id.hex,
        "room": planned.room.hex if planned.room else "",
        "machine": planned.machine.hex if planned.machine else "",
        "place": planned.place.hex if planned.room or planned.machine else "",
        "before": str(offered.before),
        "after": str(offered.after),
    }
