"""
A visit that waits for its deposit: it is booked by the payment firm's word that the money is held, or at the desk without it.

The order is what keeps both promises. The time is kept and the money asked for in one act; the visit is booked and the taking of
the money is ordered in one act; so nothing is taken for a visit that is not booked, and none is booked whose money was not held.
Whoever dies in between, the word is passed on again.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from troth.billing import selectors as money
from troth.billing.selectors import State
from troth.delivery.rules import Kind
from troth.diary import rules, selectors
from troth.diary.models import Appointment, Ended, Hold, How, VisitState
from troth.diary.services import deposits, figures
from troth.diary.services.holding import plan_time, write_holds
from troth.diary.services.telling import tell
from troth.diary.services.visits import as_booked_by, detail_of, end_visit, lock_visit
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, require_role
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category


@act(Event.DEPOSIT_HEARD, purpose=Purpose.BOOKING)
def hear_deposit(appointment: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None:
    """
    Take in what became of a visit's deposit. It is said again until this returns, so the same word changes nothing twice.

    :raises Refused: the actor may not arrange visits of this person.
    """
    row = lock_visit(appointment)
    if state is State.AUTHORISED and row.state == VisitState.AWAITING:
        if _is_kept(row, at=at) or _again(row, by=by, at=at):
            _book(row, payment, by=by, at=at)
        else:
            _give_up(row, rules.LOST_MEANWHILE, by=by, at=at)
            tell(row, Kind.VISIT_CANCELLED, by=by, at=at)
    elif state in {State.FAILED, State.RELEASED} and row.state == VisitState.AWAITING:
        _give_up(row, rules.UNPAID, by=by, at=at)
    elif _lapsed(row, payment, state) and row.state == VisitState.BOOKED and row.starts_at > at:
        # The bank let the money go before it was taken.
        row.ended_because = rules.UNPAID
        end_visit(row, VisitState.CANCELLED, word="cancelled", by=by, at=at)
        figures.count(figures.REASON, row.starts_at, word=Ended.UNSAID)
        tell(row, Kind.VISIT_CANCELLED, by=by, at=at)
    deposits.settle(row, by=by, at=at)


@act(Event.DEPOSIT_ASKED, purpose=Purpose.BOOKING)
def ask_deposit(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Ask whoever comes for the deposit of a visit that was booked at the desk, by the link of a message. The visit stands whether or
    not it is paid.

    :raises NotPossible: it is over, has no deposit, is drawn from a package, or the deposit was asked for already.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = lock_visit(appointment)
    with processing(Purpose.BOOKING, by=by, at=at):
        found = selectors.visit_of(row, "", True)
    offered = selectors.get_service(found.offered) if found.offered else None
    rules.check_can_ask_deposit(
        row.state,
        ahead=row.starts_at > at,
        pence=offered.deposit_pence if offered else 0,
        known=selectors.has_deposit(row.pk),
        taken=selectors.takes_deposits(acting().register),
        drawn=money.is_drawn_for(row.pk),
    )
    assert offered is not None
    known = selectors.deposit_of(row.pk)
    deposits.ask_again(row, offered, after=known.id if known else None, by=by, at=at)
    tell(row, Kind.VISIT_DEPOSIT, by=by, at=at)


@act(Event.VISIT_FROM_PACKAGE, purpose=Purpose.BOOKING)
def draw_package(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Draw a visit from a package that whoever comes has bought. Cancelled in time it is given back; late, or missed, it stays drawn.

    :raises NotPossible: the visit is not to be, has a deposit, or they have no package for it.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = lock_visit(appointment)
    rules.check_can_draw(row.state, deposit=selectors.has_deposit(row.pk))
    with processing(Purpose.BOOKING, by=by, at=at):
        service = row.service or ""
    deposits.draw(row, service, by=by, at=at)


@act(Event.VISIT_UNPAID, purpose=Purpose.BOOKING)
def end_unpaid(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    End a visit whose deposit was not paid while its time was kept. What is paid after all is let go.

    :raises Refused: the actor may not arrange visits of this person.
    """
    row = lock_visit(appointment)
    if row.state == VisitState.AWAITING and not _is_kept(row, at=at):
        _give_up(row, rules.UNPAID, by=by, at=at)
        deposits.settle(row, by=by, at=at)


@act(Event.VISIT_BOOKED, purpose=Purpose.BOOKING)
def book_unpaid(appointment: UUID, *, by: Actor, at: datetime) -> None:
    """
    Book a visit that waits for its deposit without it, as what is booked at the desk is: whoever is to come cannot pay there, and
    has said so. What was asked for is let go; it can be asked for anew.

    :raises NotPossible: it waits for none any more, or its time was let go and is somebody else's.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = lock_visit(appointment)
    require_role(Category.CORRESPONDENCE)  # nobody lets themself off
    known = selectors.deposit_of(row.pk)
    rules.check_can_book_unpaid(row.state, ahead=row.starts_at > at)
    if not _is_kept(row, at=at) and not _again(row, by=by, at=at):
        raise rules.NotPossible(
            "Its time was kept no longer, and is somebody else’s by now. Cancel it, and book another."
        )
    _stand(row, by=by, at=at)
    if known is not None:
        deposits.let_go(known.id, by=by, at=at)


def _book(row: Appointment, payment: UUID, *, by: Actor, at: datetime) -> None:
    deposits.take(payment, by=by, at=at)
    _stand(row, by=by, at=at)


def _stand(row: Appointment, *, by: Actor, at: datetime) -> None:
    for hold in Hold.objects.select_for_update().filter(appointment=row.pk):
        hold.until = None
        hold.save()
    row.state = VisitState.BOOKED
    row.save()
    figures.count(figures.BOOKED, row.starts_at, word=How(row.how))
    tell(row, Kind.VISIT_BOOKED, by=by, at=at)


def _lapsed(row: Appointment, payment: UUID, state: State) -> bool:
    """
    Whether money that a visit was booked by is gone: it was being taken then, and failed. What was let go was let go by us, as the
    visit was booked without it; and what was asked for by a link later ends no visit.
    """
    known = selectors.deposit_of(row.pk)
    return state is State.FAILED and known is not None and known.id == payment and known.holds


def _is_kept(row: Appointment, *, at: datetime) -> bool:
    held = list(Hold.objects.select_for_update().filter(appointment=row.pk).order_by("id"))
    return bool(held) and all(each.until is None or each.until > at for each in held)


def _again(row: Appointment, *, by: Actor, at: datetime) -> bool:
    """The money came late: take the same time once more, if it is still free."""
    offered = as_booked_by(row, by=by, at=at)
    try:
        with transaction.atomic():
            Hold.objects.filter(appointment=row.pk).delete()
            planned = plan_time(offered, row.practitioner, row.starts_at, subject=row.subject_id, at=at)
            write_holds(planned, owner=row.subject_id, appointment=row.pk)
    except rules.NotPossible:
        return False
    row.detail = detail_of(offered, planned)
    return True


def _give_up(row: Appointment, because: str, *, by: Actor, at: datetime) -> None:
    """It never was a visit, so that no figure counts it."""
    row.state, row.ended_because = VisitState.CANCELLED, because
    row.save()
    Hold.objects.filter(appointment=row.pk).delete()
