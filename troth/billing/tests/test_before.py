"""Packages and vouchers: drawn once however many ask at once, given back by rule, and the books agree whatever was done."""

import random
import threading
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from conftest import publish_pack
from troth.billing import rules, selectors, services
from troth.billing.models import (
    Invoice,
    InvoiceState,
    Means,
    Order,
    Package,
    PackageDraw,
    PackageSold,
    Settlement,
    TillRow,
    VatRate,
    Voucher,
    VoucherSale,
)
from troth.billing.rules import NotPossible
from troth.billing.selectors.statements import Statement
from troth.billing.tests.conftest import NOW, Till, open_till
from troth.billing.tests.firm import LocalFirm
from troth.billing.tests.test_invoices import issue, prices, read, settle
from troth.billing.tests.test_receipts import deposit, give_back, less
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Action, Purpose
from troth.vault import secrets

ON = date(2026, 11, 24)


def sold(till: Till, *, paid: bool = True, many: int = 3, pence: int = 10000) -> PackageSold:
    """A package of physiotherapy that somebody bought."""
    care, _ = prices(till)
    by = till.actor(till.finance)
    package = services.set_package(
        name="sentinel-package", price=care, many=many, pence=pence, months=6, by=by, at=NOW
    )
    key = uuid4()
    invoice = services.sell_package(till.ann, package=package, key=key, by=by, at=NOW)
    assert services.sell_package(till.ann, package=package, key=key, by=by, at=NOW) == invoice
    if paid:
        settle(till, invoice, pence)
    return PackageSold.objects.get(invoice=invoice)


def draw(till: Till, package: PackageSold, thing: UUID | None = None) -> None:
    services.draw(package.pk, thing=thing or uuid4(), by=till.actor(till.finance), at=NOW)


def voucher(till: Till, pence: int = 5000, only: VatRate | None = None) -> tuple[UUID, str]:
    """A voucher that Ann bought: its invoice and its code."""
    invoice = services.sell_voucher(
        till.ann, pence=pence, means=Means.CASH, only=only, key=uuid4(), by=till.actor(till.finance), at=NOW
    )
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
        found = selectors.voucher_of(invoice, opened)
    assert found is not None
    return invoice, found.code


def use(till: Till, invoice: UUID, code: str, key: UUID | None = None) -> int:
    return services.pay_by_voucher(invoice, code=code, key=key or uuid4(), by=till.actor(till.finance), at=NOW)


def statement(till: Till, first: date = ON - timedelta(days=9), last: date = ON) -> Statement:
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
        return selectors.get_statement(till.ann, opened, first=first, last=last)


@given(st.integers(1, 1_000_000), st.integers(2, 50), st.data())
def test_what_goes_back_is_never_more_than_was_not_had(pence: int, many: int, data: st.DataObject) -> None:
    used = data.draw(st.integers(0, many))
    back = rules.goes_back(pence=pence, many=many, used=used)
    assert 0 <= back <= pence and (back == pence) == (used == 0)
    assert back * many <= pence * (many - used) < (back + 1) * many


def test_it_is_drawn_from_once_it_is_paid_and_as_often_as_it_has(till: Till) -> None:
    package = sold(till, paid=False)
    with pytest.raises(NotPossible, match="not paid"):
        draw(till, package)
    settle(till, package.invoice, 10000)
    visit = uuid4()
    for thing in (visit, visit, uuid4(), uuid4()):
        draw(till, package, thing)
    assert PackageDraw.objects.count() == 3
    with pytest.raises(NotPossible, match="Everything"):
        draw(till, package)
    services.give_draw_back(visit, by=till.actor(till.finance), at=NOW)
    draw(till, package)
    with pytest.raises(NotPossible, match="Everything"):
        services.end_package(package.pk, key=uuid4(), by=till.actor(till.finance), at=NOW)


