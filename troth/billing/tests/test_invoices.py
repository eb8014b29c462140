"""Invoices: their numbers, their VAT, what settles them, credit notes, and bank details that do not outstay their refund."""

import threading
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import publish_pack
from troth.billing import rules, selectors, services
from troth.billing.models import BankDetails, Invoice, InvoiceState, Means, Payment, Series, State, TillRow, VatRate
from troth.billing.rules import Line, NotPossible
from troth.billing.services import following
from troth.billing.tests.conftest import NOW, Till, open_till
from troth.billing.tests.firm import LocalFirm
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Action, Purpose
from troth.vault import keystore

ON = date(2026, 11, 24)


def prices(till: Till) -> tuple[UUID, UUID]:
    """Something exempt, and something that only makes somebody look otherwise."""
    by = till.actor(till.finance)
    return (
        services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, by=by, at=NOW),
        services.set_price(name="sentinel-smooth", pence=12000, rate=VatRate.STANDARD, by=by, at=NOW),
    )


def issue(till: Till, *wanted: tuple[UUID, int], key: UUID | None = None) -> UUID:
    return services.issue(
        till.ann, lines=wanted or [(prices(till)[0], 1)], key=key or uuid4(), by=till.actor(till.finance), at=NOW
    )


def read(till: Till, invoice: UUID) -> selectors.InvoiceLine:
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
        return selectors.get_invoice(invoice, opened)


def settle(till: Till, invoice: UUID, pence: int, key: UUID | None = None) -> UUID:
    return services.settle(
        invoice, pence=pence, means=Means.CASH, key=key or uuid4(), by=till.actor(till.finance), at=NOW
    )


LINES = st.lists(
    st.builds(Line, st.just("x"), st.integers(1, 50), st.integers(1, 100_000), st.sampled_from(list(VatRate))),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(LINES)
def test_vat_lies_in_what_is_paid_and_is_rounded_once_a_rate(lines: list[Line]) -> None:
    totals = rules.total(lines, on=ON, registered=True)
    assert totals.gross == sum(line.gross for line in lines) == totals.net + totals.vat
    taxed = sum(line.gross for line in lines if line.rate is VatRate.STANDARD)
    assert abs(totals.vat * 6 - taxed) <= 3  # a sixth, to the nearest penny
    back = rules.total([Line(x.what, x.quantity, -x.pence, x.rate) for x in lines], on=ON, registered=True)
    assert (back.gross, back.vat) == (-totals.gross, -totals.vat)
    assert rules.total(lines, on=ON, registered=False).vat == 0


def test_health_care_is_exempt_and_what_only_looks_is_not(till: Till, settings: object) -> None:
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]
    care, looks = prices(till)
    found = read(till, issue(till, (care, 2), (looks, 1)))
    assert found.totals.gross == 25000
    assert found.totals.by_rate == ((VatRate.EXEMPT, 13000, 0), (VatRate.STANDARD, 12000, 2000))


def test_a_price_that_changes_leaves_what_was_issued(till: Till) -> None:
    care, _ = prices(till)
    invoice = issue(till, (care, 1))
    services.set_price(name="sentinel-physio", pence=9900, rate=VatRate.EXEMPT, by=till.actor(till.finance), at=NOW)
    assert read(till, invoice).totals.gross == 6500
    services.set_price(
        name="sentinel-physio", pence=9900, rate=VatRate.EXEMPT, offered=False, by=till.actor(till.finance), at=NOW
    )
    with pytest.raises(NotPossible, match="price list"):
        issue(till, (care, 1))


def test_an_invoice_that_is_undone_gives_its_number_back(till: Till) -> None:
    care, _ = prices(till)
    first = issue(till, (care, 1))
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(till, (care, 1))
        raise RuntimeError
    second = issue(till, (care, 1))
    numbers = Invoice.objects.in_bulk([first, second])
    assert [numbers[first].number, numbers[second].number] == [1, 2]


