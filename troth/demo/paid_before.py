"""What is paid before it is had, in a demonstration: packages that visits draw from, a voucher, deposits asked for by a link."""

from collections import Counter
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from troth.billing import selectors as billing
from troth.billing import services
from troth.billing.selectors import Means
from troth.demo.clinic import Made
from troth.diary import selectors as visits
from troth.diary import services as diary
from troth.diary.selectors import Visit, VisitState
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people

#: What each is of is called the same by the diary and by the price list.
_PACKAGES = (
    ("Six of physiotherapy", "Physiotherapy", 6, 36000, 12),
    ("Three skin treatments", "Skin treatment", 3, 39000, 9),
)
_VOUCHER = 10000
#: How many packages, and how many deposits.
OF_EACH = 3


def write(made: Made, *, at: datetime) -> None:
    """A few of each. Where nobody visits or keeps the books there is nothing to do."""
    if not {"finance", "receptionist"} <= set(made.staff) or not any(
        each.deposit_pence for each in visits.list_services()
    ):
        return
    keeper, reception = (actors.person(made.staff[role], at=at) for role in ("finance", "receptionist"))
    with boundary():
        prices = {each.name: each.id for each in billing.list_prices()}
        packages = {
            serves: services.set_package(
                name=name, price=prices[serves], many=many, pence=pence, months=months, by=keeper, at=at
            )
            for name, serves, many, pence, months in _PACKAGES
        }
    done: Counter[str] = Counter()
    for subject, part in made.patients:
        visit = next((each for each in _ahead(subject, reception, at=at) if done[each.service] < OF_EACH), None)
        if visit is None:
            continue
        with processing(Purpose.FIND, by=keeper, at=at, find_reason=FindReason.AT_THE_DESK) as found:
            people.find_people(part.family_name, found)
        with boundary(), transaction.atomic():
            _live(subject, visit, packages, done[visit.service], keeper=keeper, reception=reception, at=at)
        done[visit.service] += 1


def _ahead(subject: UUID, reception: Actor, *, at: datetime) -> list[Visit]:
    with boundary(), processing(Purpose.BOOKING, Action.READ, by=reception, at=at) as opened:
        known = visits.visits_of(subject, opened) or []
    names = {serves for _, serves, *_ in _PACKAGES}
    return [
        each for each in known if each.state is VisitState.BOOKED and each.starts_at > at and each.service in names
    ]


def _live(
    subject: UUID,
    visit: Visit,
    packages: dict[str, UUID],
    number: int,
    *,
    keeper: Actor,
    reception: Actor,
    at: datetime,
) -> None:
    if visit.service == "Physiotherapy":
        invoice = services.sell_package(
            subject, package=packages[visit.service], key=uuid5(subject, "package"), by=keeper, at=at
        )
        left = services.left_of(invoice, by=keeper, at=at)
        key = uuid5(subject, "package paid")
        services.settle(invoice, pence=left, means=Means.TERMINAL, key=key, by=keeper, at=at)
        diary.draw_package(visit.id, by=reception, at=at)
    elif billing.takes_cards():
        diary.ask_deposit(visit.id, by=reception, at=at)
        deposit = visits.deposit_of(visit.id)
        assert deposit is not None
        if number != 1:  # one waits to be paid
            services.pay_stand_in(deposit.id, taken=True, by=actors.person(subject, at=at), at=at)
    if number == 1 and visit.service == "Physiotherapy":
        services.sell_voucher(
            subject, pence=_VOUCHER, means=Means.CASH, key=uuid5(subject, "voucher"), by=keeper, at=at
        )
