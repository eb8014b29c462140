"""Deposits: nothing is taken for a visit that is not booked, and none is booked whose deposit is not held, whatever dies."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from troth.billing import selectors as money
from troth.billing import services as billing
from troth.billing.models import Invoice, Means, PackageDraw, PackageSold, VatRate
from troth.billing.selectors import State
from troth.billing.tests.conftest import firm as firm
from troth.billing.tests.firm import LocalFirm
from troth.delivery.models import Message
from troth.diary import jobs, rules, selectors, services
from troth.diary.models import Appointment, Ended, Figure, Hold
from troth.diary.services import deposits
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.tests.factories import make_staff

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WHEN = TEN + 3 * DAY


@pytest.fixture
def dear(clinic: Clinic, firm: LocalFirm) -> UUID:
    """A service with a deposit of thirty pounds, and a firm that takes it."""
    by = clinic.actor(clinic.manager)
    return services.offer_service(
        name="sentinel-dear", minutes=30, price_pence=9_000, deposit_pence=3_000, by=by, at=NOW
    )


def wait(clinic: Clinic, dear: UUID, *, at: datetime = NOW, subject: UUID | None = None) -> UUID:
    """Somebody has chosen a time and given their details: the deposit is asked for."""
    what = {"practitioner": clinic.orla, "service": dear, "starts_at": WHEN}
    pending = services.hold_time(**what, by=actors.NOBODY, at=at)  # type: ignore[arg-type]
    who = subject or clinic.ann
    return services.confirm(pending, who, **what, by=clinic.actor(who), at=at)  # type: ignore[arg-type]


def payment_of(visit: UUID) -> UUID:
    known = selectors.deposit_of(visit)
    assert known is not None
    return known.id


def pay(firm: LocalFirm, visit: UUID, *, at: datetime = NOW) -> str:
    """Their browser has paid at the firm; we have not heard of it."""
    reference = billing.open_at_firm(payment_of(visit), by=selectors.payer(), at=at).reference
    firm.pay(reference)
    return reference


def hear(visit: UUID, *, at: datetime = NOW) -> State:
    """We ask the firm, as the page and the job do, and pass on what it says."""
    found = billing.look(payment_of(visit), at=at)
    billing.tell(payment_of(visit), at=at)
    return found


def state(visit: UUID) -> str:
    found: str = Appointment.objects.get(pk=visit).state
    return found


def kinds(subject: UUID) -> list[str]:
    return sorted(Message.objects.filter(subject_id=subject).values_list("kind", flat=True))


def test_a_visit_is_booked_when_its_deposit_is_held_and_taken_once_it_is_booked(
    clinic: Clinic, firm: LocalFirm, dear: UUID
) -> None:
    visit = wait(clinic, dear)
    assert state(visit) == "awaiting" and kinds(clinic.ann) == [] and not Figure.objects.exists()
    assert rules.minutes_of(WHEN) not in selectors.search_free(dear, WHEN.date(), 1, at=NOW)[clinic.orla]
    # Until the deposit is held it is no reason for anybody to look.
    assert selectors.booked_with(clinic.orla, [clinic.ann], since=NOW, until=WHEN + DAY) == set()
    reference = pay(firm, visit)
    assert firm.intents[reference]["status"] == "requires_capture" and state(visit) == "awaiting"
    hear(visit)
    assert state(visit) == "booked" and kinds(clinic.ann) == ["visit_booked"]
    assert {row.until for row in Hold.objects.all()} == {None}
    assert hear(visit) is State.CAPTURED
    assert firm.intents[reference]["amount_received"] == 3_000
    for _ in range(2):
        services.hear_deposit(visit, payment_of(visit), State.AUTHORISED, by=selectors.payer(), at=NOW)
    assert kinds(clinic.ann) == ["visit_booked"] and Figure.objects.get().number == 1


def test_what_is_not_paid_in_time_is_no_visit_and_is_not_charged(clinic: Clinic, firm: LocalFirm, dear: UUID) -> None:
    visit = wait(clinic, dear)
    reference = billing.open_at_firm(payment_of(visit), by=selectors.payer(), at=NOW).reference
    over = NOW + rules.HELD_FOR
    assert selectors.list_unpaid(at=over - MINUTE) == [] and selectors.list_unpaid(at=over) == [visit]
    services.end_unpaid(visit, by=selectors.payer(), at=over - MINUTE)
    assert state(visit) == "awaiting"
    services.end_unpaid(visit, by=selectors.payer(), at=over)
    assert state(visit) == "cancelled" and not Hold.objects.exists() and kinds(clinic.ann) == []
    firm.pay(reference)  # in the same moment
    hear(visit, at=over)
    hear(visit, at=over)
    assert state(visit) == "cancelled" and firm.intents[reference]["amount_received"] == 0
    assert not Figure.objects.exists()


@pytest.mark.parametrize("taken", [True, False])
def test_who_pays_late_has_the_time_if_nobody_else_has(
    clinic: Clinic, firm: LocalFirm, dear: UUID, taken: bool
) -> None:
    visit, late = wait(clinic, dear), NOW + rules.HELD_FOR
    reference = pay(firm, visit, at=late)
    if taken:
        clinic.book(clinic.bob, clinic.orla, WHEN, at=late)
    hear(visit, at=late)
    hear(visit, at=late)
    assert state(visit) == ("cancelled" if taken else "booked")
    assert kinds(clinic.ann) == ["visit_cancelled" if taken else "visit_booked"]
    assert firm.intents[reference]["amount_received"] == (0 if taken else 3_000)
    assert firm.intents[reference]["status"] == ("canceled" if taken else "succeeded")


@pytest.mark.parametrize(
    ("who", "when", "because", "back"),
    [
        ("ann", NOW, Ended.UNSAID, True),
        ("ann", WHEN - rules.FREE_UNTIL + MINUTE, Ended.OTHER_TIME, False),
        ("reception", WHEN - MINUTE, Ended.BY_US, True),
        ("reception", WHEN - MINUTE, Ended.NOT_WANTED, False),
    ],
)
def test_cancelled_in_time_it_goes_back_and_late_it_is_kept(
    clinic: Clinic, firm: LocalFirm, dear: UUID, who: str, when: datetime, because: Ended, back: bool
) -> None:
    visit = wait(clinic, dear)
    reference = pay(firm, visit)
    hear(visit)
    hear(visit)
    services.cancel(visit, because=because, by=clinic.actor(getattr(clinic, who)), at=when)
    hear(visit, at=when)
    hear(visit, at=when)
    assert [(each["payment_intent"], each["amount"]) for each in firm.refunds] == [(reference, 3_000)] * back
    known = selectors.deposit_of(visit)
    assert known and known.state is (State.REFUNDED if back else State.CAPTURED)


def test_what_is_being_taken_while_they_cancel_goes_back_too(clinic: Clinic, firm: LocalFirm, dear: UUID) -> None:
    visit = wait(clinic, dear)
    pay(firm, visit)
    hear(visit)
    services.cancel(visit, by=clinic.actor(clinic.ann), at=NOW)
    for _ in range(3):
        hear(visit)
    assert [each["amount"] for each in firm.refunds] == [3_000]


def test_who_does_not_come_gets_no_deposit_back(clinic: Clinic, firm: LocalFirm, dear: UUID) -> None:
    visit = wait(clinic, dear)
    pay(firm, visit)
    hear(visit)
    services.miss(visit, by=clinic.actor(clinic.reception), at=WHEN + MINUTE)
    hear(visit, at=WHEN + MINUTE)
    assert firm.refunds == [] and selectors.deposit_of(visit) is not None


def test_who_dies_between_the_money_and_the_visit_leaves_neither_alone(
    clinic: Clinic, firm: LocalFirm, dear: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = wait(clinic, dear)
    reference = pay(firm, visit)

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("zq-killed")

    for module, name in ((deposits, "take"), (services.paying, "tell")):  # type: ignore[attr-defined]
        with monkeypatch.context() as dying:
            dying.setattr(module, name, die)
            with pytest.raises(RuntimeError, match="zq-killed"):
                hear(visit)
        assert state(visit) == "awaiting" and firm.intents[reference]["amount_received"] == 0
    hear(visit)
    hear(visit)
    assert state(visit) == "booked" and firm.intents[reference]["amount_received"] == 3_000
    assert kinds(clinic.ann) == ["visit_booked"]


def test_a_bank_that_lets_go_before_it_is_taken_ends_the_visit(clinic: Clinic, firm: LocalFirm, dear: UUID) -> None:
    visit = wait(clinic, dear)
    reference = pay(firm, visit)
    hear(visit)
    firm.lapse(reference)
    hear(visit)
    assert state(visit) == "cancelled" and not Hold.objects.exists()
    assert kinds(clinic.ann) == ["visit_booked", "visit_cancelled"]


def test_one_ticket_asks_once_and_gives_back_no_visit_that_waits(clinic: Clinic, firm: LocalFirm, dear: UUID) -> None:
    visit = wait(clinic, dear)
    what = {"practitioner": clinic.orla, "service": dear}
    with pytest.raises(rules.Lost):
        services.confirm(visit, clinic.bob, **what, starts_at=WHEN, by=clinic.actor(clinic.bob), at=NOW)  # type: ignore[arg-type]
    services.hold_time(**what, starts_at=TEN, instead=visit, by=actors.NOBODY, at=NOW)  # type: ignore[arg-type]
    assert Hold.objects.filter(appointment=visit).count() == 2


def test_the_job_ends_what_was_not_paid(
    clinic: Clinic, firm: LocalFirm, dear: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = wait(clinic, dear)
    monkeypatch.setattr(jobs.timezone, "now", lambda: NOW + rules.HELD_FOR)
    jobs.end_unpaid()
    assert state(visit) == "cancelled"
    services.cancel(wait(clinic, dear), by=clinic.actor(clinic.ann), at=NOW)
    assert kinds(clinic.ann) == []


def test_reception_asks_for_it_by_a_link_and_the_visit_stands_whether_or_not_it_is_paid(
    clinic: Clinic, firm: LocalFirm, dear: UUID
) -> None:
    desk = clinic.actor(clinic.reception)
    own = clinic.actor(clinic.ann)
    visit = services.book(clinic.ann, practitioner=clinic.orla, service=dear, starts_at=WHEN, by=own, at=NOW)
    services.ask_deposit(visit, by=desk, at=NOW)
    assert kinds(clinic.ann) == ["visit_booked", "visit_deposit"]
    with pytest.raises(rules.NotPossible, match="already"):
        services.ask_deposit(visit, by=desk, at=NOW)
    billing.open_at_firm(payment_of(visit), by=selectors.payer(), at=NOW)
    first = payment_of(visit)
    assert hear(visit, at=NOW + 2 * DAY) is State.FAILED and state(visit) == "booked"
    services.ask_deposit(visit, by=desk, at=NOW + 2 * DAY)
    assert payment_of(visit) != first
    reference = pay(firm, visit, at=NOW + 2 * DAY)
    assert hear(visit, at=NOW + 2 * DAY) is State.CAPTURED and state(visit) == "booked"
    services.cancel(visit, because=Ended.UNSAID, by=desk, at=NOW + 2 * DAY - MINUTE)
    assert hear(visit, at=NOW + 2 * DAY) is State.REFUNDED
    assert firm.intents[reference]["latest_charge"]["amount_refunded"] == 3_000
    with pytest.raises(rules.NotPossible, match="booked and ahead"):
        services.ask_deposit(visit, by=desk, at=NOW + 2 * DAY)


@pytest.mark.parametrize("paid", [False, True])
def test_who_cannot_pay_here_is_booked_at_the_desk_without_and_is_charged_nothing(
    clinic: Clinic, firm: LocalFirm, dear: UUID, paid: bool
) -> None:
    desk, visit = clinic.actor(clinic.reception), wait(clinic, dear)
    reference = billing.open_at_firm(payment_of(visit), by=selectors.payer(), at=NOW).reference
    with pytest.raises(Refused):
        services.book_unpaid(visit, by=clinic.actor(clinic.ann), at=NOW)
    if paid:  # in the same moment, and we have not heard of it
        firm.pay(reference)
    services.book_unpaid(visit, by=desk, at=NOW)
    for _ in range(2):
        assert hear(visit) is State.RELEASED
    assert state(visit) == "booked" and kinds(clinic.ann) == ["visit_booked"]
    assert firm.intents[reference]["status"] == "canceled" and {row.until for row in Hold.objects.all()} == {None}
    assert Figure.objects.get().number == 1
    with pytest.raises(rules.NotPossible, match="no deposit any more"):
        services.book_unpaid(visit, by=desk, at=NOW)
    services.ask_deposit(visit, by=desk, at=NOW)  # by a link, as for every visit that is booked at the desk


def test_a_time_that_is_somebody_elses_by_now_is_not_booked_without_a_deposit(
    clinic: Clinic, firm: LocalFirm, dear: UUID
) -> None:
    visit, late = wait(clinic, dear), NOW + rules.HELD_FOR
    clinic.book(clinic.bob, clinic.orla, WHEN, at=late)
    with pytest.raises(rules.NotPossible, match="somebody else’s"):
        services.book_unpaid(visit, by=clinic.actor(clinic.reception), at=late)
    assert state(visit) == "awaiting"


def test_a_deposit_is_asked_for_only_where_one_is_to_pay(clinic: Clinic, firm: LocalFirm) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, WHEN, at=NOW)
    with pytest.raises(rules.NotPossible, match="no deposit"):
        services.ask_deposit(visit, by=clinic.actor(clinic.reception), at=NOW)


@pytest.mark.parametrize("asked_first", [False, True])
def test_a_visit_is_paid_by_a_package_or_has_a_deposit_and_not_both(
    clinic: Clinic, firm: LocalFirm, dear: UUID, monkeypatch: pytest.MonkeyPatch, asked_first: bool
) -> None:
    desk = clinic.actor(clinic.reception)
    own = clinic.actor(clinic.ann)
    visit = services.book(clinic.ann, practitioner=clinic.orla, service=dear, starts_at=WHEN, by=own, at=NOW)
    if asked_first:
        services.ask_deposit(visit, by=desk, at=NOW)
        with pytest.raises(rules.NotPossible, match="deposit was asked"):
            services.draw_package(visit, by=desk, at=NOW)
        return
    monkeypatch.setattr(money, "is_drawn_for", lambda thing: thing == visit)
    with pytest.raises(rules.NotPossible, match="from a package"):
        services.ask_deposit(visit, by=desk, at=NOW)


def test_a_deposit_that_was_taken_off_an_invoice_goes_back_once_that_is_cancelled(
    clinic: Clinic, firm: LocalFirm, dear: UUID
) -> None:
    """The visit is cancelled in time while its deposit is used: nobody keeps it, and nobody gets it twice."""
    visit = wait(clinic, dear)
    reference = pay(firm, visit)
    hear(visit)
    assert hear(visit) is State.CAPTURED
    finance = make_staff("finance", at=NOW - 30 * DAY, name="Una Pell", email="una@clinic.example")
    by = actors.person(finance, at=NOW)
    deposit = Invoice.objects.get(receipt_for=payment_of(visit))
    assert (deposit.state, deposit.advance) == ("settled", True)
    price = billing.set_price(name="sentinel-dear", pence=9_000, rate=VatRate.STANDARD, by=by, at=NOW)
    invoice = billing.issue(clinic.ann, lines=[(price, 1)], deposits=[deposit.pk], key=uuid4(), by=by, at=NOW)
    services.cancel(visit, because=Ended.UNSAID, by=clinic.actor(clinic.manager), at=NOW)
    assert hear(visit) is State.CAPTURED and not firm.refunds
    late = WHEN + 30 * DAY  # when a visit is no reason any more
    billing.credit(invoice, key=uuid4(), by=actors.person(finance, at=late), at=late)
    hear(visit, at=late)
    assert hear(visit, at=late) is State.REFUNDED
    hear(visit, at=late)
    assert payment_of(visit) not in money.list_urgent(at=late)
    assert firm.intents[reference]["latest_charge"]["amount_refunded"] == 3_000
    assert set(Invoice.objects.filter(kind="invoice").values_list("state", flat=True)) == {"credited"}


@pytest.mark.parametrize("late", [False, True])
def test_a_visit_draws_one_from_a_package_and_gives_it_back_when_cancelled_in_time(
    clinic: Clinic, firm: LocalFirm, late: bool
) -> None:
    """Reception sees no money, and draws by the service of deposits; late, it stays drawn."""
    desk, keeper = clinic.actor(clinic.reception), clinic.actor(clinic.finance)
    visit = clinic.book(clinic.ann, clinic.orla, WHEN, at=NOW)
    with pytest.raises(rules.NotPossible, match="no package"):
        services.draw_package(visit, by=desk, at=NOW)
    with processing(Purpose.FIND, by=keeper, at=NOW, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        assert people.find_people("oddie", opened).people
    price = billing.set_price(name="sentinel-short", pence=6_000, rate=VatRate.EXEMPT, by=keeper, at=NOW)
    package = billing.set_package(name="x", price=price, many=2, pence=9_000, months=6, by=keeper, at=NOW)
    invoice = billing.sell_package(clinic.ann, package=package, key=uuid4(), by=keeper, at=NOW)
    billing.settle(invoice, pence=9_000, means=Means.CASH, key=uuid4(), by=keeper, at=NOW)
    for _ in range(2):
        services.draw_package(visit, by=desk, at=NOW)
    assert PackageDraw.objects.filter(thing=visit, back_at=None).count() == 1
    ended = PackageSold.objects.get(invoice=invoice).pk
    billing.end_package(ended, key=uuid4(), by=keeper, at=NOW)
    when = WHEN - timedelta(hours=2) if late else NOW
    services.cancel(visit, because=Ended.UNSAID, by=clinic.actor(clinic.ann, when), at=when)
    assert money.is_drawn_for(visit) is late
    assert billing.left_of(invoice, by=keeper, at=NOW) == (-4_500 if late else -9_000)
    with pytest.raises(rules.NotPossible, match="nothing is drawn"):
        services.draw_package(visit, by=desk, at=NOW)