def test_a_number_is_given_once_by_the_database(till: Till) -> None:
    care, _ = prices(till)
    issue(till, (care, 1))
    Series.objects.update(last=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(till, (care, 1))


def test_issued_twice_under_one_key_is_issued_once(till: Till) -> None:
    care, _ = prices(till)
    key = uuid4()
    assert issue(till, (care, 1), key=key) == issue(till, (care, 1), key=key)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("quantity", [0, 51])
def test_nothing_is_no_invoice(till: Till, quantity: int) -> None:
    care, _ = prices(till)
    with pytest.raises(NotPossible):
        issue(till, (care, quantity))


def test_paid_in_parts_and_never_more_than_is_left(till: Till) -> None:
    invoice = issue(till)
    key = uuid4()
    assert settle(till, invoice, 2500, key) == settle(till, invoice, 2500, key)
    assert read(till, invoice).left == 4000
    with pytest.raises(NotPossible, match="£40 is left"):
        settle(till, invoice, 4001)
    settle(till, invoice, 4000)
    assert read(till, invoice).state is InvoiceState.SETTLED
    with pytest.raises(NotPossible):
        settle(till, invoice, 1)


def test_paid_by_card_and_given_back_stands_on_the_invoice(till: Till) -> None:
    invoice, ann = issue(till), till.actor(till.ann)
    payment = services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW)
    till.firm.pay(services.open_at_firm(payment, by=ann, at=NOW).reference)
    services.look(payment, at=NOW)
    services.look(payment, at=NOW)
    assert read(till, invoice).state is InvoiceState.SETTLED
    for pence in (1000, 500):  # two in one state
        services.refund(payment, pence=pence, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
        services.look(payment, at=NOW)
    assert [entry.pence for entry in read(till, invoice).entries] == [6500, -1000, -500]
    assert read(till, invoice).left == 1500


def test_a_credit_note_cancels_all_of_it_once_and_what_was_paid_is_owed(till: Till) -> None:
    invoice, by = issue(till), till.actor(till.finance)
    settle(till, invoice, 6500)
    note = services.credit(invoice, key=uuid4(), by=by, at=NOW)
    assert (read(till, note).number, read(till, note).credits, read(till, note).totals.gross) == (
        "CRN-000001",
        "INV-000001",
        -6500,
    )
    assert read(till, invoice).left == -6500
    for again in (invoice, note):
        with pytest.raises(NotPossible):
            services.credit(again, key=uuid4(), by=by, at=NOW)


def test_a_credit_note_takes_back_the_vat_that_was_charged(till: Till, settings: object) -> None:
    """Registered then and not now, or now and not then: what stands on the note is what stands on its invoice."""
    _, looks = prices(till)
    by = till.actor(till.finance)
    for then, now, vat in (("GB 123 4567 82", "", 2000), ("", "GB 123 4567 82", 0)):
        settings.TROTH_VAT_NUMBER = then  # type: ignore[attr-defined]
        invoice = issue(till, (looks, 1))
        settings.TROTH_VAT_NUMBER = now  # type: ignore[attr-defined]
        note = read(till, services.credit(invoice, key=uuid4(), by=by, at=NOW))
        assert (note.totals.vat, note.totals.by_rate) == (-vat, ((VatRate.STANDARD, -12000, -vat),))
        assert read(till, invoice).totals.by_rate == ((VatRate.STANDARD, 12000, vat),)
    assert selectors.day_end(ON, ON).invoiced == {"standard": (0, 0)}


def test_many_invoices_cost_as_many_queries_as_one(
    till: Till,
) -> None:
    """Of the list, and of payments; bank details are opened by the one invoice that shows them, and not by the list."""
    issue(till)
    ann = till.actor(till.ann)

    def count() -> int:
        with (
            CaptureQueriesContext(connection) as found,
            processing(Purpose.PAYMENT, Action.READ, by=ann, at=NOW) as opened,
        ):
            assert all(each.refunds == () for each in selectors.list_invoices(till.ann, opened))
            selectors.list_payments(till.ann, opened)
        return len(found)

    one = count()
    for _ in range(4):
        settle(till, issue(till), 6500)
        till.ask()
    assert count() <= one + 1  # refunds are looked up once there is a payment


def test_an_invoice_has_one_card_payment_that_can_be_paid(till: Till) -> None:
    invoice, ann = issue(till), till.actor(till.ann)
    first = services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW)
    assert services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW) == first
    word = services.open_at_firm(first, by=ann, at=NOW)
    part = services.pay_by_card(invoice, pence=2000, key=uuid4(), by=ann, at=NOW)
    assert part != first
    assert services.look(first, at=NOW) is State.RELEASED
    assert till.firm.intents[word.reference]["status"] == "canceled"


