"""What is known of the deposits of visits from open columns: whether one is asked for, held, paid or given back. No amount."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from troth.billing import selectors as money
from troth.diary.models import Appointment, Hold, VisitState
from troth.diary.selectors.offers import Offered
from troth.gate import actors
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.rights import selectors as rights
from troth.vault.categories import Category

#: By what the payments room knows whose word a deposit's is.
DEPOSIT_FOR = "diary.visit"
#: Nothing of it is with us or on its way, so that it may be asked for once more.
DEPOSIT_OVER = frozenset({money.State.FAILED, money.State.RELEASED, money.State.REFUNDED})
_SERVICE = "visit-deposits"
actors.declare_service(
    _SERVICE,
    purposes={Purpose.BOOKING, Purpose.PAYMENT},
    categories={Category.CORRESPONDENCE, Category.FINANCIAL},
    modules={__name__},
)


def payer(by: Actor | None = None) -> Actor:
    """The service that pays, takes and gives back deposits, for whoever has the visit's link or arranges it."""
    return actors.service(_SERVICE, on_behalf_of=by.id if by else None)


def is_booked_online(offered: Offered, register: Register | None) -> bool:
    """Whether people book this by themselves: with a deposit only where card payments are taken and the notice declares them."""
    if not offered.online or offered.closed:
        return False
    return takes_deposits(register) or not offered.deposit_pence


def takes_deposits(register: Register | None) -> bool:
    """Whether people can pay a deposit at all: cards are taken, and the notice declares payments."""
    return register is not None and Purpose.PAYMENT in register.purposes and money.takes_cards()


def may_ask_deposit(visit: UUID, offered: Offered | None, register: Register) -> bool:
    """Whether whoever comes to a visit that is booked can still be asked for its deposit."""
    wanted = offered is not None and offered.deposit_pence > 0 and takes_deposits(register)
    return wanted and not has_deposit(visit) and not money.is_drawn_for(visit)


def has_deposit(visit: UUID) -> bool:
    """Whether the deposit of a visit is asked for, or is with us or on its way."""
    known = deposit_of(visit)
    return known is not None and known.state not in DEPOSIT_OVER


def deposit_of(visit: UUID) -> money.PaymentFor | None:
    """The payment by which the deposit of a visit is paid, and where it is; None where none was asked for."""
    return money.payment_for(DEPOSIT_FOR, visit)


def list_unpaid(*, at: datetime) -> list[UUID]:
    """Visits that wait for their deposit though their time is kept no longer."""
    living = Hold.objects.filter(appointment=OuterRef("pk"), until__gt=at)
    rows = Appointment.objects.filter(~Exists(living), state=VisitState.AWAITING)
    found = list(rows.values_list("pk", "subject_id"))
    # Of whoever restricted the use of their record it waits: the time stands in nobody's way, and nothing is taken (decision 0251).
    restricted = rights.restricted_among({subject for _, subject in found}, at=at)
    return [visit for visit, subject in found if subject not in restricted]
