"""The clinic's money at the desk: signed out, not allowed, works."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.billing.models import BankDetails, BankRefund, Invoice, InvoiceState, Price, Settlement
from troth.billing.services import give_bank_details
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
    ):
        for method in ("get", "post"):
            answer = getattr(other, method)(reverse(name, args=args))
            assert answer.status_code == (403 if who else 302)
            assert b"sentinel" not in answer.content
    if who not in ("", "ann"):
        assert f'href="{reverse("desk_money")}"' not in other.get(reverse("security")).content.decode()
    assert f'href="{reverse("desk_money")}"' in desk.get(reverse("security")).content.decode()