def test_a_page_from_before_does_not_end_the_payment_that_can_be_paid(till: Till) -> None:
    invoice, ann, stale = issue(till), till.actor(till.ann), uuid4()
    first = services.pay_by_card(invoice, pence=6500, key=stale, by=ann, at=NOW)
    assert services.pay_by_card(invoice, pence=6500, key=stale, by=ann, at=NOW) == first
    services.open_at_firm(first, by=ann, at=NOW)
    live = services.pay_by_card(invoice, pence=2000, key=uuid4(), by=ann, at=NOW)
    assert services.look(first, at=NOW) is State.RELEASED
    with pytest.raises(NotPossible, match="Begin again"):
        services.pay_by_card(invoice, pence=6500, key=stale, by=ann, at=NOW)
    assert Payment.objects.values_list("state", "order").get(pk=live) == (State.ASKED, "")


@pytest.mark.parametrize("how", ["credited", "settled"])
def test_what_is_settled_or_cancelled_can_no_longer_be_paid_by_card(till: Till, how: str) -> None:
    invoice, by, ann = issue(till), till.actor(till.finance), till.actor(till.ann)
    payment = services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW)
    word = services.open_at_firm(payment, by=ann, at=NOW)
    if how == "credited":
        services.credit(invoice, key=uuid4(), by=by, at=NOW)
    else:
        settle(till, invoice, 6500)
    assert services.look(payment, at=NOW) is State.RELEASED
    assert till.firm.intents[word.reference]["status"] == "canceled"


def test_what_the_firm_took_is_entered_with_its_word_and_not_asked_for_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, ann = issue(till), till.actor(till.ann)
    monkeypatch.setitem(following.followers, services.THING, lambda *_, **__: pytest.fail("nobody waits to hear"))
    paid_by_card(till, invoice)
    assert read(till, invoice).paid == 6500
    with pytest.raises(NotPossible):
        services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW)


def paid_by_card(till: Till, invoice: UUID) -> UUID:
    ann = till.actor(till.ann)
    payment = services.pay_by_card(invoice, pence=6500, key=uuid4(), by=ann, at=NOW)
    till.firm.pay(services.open_at_firm(payment, by=ann, at=NOW).reference)
    services.look(payment, at=NOW)
    return payment


def test_what_goes_back_to_the_card_does_not_go_to_the_bank_too(till: Till) -> None:
    invoice, by = issue(till), till.actor(till.finance)
    payment = paid_by_card(till, invoice)
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    services.refund(
        payment, pence=4000, why="", key=uuid4(), by=by, at=NOW
    )  # asked, and the firm has not heard of it
    with pytest.raises(NotPossible, match="£25 is owed"):
        services.ask_bank_refund(invoice, pence=2501, key=uuid4(), by=by, at=NOW)
    services.ask_bank_refund(invoice, pence=2500, key=uuid4(), by=by, at=NOW)


