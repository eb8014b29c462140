"""Registering, signing in and out, own sessions: signed out, for another role, and as it should go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import selectors, services
from troth.people.models import Account, Identity, Session
from troth.people.selectors import sessions
from troth.people.tests.factories import LATER, PASSWORD, browser_of, make_patient, make_staff
from troth.portal.tests.conftest import Mailbox

pytestmark = pytest.mark.usefixtures("notice_in_force")
TYPED = {
    "given_name": "Wren",
    "family_name": "Aspinall",
    "born_on_day": "3",
    "born_on_month": "5",
    "born_on_year": "1984",
    "email": "wren@post.example",
    "telephone": "07700 900321",
    "address": "4 Weir Terrace, Ripon",
    "postcode": "hg4 1ci",
    "password": "gantry-thistle-9",
}
OWN = {"email": "maureen@oddie.example", "password": PASSWORD}


@pytest.fixture
def patient() -> UUID:
    return make_patient(password=PASSWORD)


def signed_in(**typed: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {**OWN, **typed}).status_code == 302
    return client


def test_a_stranger_registers_confirms_and_signs_in(client: Client, mailbox: Mailbox) -> None:
    response = client.post("/register/", TYPED)
    assert (response.status_code, response["Location"]) == (302, "/registered/")
    assert client.get("/registered/").status_code == 200
    assert client.post("/sign-in/", {"email": TYPED["email"], "password": TYPED["password"]}).status_code == 422
    client.get(mailbox(TYPED["email"])[0].path)
    assert client.post("/confirm/").status_code == 200
    response = client.post("/sign-in/", {"email": TYPED["email"], "password": TYPED["password"]})
    assert response.status_code == 302
    assert client.get("/security/").status_code == 200


def test_what_was_typed_stays_but_the_password(client: Client) -> None:
    response = client.post("/register/", {**TYPED, "postcode": "nowhere", "born_on_month": "13"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Two things need mending" in page
    assert all(TYPED[name] in page for name in ("given_name", "family_name", "email", "telephone", "address"))
    assert "nowhere" in page and TYPED["password"] not in page
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "wren"),
        ("telephone", "12"),
        ("born_on_year", "1066"),
        ("password", "short"),
        ("password", "aspinall1234"),
        ("given_name", ""),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, field: str, value: str) -> None:
    assert client.post("/register/", {**TYPED, field: value}).status_code == 422
    assert not Identity.objects.exists()


def answers(response: Any) -> tuple[int, dict[str, str], str]:
    headers = {name: value for name, value in response.headers.items() if name != "Date"}
    cookies = {
        name: morsel.OutputString().split(";", 1)[1].replace(morsel["expires"], "")
        for name, morsel in response.cookies.items()
    }
    text = response.content.decode()
    token = response.context["csrf_token"] if response.context and "csrf_token" in response.context else ""
    return response.status_code, {**headers, **cookies}, text.replace(str(token), "TOKEN") if token else text


def normal(response: Any, email: str) -> tuple[int, dict[str, str], str]:
    import re

    status, headers, text = answers(response)
    return status, headers, re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", text).replace(email, "EMAIL")


def test_registering_answers_a_known_address_like_a_new_one(patient: UUID) -> None:
    before = LedgerEvent.objects.count()
    known = Client().post("/register/", {**TYPED, "email": OWN["email"]})
    between = LedgerEvent.objects.count()
    new = Client().post("/register/", TYPED)
    assert (between - before, Account.objects.count()) == (LedgerEvent.objects.count() - between, 1)
    assert normal(known, OWN["email"]) == normal(new, TYPED["email"])
    assert Client().post("/sign-in/", OWN).status_code == 302
    assert Client().post("/sign-in/", {**OWN, "password": TYPED["password"]}).status_code == 422


def test_signing_in_answers_an_unknown_address_like_a_wrong_password(patient: UUID) -> None:
    known = Client().post("/sign-in/", {**OWN, "password": "not-the-password"})
    unknown = Client().post("/sign-in/", {"email": "nobody@oddie.example", "password": "not-the-password"})
    assert normal(known, OWN["email"]) == normal(unknown, "nobody@oddie.example")
    assert known.status_code == 422


def test_too_many_tries_answer_alike_too(patient: UUID) -> None:
    bodies = []
    for email in (OWN["email"], "nobody@oddie.example"):
        client = Client(REMOTE_ADDR=f"198.51.100.{len(bodies) + 1}")
        for _ in range(12):
            response = client.post("/sign-in/", {"email": email, "password": "not-the-password"})
        bodies.append(normal(response, email))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 429
    assert Client(REMOTE_ADDR="203.0.113.8").post("/sign-in/", OWN).status_code == 302


def test_signing_in_goes_on_to_the_page_that_was_wanted(patient: UUID) -> None:
    client = Client()
    response = client.get("/security/password/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert "password" not in client.cookies["troth_wanted"].value
    response = client.post("/sign-in/", OWN)
    assert response["Location"] == "/security/password/"
    assert client.cookies["troth_wanted"].value == ""


@pytest.mark.parametrize("planted", ["/\\evil.example", "//evil.example", "https://evil.example/", "00", "zz"])
def test_a_planted_destination_leads_nowhere(patient: UUID, planted: str) -> None:
    client = Client()
    client.cookies["troth_wanted"] = planted
    assert "evil" not in client.post("/sign-in/", OWN)["Location"]


def test_staff_sign_in_at_the_same_page_and_land_elsewhere(patient: UUID) -> None:
    make_staff("prescriber")
    staff = Client().post("/sign-in/", {"email": "prescriber@clinic.example", "password": PASSWORD})
    assert staff["Location"] == "/security/second-factor/"
    assert Client().post("/sign-in/", OWN)["Location"] != "/desk/"


@pytest.mark.parametrize(("role", "where"), [("prescriber", "/desk/"), ("privacy_officer", "/office/")])
def test_each_begins_where_they_work(patient: UUID, role: str, where: str) -> None:
    assert browser_of(make_staff(role)).get("/sign-in/")["Location"] == where


def test_the_cookie_is_new_at_each_sign_in_and_planted_ones_are_worth_nothing(patient: UUID) -> None:
    client = Client()
    client.cookies["troth_session"] = "p" * 43
    assert client.get("/security/").status_code == 302
    client.post("/sign-in/", OWN)
    first = client.cookies["troth_session"].value
    assert first != "p" * 43
    client.post("/sign-in/", OWN)
    second = client.cookies["troth_session"].value
    assert second != first
    assert sessions.open_session(first, at=LATER) is None
    assert Session.objects.count() == 1


def test_what_a_database_holds_of_a_session_signs_nobody_in(patient: UUID) -> None:
    signed_in()
    row = Session.objects.get()
    for stolen in (row.pk, row.owner, bytes(row.sealed).hex(), row.pk[:43]):
        thief = Client()
        thief.cookies["troth_session"] = stolen
        assert thief.get("/security/").status_code == 302


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(patient: UUID) -> None:
    cookie = signed_in().cookies["troth_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", "")


def test_beyond_loopback_cookies_are_secure_and_keep_to_their_host(patient: UUID, settings: Any) -> None:
    settings.TROTH_SECURE_COOKIES = True
    client = Client()
    client.post("/sign-in/", OWN)
    cookie = client.cookies["__Host-troth_session"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert client.get("/security/", secure=False).status_code == 200


def test_signing_out_ends_the_session_and_clears_the_browser(patient: UUID) -> None:
    client = signed_in()
    cookie = client.cookies["troth_session"].value
    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["troth_session"] = cookie
    assert client.get("/security/").status_code == 302
    assert LedgerEvent.objects.filter(event="people:signed_out", subject=patient.hex).exists()


def test_idle_browsers_are_signed_out(patient: UUID) -> None:
    client = signed_in()
    Session.objects.update(seen_at=LATER - timedelta(minutes=31))
    assert client.get("/security/").status_code == 302


def test_a_page_fetched_on_a_guess_is_refused_to_those_signed_in(patient: UUID) -> None:
    client = signed_in()
    seen = LedgerEvent.objects.count()
    for headers in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        response = client.get("/security/", headers=headers)
        assert (response.status_code, response["Cache-Control"]) == (403, "no-store")
    assert LedgerEvent.objects.count() == seen
    assert Client().get("/", headers={"Sec-Purpose": "prefetch"}).status_code == 200


def test_own_sessions_are_listed_and_ended(patient: UUID) -> None:
    here, there = signed_in(), signed_in()
    there.get("/security/")
    page = here.get("/security/").content.decode()
    assert page.count("End this session") == 2 and "(here)" in page
    other = Session.objects.exclude(pk=sessions.key_of(here.cookies["troth_session"].value)).get()
    assert here.post("/security/end/", {"key": other.pk}).status_code == 302
    assert there.get("/security/").status_code == 302
    signed_in()
    assert here.post("/security/end/").status_code == 302
    assert Session.objects.count() == 1
    assert here.get("/security/").status_code == 200


def test_anothers_session_is_not_ended(patient: UUID) -> None:
    doctor = browser_of(make_staff("prescriber"))
    mine = sessions.key_of(doctor.cookies["troth_session"].value)
    for key in (mine, "nonsense", "f" * 64):
        signed_in().post("/security/end/", {"key": key})
    assert doctor.get("/security/").status_code == 200


def test_the_password_changes_with_the_old_one_only(patient: UUID) -> None:
    client, thief = signed_in(), signed_in()
    wrong = client.post("/security/password/", {"current": "not-the-password", "password": "gantry-thistle-9"})
    assert wrong.status_code == 422 and b"gantry" not in wrong.content
    assert (
        client.post("/security/password/", {"current": PASSWORD, "password": "gantry-thistle-9"}).status_code == 302
    )
    assert thief.get("/security/").status_code == 302
    assert client.get("/security/").status_code == 200
    assert Client().post("/sign-in/", {**OWN, "password": "gantry-thistle-9"}).status_code == 302


@pytest.mark.parametrize("path", ["/security/", "/security/end/", "/security/password/", "/sign-out/"])
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_signed_out_everything_of_ones_own_leads_to_the_door(path: str, method: str) -> None:
    response = getattr(Client(), method)(path)
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")


def test_a_leaver_is_out_in_the_middle_of_the_day() -> None:
    administrator = make_staff("administrator")
    doctor = make_staff("prescriber")
    client = signed_in(email="prescriber@clinic.example")
    services.leave_staff(doctor, by=actors.person(administrator, at=LATER), at=LATER)
    assert client.get("/security/").status_code == 302
    assert selectors.staff_name(doctor) == "Dr Prescriber"


def test_forms_need_their_token_and_come_from_our_own_pages(patient: UUID) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", OWN).status_code == 403
    strict.get("/sign-in/")
    token = strict.cookies["troth_form"].value
    typed = {**OWN, "csrfmiddlewaretoken": token}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        assert strict.post("/sign-in/", typed, headers=headers).status_code == 403
    assert (
        strict.post("/sign-in/", typed, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}).status_code
        == 302
    )
