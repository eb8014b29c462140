"""The public pages, the headers of every answer, and what the logs and error pages say."""

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import troth.notice
from troth.notice import services as notices
from troth.people.middleware import device_of, network_of
from troth.people.tests.factories import LATER, PASSWORD, browser_of, make_patient, make_staff

HEADERS = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}


def test_before_a_notice_holds_nobody_can_register(db: None, client: Client) -> None:
    assert b"open yet" in client.get("/").content
    assert client.get("/notice/").status_code == 404
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/no-such-page/"])
def test_another_hosts_name_is_not_answered_as_ours(notice_in_force: None, client: Client, path: str) -> None:
    """A name elsewhere that is made to point here (DNS rebinding) must not become an origin of ours."""
    answer = client.get(path, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_home_page_is_the_controllers(notice_in_force: None, client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Aldersyke Clinic is run by Aldersyke Care Ltd" in page and "privacy@aldersyke.example" in page


def test_the_notice_is_rendered_from_the_register_with_every_version(notice_in_force: None, client: Client) -> None:
    assert b"The first version." in client.get("/notice/").content
    text = (Path(str(troth.notice.__path__[0])) / "packs" / "online-prescribing.yaml").read_text()
    notices.publish(
        text.replace("title: Feedback and surveys", "title: Surveys and praise").replace(
            "registration: ZB204417", "registration: ZB204418"
        ),
        by="tests",
        at=LATER,
    )
    page = client.get("/notice/2/").content.decode()
    assert "Surveys and praise" in page and 'class="chosen"' in page and "/notice/1/" in page
    assert "Surveys and praise" not in client.get("/notice/1/").content.decode()
    assert client.get("/notice/3/").status_code == 404


def test_a_page_is_compressed_for_strangers_alone(notice_in_force: None, client: Client) -> None:
    takes = {"accept-encoding": "gzip"}
    plain, squeezed = client.get("/notice/"), client.get("/notice/", headers=takes)
    assert gzip.decompress(squeezed.content) == plain.content and len(squeezed.content) * 3 < len(plain.content)
    assert squeezed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in squeezed.headers["Vary"]
    own = browser_of(make_patient(password=PASSWORD)).get("/notice/", headers=takes)
    assert own.status_code == 200 and "Content-Encoding" not in own.headers


def test_a_page_says_what_was_done_in_our_words_alone(notice_in_force: None, client: Client) -> None:
    """An address can name one of our sentences, and can bring none of its own."""
    said = client.get("/?done=password-changed").content.decode()
    assert said.count('class="toast" data-toast role="status"') == 1 and "Your password is changed." in said
    for other in ("/", "/?done=Call+0900+now", "/?done="):
        page = client.get(other).content.decode()
        assert "data-toast" not in page and "0900" not in page


@pytest.mark.parametrize(
    "path", ["/", "/notice/", "/sign-in/", "/register/", "/security/", "/nowhere/", "/registered/"]
)
def test_every_answer_carries_the_headers(notice_in_force: None, client: Client, path: str) -> None:
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert response["Cache-Control"] == "no-store" and "camera=()" in response["Permissions-Policy"]
    for part in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    body = response.content.decode()
    assert "style=" not in body and "<style" not in body and "onclick" not in body


def test_pages_that_break_say_nothing_of_why(
    notice_in_force: None, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("Maureen Oddie 07700 900214")

    make_patient(password=PASSWORD)
    monkeypatch.setattr("troth.people.selectors.check_sign_in", broken)
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/sign-in/", {"email": "maureen@oddie.example", "password": PASSWORD})
    assert response.status_code == 500 and b"Maureen" not in response.content and b"oddie" not in response.content
    from troth.work.reporting import PlaceOnly

    lines = [PlaceOnly().format(record) for record in caplog.records]
    assert any("ValueError" in line for line in lines)
    assert not any(word in line for line in lines for word in ("Maureen", "oddie", "07700", PASSWORD))


def test_the_access_log_knows_routes_and_no_paths(notice_in_force: None, client: Client, caplog: Any) -> None:
    from troth.work.reporting import PlaceOnly

    with caplog.at_level(logging.INFO):
        client.get("/notice/1/?q=Maureen")
    line = json.loads(PlaceOnly().format(next(record for record in caplog.records if hasattr(record, "facts"))))
    assert (line["route"], line["status"]) == ("notice_version", 200)
    assert "Maureen" not in json.dumps(line) and "/notice" not in json.dumps(line)


def test_logging_and_debugging_are_set_up_so(settings: Any) -> None:
    from django.conf import settings as live

    assert live.DEBUG is False
    assert live.DEFAULT_EXCEPTION_REPORTER.endswith("PlaceOnlyReporter")
    assert live.LOGGING_CONFIG == "troth.config.environment.configure_logging"
    key = live.TROTH_KEYS / "forms.key"
    assert key.read_text() == live.SECRET_KEY and key.stat().st_mode & 0o777 == 0o600


def test_of_proxies_only_our_own_are_believed(rf: Any, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="192.0.2.9", HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.2")
    assert network_of(request) == "192.0.2.9/32"
    settings.TROTH_PROXIES = 1
    assert network_of(request) == "198.51.100.2/32"
    assert network_of(rf.get("/", REMOTE_ADDR="not an address")) == "unknown"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/130.0 Safari/537 Edg/130.0", "Edge on Windows"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_few_words(rf: Any, told: str, words: str) -> None:
    assert device_of(rf.get("/", HTTP_USER_AGENT=told)) == words


def test_staff_and_patients_have_their_own_ways_around(notice_in_force: None) -> None:
    client = browser_of(make_staff("prescriber", name="Dr Ewa Lisle"))
    page = client.get("/").content.decode()
    assert "Dr Ewa Lisle" not in Client().get("/").content.decode()
    assert "Sign out" in page and 'href="/register/"' not in page
