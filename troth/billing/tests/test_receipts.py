"""What was paid before it was invoiced: its own number, its VAT, taken off once, and given back with a credit note."""

import threading
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from conftest import publish_pack
from troth.billing import rules, selectors, services
from troth.billing.models import Invoice, InvoiceState, Order, Refund, TillRow, VatRate
from troth.billing.rules import Line, NotPossible
from troth.billing.tests.conftest import NOW, Till, open_till
from troth.billing.tests.firm import LocalFirm
from troth.billing.tests.test_invoices import issue, paid_by_card, prices, read, settle
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import end_fact, record_fact
from troth.notice.purposes import Action, Purpose

ON = date(2026, 11, 24)


def deposit(till: Till, pence: int = 2000, rate: VatRate = VatRate.EXEMPT) -> tuple[UUID, UUID]:
    """A payment in advance that came, and the invoice that was issued for it."""
    payment = services.ask(
        till.ann,
        pence=pence,
        what="sentinel-before",
        thing_kind="tests.thing",
        thing=uuid4(),
        rate=rate,
        advance=True,
        key=uuid4(),
        by=till.actor(till.ann),
        at=NOW,
    )
    till.firm.pay(services.open_at_firm(payment, by=till.actor(till.ann), at=NOW).reference)
    for _ in range(2):
        services.look(payment, at=NOW)
    return payment, Invoice.objects.get(receipt_for=payment).pk


def less(till: Till, price: UUID, *deposits: UUID) -> UUID:
    by = till.actor(till.finance)
    return services.issue(till.ann, lines=[(price, 1)], deposits=deposits, key=uuid4(), by=by, at=NOW)


def give_back(till: Till, payment: UUID, pence: int) -> None:
    services.refund(payment, pence=pence, why="x", key=uuid4(), by=till.actor(till.finance), at=NOW)
    services.look(payment, at=NOW)


def test_what_is_paid_before_is_invoiced_and_taxed_when_it_comes(till: Till, settings: object) -> None:
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]
    _, first = deposit(till, 3000, VatRate.STANDARD)
    found = read(till, first)
    assert (found.number, found.state, found.left, found.totals.vat) == ("INV-000001", InvoiceState.SETTLED, 0, 500)
    assert found.addressee.startswith("Maureen Oddie") and found.lines[0].what == "sentinel-before"
    _, looks = prices(till)
    later = read(till, less(till, looks, first))
    assert [line.pence for line in later.lines] == [12000, -3000]
    assert (later.totals.gross, later.totals.vat, later.left) == (9000, 1500, 9000)
    assert "INV-000001" in later.lines[1].what
    day = selectors.day_end(ON, ON)
    assert day.invoiced == {"standard": (12000, 2000)} and day.moved == {"card": (3000, 0)}


def test_one_that_covers_the_price_leaves_nothing_to_pay(till: Till) -> None:
    care, _ = prices(till)
    found = read(till, less(till, care, deposit(till, 6500)[1]))
    assert (found.totals.gross, found.state, found.left) == (0, InvoiceState.SETTLED, 0)


def test_it_is_taken_off_once_and_not_off_less_or_what_is_taxed_otherwise(till: Till) -> None:
    care, looks = prices(till)
    _, first = deposit(till)
    for price, each in ((looks, first), (care, deposit(till, 6501)[1])):
        with pytest.raises(NotPossible, match="taken off"):
            less(till, price, each)
    invoice = less(till, care, first)
    for again in (first, invoice, uuid4()):
        with pytest.raises(NotPossible, match="meantime"):
            less(till, care, again)
    with pytest.raises(NotPossible, match="Cancel that one first"):
        services.credit(first, key=uuid4(), by=till.actor(till.finance), at=NOW)
    services.credit(invoice, key=uuid4(), by=till.actor(till.finance), at=NOW)
    assert read(till, less(till, care, first)).left == 4500


def test_what_goes_back_is_taken_back_by_a_credit_note_and_leaves_nothing_to_pay(
    till: Till, settings: object
) -> None:
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]
    payment, first = deposit(till, 1001, VatRate.STANDARD)
    for pence in (333, 335, 333):
        assert read(till, first).state is InvoiceState.SETTLED
        give_back(till, payment, pence)
        assert read(till, first).left == 0
    assert read(till, first).state is InvoiceState.CREDITED
    notes = Invoice.objects.filter(credits=first)
    assert notes.count() == 3
    assert selectors.day_end(ON, ON).invoiced == {"standard": (0, 0)}  # to the penny, though each was rounded
    assert selectors.day_end(ON, ON).received == 0


def test_what_was_taken_off_does_not_go_back_as_well(till: Till) -> None:
    care, _ = prices(till)
    payment, first = deposit(till)
    invoice = less(till, care, first)
    with pytest.raises(NotPossible, match="set against"):
        give_back(till, payment, 2000)
    assert not services.fulfil(payment, Order.RELEASE, at=NOW)
    settle(till, invoice, 4500)
    services.credit(invoice, key=uuid4(), by=till.actor(till.finance), at=NOW)
    assert (read(till, invoice).left, read(till, first).left) == (-4500, 0)
    assert services.fulfil(payment, Order.RELEASE, at=NOW)
    services.look(payment, at=NOW)
    assert read(till, first).state is InvoiceState.CREDITED


