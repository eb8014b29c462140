"""Text messages by a service that takes HTTP: a local double of one, and what becomes of its answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import UUID

import pytest

from troth.delivery import services
from troth.delivery.models import Delivery, Failure, Message
from troth.delivery.rules import Kind
from troth.delivery.services.carriers import SmsByHttp, Undelivered
from troth.delivery.tests.conftest import NOW, work_off
from troth.delivery.tests.test_carrying import _parcel
from troth.gate import actors

NUMBER, TOKEN = "07700900123", "zq-token"


@dataclass
class Service:
    """What the double took, and what it answers."""

    url: str = ""
    status: int = 202
    location: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class _Asked(BaseHTTPRequestHandler):
    service: ClassVar[Service]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.service.asked.append((self.headers["Authorization"], body))
        self.send_response(self.service.status)
        if self.service.location:
            self.send_header("Location", self.service.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_For", (_Asked,), {"service": made}))
    made.url = f"http://127.0.0.1:{server.server_address[1]}/messages"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_a_text_message_is_carried(subject: UUID, service: Service, settings: Any) -> None:
    settings.TROTH_SMS_URL, settings.TROTH_SMS_TOKEN = service.url, TOKEN
    written = services.send_sms(
        subject, kind=Kind.PASSWORD_CHANGED, to=NUMBER, context={"when": "today"}, by=actors.NOBODY, at=NOW
    )
    work_off()
    ((authorization, body),) = service.asked
    assert authorization == f"Bearer {TOKEN}"
    assert (body["id"], body["to"]) == (written.hex, NUMBER)
    assert body["text"].startswith("Aldersyke Clinic: your password was changed") and len(body["text"]) <= 160
    assert Message.objects.get().state == Delivery.SENT


@pytest.mark.parametrize(
    ("status", "failure", "lasting"),
    [
        (400, Failure.REFUSED, True),
        (401, Failure.SIGN_IN, False),
        (429, Failure.BUSY, False),
        (503, Failure.BUSY, False),
        (302, Failure.REFUSED, True),
    ],
)
def test_each_answer_becomes_one_of_our_own_words(
    service: Service, status: int, failure: Failure, lasting: bool
) -> None:
    service.status = status
    service.location = f"{service.url}/elsewhere" if status == 302 else ""
    with pytest.raises(Undelivered) as refused:
        SmsByHttp(service.url, TOKEN).send(_parcel())
    assert (refused.value.failure, refused.value.lasting) == (failure, lasting)
    assert len(service.asked) == 1  # a redirect is not followed: it would hand the text to whom nobody chose


def test_a_service_that_is_away_is_tried_again() -> None:
    with pytest.raises(Undelivered) as refused:
        SmsByHttp("http://127.0.0.1:1/", TOKEN).send(_parcel())
    assert (refused.value.failure, refused.value.lasting) == (Failure.UNREACHABLE, False)


def test_a_letter_without_words_for_it_is_no_text_message(subject: UUID) -> None:
    with pytest.raises(ValueError, match="text message"):
        services.send_sms(subject, kind=Kind.RESET_PASSWORD, to=NUMBER, by=actors.NOBODY, at=NOW)