def test_what_goes_to_the_bank_does_not_go_back_to_the_card_too(till: Till) -> None:
    invoice, by, ann = issue(till), till.actor(till.finance), till.actor(till.ann)
    payment = paid_by_card(till, invoice)
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    refund = services.ask_bank_refund(invoice, pence=6000, key=uuid4(), by=by, at=NOW)
    with pytest.raises(NotPossible, match="£5 is left"):
        services.refund(payment, pence=501, why="", key=uuid4(), by=by, at=NOW)
    services.give_bank_details(refund, name="Maureen Oddie", sort_code="200000", account="55779911", by=ann, at=NOW)
    services.pay_bank_refund(refund, by=by, at=NOW)
    with pytest.raises(NotPossible, match="£5 is left"):
        services.refund(payment, pence=501, why="", key=uuid4(), by=by, at=NOW)
    services.refund(payment, pence=500, why="", key=uuid4(), by=by, at=NOW)


def test_a_bank_refund_is_looked_at_again_when_it_is_paid(till: Till) -> None:
    invoice, by, ann = issue(till), till.actor(till.finance), till.actor(till.ann)
    payment = paid_by_card(till, invoice)
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    refund = services.ask_bank_refund(invoice, pence=6500, key=uuid4(), by=by, at=NOW)
    services.give_bank_details(refund, name="Maureen Oddie", sort_code="200000", account="55779911", by=ann, at=NOW)
    till.firm.intents[till.reference(payment)]["latest_charge"]["amount_refunded"] = 6500  # by hand, at the firm
    services.look(payment, at=NOW)
    with pytest.raises(NotPossible, match="owed"):
        services.pay_bank_refund(refund, by=by, at=NOW)


def test_bank_details_are_held_for_a_refund_alone_and_go_with_it(till: Till) -> None:
    invoice, by, ann = issue(till), till.actor(till.finance), till.actor(till.ann)
    settle(till, invoice, 6500)
    with pytest.raises(NotPossible):
        services.ask_bank_refund(invoice, pence=6500, key=uuid4(), by=by, at=NOW)  # nothing is owed
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    refund = services.ask_bank_refund(invoice, pence=6500, key=uuid4(), by=by, at=NOW)
    with pytest.raises(NotPossible):
        services.ask_bank_refund(invoice, pence=1, key=uuid4(), by=by, at=NOW)  # it is on its way already
    with pytest.raises(NotPossible, match="not said"):
        services.pay_bank_refund(refund, by=by, at=NOW)
    assert selectors.count_bank_details_wanted(till.ann) == 1
    with pytest.raises(NotPossible, match="six figures"):
        services.give_bank_details(
            refund, name="Maureen Oddie", sort_code="20-00", account="55779911", by=ann, at=NOW
        )
    services.give_bank_details(refund, name="Maureen Oddie", sort_code="200000", account="55779911", by=ann, at=NOW)
    row = BankDetails.objects.get()
    assert read(till, invoice).refunds[0].details == ("Maureen Oddie", "20-00-00", "55779911")
    assert keystore.fetch([till.ann], ["billing.bank"], scope=row.pk.hex)
    services.pay_bank_refund(refund, by=by, at=NOW)
    assert not BankDetails.objects.exists()
    assert not keystore.fetch([till.ann], ["billing.bank"], scope=row.pk.hex)
    assert read(till, invoice).left == 0
    with pytest.raises(NotPossible):
        services.give_bank_details(refund, name="M", sort_code="200000", account="55779911", by=ann, at=NOW)


def test_day_ends_and_the_accountants_file_name_nobody_and_no_treatment(till: Till) -> None:
    care, looks = prices(till)
    invoice = issue(till, (care, 1), (looks, 1))
    settle(till, invoice, 10000)
    day = selectors.day_end(ON, ON)
    assert day.invoiced == {"exempt": (6500, 0), "standard": (12000, 0)}
    assert day.moved == {"cash": (10000, 0)} and day.received == 10000
    written = selectors.accountants_file(ON, ON)
    assert "2026-11-24,received,cash,100.00,0.00" in written
    assert "sentinel" not in written and "Oddie" not in written and till.ann.hex not in written
    assert {column.name for column in TillRow._meta.concrete_fields} == {"id", "on", "what", "how", "pence", "vat"}


