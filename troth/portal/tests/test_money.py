"""The reader's money: paying on the page with the firm's fields, its policy, the stand-in, invoices, and the firm's messages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from conftest import publish_pack
from troth.billing import services
from troth.billing.models import BankDetails, Means, Payment, State, VatRate
from troth.billing.tests import firm as firms
from troth.billing.tests.conftest import Till, open_till
from troth.billing.tests.firm import LocalFirm
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.reasons import FindReason
from troth.gate.tests.conftest import record_fact
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.tests.factories import LATER, browser_of
from troth.work.models import Job


@pytest.fixture
def firm(settings: Any) -> Iterator[LocalFirm]:
    with firms.opened() as found:
        settings.TROTH_STRIPE_KEY, settings.TROTH_STRIPE_PUBLIC_KEY = firms.KEY, "pk_test_local"
        settings.TROTH_STRIPE_WEBHOOK_SECRET, settings.TROTH_STRIPE_API = firms.SECRET, found.address
        yield found


@pytest.fixture
def till(db: None, firm: LocalFirm) -> Till:
    publish_pack("wellness-clinic")
    return open_till(firm, LATER - timedelta(days=30))


def asked(till: Till, *, holds: bool = False) -> UUID:
    return services.ask(
        till.ann,
        pence=8000,
        what="sentinel-what",
        thing_kind="tests.thing",
        thing=uuid4(),
        holds=holds,
        key=uuid4(),
        by=actors.person(till.ann, at=LATER),
        at=LATER,
    )


def invoiced(till: Till) -> UUID:
    by = actors.person(till.finance, at=LATER)
    with processing(Purpose.FIND, by=by, at=LATER, find_reason=FindReason.AT_THE_DESK) as opened:
        people.find_people("oddie", opened)
    price = services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, by=by, at=LATER)
    return services.issue(till.ann, lines=[(price, 1)], key=uuid4(), by=by, at=LATER)


def plain_policy() -> str:
    """The content policy of a page that has nothing to do with money."""
    policy = Client().get(reverse("sign_in")).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "http" not in policy
    return policy


def test_the_page_of_a_payment_lets_in_the_firm_and_no_other_page_does(till: Till) -> None:
    page = browser_of(till.ann, at=LATER).get(reverse("my_payment", args=[asked(till)]))
    policy = dict(part.partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self' https://js.stripe.com"
    assert policy["frame-src"] == "https://js.stripe.com https://hooks.stripe.com"
    assert policy["connect-src"] == f"'self' {till.firm.address}"
    assert policy["default-src"] == "'self'" and policy["form-action"] == "'self'" and "unsafe" not in str(policy)
    body = page.content.decode()
    assert 'src="https://js.stripe.com/v3/"' in body and "pi_00000001_secret_local" in body
    assert 'type="text"' not in body  # the fields are the firm's, in a frame of its own
    for name in ("my_payments", "my_home", "home"):
        assert browser_of(till.ann, at=LATER).get(reverse(name)).headers["Content-Security-Policy"] == plain_policy()


def test_coming_back_after_paying_shows_what_is_true_without_the_firms_fields(till: Till) -> None:
    payment, client = asked(till, holds=True), browser_of(till.ann, at=LATER)
    path = reverse("my_payment", args=[payment])
    client.get(path)
    till.firm.pay("pi_00000001")
    page = client.get(f"{path}?payment_intent=pi_00000001&redirect_status=succeeded")
    assert "Your bank holds this amount" in page.content.decode()
    assert page.headers["Content-Security-Policy"] == plain_policy()
    assert Payment.objects.get(pk=payment).state == State.AUTHORISED


def test_with_the_firm_away_the_page_says_so_and_takes_nothing(till: Till, settings: Any) -> None:
    settings.TROTH_STRIPE_API = "http://127.0.0.1:9"
    page = browser_of(till.ann, at=LATER).get(reverse("my_payment", args=[asked(till)]))
    assert page.status_code == 200 and "does not answer" in page.content.decode()
    assert "js.stripe.com" not in page.content.decode() + page.headers["Content-Security-Policy"]


def test_a_payment_is_its_persons_alone(till: Till) -> None:
    path = reverse("my_payment", args=[asked(till)])
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    for answer in (browser_of(till.bob, at=LATER).get(path), browser_of(till.practitioner, at=LATER).get(path)):
        assert answer.status_code == 403 and "sentinel-what" not in answer.content.decode()


def test_the_stand_in_moves_no_money_says_so_and_is_there_in_a_demonstration_alone(till: Till, settings: Any) -> None:
    payment, client = asked(till), browser_of(till.ann, at=LATER)
    path = reverse("my_payment", args=[payment])
    assert client.post(path, {"stand_in": "taken"}).status_code == 422  # a real firm takes them here
    settings.TROTH_STRIPE_KEY, settings.TROTH_DEMO = "", True
    page = client.get(path).content.decode()
    assert "no money moves" in page and "stripe" not in page.lower()
    assert client.post(path, {"stand_in": "refused"}).status_code == 302
    assert "did not take the card" in client.get(path).content.decode()
    assert client.post(path, {"stand_in": "taken"}).status_code == 302
    assert Payment.objects.get(pk=payment).state == State.CAPTURED
    assert client.post(path, {"stand_in": "taken"}).status_code == 422


def test_the_firms_messages_need_its_signature_and_nothing_else(till: Till) -> None:
    payment, client = asked(till), Client(enforce_csrf_checks=True)
    browser_of(till.ann, at=LATER).get(reverse("my_payment", args=[payment]))
    body, signature = till.firm.message("pi_00000001", at=None)
    path = reverse("payments_told")
    wrong = client.post(path, body, content_type="application/json", headers={"Stripe-Signature": "t=1,v1=00"})
    assert wrong.status_code == 400 and not Job.objects.filter(name="billing.ask_the_firm").exists()
    right = client.post(path, body, content_type="application/json", headers={"Stripe-Signature": signature})
    assert right.status_code == 204 and right.content == b""
    assert Job.objects.filter(name="billing.ask_the_firm").count() == 1
    assert client.get(path).status_code == 405


def test_an_invoice_is_read_printed_and_paid_in_part(till: Till) -> None:
    client = browser_of(till.ann, at=LATER)
    assert reverse("my_payments") not in client.get(reverse("my_home")).content.decode()  # nothing to see there
    invoice = invoiced(till)
    assert reverse("my_payments") in client.get(reverse("my_home")).content.decode()
    assert "An invoice is to pay" in client.get(reverse("my_home")).content.decode()
    assert "INV-000001" in client.get(reverse("my_payments")).content.decode()
    path = reverse("my_invoice", args=[invoice])
    assert "sentinel-physio" in client.get(path).content.decode()
    paper = client.get(reverse("my_invoice_paper", args=[invoice]))
    assert paper.content.startswith(b"%PDF") and "attachment" in paper.headers["Content-Disposition"]
    for wrong in ("65.01", "nothing", "-1", ""):
        assert client.post(path, {"do": "pay", "key": str(uuid4()), "pounds": wrong}).status_code == 422
    key = str(uuid4())
    led = [client.post(path, {"do": "pay", "key": key, "pounds": "25"}).headers["Location"] for _ in range(2)]
    assert led[0] == led[1] and Payment.objects.count() == 1
    client.get(led[0])
    till.firm.pay("pi_00000001")
    client.get(led[0])
    assert "£40" in client.get(path).content.decode()
    for other in (till.bob, till.practitioner):
        for address in (path, reverse("my_invoice_paper", args=[invoice])):
            assert browser_of(other, at=LATER).get(address).status_code == 403


def test_bank_details_are_asked_for_a_refund_alone(till: Till) -> None:
    invoice, client, by = invoiced(till), browser_of(till.ann, at=LATER), actors.person(till.finance, at=LATER)
    path = reverse("my_invoice", args=[invoice])
    given = {"do": "bank", "name": "Maureen Oddie", "sort_code": "20-00-00", "account": "55779911"}
    client.post(path, given)
    assert not BankDetails.objects.exists()
    services.settle(invoice, pence=6500, means=Means.CASH, key=uuid4(), by=by, at=LATER)
    services.credit(invoice, key=uuid4(), by=by, at=LATER)
    services.ask_bank_refund(invoice, pence=6500, key=uuid4(), by=by, at=LATER)
    assert "We owe you money" in client.get(reverse("my_home")).content.decode()
    assert client.post(path, {**given, "sort_code": "20"}).status_code == 422
    assert client.post(path, given).status_code == 302
    assert BankDetails.objects.count() == 1
    assert browser_of(till.bob, at=LATER).post(path, given).status_code == 403


def test_a_card_number_typed_into_a_field_is_refused_and_not_sent_back(till: Till) -> None:
    answer = Client().post(
        reverse("ask"), {"name": "Ann", "email": "ann@post.example", "words": "take it from 4242 4242 4242 4242"}
    )
    assert answer.status_code in (200, 422)
    body = answer.content.decode()
    assert "looks like a card number" in body and "4242" not in body


def test_a_statement_is_the_reader_s_own(till: Till) -> None:
    invoiced(till)
    path, paper = reverse("my_statement"), reverse("my_statement_paper")
    page = browser_of(till.ann, at=LATER).get(path).content.decode()
    assert "INV-000001" in page and "£65" in page
    assert browser_of(till.ann, at=LATER).get(paper).content.startswith(b"%PDF")
    other = browser_of(till.bob, at=LATER).get(path).content.decode()
    assert "INV-" not in other and "Nothing on these days" in other
    assert Client().get(path).status_code == Client().get(paper).status_code == 302


def test_a_package_and_the_code_of_a_voucher_stand_on_their_buyer_s_pages(till: Till) -> None:
    invoice = invoiced(till)
    by = actors.person(till.finance, at=LATER)
    price = services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, by=by, at=LATER)
    package = services.set_package(name="sentinel-six", price=price, many=6, pence=30_000, months=12, by=by, at=LATER)
    services.sell_package(till.ann, package=package, key=uuid4(), by=by, at=LATER)
    bought = services.sell_voucher(till.ann, pence=5000, means=Means.CASH, key=uuid4(), by=by, at=LATER)
    browser = browser_of(till.ann, at=LATER)
    listed = browser.get(reverse("my_payments")).content.decode()
    assert "sentinel-six" in listed and "0 of 6" in listed
    assert "Your voucher" in browser.get(reverse("my_invoice", args=[bought])).content.decode()
    assert "Your voucher" not in browser.get(reverse("my_invoice", args=[invoice])).content.decode()
    assert browser_of(till.bob, at=LATER).get(reverse("my_invoice", args=[bought])).status_code == 403


@pytest.mark.parametrize("held", [False, True])
def test_what_is_open_of_whoever_restricted_their_record_is_shown_and_the_firm_is_not_asked(
    till: Till, settings: Any, held: bool
) -> None:
    payment, ann = asked(till, holds=held), actors.person(till.ann, at=LATER)
    word = services.open_at_firm(payment, by=ann, at=LATER)
    if held:
        till.firm.pay(word.reference)
        services.look(payment, at=LATER)
    record_fact(till.ann, FactKind.RESTRICTION, by=actors.person(till.finance, at=LATER), at=LATER)
    settings.TROTH_STRIPE_API = "http://127.0.0.1:9"
    page = browser_of(till.ann, at=LATER).get(reverse("my_payment", args=[payment]))
    said = page.content.decode()
    assert page.status_code == 200 and "sentinel-what" in said and "nothing can be paid here" in said
    assert "does not answer" not in said and "card-fields" not in said
    assert (
        browser_of(till.ann, at=LATER).post(reverse("my_payment", args=[payment]), {"stand_in": "taken"}).status_code
        == 200
    )
    assert browser_of(till.bob, at=LATER).get(reverse("my_payment", args=[payment])).status_code == 403
