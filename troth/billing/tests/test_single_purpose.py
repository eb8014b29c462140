"""A voucher for what is taxed in one way is taxed once: when it is sold, and not when it is used (VAT Act 1994 Schedule 10B)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from troth.billing import selectors, services
from troth.billing.models import Invoice, InvoiceState, Means, TillRow, VatRate, Voucher
from troth.billing.rules import NotPossible
from troth.billing.tests.conftest import NOW, Till
from troth.billing.tests.test_before import sold, use, voucher
from troth.billing.tests.test_invoices import issue, prices, read, settle

ON = date(2026, 11, 24)
ONLY_SMOOTH = VatRate.STANDARD


@pytest.fixture(autouse=True)
def _registered(settings: object) -> None:
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]


def books(rate: VatRate) -> tuple[int, int]:
    """Gross and VAT of one rate, credit notes taken off."""
    return selectors.day_end(ON, ON).invoiced.get(rate.value, (0, 0))


def smooth(till: Till, many: int = 1) -> UUID:
    return issue(till, (prices(till)[1], many))


def test_vat_is_due_at_the_sale_and_not_again_at_the_use(till: Till) -> None:
    smooth(till)
    before = books(VatRate.STANDARD)
    bought, code = voucher(till, 6000, ONLY_SMOOTH)
    assert read(till, bought).totals.by_rate == ((VatRate.STANDARD, 6000, 1000),)
    assert books(VatRate.STANDARD) == (before[0] + 6000, before[1] + 1000)
    invoice, key = smooth(till), uuid4()
    for _ in range(2):
        assert use(till, invoice, code, key) == 6000
    found = read(till, invoice)
    assert (found.left, found.credited, found.state) == (6000, 6000, InvoiceState.OPEN)
    note = Invoice.objects.get(credits=invoice)
    assert read(till, note.pk).totals.by_rate == ((VatRate.STANDARD, -6000, -1000),)
    settle(till, invoice, 6000)
    # Two treatments and their VAT, and of the second one half was paid and taxed with the voucher.
    assert books(VatRate.STANDARD) == (24000, 4000) == (before[0] * 2, before[1] * 2)
    day = selectors.day_end(ON, ON)
    assert day.received == 12000 and "voucher" not in day.moved and "outside" not in day.invoiced
    assert sum(row.vat for row in TillRow.objects.all()) == 4000


def test_what_it_pays_in_whole_is_paid_and_leaves_no_penny_of_vat(till: Till) -> None:
    prices(till)
    codes = [voucher(till, pence, ONLY_SMOOTH)[1] for pence in (3334, 3333, 5333)]
    invoice = smooth(till)
    assert [use(till, invoice, code) for code in codes] == [3334, 3333, 5333]
    found = read(till, invoice)
    assert (found.left, found.state) == (0, InvoiceState.SETTLED)
    papers = [invoice, *Invoice.objects.filter(credits=invoice).values_list("pk", flat=True)]
    assert sum(read(till, each).totals.vat for each in papers) == 0
    with pytest.raises(NotPossible):
        settle(till, invoice, 1)


def test_it_pays_for_its_kind_alone_and_what_it_paid_goes_back_to_it(till: Till) -> None:
    care, looks = prices(till)
    _, code = voucher(till, 20000, ONLY_SMOOTH)
    with pytest.raises(NotPossible, match="treatments that VAT is charged on alone"):
        use(till, issue(till, (care, 1)), code)
    with pytest.raises(NotPossible, match="no package"):
        use(till, sold(till, paid=False).invoice, code)
    both = issue(till, (care, 1), (looks, 1))
    assert use(till, both, code) == 12000
    assert read(till, both).left == 6500
    settle(till, both, 6500)
    services.credit(both, key=uuid4(), by=till.actor(till.finance), at=NOW)
    found = read(till, both)
    # What came in cash is owed in money, what the voucher paid stands on it again, and its own VAT stays due.
    assert (found.left, found.state) == (-6500, InvoiceState.CREDITED)
    assert Voucher.objects.get().left == 20000
    assert books(VatRate.STANDARD) == (20000, 3333)


def test_an_invoice_that_it_paid_in_whole_can_be_cancelled_once(till: Till) -> None:
    prices(till)
    _, code = voucher(till, 12000, ONLY_SMOOTH)
    invoice, by, late = smooth(till), till.actor(till.finance), NOW + timedelta(days=720)
    use(till, invoice, code)
    services.credit(invoice, key=uuid4(), by=till.actor(till.finance, late), at=late)
    row = Voucher.objects.get()
    assert row.left == 12000 and row.expires_on > ON + timedelta(days=720 + 80)
    assert read(till, invoice).state is InvoiceState.CREDITED
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    assert Voucher.objects.get().left == 12000


def test_one_for_anything_is_single_purpose_where_everything_is_taxed_alike(till: Till) -> None:
    by = till.actor(till.finance)
    services.set_price(name="sentinel-smooth", pence=12000, rate=VatRate.STANDARD, by=by, at=NOW)
    bought, _ = voucher(till, 5000)
    assert read(till, bought).totals.by_rate == ((VatRate.STANDARD, 5000, 833),)
    services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, by=by, at=NOW)
    bought, _ = voucher(till, 5000)
    assert read(till, bought).totals.by_rate == ((VatRate.OUTSIDE, 5000, 0),)
    bought, _ = voucher(till, 5000, VatRate.EXEMPT)
    assert read(till, bought).totals.by_rate == ((VatRate.EXEMPT, 5000, 0),)
    services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, offered=False, by=by, at=NOW)
    with pytest.raises(NotPossible, match="nobody could use"):
        voucher(till, 5000, VatRate.EXEMPT)


def test_its_own_sale_is_cancelled_with_its_vat_while_it_is_whole_and_no_voucher_buys_one(till: Till) -> None:
    prices(till)
    bought, code = voucher(till, 6000, ONLY_SMOOTH)
    _, other = voucher(till, 6000, ONLY_SMOOTH)
    with pytest.raises(NotPossible):
        use(till, bought, other)
    services.credit(bought, key=uuid4(), by=till.actor(till.finance), at=NOW)
    assert books(VatRate.STANDARD) == (6000, 1000)
    with pytest.raises(NotPossible, match="Nothing is left"):
        use(till, smooth(till), code)


def test_which_voucher_paid_stands_sealed_on_the_credit_note(till: Till) -> None:
    prices(till)
    _, code = voucher(till, 6000, ONLY_SMOOTH)
    use(till, smooth(till), code)
    number = Voucher.objects.get().pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_invoice")
        stored = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor.fetchall() for v in row)
    assert number.hex not in stored and str(number) not in stored
    assert Means.VOUCHER not in {row.how for row in TillRow.objects.all()}


def test_cancelling_twice_what_vouchers_paid_in_whole_is_cancelling_once(till: Till) -> None:
    prices(till)
    _, code = voucher(till, 12000, ONLY_SMOOTH)
    invoice, key = smooth(till), uuid4()
    use(till, invoice, code)
    first, second = (services.credit(invoice, key=key, by=till.actor(till.finance), at=NOW) for _ in range(2))
    assert first == second and Voucher.objects.get().left == 12000
    assert read(till, invoice).taken_off == [
        ("Paid with vouchers that were taxed when sold, and gone back to them", 12000)
    ]
    (line,) = read(till, first).lines
    assert line.what == f"Voucher used on {read(till, invoice).number}, taxed when it was sold"
