"""The clinic's money at the desk: signed out, not allowed, works."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.billing import services
from troth.billing.models import (
    BankDetails,
    BankRefund,
    Invoice,
    InvoiceState,
    Order,
    Package,
    PackageSold,
    Price,
    Refund,
    Settlement,
    VatRate,
)
from troth.billing.services import give_bank_details
from troth.billing.services.firms import FirmRefused, StandIn
from troth.gate import actors
from troth.people.tests.factories import browser_of, make_patient, make_staff

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    publish_pack("wellness-clinic")
    made = {"ann": make_patient(at=NOW)}
    for number, role in enumerate(("finance", "receptionist", "practitioner", "administrator", "clinic_manager")):
        made[role] = make_staff(role, at=NOW, name=f"Una {role.title()}", email=f"{number}@clinic.example")
    return made


@pytest.fixture
def desk(people: dict[str, UUID]) -> Client:
    return browser_of(people["finance"], at=NOW)


def price(desk: Client, name: str = "sentinel-physio", pounds: str = "65") -> Any:
    return desk.post(reverse("desk_prices"), {"name": name, "pence": pounds, "rate": "exempt", "offered": "on"})


def found(desk: Client) -> None:
    desk.post(reverse("desk_find"), {"q": "oddie", "reason": "on_the_telephone"})


def issued(desk: Client, ann: UUID) -> Invoice:
    price(desk)
    found(desk)
    line = Price.objects.get(name="sentinel-physio")
    answer = desk.post(reverse("desk_bill", args=[ann]), {"key": str(uuid4()), line.pk.hex: "2"})
    assert answer.status_code == 302
    return Invoice.objects.get(kind="invoice")


def test_a_deposit_that_is_not_to_be_had_any_more_is_not_left_off_in_silence(
    desk: Client, people: dict[str, UUID], settings: Any
) -> None:
    settings.TROTH_DEMO = True
    price(desk)
    found(desk)
    ann, by = people["ann"], actors.person(people["ann"], at=NOW)
    paid = services.ask(
        ann,
        pence=2000,
        what="sentinel-before",
        thing_kind="tests.thing",
        thing=uuid4(),
        rate=VatRate.EXEMPT,
        advance=True,
        key=uuid4(),
        by=by,
        at=NOW,
    )
    services.pay_stand_in(paid, taken=True, by=by, at=NOW)
    path, line = reverse("desk_bill", args=[ann]), Price.objects.get().pk.hex
    deposit = Invoice.objects.get(receipt_for=paid).pk.hex
    assert deposit in desk.get(path).content.decode()
    sent = {"key": str(uuid4()), line: "1", "deposits": [deposit]}
    (first,) = {desk.post(path, sent).headers["Location"] for _ in range(2)}  # the button was pressed twice
    assert "£45" in desk.get(first).content.decode()
    stale = desk.post(path, {**sent, "key": str(uuid4())})
    assert stale.status_code == 422 and "in the meantime" in stale.content.decode()
    assert desk.post(path, {**sent, "key": str(uuid4()), "deposits": ["x"]}).status_code == 422
    assert Invoice.objects.count() == 2


def test_a_price_is_put_in_the_list_and_a_wrong_one_is_refused(desk: Client) -> None:
    assert price(desk).status_code == 302
    for pounds in ("", "0", "much", "-4", "20000"):
        assert price(desk, "sentinel-other", pounds).status_code == 422
    assert list(Price.objects.values_list("pence", flat=True)) == [6500]
    assert "sentinel-physio" in desk.get(reverse("desk_prices")).content.decode()


def test_whoever_was_found_is_invoiced_and_pays_in_parts(desk: Client, people: dict[str, UUID]) -> None:
    price(desk)
    path = reverse("desk_bill", args=[people["ann"]])
    assert desk.get(path).status_code == 403  # nothing connects them yet
    listed = desk.post(reverse("desk_find"), {"q": "oddie", "reason": "on_the_telephone"}).content.decode()
    assert path in listed
    assert desk.post(path, {"key": str(uuid4()), Price.objects.get().pk.hex: "0"}).status_code == 422
    invoice = issued(desk, people["ann"])
    page = reverse("desk_invoice", args=[invoice.pk])
    key = str(uuid4())
    for _ in range(2):  # the button was pressed twice
        desk.post(page, {"do": "settle", "key": key, "pence": "50", "means": "cash"})
    assert Settlement.objects.count() == 1
    assert "£80" in desk.get(page).content.decode()
    wrong = desk.post(page, {"do": "settle", "key": str(uuid4()), "pence": "80.01", "means": "cash"})
    assert wrong.status_code == 422 and "£80 is left" in wrong.content.decode()
    assert "Maureen Oddie" in desk.get(reverse("desk_money")).content.decode()
    assert desk.get(reverse("desk_invoice_paper", args=[invoice.pk])).content.startswith(b"%PDF")


def test_cancelled_and_given_back_by_bank_the_details_are_destroyed(desk: Client, people: dict[str, UUID]) -> None:
    invoice = issued(desk, people["ann"])
    page = reverse("desk_invoice", args=[invoice.pk])
    desk.post(page, {"do": "settle", "key": str(uuid4()), "pence": "130", "means": "terminal"})
    desk.post(page, {"do": "credit"})
    desk.post(page, {"do": "credit"})  # a stale tab
    assert Invoice.objects.filter(kind="credit").count() == 1
    desk.post(page, {"do": "back", "key": str(uuid4()), "pence": "130", "why": "sentinel-why", "to": "bank"})
    refund = BankRefund.objects.get()
    by = actors.person(people["ann"], at=NOW)
    give_bank_details(refund.pk, name="Maureen Oddie", sort_code="200000", account="55779911", by=by, at=NOW)
    assert "20-00-00" in desk.get(page).content.decode()
    desk.post(page, {"do": "paid", "refund": refund.pk.hex})
    assert not BankDetails.objects.exists()
    after = desk.get(page).content.decode()
    assert "20-00-00" not in after and "destroyed" in after
    assert Invoice.objects.get(pk=invoice.pk).state == InvoiceState.CREDITED


def test_money_that_is_not_owed_goes_back_as_less_to_pay_or_as_still_to_pay(
    desk: Client, people: dict[str, UUID], settings: Any
) -> None:
    settings.TROTH_DEMO = True  # a stand-in takes the place of the payment firm
    invoice, ann = issued(desk, people["ann"]), actors.person(people["ann"], at=NOW)
    page = reverse("desk_invoice", args=[invoice.pk])
    payment = services.pay_by_card(invoice.pk, pence=13000, key=uuid4(), by=ann, at=NOW)
    services.pay_stand_in(payment, taken=True, by=ann, at=NOW)
    back = {"do": "back", "key": str(uuid4()), "pence": "30", "why": "sentinel-why", "to": "card"}
    unsaid = desk.post(page, back)
    assert unsaid.status_code == 422 and "Choose what becomes of the invoice" in unsaid.content.decode()
    assert not Refund.objects.exists()
    for _ in range(2):  # a double click
        assert desk.post(page, {**back, "then": "less"}).status_code == 302
    assert (Refund.objects.count(), Invoice.objects.filter(kind="credit").count()) == (1, 1)
    services.look(payment, at=NOW)
    assert "Paid" in desk.get(page).content.decode()
    desk.post(page, {**back, "key": str(uuid4()), "pence": "20", "then": "again"})
    services.look(payment, at=NOW)
    assert Invoice.objects.filter(kind="credit").count() == 1
    assert Invoice.objects.get(pk=invoice.pk).state == InvoiceState.OPEN
    whole = desk.post(page, {**back, "key": str(uuid4()), "pence": "80", "then": "less"})
    assert whole.status_code == 302 and Refund.objects.count() == 3


def test_a_part_that_came_over_the_counter_goes_back_without_cancelling(
    desk: Client, people: dict[str, UUID]
) -> None:
    page = reverse("desk_invoice", args=[issued(desk, people["ann"]).pk])
    assert "Give money back" not in desk.get(page).content.decode()
    desk.post(page, {"do": "settle", "key": str(uuid4()), "pence": "100", "means": "terminal"})
    desk.post(page, {"do": "settle", "key": str(uuid4()), "pence": "30", "means": "cash"})
    shown = desk.get(page).content.decode()
    assert "It went back in cash" in shown and "back to the card" not in shown and "Why?" not in shown
    back = {"do": "back", "key": str(uuid4()), "pence": "20", "to": "cash"}
    assert "Choose what becomes of the invoice" in desk.post(page, back).content.decode()
    much = desk.post(page, {**back, "pence": "40", "then": "less"})
    assert much.status_code == 422 and "No more than £30 of what came by cash" in much.content.decode()
    assert not Invoice.objects.filter(kind="credit").exists()  # nothing is taken off for what cannot go back
    for _ in range(2):  # a double click
        assert desk.post(page, {**back, "then": "less"}).status_code == 302
    assert Invoice.objects.filter(kind="credit").count() == 1
    assert Settlement.objects.count() == 3 and "£20, cash" in desk.get(page).content.decode()
    assert Invoice.objects.get(kind="invoice").state == InvoiceState.SETTLED
    again = desk.post(page, {**back, "key": str(uuid4()), "to": "bank", "then": "again"})
    assert again.status_code == 422 and "what is owed to them" in again.content.decode()
    assert desk.post(page, {**back, "key": str(uuid4()), "to": "bank", "then": "less"}).status_code == 302
    assert BankRefund.objects.count() == 1
    desk.post(page, {**back, "key": str(uuid4()), "to": "terminal"})
    assert Settlement.objects.count() == 3  # what waits to go back by bank does not go over the counter too


def test_the_day_end_and_its_file_open_nobodys_record(desk: Client, people: dict[str, UUID]) -> None:
    invoice = issued(desk, people["ann"])
    desk.post(
        reverse("desk_invoice", args=[invoice.pk]),
        {"do": "settle", "key": str(uuid4()), "pence": "50", "means": "bank"},
    )
    page = desk.get(reverse("desk_money_days")).content.decode()
    assert "£130" in page and "£50" in page and "Oddie" not in page
    written = desk.get(reverse("desk_money_file")).content.decode()
    assert "received,bank,50.00" in written and "sentinel" not in written and "Oddie" not in written
    wrong = {
        "first_day": "2",
        "first_month": "2",
        "first_year": "2026",
        "last_day": "1",
        "last_month": "2",
        "last_year": "2026",
    }
    assert desk.get(reverse("desk_money_days"), wrong).status_code == 422


@pytest.mark.parametrize("who", ["receptionist", "practitioner", "administrator", "clinic_manager", "ann", ""])
def test_nobody_else_comes_in(desk: Client, people: dict[str, UUID], who: str) -> None:
    invoice = issued(desk, people["ann"])
    other = browser_of(people[who], at=NOW) if who else Client()
    for name, args in (
        ("desk_money", []),
        ("desk_money_days", []),
        ("desk_money_file", []),
        ("desk_prices", []),
        ("desk_bill", [people["ann"]]),
        ("desk_invoice", [invoice.pk]),
        ("desk_invoice_paper", [invoice.pk]),
        ("desk_refunds", []),
        ("desk_packages", []),
        ("desk_before", [people["ann"]]),
        ("desk_statement", [people["ann"]]),
        ("desk_statement_paper", [people["ann"]]),
    ):
        for method in ("get", "post"):
            answer = getattr(other, method)(reverse(name, args=args))
            assert answer.status_code == (403 if who else 302)
            assert b"sentinel" not in answer.content
    if who not in ("", "ann"):
        assert f'href="{reverse("desk_money")}"' not in other.get(reverse("security")).content.decode()
    assert f'href="{reverse("desk_money")}"' in desk.get(reverse("security")).content.decode()


def test_a_refund_that_the_firm_would_not_make_is_shown_and_asked_for_again_once(
    desk: Client, people: dict[str, UUID], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TROTH_DEMO = True  # a stand-in takes the place of the payment firm
    found(desk)
    path, ann = reverse("desk_bill", args=[people["ann"]]), actors.person(people["ann"], at=NOW)
    payment = services.ask(
        people["ann"], pence=8000, what="x", thing_kind="tests.thing", thing=uuid4(), key=uuid4(), by=ann, at=NOW
    )
    services.pay_stand_in(payment, taken=True, by=ann, at=NOW)
    services.fulfil(payment, Order.RELEASE, at=NOW)

    def refuse(*_: object, **__: object) -> None:
        raise FirmRefused

    with monkeypatch.context() as patch:
        patch.setattr(StandIn, "refund", refuse)
        services.look(payment, at=NOW)
    page = desk.get(path).content.decode()
    assert "A refund that failed" in page and "£80" in page
    listed = desk.get(reverse("desk_refunds")).content.decode()
    assert "Maureen Oddie" in listed and path in listed and "£80" in listed and "no longer wanted" in listed
    failed = Refund.objects.get().pk.hex
    for _ in range(2):
        assert desk.post(path, {"again": failed}).status_code == 302
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["asked", "failed"]
    assert "A refund that failed" not in desk.get(path).content.decode()
    assert "No refund has failed" in desk.get(reverse("desk_refunds")).content.decode()
    assert services.look(payment, at=NOW).value == "refunded"


def test_a_package_is_offered_sold_paid_drawn_and_ended(desk: Client, people: dict[str, UUID]) -> None:
    assert "price list is empty" in desk.get(reverse("desk_packages")).content.decode()
    price(desk)
    found(desk)
    line = Price.objects.get().pk.hex
    offer = {"name": "sentinel-six", "price": line, "many": "3", "pence": "180", "months": "12", "offered": "on"}
    for wrong in ({"many": "1"}, {"pence": "0"}, {"months": "99"}, {"price": "x"}, {"name": ""}):
        assert desk.post(reverse("desk_packages"), {**offer, **wrong}).status_code == 422
    assert desk.post(reverse("desk_packages"), offer).status_code == 302
    path, key = reverse("desk_before", args=[people["ann"]]), str(uuid4())
    sale = {"do": "package", "key": key, "package": Package.objects.get().pk.hex}
    assert desk.post(path, {**sale, "package": uuid4().hex}).status_code == 422
    for _ in range(2):
        page = desk.post(path, sale).headers["Location"]
    bought = PackageSold.objects.get()
    assert "once its invoice is paid" in desk.get(path).content.decode()
    assert desk.post(path, {"do": f"draw {bought.pk.hex}", "key": key}).status_code == 422
    desk.post(page, {"do": "settle", "key": str(uuid4()), "pence": "180", "means": "cash"})
    for _ in range(2):  # the button was pressed twice
        assert desk.post(path, {"do": f"draw {bought.pk.hex}", "key": key}).status_code == 302
    assert "1 of 3" in desk.get(path).content.decode() and "£120" in desk.get(path).content.decode()
    assert desk.post(path, {"do": f"end {bought.pk.hex}"}).headers["Location"] == page
    assert "Owed back to them" in desk.get(page).content.decode()
    assert desk.post(path, {"do": f"end {bought.pk.hex}"}).status_code == 302  # a stale tab
    assert Invoice.objects.filter(kind="credit").count() == 1


def test_a_voucher_is_sold_and_paid_with(desk: Client, people: dict[str, UUID]) -> None:
    invoice = issued(desk, people["ann"])
    path = reverse("desk_before", args=[people["ann"]])
    sale = {"do": "voucher", "key": str(uuid4()), "pence": "100", "means": "cash"}
    for wrong in ({"pence": "4"}, {"means": "voucher"}, {"key": "x"}):
        assert desk.post(path, {**sale, **wrong}).status_code == 422
    page = desk.get(desk.post(path, sale).headers["Location"]).content.decode()
    (code,) = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", page)
    bill = reverse("desk_invoice", args=[invoice.pk])
    for wrong in ("", "AAAA-AAAA-AAAA-AAAA"):
        answer = desk.post(bill, {"do": "voucher", "key": str(uuid4()), "code": wrong})
        assert answer.status_code == 422
    assert desk.post(bill, {"do": "voucher", "key": str(uuid4()), "code": code.lower()}).status_code == 302
    assert "£30" in desk.get(bill).content.decode() and "gift voucher" in desk.get(bill).content.decode()
    days = desk.get(reverse("desk_money_days")).content.decode()
    assert "Outside the scope" in days and "Gift voucher" in days


def test_a_voucher_for_one_kind_says_what_it_is_for_and_how_it_is_taxed(
    desk: Client, people: dict[str, UUID], settings: Any
) -> None:
    invoice = issued(desk, people["ann"])
    desk.post(
        reverse("desk_prices"), {"name": "sentinel-smooth", "pence": "120", "rate": "standard", "offered": "on"}
    )
    path = reverse("desk_before", args=[people["ann"]])
    assert "Taxed now" not in desk.get(path).content.decode(), "where no VAT is charged there is nothing to choose"
    settings.TROTH_VAT_NUMBER = "GB 123 4567 82"
    assert "Taxed now, and not again" in desk.get(path).content.decode()
    sale = {"do": "voucher", "key": str(uuid4()), "pence": "100", "means": "cash", "only": "standard"}
    for wrong in ("outside", ""):
        assert desk.post(path, {**sale, "only": wrong}).status_code == 422
    page = desk.get(desk.post(path, sale).headers["Location"]).content.decode()
    assert "Gift voucher for treatments that VAT is charged on" in page
    assert "for treatments that VAT is charged on alone" in page
    sold = desk.post(path, {**sale, "key": str(uuid4()), "only": "exempt"}).headers["Location"]
    (code,) = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", desk.get(sold).content.decode())
    bill = reverse("desk_invoice", args=[invoice.pk])
    assert desk.post(bill, {"do": "voucher", "key": str(uuid4()), "code": code}).status_code == 302
    page = desk.get(bill).content.decode()
    assert "Paid with vouchers that were taxed when sold" in page and "Taken back by credit notes" not in page


def test_a_statement_is_read_and_printed(desk: Client, people: dict[str, UUID]) -> None:
    invoice = issued(desk, people["ann"])
    path = reverse("desk_statement", args=[people["ann"]])
    page = desk.get(path).content.decode()
    assert "INV-000001" in page and "£130" in page and reverse("desk_invoice", args=[invoice.pk]) in page
    days = {"first_day": "1", "first_month": "1", "first_year": "2026", "last_day": "2", "last_month": "1"}
    assert "Nothing on these days" in desk.get(path, {**days, "last_year": "2026"}).content.decode()
    assert desk.get(path, {**days, "last_year": "2025"}).status_code == 422
    assert desk.get(reverse("desk_statement_paper", args=[people["ann"]])).content.startswith(b"%PDF")
