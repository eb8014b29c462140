"""The wall of promises: every one is a coin and a line, looking now keeps what was found, and nobody else gets in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.assurance import services
from troth.assurance.models import LookAsked
from troth.assurance.rules import evidence
from troth.assurance.rules.catalogue import promises_of
from troth.assurance.rules.evidence import Look
from troth.assurance.selectors import board
from troth.assurance.selectors.board import Status
from troth.assurance.selectors.checking import Outcome
from troth.gate.actors import Actor
from troth.ledger.models import LedgerEvent
from troth.office.tests.test_cases import signed_in
from troth.people.tests.factories import make_staff, prove
from troth.rights.tests.conftest import clinic  # noqa: F401 - a fixture
from troth.rights.tests.factories import make_officer
from troth.work.models import Job
from troth.work.worker import perform

PACK = "online-prescribing"
SERVICE = Actor("service", name="assurance")


@pytest.fixture
def officer(clinic: Home) -> Client:  # noqa: F811
    make_officer(at=timezone.now())
    return signed_in("privacy_officer@clinic.example")


@pytest.fixture
def looked_at(clinic: Home) -> Iterator[None]:  # noqa: F811
    """A look in which one promise fell short and the rest are as they are."""
    outcomes = []
    for promise in promises_of(PACK):
        status = {"people": Status.ORGANISATIONAL, "unlawful": Status.UNLAWFUL, "missing": Status.MISSING}.get(
            promise.keeping, Status.HOLDS
        )
        holds = promise.id != "OC-13.3"
        looks = tuple(Look(name, "what is there", holds, "As it should be", {"rows": 3}) for name in promise.checks)
        if not holds:
            status = Status.FALLS_SHORT
        outcomes.append(Outcome(promise, status, "One key too old" if not holds else "As it should be", looks))
    services.record_look(
        PACK, outcomes, by=SERVICE, at=timezone.now() - timedelta(hours=5), took=timedelta(seconds=3)
    )
    yield


def test_before_the_first_look_the_wall_says_so(officer: Client) -> None:
    page = officer.get("/office/promises/").content.decode()
    assert "Nobody has looked yet" in page and "Check now" in page


def test_the_wall_has_a_coin_for_each_and_says_what_slipped(officer: Client, looked_at: None) -> None:
    page = officer.get("/office/promises/").content.decode()
    wall = page.partition('<ol class="wall">')[2].partition("</ol>")[0]
    assert wall.count("<li>") == 106 and wall.count("coin-slipped") == 1
    assert "One key too old" in page and "Operator has it" in page
    assert 'href="/office/promises/OC-13.3/"' in page


def test_the_table_says_the_same_and_can_be_searched_and_paged(officer: Client, looked_at: None) -> None:
    page = officer.get("/office/promises/?view=table").content.decode()
    assert "1 to 50 of 106" in page and "from=50" in page
    last = officer.get("/office/promises/?view=table&from=100").content.decode()
    assert "101 to 106 of 106" not in last or "OC-15.1" in last
    short = officer.get("/office/promises/?view=table&status=falls+short").content.decode()
    assert "1 to 1 of 1" not in short and "OC-13.3" in short
    found = officer.get("/office/promises/?view=table&words=certificate").content.decode()
    assert "OC-2.10" in found and "OC-13.3" not in found
    assert "No promise is like that" in officer.get("/office/promises/?view=table&words=zzz").content.decode()


def test_one_promise_shows_its_evidence_and_its_history(officer: Client, looked_at: None) -> None:
    page = officer.get("/office/promises/OC-13.3/").content.decode()
    for words in (
        "Falls short",
        "One key too old",
        "vault.keys_turned",
        "rows 3",
        "How it stood over time",
        "Digest",
    ):
        assert words in page, words
    assert officer.get("/office/promises/OC-99.9/").status_code == 404
    assert officer.get("/office/promises/KL-1.1/").status_code == 404  # another pack's


def test_checking_now_keeps_what_was_found_and_leaves_an_event(
    officer: Client, looked_at: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = LedgerEvent.objects.filter(event="assurance:promises_checked").count()
    for _ in range(2):  # whoever presses twice asks once
        assert officer.post("/office/promises/check/").headers["Location"] == "/office/promises/"
    assert Job.objects.filter(name="assurance.look_now").count() == 1
    assert LedgerEvent.objects.filter(event="assurance:look_asked").count() == 1
    page = officer.get("/office/promises/").content.decode()
    assert "Waiting for the worker" in page and "Look again" in page and "Check now" not in page
    assert "Refresh" not in str(officer.get("/office/promises/", headers={"HX-Request": "true"}).headers)
    LookAsked.objects.update(started_at=timezone.now(), done=40, of=106)
    assert "40 of 106 promises" in officer.get("/office/promises/").content.decode()
    perform(Job.objects.get(name="assurance.look_now"))
    assert LedgerEvent.objects.filter(event="assurance:promises_checked").count() == before + 1
    assert officer.get("/office/promises/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    found = board.board_of(settings.TROTH_PACK)
    assert found is not None and len(found.standings) == 106
    assert {look["check"] for each in found.standings for look in each.evidence["looks"]} <= {
        check.name for check in evidence.list_checks()
    }
    assert officer.get("/office/promises/check/").status_code == 405


def test_a_proof_is_recorded_and_what_is_wrong_is_said(officer: Client, looked_at: None) -> None:
    path = "/office/promises/OC-1.2/"
    form = {"seen_on_day": "3", "seen_on_month": "11", "seen_on_year": "2025", "kind": "talk", "paper": "DPO/7"}
    assert "None has been recorded" in officer.get(path).content.decode()
    for wrong in ({}, {**form, "paper": "seen by Maureen"}, {**form, "seen_on_year": "2199"}):
        answer = officer.post(path, wrong)
        assert answer.status_code == 422 and "error-summary" in answer.content.decode()
    assert officer.post(path, form).status_code == 302
    page = officer.get(path).content.decode()
    assert "DPO/7" in page and "3 November 2025" in page
    assert "Record a proof" not in officer.get("/office/promises/OC-1.3/").content.decode()


def test_others_stay_out(clinic: Home, looked_at: None) -> None:  # noqa: F811
    make_staff("patient_support", at=timezone.now())
    client = Client()
    client.post("/sign-in/", {"email": "patient_support@clinic.example", "password": "heron-lantern-oatcake"})
    prove(client)
    for path in ("/office/promises/", "/office/promises/OC-1.2/"):
        assert client.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert client.post("/office/promises/check/").status_code == 403
