"""Signing in does the same work whether or not the address is known, and whether or not the password was right (pitfalls B16)."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import rules, services
from troth.people import selectors as people
from troth.people.tests.factories import LATER, NOW, PASSWORD, make_patient, make_staff
from troth.work import throttle

pytestmark = pytest.mark.usefixtures("notice_in_force")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
KNOWN, UNKNOWN = "maureen@oddie.example", "nobody@oddie.example"
WRONG = "not-the-password"
_VALUES = re.compile(r"\"s\d+_x\d+\"|'[^']*'|X'[0-9A-F]*'|\b[0-9a-f]{32}\b|\b\d+\b|%s", re.IGNORECASE)


@pytest.fixture
def subject() -> Iterator[UUID]:
    made = make_patient(password=PASSWORD)
    services.add_app(made, by=actors.person(made, at=NOW), at=NOW, secret=SECRET, step=rules.step_of(NOW))
    Client().post("/sign-in/", {"email": UNKNOWN, "password": WRONG})  # the stranger is there from the first try on
    return made


def what_it_does(
    client: Client, path: str, words: dict[str, str], status: int
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The statements of a try, without their values, and the events that it left."""
    last = LedgerEvent.objects.order_by("id").last()
    with ExitStack() as stack:
        seen = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in ("default", "keys")]
        assert client.post(path, words).status_code == status
    statements = [_VALUES.sub("?", query["sql"]) for each in seen for query in each.captured_queries]
    events = LedgerEvent.objects.filter(id__gt=last.id if last else 0).order_by("id")
    return statements, [(each.event, each.outcome, each.purpose, str(bool(each.subject))) for each in events]


def test_a_wrong_password_costs_the_same_work_for_an_address_that_nobody_has(subject: UUID) -> None:
    known = what_it_does(Client(), "/sign-in/", {"email": KNOWN, "password": WRONG}, 422)
    unknown = what_it_does(Client(), "/sign-in/", {"email": UNKNOWN, "password": WRONG}, 422)
    assert known == unknown
    assert ("people:sign_in_failed", "done", "security_log", "True") in known[1]


@pytest.mark.parametrize("typed", ["000000", "AAAA-AAAA-AAAA-AAAA"])
def test_a_wrong_code_does_not_tell_whether_the_password_was_right(
    subject: UUID, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "allow_sign_in", lambda *_, **__: throttle.Allowance(True, proof_wanted=True))
    services.make_recovery_codes(subject, by=actors.person(subject, at=LATER), at=LATER)
    first, second, cookies = [], [], []
    for email, password in ((KNOWN, PASSWORD), (KNOWN, WRONG), (UNKNOWN, WRONG)):
        client = Client()
        first.append(what_it_does(client, "/sign-in/", {"email": email, "password": password}, 302))
        cookies.append(len(client.cookies["troth_second"].value))
        second.append(what_it_does(client, "/sign-in/second/", {"code": typed}, 422))
    assert first[0] == first[1] == first[2]
    assert second[0] == second[1] == second[2]
    assert len(set(cookies)) == 1, "the cookie's length tells it"


def test_somebody_without_an_app_has_the_strangers_opened(subject: UUID) -> None:
    other = make_staff("prescriber")
    opened = []
    for whom in (subject, other, None):
        with CaptureQueriesContext(connections["keys"]) as seen:
            assert people.check_code(whom, "000000", at=LATER) is None
        opened.append(len(seen.captured_queries))
    assert opened[0] == opened[1] == opened[2] > 0


def test_nothing_signs_the_stranger_in(subject: UUID) -> None:
    for email in ("", " ", UNKNOWN):
        answer = Client().post("/sign-in/", {"email": email, "password": ""})
        assert answer.status_code == 422
    assert people.check_sign_in("", "", at=LATER, network="192.0.2.9") == people.Wrong(None)