def test_it_is_over_after_its_day_and_nothing_goes_back_then(till: Till) -> None:
    package, by, late = sold(till), till.actor(till.finance), NOW + timedelta(days=200)
    with pytest.raises(NotPossible, match="over"):
        services.draw(package.pk, thing=uuid4(), by=till.actor(till.finance, late), at=late)
    with pytest.raises(NotPossible, match="over"):
        services.end_package(package.pk, key=uuid4(), by=by, at=late)


def test_what_was_not_had_goes_back_once_with_its_vat(till: Till) -> None:
    package, by, key = sold(till), till.actor(till.finance), uuid4()
    draw(till, package)
    for _ in range(2):
        services.end_package(package.pk, key=key, by=by, at=NOW)
    assert read(till, package.invoice).left == -6666
    with pytest.raises(NotPossible, match="over"):
        draw(till, package)
    services.ask_bank_refund(package.invoice, pence=6666, key=uuid4(), by=by, at=NOW)


def test_the_invoice_of_a_package_that_was_drawn_from_is_not_cancelled(till: Till) -> None:
    package, by = sold(till), till.actor(till.finance)
    draw(till, package)
    with pytest.raises(NotPossible, match="End it instead"):
        services.credit(package.invoice, key=uuid4(), by=by, at=NOW)
    services.give_draw_back(PackageDraw.objects.get().thing, by=by, at=NOW)
    services.credit(package.invoice, key=uuid4(), by=by, at=NOW)
    with pytest.raises(NotPossible):
        draw(till, package)


def test_what_comes_back_to_a_package_that_was_ended_is_owed_to_its_owner(till: Till) -> None:
    package, by, visit = sold(till), till.actor(till.finance), uuid4()
    draw(till, package, visit)
    draw(till, package)
    services.end_package(package.pk, key=uuid4(), by=by, at=NOW)
    assert read(till, package.invoice).left == -3333
    for _ in range(2):
        services.give_draw_back(visit, by=by, at=NOW)
    assert read(till, package.invoice).left == -6666
    with pytest.raises(NotPossible, match="were drawn"):  # what was had is not given back with the rest
        services.credit(package.invoice, key=uuid4(), by=by, at=NOW)
    late = NOW + timedelta(days=200)
    services.give_draw_back(PackageDraw.objects.get(back_at=None).thing, by=till.actor(till.finance, late), at=late)
    assert read(till, package.invoice).left == -6666


def test_a_package_is_sold_while_it_and_what_it_is_of_are_in_the_list(till: Till) -> None:
    package, by = sold(till), till.actor(till.finance)
    with pytest.raises(NotPossible, match="between a penny"):
        sold(till, pence=rules.MOST + 1)
    services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, offered=False, by=by, at=NOW)
    assert not selectors.list_packages() and selectors.list_packages(all_of_them=True)
    offered = Package.objects.get(name="sentinel-package").pk
    with pytest.raises(NotPossible, match="not offered"):
        services.sell_package(till.ann, package=offered, key=uuid4(), by=by, at=NOW)
    draw(till, package)


@pytest.mark.parametrize("column", ["place", "thing"])
def test_the_database_lets_nothing_be_drawn_twice(till: Till, column: str) -> None:
    package = sold(till)
    draw(till, package)
    draw(till, package)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE billing_packagedraw SET {column} = (SELECT {column} FROM billing_packagedraw LIMIT 1)"
        )


def test_a_voucher_pays_as_far_as_it_goes_and_for_whoever_brings_it(till: Till) -> None:
    bought, code = voucher(till)
    assert read(till, bought).totals.by_rate == ((VatRate.OUTSIDE, 5000, 0),)
    first, second, key = issue(till), issue(till), uuid4()
    for typed in (code.lower().replace("-", " "), code):
        assert use(till, first, typed, key) == 5000
    assert read(till, first).left == 1500
    for again in (code, "AAAA-BBBB-CCCC-DDDD"):
        with pytest.raises(NotPossible):
            use(till, second, again)
    day = selectors.day_end(ON, ON)
    assert day.received == 5000  # the voucher was paid for when it was sold, and is no money now
    assert day.invoiced["outside"] == (5000, 0) and day.moved["voucher"] == (5000, 0)


