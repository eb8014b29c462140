"""The pages of second factors: signing in with one, setting one up, showing it again, and who is refused."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.authenticator import Device
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import rules, services
from troth.people.models import Authenticator, Passkey, RecoveryCode
from troth.people.tests.factories import LATER, NOW, PASSWORD, browser_of, make_patient, make_staff

pytestmark = pytest.mark.usefixtures("notice_in_force")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
STAFF = {"email": "prescriber@clinic.example", "password": PASSWORD}
OWN = {"email": "maureen@oddie.example", "password": PASSWORD}
HERE = "http://localhost"


def with_app(subject: UUID) -> UUID:
    services.add_app(subject, by=actors.person(subject, at=NOW), at=NOW, secret=SECRET, step=rules.step_of(NOW))
    return subject


def code(at=LATER) -> str:
    return rules.code_at(SECRET, rules.step_of(at))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def options(page: str) -> str:
    found = re.search(r'data-options="([^"]*)"', page)
    assert found
    return found[1].replace("&quot;", '"')


def test_staff_with_a_factor_are_asked_for_it_before_anything_opens() -> None:
    with_app(make_staff("prescriber"))
    client = Client()
    answer = client.post("/sign-in/", STAFF)
    assert answer["Location"] == "/sign-in/second/" and "troth_session" not in client.cookies
    assert client.get("/desk/")["Location"] == "/sign-in/"
    assert client.get("/sign-in/second/").status_code == 200
    wrong = client.post("/sign-in/second/", {"code": "000000"})
    assert wrong.status_code == 422 and "troth_session" not in client.cookies
    answer = client.post("/sign-in/second/", {"code": code()})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    # The step is over: coming back to it with the browser's button leads to the beginning
    assert client.post("/sign-in/second/", {"code": code()})["Location"] == "/sign-in/"


def test_a_replayed_code_is_refused_in_another_browser() -> None:
    with_app(make_staff("prescriber"))
    first, thief = Client(), Client()
    for client in (first, thief):
        client.post("/sign-in/", STAFF)
    assert first.post("/sign-in/second/", {"code": code()}).status_code == 302
    again = thief.post("/sign-in/second/", {"code": code()})
    assert again.status_code == 422 and "used already" in again.content.decode()
    assert "troth_session" not in thief.cookies


def test_a_password_that_was_changed_at_the_second_step_signs_nobody_in() -> None:
    """Whoever had the old one stands at the second step while its owner changes it: no session begins on the old one."""
    subject = with_app(make_staff("prescriber"))
    client = Client()
    client.post("/sign-in/", STAFF)
    services.change_password(subject, by=actors.person(subject, at=LATER), at=LATER, password="thistle-gantry-9")
    answer = client.post("/sign-in/second/", {"code": code()})
    assert answer["Location"] == "/sign-in/" and not client.cookies.get("troth_session")


def test_the_second_step_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with_app(make_staff("prescriber"))
    client = Client()
    client.post("/sign-in/", STAFF)
    later = LATER + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.post("/sign-in/second/", {"code": code(later)})["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    "path", ["/desk/", "/my-data/", "/security/", "/security/password/", "/desk/find/", "/office/"]
)
def test_staff_without_a_factor_are_led_to_set_one_up(path: str) -> None:
    make_staff("prescriber")
    client = Client()
    assert client.post("/sign-in/", STAFF).status_code == 302
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/security/second-factor/")
    page = client.get("/security/second-factor/").content.decode()
    assert "nothing else opens" in page and "/desk/" not in page


def test_staff_set_up_an_app_and_go_on_to_what_they_wanted() -> None:
    subject = make_staff("prescriber")
    client = Client()
    client.post("/sign-in/", STAFF)
    client.get("/desk/find/")
    page = client.get("/security/app/").content.decode()
    assert "<svg" in page and "otpauth" not in page
    ticket = hidden(page, "ticket")
    secret = re.search(r'code-shown">([A-Z2-7 ]+)<', page)
    assert secret
    key = secret[1].replace(" ", "")
    wrong = client.post("/security/app/", {"ticket": ticket, "code": "000000"})
    assert wrong.status_code == 422 and not Authenticator.objects.exists()
    assert key in wrong.content.decode().replace(" ", ""), "the picture stays the same while one tries again"
    done = client.post("/security/app/", {"ticket": ticket, "code": rules.code_at(key, rules.step_of(LATER))})
    shown = re.findall(r"<code>([A-Z2-7-]{19})</code>", done.content.decode())
    assert len(shown) == 10 and done["Cache-Control"] == "no-store"
    assert 'href="/desk/find/"' in done.content.decode()
    assert client.get("/desk/").status_code == 200
    assert LedgerEvent.objects.filter(event="people:factor_added", subject=subject.hex).count() == 1
    # The paper works, once
    other = Client()
    other.post("/sign-in/", STAFF)
    assert other.post("/sign-in/second/", {"code": shown[3]}).status_code == 302
    third = Client()
    third.post("/sign-in/", STAFF)
    assert third.post("/sign-in/second/", {"code": shown[3]}).status_code == 422


def test_another_persons_ticket_or_an_old_one_sets_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    patient, other = make_patient(password=PASSWORD), make_patient(given_name="Petroc", email="petroc@vane.example")
    theirs = browser_of(other, at=LATER).get("/security/app/").content.decode()
    mine = Client()
    mine.post("/sign-in/", OWN)
    assert mine.post("/security/app/", {"ticket": hidden(theirs, "ticket"), "code": "123456"}).status_code == 422
    own = mine.get("/security/app/").content.decode()
    later = LATER + timedelta(minutes=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    key = re.search(r'code-shown">([A-Z2-7 ]+)<', own)
    assert key
    typed = {
        "ticket": hidden(own, "ticket"),
        "code": rules.code_at(key[1].replace(" ", ""), rules.step_of(later)),
        "current": PASSWORD,
    }
    assert mine.post("/security/app/", typed).status_code == 422
    assert not Authenticator.objects.filter(subject_id=patient).exists()


def test_a_first_factor_asks_for_the_password_when_the_sign_in_was_a_while_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_patient(password=PASSWORD)
    client = Client()
    client.post("/sign-in/", OWN)
    assert 'name="current"' not in client.get("/security/app/").content.decode()
    later = LATER + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = client.get("/security/app/").content.decode()
    key = re.search(r'code-shown">([A-Z2-7 ]+)<', page)
    assert key
    typed = {"ticket": hidden(page, "ticket"), "code": rules.code_at(key[1].replace(" ", ""), rules.step_of(later))}
    assert client.post("/security/app/", {**typed, "current": "wrong-wrong-wrong"}).status_code == 422
    assert not Authenticator.objects.exists()
    assert client.post("/security/app/", {**typed, "current": PASSWORD}).status_code == 200
    assert Authenticator.objects.exists()


CHANGES = ("/security/recovery/", "/security/app/remove/", "/security/passkeys/remove/")


def test_changing_factors_needs_them_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    patient = with_app(make_patient(password=PASSWORD))
    client = browser_of(patient, at=LATER)
    later = LATER + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    for path in CHANGES:
        answer = client.post(path, {"passkey": "00000000-0000-4000-8000-000000000000"})
        assert (answer.status_code, answer["Location"]) == (302, "/security/prove/"), path
    assert client.get("/security/app/")["Location"] == "/security/prove/"
    assert not RecoveryCode.objects.exists() and Authenticator.objects.exists()
    assert client.post("/security/prove/", {"code": "000000"}).status_code == 422
    assert client.post("/security/recovery/")["Location"] == "/security/prove/"
    proved = client.post("/security/prove/", {"code": code(later)})
    assert proved.status_code == 302
    assert client.post("/security/recovery/").status_code == 200
    assert RecoveryCode.objects.count() == 10
    assert client.post("/security/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()


def test_staff_keep_their_last_factor() -> None:
    client = browser_of(with_app(make_staff("prescriber")), at=LATER)
    answer = client.post("/security/app/remove/")
    assert answer.status_code == 422 and "Add another one first" in answer.content.decode()
    assert Authenticator.objects.exists()


def test_a_passkey_is_made_signs_in_by_itself_and_is_removed() -> None:
    patient = make_patient(password=PASSWORD)
    client = Client(HTTP_HOST="localhost")
    client.post("/sign-in/", OWN)
    device = Device()
    page = client.get("/security/passkeys/new/").content.decode()
    typed = {"ticket": hidden(page, "ticket"), "answer": device.create(options(page), HERE), "name": "Phone <b>"}
    made = client.post("/security/passkeys/new/", typed)
    assert made.status_code == 200 and "recovery codes" in made.content.decode()
    assert client.post("/security/passkeys/new/", typed).status_code == 422, "a double click adds nothing"
    assert Passkey.objects.count() == 1
    assert "Phone &lt;b&gt;" in client.get("/security/").content.decode()

    other = Client(HTTP_HOST="localhost")
    page = other.get("/sign-in/").content.decode()
    shown = {"ticket": hidden(page, "ticket"), "answer": device.get(options(page), origin=HERE)}
    assert other.post("/sign-in/passkey/", shown)["Location"] == "/my-home/"
    assert other.get("/my-home/").status_code == 200
    replayed = Client(HTTP_HOST="localhost").post("/sign-in/passkey/", shown)
    assert replayed.status_code == 422 and "troth_session" not in replayed.cookies
    # With the password alone, the second step now comes first
    assert Client().post("/sign-in/", OWN)["Location"] == "/sign-in/second/"
    gone = other.post("/security/passkeys/remove/", {"passkey": str(Passkey.objects.get().pk)})
    assert gone.status_code == 302 and not Passkey.objects.exists()
    assert LedgerEvent.objects.filter(event="people:factor_removed", subject=patient.hex).exists()


def test_another_persons_passkey_proves_nothing_here() -> None:
    one, two = (
        with_app(make_patient(password=PASSWORD)),
        make_patient(given_name="Petroc", email="petroc@vane.example"),
    )
    device = Device()
    theirs = browser_of(two, at=LATER)
    page = theirs.get("/security/passkeys/new/", HTTP_HOST="localhost").content.decode()
    theirs.post(
        "/security/passkeys/new/",
        {"ticket": hidden(page, "ticket"), "answer": device.create(options(page), HERE), "name": "x"},
        HTTP_HOST="localhost",
    )
    mine = browser_of(one, at=LATER)
    page = mine.get("/security/prove/", HTTP_HOST="localhost").content.decode()
    shown = {"ticket": hidden(page, "ticket"), "answer": device.get(options(page), origin=HERE)}
    assert mine.post("/security/prove/", shown, HTTP_HOST="localhost").status_code == 422


def test_history_shows_who_tried_and_the_list_ends_sessions() -> None:
    make_patient(password=PASSWORD)
    thief = Client(REMOTE_ADDR="203.0.113.9")
    thief.post("/sign-in/", {**OWN, "password": "wrong-wrong-wrong"})
    client = Client(REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Mozilla/5.0 (Linux) Firefox/140.0")
    client.post("/sign-in/", OWN)
    page = client.get("/security/").content.decode()
    assert "Refused: the password was wrong" in page and "network 203.0.…" in page and "203.0.113" not in page
    assert "Firefox on Linux" in page and "network 192.0.…" in page and "(here)" in page
    history = client.get("/security/history/").content.decode()
    assert "Signed in with the password" in history and "Refused: the password was wrong" in history


def test_a_known_browser_is_let_through_while_others_guess() -> None:
    with_app(make_staff("prescriber"))
    own = Client(REMOTE_ADDR="192.0.2.7")
    own.post("/sign-in/", STAFF)
    assert own.post("/sign-in/second/", {"code": code(LATER - timedelta(seconds=30))}).status_code == 302
    own.post("/sign-out/")
    # Somebody beside her, behind the same address, uses up all its tries
    beside = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(12):
        answer = beside.post("/sign-in/", {**STAFF, "password": "wrong-wrong-wrong"})
    assert answer.status_code == 429
    assert own.post("/sign-in/", STAFF)["Location"] == "/sign-in/second/"
    assert own.post("/sign-in/second/", {"code": code()}).status_code == 302


def test_a_planted_or_another_accounts_device_cookie_is_worth_nothing() -> None:
    with_app(make_staff("prescriber"))
    make_patient(password=PASSWORD)
    known = Client(REMOTE_ADDR="192.0.2.7")
    known.post("/sign-in/", OWN)
    for cookie in (known.cookies["troth_device"].value, "AAAA", ""):
        thief = Client(REMOTE_ADDR="192.0.2.8")
        thief.cookies["troth_device"] = cookie
        for _ in range(12):
            answer = thief.post("/sign-in/", {**STAFF, "password": "wrong-wrong-wrong"})
        assert answer.status_code == 429


def test_demonstrations_alone_show_a_code() -> None:
    with_app(make_staff("prescriber"))
    client = Client()
    client.post("/sign-in/", STAFF)
    assert "demonstration" not in client.get("/sign-in/second/").content.decode().casefold()
