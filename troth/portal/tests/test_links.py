"""Links from messages, claiming, another address; and that known and unknown addresses cannot be told apart."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import services
from troth.people.models import Account, AccountStep, Session
from troth.people.selectors import steps
from troth.people.tests.factories import PASSWORD, make_patient, make_staff
from troth.portal.tests.conftest import Mailbox
from troth.portal.tests.test_account import TYPED

pytestmark = pytest.mark.usefixtures("notice_in_force")
EMAIL, UNKNOWN = "maureen@oddie.example", "strange@oddie.example"
NEW = "gantry-thistle-9"
BORN = {"born_on_day": "9", "born_on_month": "3", "born_on_year": "1971"}


@pytest.fixture
def patient() -> UUID:
    return make_patient(password=PASSWORD)


@pytest.fixture
def code(db: None) -> str:
    support = actors.person(make_staff("patient_support"), at=timezone.now())
    record = make_patient(email="home@oddie.example", given_name="Piers")
    return services.make_claim_code(record, by=support, at=timezone.now())


def signed_in(password: str = PASSWORD) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"email": EMAIL, "password": password}).status_code == 302
    return client


def test_following_a_link_changes_nothing_and_leaves_no_token_in_an_address(mailbox: Mailbox) -> None:
    client = Client()
    client.post("/register/", TYPED)
    path = mailbox(TYPED["email"])[0].path
    before = LedgerEvent.objects.count()
    for method in (client.head, client.get, client.get):  # a scanner, perhaps twice
        response = method(path)
        assert (response.status_code, response["Location"]) == (302, "/confirm/")
    page = client.get("/confirm/")
    assert page.status_code == 200 and "Confirm my address" in page.content.decode()
    assert client.head("/confirm/").status_code == 200
    assert (LedgerEvent.objects.count(), Account.objects.count()) == (before, 0)
    token = path.split("/")[2]
    assert token not in page.content.decode() and token not in str(client.cookies)
    assert page["Cache-Control"] == "no-store" or "no-store" in page["Cache-Control"]
    client.post("/confirm/")
    assert Account.objects.count() == 1
    assert client.post("/confirm/").status_code == 410


def test_a_form_of_another_page_confirms_nothing(mailbox: Mailbox) -> None:
    client = Client(enforce_csrf_checks=True)
    Client().post("/register/", TYPED)
    client.get(mailbox(TYPED["email"])[0].path)
    assert client.post("/confirm/").status_code == 403
    assert not Account.objects.exists()


def test_a_link_that_is_over_says_what_to_do(client: Client) -> None:
    assert client.get("/confirm/").status_code == 410
    client.get("/link/not-a-token/")
    page = client.get("/confirm/")
    assert (page.status_code, "This link is over" in page.content.decode()) == (410, True)
    assert reverse("ask_link") in page.content.decode()


def test_a_new_password_by_link_ends_every_session_and_signs_nobody_in(patient: UUID, mailbox: Mailbox) -> None:
    elsewhere, client = signed_in(), Client()
    assert client.post("/reset/", {"email": EMAIL}).status_code == 302
    client.get(mailbox(EMAIL)[0].path)
    assert "New password" in client.get("/confirm/").content.decode()
    assert client.post("/confirm/", {"password": "short"}).status_code == 422
    assert client.post("/confirm/", {"password": NEW}).status_code == 200
    assert elsewhere.get("/security/").status_code == 302
    assert client.get("/security/").status_code == 302 and not Session.objects.exists()
    signed_in(NEW)
    assert "Your password was changed" in {mail.line for mail in mailbox(EMAIL)}


def test_a_code_opens_an_account(client: Client, code: str, mailbox: Mailbox) -> None:
    typed = {"code": code, **BORN, "email": EMAIL, "password": PASSWORD}
    assert client.post("/claim/", {**typed, "born_on_day": "10"}).status_code == 422
    assert client.post("/claim/", {**typed, "password": "short"}).status_code == 422
    response = client.post("/claim/", typed)
    assert (response.status_code, response["Location"]) == (302, "/mail-sent/")
    client.get(mailbox(EMAIL)[0].path)
    client.post("/confirm/")
    signed_in()


def test_a_code_is_worth_nothing_after_five_tries(client: Client, code: str) -> None:
    typed = {"code": code, **BORN, "email": EMAIL, "password": PASSWORD}
    for _ in range(5):
        assert client.post("/claim/", {**typed, "born_on_day": "10"}).status_code == 422
    assert client.post("/claim/", typed).status_code == 422
    assert not AccountStep.objects.exists()


def test_another_address_takes_the_password_of_now(patient: UUID, mailbox: Mailbox) -> None:
    assert Client().get("/security/address/").status_code == 302
    client = signed_in()
    assert client.post("/security/address/", {"email": UNKNOWN, "current": "wrong-password"}).status_code == 422
    assert client.post("/security/address/", {"email": UNKNOWN, "current": PASSWORD}).status_code == 302
    other = Client()
    other.get(mailbox(UNKNOWN)[0].path)
    assert "Your address is changed" in other.post("/confirm/").content.decode()
    assert Client().post("/sign-in/", {"email": UNKNOWN, "password": PASSWORD}).status_code == 302


# -- known and unknown -------------------------------------------------------------------------------------------------
def exactly(response: Any, email: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and cookies, and body, byte for byte, but for what is random by design and for what was typed."""
    cookies = {
        name: re.sub(r"[0-9a-zA-Z-]{24,}", "R", morsel.OutputString()) for name, morsel in response.cookies.items()
    }
    for morsel in cookies:
        cookies[morsel] = re.sub(r"expires=[^;]+", "expires", cookies[morsel])
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", response.content)
    return response.status_code, {**dict(response.headers), **cookies}, body.replace(email.encode(), b"EMAIL")


