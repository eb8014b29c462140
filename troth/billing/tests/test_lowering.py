"""An invoice that somebody is to pay less of: a credit note over a part, and what they paid beyond it goes back."""

from uuid import UUID, uuid4

import pytest

from troth.billing import services
from troth.billing.models import Invoice, InvoiceKind, InvoiceState, Means, Refund
from troth.billing.rules import NotPossible
from troth.billing.tests.conftest import NOW, Till
from troth.billing.tests.test_invoices import issue, prices, read, settle
from troth.gate.refusals import Refused


def lower(till: Till, invoice: UUID, pence: int, key: UUID | None = None, *, by: UUID | None = None) -> UUID:
    return services.lower(invoice, pence=pence, key=key or uuid4(), by=till.actor(by or till.finance), at=NOW)


def paid_by_card(till: Till, invoice: UUID, pence: int) -> UUID:
    ann = till.actor(till.ann)
    payment = services.pay_by_card(invoice, pence=pence, key=uuid4(), by=ann, at=NOW)
    till.firm.pay(services.open_at_firm(payment, by=ann, at=NOW).reference)
    services.look(payment, at=NOW)
    return payment


def give_back(till: Till, payment: UUID, pence: int, key: UUID | None = None, *, beyond: bool = False) -> UUID:
    by = till.actor(till.finance)
    return services.refund(payment, pence=pence, why="late", key=key or uuid4(), by=by, at=NOW, beyond=beyond)


def test_what_is_taken_off_goes_back_and_is_never_to_pay(till: Till) -> None:
    invoice = issue(till)
    payment = paid_by_card(till, invoice, 6500)
    note = read(till, lower(till, invoice, 2000))
    assert (note.number, note.credits, note.totals.gross) == ("CRN-000001", "INV-000001", -2000)
    assert (read(till, invoice).left, read(till, invoice).state) == (-2000, InvoiceState.SETTLED)
    give_back(till, payment, 2000)
    services.look(payment, at=NOW)
    assert (read(till, invoice).left, read(till, invoice).state) == (0, InvoiceState.SETTLED)


def test_pressed_twice_it_is_one_note_and_one_refund(till: Till) -> None:
    invoice, note, back = issue(till), uuid4(), uuid4()
    payment = paid_by_card(till, invoice, 6500)
    for _ in range(2):
        lower(till, invoice, 2000, note)
        give_back(till, payment, 2000, back)
        services.look(payment, at=NOW)
    assert (Invoice.objects.filter(kind=InvoiceKind.CREDIT).count(), Refund.objects.count()) == (1, 1)
    assert read(till, invoice).left == 0


def test_two_who_give_back_what_is_owed_give_it_back_once(till: Till) -> None:
    invoice = issue(till)
    payment = paid_by_card(till, invoice, 6500)
    lower(till, invoice, 2000)
    give_back(till, payment, 2000)
    with pytest.raises(NotPossible, match="owed to them"):
        give_back(till, payment, 2000)
    give_back(till, payment, 500, beyond=True)  # who says that it is to pay again may


def test_part_paid_it_lowers_what_is_left_to_pay(till: Till) -> None:
    invoice = issue(till)
    settle(till, invoice, 2500)
    lower(till, invoice, 1000)
    assert (read(till, invoice).left, read(till, invoice).state) == (3000, InvoiceState.OPEN)
    with pytest.raises(NotPossible, match="£30 is left"):
        settle(till, invoice, 3001)
    lower(till, invoice, 3000)
    assert (read(till, invoice).left, read(till, invoice).state) == (0, InvoiceState.SETTLED)


def test_the_vat_of_the_part_is_taken_back_and_the_rest_with_the_invoice(till: Till, settings: object) -> None:
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]
    invoice = issue(till, (prices(till)[1], 1))
    part = read(till, lower(till, invoice, 1000))
    rest = read(till, services.credit(invoice, key=uuid4(), by=till.actor(till.finance), at=NOW))
    assert (part.totals.vat, rest.totals.gross, rest.totals.vat) == (-167, -11000, -1833)
    with pytest.raises(NotPossible, match="only once"):
        lower(till, invoice, 1)


@pytest.mark.parametrize("pence", [0, -1, 6500, 6501])
def test_all_of_it_or_nothing_is_no_part(till: Till, pence: int) -> None:
    invoice = issue(till)
    with pytest.raises(NotPossible, match="take off less, or cancel it"):
        lower(till, invoice, pence)
    assert not Invoice.objects.filter(kind=InvoiceKind.CREDIT).exists()


def test_what_is_taxed_at_two_rates_has_no_plain_part(till: Till) -> None:
    exempt, taxed = prices(till)
    with pytest.raises(NotPossible, match="two rates"):
        lower(till, issue(till, (exempt, 1), (taxed, 1)), 1000)


def test_nobody_but_who_takes_money_lowers_it_and_nobody_their_own(till: Till) -> None:
    invoice = issue(till)
    for by in (till.ann, till.practitioner):
        with pytest.raises(Refused):
            lower(till, invoice, 1000, by=by)
    assert read(till, invoice).left == 6500


def test_what_came_over_the_counter_goes_back_by_the_way_it_came_and_never_by_another(till: Till) -> None:
    invoice, key = issue(till), uuid4()
    settle(till, invoice, 2500)
    paid_by_card(till, invoice, 4000)
    by = till.actor(till.finance)

    def back(pence: int, means: Means, *, beyond: bool = False, key: UUID | None = None) -> UUID:
        return services.return_at_desk(
            invoice, pence=pence, means=means, key=key or uuid4(), beyond=beyond, by=by, at=NOW
        )

    with pytest.raises(NotPossible, match="owed to them"):
        back(1000, Means.CASH)
    lower(till, invoice, 3000)
    for means, pence in ((Means.CASH, 2501), (Means.TERMINAL, 1), (Means.CARD, 1), (Means.CASH, 0)):
        with pytest.raises(NotPossible, match=r"is left to give back|how much"):
            back(pence, means)
    assert back(2500, Means.CASH, key=key) == back(2500, Means.CASH, key=key)  # pressed twice
    assert (read(till, invoice).left, read(till, invoice).state) == (-500, InvoiceState.SETTLED)
    with pytest.raises(NotPossible, match="£0 of what came by cash"):
        back(500, Means.CASH)
    for other in (till.ann, till.practitioner):
        with pytest.raises(Refused):
            services.return_at_desk(invoice, pence=1, means=Means.CASH, key=uuid4(), by=till.actor(other), at=NOW)


def test_what_went_back_over_the_counter_and_is_not_owed_is_to_pay_again(till: Till) -> None:
    invoice = issue(till)
    settle(till, invoice, 6500)
    by = till.actor(till.finance)
    services.return_at_desk(invoice, pence=1500, means=Means.CASH, key=uuid4(), beyond=True, by=by, at=NOW)
    assert (read(till, invoice).left, read(till, invoice).state) == (1500, InvoiceState.OPEN)