@pytest.mark.parametrize("paid", [False, True])
def test_what_went_back_by_bank_does_not_go_back_by_card_too(till: Till, paid: bool) -> None:
    payment, first = deposit(till)
    by = till.actor(till.finance)
    services.credit(first, key=uuid4(), by=by, at=NOW)
    refund = services.ask_bank_refund(first, pence=1500, key=uuid4(), by=by, at=NOW)
    if paid:
        services.give_bank_details(
            refund, name="M Oddie", sort_code="200000", account="55779911", by=till.actor(till.ann), at=NOW
        )
        services.pay_bank_refund(refund, by=by, at=NOW)
    for _ in range(2):
        assert services.fulfil(payment, Order.RELEASE, at=NOW)
        services.look(payment, at=NOW)
    assert [each["amount"] for each in till.firm.refunds] == [500]


def test_what_is_on_its_way_back_is_not_taken_off(till: Till) -> None:
    care, _ = prices(till)
    payment, first = deposit(till)
    services.refund(payment, pence=500, why="x", key=uuid4(), by=till.actor(till.finance), at=NOW)
    with pytest.raises(NotPossible, match="on its way back"):
        less(till, care, first)


def test_what_went_back_by_hand_of_one_that_was_taken_off_is_owed_again(till: Till) -> None:
    care, _ = prices(till)
    payment, first = deposit(till)
    less(till, care, first)
    till.firm.intents[till.reference(payment)]["latest_charge"]["amount_refunded"] = 2000
    services.look(payment, at=NOW)
    assert (read(till, first).left, read(till, first).state) == (2000, InvoiceState.OPEN)
    later = Invoice.objects.get(pk=Invoice.objects.get(pk=first).set_against)
    services.credit(later.pk, key=uuid4(), by=till.actor(till.finance), at=NOW)
    assert (read(till, first).left, read(till, first).state) == (0, InvoiceState.CREDITED)


def test_the_rest_of_an_invoice_is_taken_back_to_the_penny() -> None:
    said = [Line("x", 1, 1001, VatRate.STANDARD), Line("y", 1, 500, VatRate.EXEMPT)]
    parts = [Line("z", 1, -300, VatRate.STANDARD)]
    rest = rules.rest_of(said, parts, "INV-000001")
    assert {line.rate: line.pence for line in rest} == {VatRate.STANDARD: -701, VatRate.EXEMPT: -500}
    assert [line.pence for line in rules.rest_of(said, [], "INV-000001")] == [-1001, -500]


def test_the_database_lets_one_invoice_be_issued_for_a_payment(till: Till) -> None:
    deposit(till)
    issue(till)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        first = "SELECT receipt_for FROM billing_invoice WHERE receipt_for IS NOT NULL"
        cursor.execute(f"UPDATE billing_invoice SET receipt_for = ({first})")


def test_two_at_once_take_a_deposit_off_one_invoice(committed_db: None, firm: LocalFirm) -> None:
    publish_pack("wellness-clinic")
    till = open_till(firm)
    care, _ = prices(till)
    _, first = deposit(till)
    said: list[str] = []

    def run() -> None:
        try:
            less(till, care, first)
            said.append("done")
        except NotPossible:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "refused", "refused"]
    assert TillRow.objects.filter(what="invoiced", how="exempt", pence=4500).count() == 1


def test_a_refund_that_failed_is_listed_until_it_went_back_another_way(till: Till) -> None:
    payment, first = deposit(till)
    by = till.actor(till.finance)

    def listed() -> list[int]:
        with processing(Purpose.PAYMENT, Action.READ, by=by, at=NOW) as opened:
            return [each.pence for each in selectors.list_failed_refunds(opened, start=0, most=25)[0]]

    till.firm.refuse_refunds = True
    give_back(till, payment, 2000)
    assert listed() == [2000] and len(selectors.still_failed(till.ann)) == 1
    later = NOW + timedelta(minutes=1)
    services.refund(payment, pence=1500, why="x", key=uuid4(), by=by, at=later)
    services.look(payment, at=later)
    assert listed() == [1500]  # the last of one payment
    services.credit(first, key=uuid4(), by=by, at=NOW)
    assert listed() == [1500]
    services.ask_bank_refund(first, pence=2000, key=uuid4(), by=by, at=later)
    assert listed() == [] and not selectors.still_failed(till.ann)


@pytest.mark.parametrize("closed", ["restricted", "ended"])
def test_what_goes_back_of_an_invoice_is_in_the_till_though_its_person_restricted_or_left(
    till: Till, closed: str
) -> None:
    invoice = issue(till)
    payment = paid_by_card(till, invoice)
    # What came was entered with the firm's word, once, and no room is left to hear of it.
    assert selectors.list_urgent(at=NOW) == [] and [each.pence for each in read(till, invoice).entries] == [6500]
    give = services.refund(payment, pence=2500, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    if closed == "restricted":
        record_fact(till.ann, FactKind.RESTRICTION, by=till.actor(till.finance), at=NOW)
    else:
        end_fact(till.ann, FactKind.CONTRACT, by=till.actor(till.finance), at=NOW)
    for _ in range(2):
        services.look(payment, at=NOW)
    assert Refund.objects.get(pk=give).state == "done"
    assert list(TillRow.objects.filter(how="card").values_list("what", "pence").order_by("-pence")) == [
        ("received", 6500),
        ("returned", -2500),
    ]
    assert (selectors.count_left(at=NOW), selectors.list_urgent(at=NOW)) == (0, [])
    assert Invoice.objects.get(pk=invoice).state == InvoiceState.OPEN
