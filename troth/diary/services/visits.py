"""Booking a visit and what becomes of it: moving, cancelling, arriving, finishing and missing."""

from datetime import datetime
from uuid import UUID, uuid4

from troth.delivery.rules import Kind
from troth.diary import rules, selectors
from troth.diary.models import Appointment, ClassTime, Ended, Hold, How, VisitState
from troth.diary.selectors import Offered, hash_of, token_of
from troth.diary.services import deposits, figures
from troth.diary.services.holding import Planned, locked_worker, plan_time, still_kept, write_holds
from troth.diary.services.telling import tell
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.contexts import processing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_LATE = "cancelled_late"


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
    number: UUID | None = None,
    pays_first: bool = False,
    told: bool = True,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Book a visit, tell whoever comes, and give its id: `number`, where a time was kept under one. `override` says why a member of
    staff books past hours and what is taken; the person themselves is never in two places. `pays_first`: where it has a deposit,
    the time is only kept until that is held on a card, and then booked (`paying`). Not `told`: nobody is written to, since too many
    came from one network, or the visit is of a demonstration's past.

    :raises NotPossible: the time is not one at which they work, or somebody else's by now.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    if override:
        rules.check_override(override, practitioner, by)
    offered = _service(service)
    planned = plan_time(offered, practitioner, starts_at, subject=subject, at=at, override=bool(override))
    waits = pays_first and offered.deposit_pence > 0
    row = Appointment(
        pk=number or uuid4(),
        subject_id=subject,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=planned.ends_at,
        state=VisitState.AWAITING if waits else VisitState.BOOKED,
        service=offered.name,
        note=note.strip(),
        detail=_detail(offered, planned),
        how=how,
        override=override,
        series=series,
        class_time=planned.class_time,
    )
    row.link_hash = hash_of(token_of(row.pk))
    row.save(force_insert=True)
    write_holds(planned, owner=subject, appointment=row.pk, until=at + rules.HELD_FOR if waits else None)
    if override:
        _note_override(row, by=by, at=at)
    if waits:
        deposits.ask(row, offered, by=by, at=at)
    else:
        figures.count(figures.BOOKED, starts_at, word=how)
    if told and not waits:
        tell(row, Kind.VISIT_BOOKED, by=by, at=at)
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
    told: bool = True,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Book the time that was kept under this number, which is the visit's id from now on. Where it has a deposit, that is paid first.

    :raises Lost: it is kept no longer, though it may still be free.
    :raises NotPossible: the visit cannot be.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    # Locked in the order in which every booking locks: practitioner first.
    locked_worker(practitioner, at=at)
    if Appointment.objects.filter(pk=pending).exists() or not still_kept(pending, at=at):
        raise rules.Lost("We kept that time for a quarter of an hour, and that is over. Choose a time again.")
    Hold.objects.filter(appointment=pending).delete()
    return book(
        subject,
        practitioner=practitioner,
        service=service,
        starts_at=starts_at,
        note=note,
        how=how,
        number=pending,
        pays_first=True,
        told=told,
        by=by,
        at=at,
    )


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
    Move a visit to another time, and to another practitioner if one is named; and tell whoever comes.

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
    row.override = override
    _put(row, whom, starts_at, offered, planned)
    if override:
        _note_override(row, by=by, at=at)
    tell(row, Kind.VISIT_MOVED, by=by, at=at)


@act(Event.VISIT_CANCELLED, purpose=Purpose.BOOKING)
def cancel(appointment: UUID, *, because: Ended = Ended.UNSAID, told: bool = True, by: Actor, at: datetime) -> None:
    """
    Cancel a visit; its time is free again, and whoever was to come is told, unless that is over by then. It counts as late after
    the day before it, unless it was our doing; then its deposit is kept, else it goes back. `told`: as when it is booked.

    :raises NotPossible: it has begun or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_step(row.state, VisitState.CANCELLED, starts_at=row.starts_at, at=at)
    if row.state == VisitState.AWAITING:  # it never was a visit: nobody counts it, and nobody was told of it
        row.state, row.ended_because = VisitState.CANCELLED, because.words
        row.save()
        Hold.objects.filter(appointment=row.pk).delete()
        deposits.settle(row, by=by, at=at)
        return
    word = _counted_as(row.starts_at, because, at=at)
    row.late = word == _LATE
    row.ended_because = because.words
    _leave(row, VisitState.CANCELLED, word=word, by=by, at=at)
    figures.count(figures.REASON, row.starts_at, word=because)
    deposits.settle(row, by=by, at=at)
    if told and row.starts_at > at:
        tell(row, Kind.VISIT_CANCELLED, by=by, at=at)


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
    figures.count(
        figures.ATTENDED,
        row.starts_at,
        word=word,
        minutes=0 if _is_counted(row) else rules.minutes_of(row.ends_at) - rules.minutes_of(row.starts_at),
    )
    if to is VisitState.COMPLETED:
        offered = _as_booked(row, by=by, at=at)
        figures.count(figures.DONE, row.starts_at, service=offered.id, pence=offered.price_pence)


def _counted_as(starts_at: datetime, because: Ended, *, at: datetime) -> str:
    """The word under which a visit that is cancelled is counted."""
    late = rules.is_late(starts_at, at=at) and because not in {Ended.BY_US, Ended.MISTAKE}
    return _LATE if late else "cancelled"


def _is_counted(row: Appointment) -> bool:
    """Whether its time was counted with somebody else's: an hour of a class is one hour of work, however many come."""
    if row.class_time is None:
        return False
    list(ClassTime.objects.select_for_update().filter(pk=row.class_time).values_list("pk"))
    done = Appointment.objects.filter(class_time=row.class_time, state=VisitState.COMPLETED)
    return done.exclude(pk=row.pk).exists()


def _put(row: Appointment, practitioner: UUID, starts_at: datetime, offered: Offered, planned: Planned) -> None:
    """Write where a visit is from now on, and what it holds there."""
    row.practitioner, row.detail = practitioner, _detail(offered, planned)
    row.starts_at, row.ends_at, row.class_time = starts_at, planned.ends_at, planned.class_time
    row.save()
    write_holds(planned, owner=row.subject_id, appointment=row.pk)


def _locked(appointment: UUID) -> Appointment:
    """The visit, held against a second hand, when the gate lets the actor arrange visits of its person."""
    row: Appointment | None = Appointment.objects.select_for_update().filter(pk=appointment).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else appointment, Category.CORRESPONDENCE)
    if row is None:
        raise nothing_there()
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


# No acts themselves: they belong to the act that hears of a deposit, or moves several visits.
lock_visit, end_visit, as_booked_by, detail_of = _locked, _leave, _as_booked, _detail
put_visit, offered_now, counted_as = _put, _service, _counted_as
