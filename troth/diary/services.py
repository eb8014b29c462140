"""
Acts of the diary: what is offered and when, and booking, moving, cancelling, arriving, finishing and missing a visit.

Whether a time is free is the database's to say: an act writes the quarters that a visit holds, and two that collide undo the later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from troth.diary import rules
from troth.diary.models import Appointment, Practitioner, Quarter, Service, VisitState
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category


@act(Event.SERVICE_OFFERED, purpose=Purpose.BOOKING)
def offer_service(*, name: str, minutes: int, words: str = "", by: Actor, at: datetime) -> UUID:
    """
    Offer something that can be booked, or change how it is offered. It is about nobody, so the gate is asked about no person.

    :raises NotPossible: it does not last whole quarters of an hour, or longer than two hours.
    """
    if minutes not in range(15, 121, 15):
        raise rules.NotPossible("A visit lasts a whole number of quarters of an hour, two hours at most.")
    made, _ = Service.objects.update_or_create(name=name.strip(), defaults={"minutes": minutes, "words": words})
    found: UUID = made.pk
    return found


@act(Event.HOURS_SET, purpose=Purpose.STAFF)
def set_hours(practitioner: UUID, *, hours: Mapping[int, tuple[int, int]], by: Actor, at: datetime) -> None:
    """
    Set when a member of staff sees people: for each weekday (0 is Monday) the quarters of the day of beginning and end.

    :raises NotPossible: a day ends before it begins.
    :raises Refused: the actor may not change what is held of this member of staff's post.
    """
    acting().require(practitioner, Category.EMPLOYMENT)
    if any(not 0 <= first < last <= 96 for first, last in hours.values()):
        raise rules.NotPossible("A day of work ends after it begins.")
    row = Practitioner.objects.filter(subject_id=practitioner).first() or Practitioner(subject_id=practitioner)
    row.hours = {str(day): [first, last] for day, (first, last) in hours.items()}
    row.save()


@act(Event.VISIT_BOOKED, purpose=Purpose.BOOKING)
def book(
    subject: UUID, *, practitioner: UUID, service: UUID, starts_at: datetime, note: str = "", by: Actor, at: datetime
) -> UUID:
    """
    Book a visit, and give its id.

    :raises NotPossible: the time is not one at which they work, or somebody else's by now.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    offered = _service(service)
    ends_at = starts_at + timedelta(minutes=offered.minutes)
    rules.check_can_book(starts_at, ends_at, _hours(practitioner), at=at)
    row = Appointment(
        subject_id=subject,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=ends_at,
        state=VisitState.BOOKED,
        service=offered.name,
        note=note.strip(),
    )
    row.save()
    _hold(row)
    found: UUID = row.pk
    return found


@act(Event.VISIT_MOVED, purpose=Purpose.BOOKING)
def move(
    appointment: UUID, *, starts_at: datetime, practitioner: UUID | None = None, by: Actor, at: datetime
) -> None:
    """
    Move a visit to another time, and to another practitioner if one is named.

    :raises NotPossible: it has begun or is over, or the time is not free.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(appointment)
    rules.check_can_move(row.state)
    lasts = row.ends_at - row.starts_at
    row.practitioner = practitioner or row.practitioner
    rules.check_can_book(starts_at, starts_at + lasts, _hours(row.practitioner), at=at)
    row.starts_at, row.ends_at = starts_at, starts_at + lasts
    row.save()
    Quarter.objects.filter(appointment=row.pk).delete()
    _hold(row)


@act(Event.VISIT_CANCELLED, purpose=Purpose.BOOKING)
def cancel(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Cancel a visit; its time is free again.

    :raises NotPossible: it has begun or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    _step(appointment, VisitState.CANCELLED, at)


@act(Event.VISIT_ARRIVED, purpose=Purpose.BOOKING)
def arrive(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the person is here.

    :raises NotPossible: the visit is on another day, or over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    _step(appointment, VisitState.ARRIVED, at)


@act(Event.VISIT_COMPLETED, purpose=Purpose.BOOKING)
def complete(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the visit is over.

    :raises NotPossible: nobody has arrived for it.
    :raises Refused: the actor may not arrange visits of this person.
    """
    _step(appointment, VisitState.COMPLETED, at)


@act(Event.VISIT_MISSED, purpose=Purpose.BOOKING)
def miss(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that the person did not come; what is left of the time is free again.

    :raises NotPossible: it has not begun, or is over.
    :raises Refused: the actor may not arrange visits of this person.
    """
    _step(appointment, VisitState.MISSED, at)


def _step(appointment: UUID, to: VisitState, at: datetime) -> None:
    row = _locked(appointment)
    rules.check_step(row.state, to, starts_at=row.starts_at, at=at)
    row.state = to
    row.save()
    if to not in rules.HOLDING:
        Quarter.objects.filter(appointment=row.pk).delete()


def _hold(row: Appointment) -> None:
    """
    Write the quarters that a visit holds.

    :raises NotPossible: one of them is somebody else's.
    """
    try:
        for quarter in rules.quarters_of(row.starts_at, row.ends_at):
            Quarter.objects.create(
                subject_id=row.subject_id, appointment=row.pk, practitioner=row.practitioner, quarter=quarter
            )
    except IntegrityError as error:
        # The act ends with it and is undone; the constraint is named by PostgreSQL, and its columns by SQLite.
        if "practitioner" in str(error):
            raise rules.NotPossible("That time has just been taken. Choose another one.") from None
        raise rules.NotPossible("This person has another visit at that time. Choose another one.") from None


def _locked(appointment: UUID) -> Appointment:
    """The visit, held against a second hand, when the gate lets the actor arrange visits of its person."""
    row: Appointment | None = Appointment.objects.select_for_update().filter(pk=appointment).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else appointment, Category.CORRESPONDENCE)
    assert row is not None
    return row


def _service(service: UUID) -> Service:
    found = Service.objects.filter(pk=service).first()
    if found is None:
        raise rules.NotPossible("That is not offered any more. Choose another service.")
    return found


def _hours(practitioner: UUID) -> rules.Hours:
    row = Practitioner.objects.filter(subject_id=practitioner).first()
    if row is None:
        raise rules.NotPossible("They see nobody at the moment. Choose somebody else.")
    hours: rules.Hours = row.hours
    return hours