def test_debts_stand_by_age_with_names_for_who_may_see_them(till: Till) -> None:
    issue(till)
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.finance), at=NOW) as opened:
        debts, total = selectors.list_debts(opened, on=date(2027, 1, 20), start=0, most=25)
    assert total == 1 and debts[0].name == "Maureen Oddie"
    assert selectors.ages(debts) == [("31 to 60 days late", 1, 6500)]


def test_nobody_else_invoices_settles_or_reads(till: Till) -> None:
    care, _ = prices(till)
    invoice = issue(till, (care, 1))
    for who in (till.practitioner, till.bob):
        by = till.actor(who)
        for attempt in (
            lambda by=by: services.issue(till.ann, lines=[(care, 1)], key=uuid4(), by=by, at=NOW),
            lambda by=by: services.settle(invoice, pence=1, means=Means.CASH, key=uuid4(), by=by, at=NOW),
            lambda by=by: services.credit(invoice, key=uuid4(), by=by, at=NOW),
            lambda by=by: services.pay_by_card(invoice, pence=100, key=uuid4(), by=by, at=NOW),
        ):
            with pytest.raises(Refused), boundary():
                attempt()
        with pytest.raises(Refused), boundary(), processing(Purpose.PAYMENT, Action.READ, by=by, at=NOW) as opened:
            selectors.get_invoice(invoice, opened)


def test_nobody_does_for_themselves_what_is_the_staffs_to_do(till: Till) -> None:
    """The notice lets people read and write their own money: that is to pay with, and to say where a refund goes."""
    care, _ = prices(till)
    invoice, by, ann = issue(till, (care, 1)), till.actor(till.finance), till.actor(till.ann)
    payment = paid_by_card(till, invoice)
    held = till.paid(holds=True)
    owed = issue(till, (care, 1))
    settle(till, owed, 6500)
    services.credit(owed, key=uuid4(), by=by, at=NOW)
    refund = services.ask_bank_refund(owed, pence=6000, key=uuid4(), by=by, at=NOW)
    details = {"name": "Maureen Oddie", "sort_code": "200000", "account": "55779911"}
    with pytest.raises(NotPossible, match="themself"):
        services.give_bank_details(refund, **details, by=by, at=NOW)
    services.give_bank_details(refund, **details, by=ann, at=NOW)
    more = issue(till, (care, 1))
    for attempt in (
        lambda: services.set_price(name="sentinel-physio", pence=1, rate=VatRate.EXEMPT, by=ann, at=NOW),
        lambda: services.issue(till.ann, lines=[(care, 1)], key=uuid4(), by=ann, at=NOW),
        lambda: services.settle(more, pence=6500, means=Means.CASH, key=uuid4(), by=ann, at=NOW),
        lambda: services.credit(more, key=uuid4(), by=ann, at=NOW),
        lambda: services.ask_bank_refund(owed, pence=500, key=uuid4(), by=ann, at=NOW),
        lambda: services.pay_bank_refund(refund, by=ann, at=NOW),
        lambda: services.capture(held, by=ann, at=NOW),
        lambda: services.release(held, by=ann, at=NOW),
        lambda: services.refund(payment, pence=100, why="", key=uuid4(), by=ann, at=NOW),
    ):
        with pytest.raises(Refused), boundary():
            attempt()


def test_what_an_invoice_says_is_ciphertext(till: Till) -> None:
    issue(till)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_invoice")
        stored = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in cursor.fetchone())
    for plain in ("sentinel-physio", "6500", "Oddie"):
        assert plain not in stored


def test_many_at_once_are_numbered_without_a_gap_and_one_key_is_one_invoice(
    committed_db: None, firm: LocalFirm
) -> None:
    publish_pack("wellness-clinic")
    till = open_till(firm)
    care, _ = prices(till)
    failed: list[BaseException] = []
    clicked_twice = uuid4()

    def run() -> None:
        try:
            for key in (clicked_twice, uuid4(), uuid4()):
                issue(till, (care, 1), key=key)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 10))