def register(email: str) -> Any:
    return Client().post("/register/", {**TYPED, "email": email})


def register_wrongly(email: str) -> Any:
    return Client().post("/register/", {**TYPED, "email": email, "postcode": "nowhere"})


def register_then_look(email: str) -> Any:
    return Client().post("/register/", {**TYPED, "email": email}, follow=True)


def sign_in_wrongly(email: str) -> Any:
    return Client().post("/sign-in/", {"email": email, "password": "not-the-password"})


def reset(email: str) -> Any:
    return Client().post("/reset/", {"email": email})


def reset_then_look(email: str) -> Any:
    return Client().post("/reset/", {"email": email}, follow=True)


def reset_too_often(email: str) -> Any:
    client = Client()
    return [client.post("/reset/", {"email": email}) for _ in range(5)][-1]


def reset_from_a_busy_network(email: str) -> Any:
    for n in range(steps.PER_NETWORK):
        steps.may_ask(f"{n}@else.example", network=f"198.51.100.{len(email)}/32", at=timezone.now())
    return Client(REMOTE_ADDR=f"198.51.100.{len(email)}").post("/reset/", {"email": email})


def claim_without_a_code(email: str) -> Any:
    return Client().post("/claim/", {"code": "AAAA-AAAA", **BORN, "email": email, "password": "gantry-thistle-9"})


@pytest.mark.parametrize(
    "ask",
    [
        register,
        register_wrongly,
        register_then_look,
        sign_in_wrongly,
        reset,
        reset_then_look,
        reset_too_often,
        reset_from_a_busy_network,
        claim_without_a_code,
    ],
    ids=lambda ask: ask.__name__,
)
def test_known_and_unknown_addresses_are_answered_exactly_alike(patient: UUID, ask: Callable[[str], Any]) -> None:
    assert exactly(ask(EMAIL), EMAIL) == exactly(ask(UNKNOWN), UNKNOWN)


def test_a_code_is_answered_alike_whether_the_address_is_known(patient: UUID, code: str) -> None:
    answers = [
        exactly(Client().post("/claim/", {"code": code, **BORN, "email": email, "password": NEW}), email)
        for email in (EMAIL, UNKNOWN)
    ]
    assert answers[0] == answers[1] and answers[0][0] == 302


def test_a_code_that_exists_is_answered_like_one_that_does_not(code: str) -> None:
    typed = {**BORN, "born_on_day": "10", "email": EMAIL, "password": NEW}
    answers = [exactly(Client().post("/claim/", {**typed, "code": each}), each) for each in (code, "AAAA-AAAA")]
    assert answers[0] == answers[1]


def test_another_address_is_answered_alike_whether_it_is_known(patient: UUID) -> None:
    make_patient(password=PASSWORD, email="taken1@oddie.example")
    client = signed_in()
    answers = [
        exactly(client.post("/security/address/", {"email": email, "current": PASSWORD}), email)
        for email in ("taken1@oddie.example", UNKNOWN)
    ]
    assert answers[0] == answers[1]