def test_what_was_paid_with_a_voucher_goes_back_to_it_and_never_out(till: Till) -> None:
    _, code = voucher(till, 2000)
    invoice, by = issue(till), till.actor(till.finance)
    use(till, invoice, code)
    settle(till, invoice, 4500)
    services.credit(invoice, key=uuid4(), by=by, at=NOW)
    assert Voucher.objects.get().left == 2000 and read(till, invoice).left == -4500
    with pytest.raises(NotPossible, match="£45 is owed"):
        services.ask_bank_refund(invoice, pence=4501, key=uuid4(), by=by, at=NOW)
    assert use(till, issue(till), code) == 2000


def test_what_goes_back_to_a_voucher_that_is_over_can_still_be_used(till: Till) -> None:
    _, code = voucher(till, 2000)
    invoice, late = issue(till), NOW + timedelta(days=800)
    use(till, invoice, code)
    services.credit(invoice, key=uuid4(), by=till.actor(till.finance, late), at=late)
    assert Voucher.objects.get().expires_on == date(2029, 5, 1)
    by = till.actor(till.finance, late)
    assert services.pay_by_voucher(issue(till), code=code, key=uuid4(), by=by, at=late) == 2000


def test_who_paid_a_part_otherwise_can_no_longer_pay_the_whole_by_card(till: Till) -> None:
    """Otherwise what the card brought too much would go out as money, and with it the voucher."""
    _, code = voucher(till, 2000)
    for pay in (lambda invoice: use(till, invoice, code), lambda invoice: settle(till, invoice, 2000)):
        invoice = issue(till)
        payment = services.pay_by_card(invoice, pence=6500, key=uuid4(), by=till.actor(till.ann), at=NOW)
        pay(invoice)
        assert selectors.payment_for("billing.invoice", invoice).order is Order.RELEASE  # type: ignore[union-attr]
        services.look(payment, at=NOW)
        assert read(till, invoice).left == 4500


def test_a_voucher_that_was_used_is_not_cancelled_and_one_that_was_not_is_worth_nothing_after(till: Till) -> None:
    by = till.actor(till.finance)
    used, code = voucher(till)
    use(till, issue(till), code)
    with pytest.raises(NotPossible, match="used"):
        services.credit(used, key=uuid4(), by=by, at=NOW)
    whole, code = voucher(till)
    services.credit(whole, key=uuid4(), by=by, at=NOW)
    assert read(till, whole).left == -5000
    with pytest.raises(NotPossible, match="Nothing is left"):
        use(till, issue(till), code)


def test_a_voucher_is_no_way_round_its_own_rules(till: Till) -> None:
    by, late = till.actor(till.finance), NOW + timedelta(days=800)
    bought, code = voucher(till)
    with pytest.raises(NotPossible):
        use(till, bought, code)
    invoice = issue(till)
    with pytest.raises(NotPossible, match="to be used until"):
        services.pay_by_voucher(invoice, code=code, key=uuid4(), by=till.actor(till.finance, late), at=late)
    for pence in (499, 50_001):
        with pytest.raises(NotPossible, match="worth from"):
            services.sell_voucher(till.ann, pence=pence, means=Means.CASH, key=uuid4(), by=by, at=NOW)
    for means in (Means.CARD, Means.VOUCHER):
        with pytest.raises(NotPossible, match="at the desk"):
            services.sell_voucher(till.ann, pence=5000, means=means, key=uuid4(), by=by, at=NOW)


