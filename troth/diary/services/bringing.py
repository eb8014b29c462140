"""Visits of the system that the clinic used before: those ahead are booked, those that were are written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from troth.diary import rules, selectors
from troth.diary.models import Appointment, How, VisitState
from troth.diary.services.holding import locked_worker
from troth.diary.services.visits import book
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.services import HereAlready
from troth.vault.categories import Category


@dataclass(frozen=True)
class BroughtVisit:
    """One visit as a file has it. `id` is worked out of its number there. A service that is offered no more has its words alone."""

    id: UUID
    subject: UUID
    practitioner: UUID
    service: str
    starts_at: datetime
    minutes: int
    state: VisitState
    note: str = ""


@act(Event.VISIT_BROUGHT, purpose=Purpose.BOOKING)
def bring_in_visit(visit: BroughtVisit, *, by: Actor, at: datetime) -> None:
    """
    Book a visit that is ahead, as the desk does, and write one down that was. Nobody is told: they know of it.

    :raises HereAlready: it was brought in before.
    :raises NotPossible: its time is not free, what it is for is not offered or takes another time, or it is over and nothing says
        what became of it.
    :raises Refused: their data may not be used for it.
    """
    acting().require(visit.subject, Category.CORRESPONDENCE)
    if Appointment.objects.filter(pk=visit.id).exists():
        raise HereAlready
    offered = selectors.services_by_name().get(visit.service.casefold())
    rules.check_brought(visit.state, visit.starts_at, minutes=visit.minutes, lasts=selectors.lasts(offered), at=at)
    if visit.state is VisitState.BOOKED:
        # The first lock of every booking; `book` takes the rooms' and then the person's.
        locked_worker(visit.practitioner, at=at)
    else:
        hold(visit.subject)
    if Appointment.objects.filter(pk=visit.id).exists():
        raise HereAlready
    if visit.state is VisitState.BOOKED:
        assert offered is not None
        try:
            book(
                visit.subject,
                practitioner=visit.practitioner,
                service=offered.id,
                starts_at=visit.starts_at,
                note=visit.note,
                how=How.BEFORE,
                number=visit.id,
                told=False,
                by=by,
                at=at,
            )
        except IntegrityError:
            raise HereAlready from None
        return
    try:
        Appointment(
            pk=visit.id,
            subject_id=visit.subject,
            practitioner=visit.practitioner,
            starts_at=visit.starts_at,
            ends_at=visit.starts_at + timedelta(minutes=visit.minutes),
            state=visit.state,
            service=offered.name if offered else visit.service,
            note=visit.note,
            detail={"service": offered.id.hex} if offered else {},
            how=How.BEFORE,
        ).save(force_insert=True)
    except IntegrityError:
        # The act ends with it and is undone.
        raise HereAlready from None


def _as_service(visit: BroughtVisit, *, on_behalf_of: UUID | None = None, at: datetime) -> None:
    """The same, as the service that brings in: of the command, or on behalf of whoever sent a file."""
    bring_in_visit(visit, by=actors.service("bring-in", on_behalf_of=on_behalf_of), at=at)


# It writes nothing itself: the act does.
bring_in_as_service = _as_service