def test_the_code_of_a_voucher_and_whose_it_is_stand_nowhere_in_the_clear(till: Till) -> None:
    _, code = voucher(till)
    use(till, issue(till), code)
    number = Voucher.objects.get().pk
    for table in ("voucher", "vouchersale", "settlement", "invoice"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM billing_{table}")
            stored = " ".join(
                str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor.fetchall() for v in row
            )
        assert code.replace("-", "") not in stored and code not in stored
        if table != "voucher":
            assert number.hex not in stored and str(number) not in stored


def test_a_code_that_cannot_be_worked_out_is_shown_to_nobody_and_still_pays(till: Till, settings: object) -> None:
    bought, code = voucher(till)
    kept = settings.TROTH_KEYS / "vouchers.key"  # type: ignore[attr-defined]
    secret = kept.read_text()

    def shown() -> str:
        with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
            found = selectors.voucher_of(bought, opened)
        return found.code if found else "none"

    assert shown() == code
    named = secrets.opened()._named
    try:
        named.pop("vouchers")
        kept.unlink()
        with pytest.raises(NotPossible, match="missing"):
            voucher(till)
        assert shown() == "" and not kept.exists()
        kept.write_text("00" * 32)
        assert shown() == ""
        assert use(till, issue(till), code) == 5000
    finally:
        named.pop("vouchers", None)
        kept.write_text(secret)
        kept.chmod(0o600)  # the folder is the worker's: a later test asks who may read what lies in it


def test_nobody_sells_draws_or_pays_but_who_keeps_the_books(till: Till) -> None:
    package, invoice = sold(till), issue(till)
    _, code = voucher(till)
    for who in (till.practitioner, till.ann, till.bob):
        by = till.actor(who)
        for attempt in (
            lambda by=by: services.sell_voucher(till.ann, pence=5000, means=Means.CASH, key=uuid4(), by=by, at=NOW),
            lambda by=by: services.draw(package.pk, thing=uuid4(), by=by, at=NOW),
            lambda by=by: services.end_package(package.pk, key=uuid4(), by=by, at=NOW),
            lambda by=by: services.pay_by_voucher(invoice, code=code, key=uuid4(), by=by, at=NOW),
            lambda by=by: services.sell_package(till.ann, package=uuid4(), key=uuid4(), by=by, at=NOW),
        ):
            with pytest.raises(Refused), boundary():
                attempt()


def test_a_statement_begins_where_the_one_before_ended(till: Till) -> None:
    invoice = issue(till)
    settle(till, invoice, 2500)
    found = statement(till)
    assert [(each.charged, each.paid, each.balance) for each in found.lines] == [(6500, 0, 6500), (0, 2500, 4000)]
    assert (found.opening, found.closing, found.name) == (0, 4000, "Maureen Oddie")
    after = statement(till, ON + timedelta(days=1), ON + timedelta(days=9))
    assert (after.opening, after.lines, after.closing) == (4000, (), 4000)
    with (
        pytest.raises(Refused),
        boundary(),
        processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.bob), at=NOW) as opened,
    ):
        selectors.get_statement(till.ann, opened, first=ON, last=ON)


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_the_books_agree_whatever_is_done_in_whatever_order(till: Till, seed: int, settings: object) -> None:
    """A statement is what all invoices leave, the books are what all statements say, and no voucher is worth more or less."""
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"  # type: ignore[attr-defined]
    chance, by = random.Random(seed), till.actor(till.finance)
    care, looks = prices(till)
    package = services.set_package(name="sentinel-package", price=looks, many=3, pence=10001, months=6, by=by, at=NOW)
    codes, payments, deposits = [voucher(till)[1]], [], []

    def some() -> UUID:
        return chance.choice(list(Invoice.objects.filter(kind="invoice").values_list("pk", flat=True)))

    def pay_before() -> None:
        payment, receipt = deposit(
            till, chance.randrange(100, 3000), chance.choice((VatRate.EXEMPT, VatRate.STANDARD))
        )
        payments.append(payment)
        deposits.append(receipt)

    acts: list[Callable[[], object]] = [
        lambda: issue(till, (care, chance.randrange(1, 3)), (looks, 1)),
        pay_before,
        lambda: less(till, chance.choice((care, looks)), *chance.sample(deposits, min(1, len(deposits)))),
        lambda: settle(till, some(), chance.randrange(1, 9000)),
        lambda: use(till, some(), chance.choice(codes)),
        lambda: codes.append(
            voucher(till, chance.randrange(500, 9000), chance.choice((None, VatRate.EXEMPT, VatRate.STANDARD)))[1]
        ),
        lambda: services.sell_package(till.ann, package=package, key=uuid4(), by=by, at=NOW),
        lambda: draw(till, chance.choice(list(PackageSold.objects.all()))),
        lambda: services.end_package(
            chance.choice(list(PackageSold.objects.values_list("pk", flat=True))), key=uuid4(), by=by, at=NOW
        ),
        lambda: services.credit(some(), key=uuid4(), by=by, at=NOW),
        lambda: give_back(till, chance.choice(payments), chance.randrange(1, 3000)),
    ]
    done = 0
    for _ in range(45):
        try:
            with transaction.atomic():
                chance.choice(acts)()
                done += 1
        except (NotPossible, IndexError):
            continue
    assert done > 15
    found = statement(till)
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
        invoices = selectors.list_invoices(till.ann, opened)
        assert found.closing == sum(each.left for each in invoices)
        assert found.lines[-1].balance == found.closing
        assert all(each.left <= 0 for each in invoices if each.state is not InvoiceState.OPEN)
        assert all(each.left > 0 for each in invoices if each.state is InvoiceState.OPEN and each.kind == "invoice")
        spent = sum(each.pence or 0 for each in Settlement.objects.all() if each.voucher)
        notes = Invoice.objects.filter(kind="credit").exclude(credits__state=InvoiceState.CREDITED)
        spent += sum(-(each.total or 0) for each in notes if each.voucher)
        sales = {each.invoice for each in VoucherSale.objects.all()}
        kept = sum(each.totals.gross - each.credited for each in invoices if each.id in sales)
    books = list(TillRow.objects.all())
    assert sum(row.pence for row in books if row.what in ("invoiced", "credited")) == found.charged
    assert sum(row.pence for row in books if row.what in ("received", "returned")) == found.paid
    assert sum(row.left for row in Voucher.objects.all()) == kept - spent


def together(run: Callable[[], object], many: int = 4) -> list[str]:
    """The same by several at once: what became of each."""
    said: list[str] = []

    def one() -> None:
        try:
            run()
            said.append("done")
        except NotPossible:
            said.append("refused")
        except BaseException as error:
            said.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_many_at_once_draw_and_spend_no_more_than_there_is(committed_db: None, firm: LocalFirm) -> None:
    publish_pack("wellness-clinic")
    till = open_till(firm)
    package = sold(till, many=2)
    assert together(lambda: draw(till, package)) == ["done"] * 2 + ["refused"] * 2
    _, code = voucher(till)
    invoices = [issue(till) for _ in range(4)]
    each = iter(invoices)
    assert together(lambda: use(till, next(each), code)) == ["done"] + ["refused"] * 3
    assert Voucher.objects.get().left == 0 and sum(read(till, invoice).paid for invoice in invoices) == 5000


def test_a_package_is_ended_and_its_invoice_cancelled_at_once(committed_db: None, firm: LocalFirm) -> None:
    publish_pack("wellness-clinic")
    till = open_till(firm)
    by = till.actor(till.finance)
    package = sold(till)
    ways = iter(
        [
            lambda: services.end_package(package.pk, key=uuid4(), by=by, at=NOW),
            lambda: services.credit(package.invoice, key=uuid4(), by=by, at=NOW),
        ]
        * 2
    )
    assert together(lambda: next(ways)()) == ["done"] + ["refused"] * 3
    assert read(till, package.invoice).left == -10000
