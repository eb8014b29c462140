"""The ledger's pages: found without an address that tells, opened, checked, taken out with a reason, and for nobody else."""

import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.ledger import checking, guards
from troth.ledger.models import LedgerEvent
from troth.ledger.sealing import seal
from troth.office.tests.conftest import register, signed_in
from troth.rights.tests.factories import make_officer
from troth.work.models import Job
from troth.work.worker import perform


def look_for(officer: Client, **said: str) -> str:
    """Post a search and give the address it leads to."""
    answer = officer.post("/office/ledger/", said)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_a_search_stands_in_no_address_and_opens_for_its_officer_alone(
    officer: Client, colleague: Callable[[str], Client]
) -> None:
    person = register()
    assert person.id is not None
    where = look_for(officer, subject=str(person.id), event="people:registered")
    assert person.id.hex not in where and "registered" not in where
    page = officer.get(where).content.decode()
    assert "Registered" in page and "1 event found" in page and "Oddie" not in page
    assert colleague("finance").get(where).status_code == 403
    make_officer(at=timezone.now(), email="second@clinic.example")
    assert signed_in("second@clinic.example").get(where).headers["Location"] == "/office/ledger/"


def test_reading_somebodys_events_is_an_event_that_they_see(officer: Client) -> None:
    person = register()
    assert person.id is not None
    officer.get(look_for(officer, subject=str(person.id)))
    noted = LedgerEvent.objects.get(event="ledger:read", subject=person.id.hex)
    assert noted.purpose == "security_log" and noted.outcome == "allowed"
    own = LedgerEvent.objects.filter(event="ledger:read").count()
    me = UUID(LedgerEvent.objects.filter(event="people:staff_joined").latest("id").subject)
    assert officer.get(look_for(officer, subject=str(me))).status_code == 403
    assert LedgerEvent.objects.filter(event="ledger:read").count() == own


def test_each_filter_leaves_out_what_does_not_match(officer: Client, colleague: Callable[[str], Client]) -> None:
    register()
    colleague("finance").get("/office/ledger/")
    refusals = officer.get("/office/ledger/?only=refused").content.decode()
    assert "Ines Finance" in refusals and ">Registered</a>" not in refusals
    today = timezone.localdate()
    for said, there in (
        ({"outcome": "refused"}, True),
        ({"outcome": "done"}, False),
        ({"purpose": "security_log"}, True),
        ({"purpose": "payment"}, False),
        ({"event": "gate:refused"}, True),
        ({"since_day": str(today.day), "since_month": str(today.month), "since_year": str(today.year)}, True),
        ({"until_day": "1", "until_month": "1", "until_year": "2020"}, False),
    ):
        page = officer.get(look_for(officer, **said)).content.decode()
        assert ("Tried to open the record" in page) == there, said
    nothing = officer.get(look_for(officer, purpose="payment")).content.decode()
    assert "Nothing was found" in nothing
    backwards = {
        "since_day": "2",
        "since_month": "1",
        "since_year": "2026",
        "until_day": "1",
        "until_month": "1",
        "until_year": "2026",
    }
    answer = officer.post("/office/ledger/", backwards)
    assert answer.status_code == 422 and "lies before the first" in answer.content.decode()


def test_the_list_has_pages(officer: Client) -> None:
    for number in range(18):
        register("Ada", f"Pell{chr(97 + number)}", f"ada{number}@pell.example")
    first = officer.get("/office/ledger/").content.decode()
    total = LedgerEvent.objects.count()
    assert total > 50 and "1 to 50 of" in first
    before = re.search(r"before=(\d+)", first)
    assert before is not None
    second = officer.get(f"/office/ledger/?before={before.group(1)}").content.decode()
    assert "51 to" in second and f">No. {before.group(1)}<" not in second


def test_an_event_shows_its_proof_and_says_when_it_was_altered(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = register()
    assert person.id is not None
    row = LedgerEvent.objects.get(event="people:registered", subject=person.id.hex)
    assert "not sealed yet" in officer.get(f"/office/ledger/events/{row.pk}/").content.decode()
    seal()
    page = officer.get(f"/office/ledger/events/{row.pk}/").content.decode()
    assert "Checked just now, and it holds" in page and "Oddie" not in page
    document = json.loads(officer.get(f"/office/ledger/events/{row.pk}/proof/").content)
    assert document["event"] == row.pk and document["leaf"] >= 0 and document["checkpoint"].count("\n") > 3
    monkeypatch.setattr("troth.ledger.proving.event_leaf", lambda *_, **__: b"x" * 32)
    assert "not as it was signed" in officer.get(f"/office/ledger/events/{row.pk}/").content.decode()
    assert officer.get("/office/ledger/events/999999/").status_code == 404


def test_a_person_is_found_by_name_and_their_events_follow(officer: Client) -> None:
    person = register()
    assert person.id is not None
    answer = officer.post("/office/ledger/person/", {"q": "odd", "reason": "rights_request"})
    page = answer.content.decode()
    assert "Maureen Oddie" in page and str(person.id) in page
    assert LedgerEvent.objects.filter(purpose="find", subject=person.id.hex, reason="rights_request").exists()
    assert officer.post("/office/ledger/person/", {"q": "odd"}).status_code == 422
    assert (
        "Nobody was found"
        in officer.post("/office/ledger/person/", {"q": "zzzzq", "reason": "rights_request"}).content.decode()
    )


def test_a_check_is_asked_for_run_by_the_worker_and_shown(officer: Client) -> None:
    register()
    assert "Not checked yet" in officer.get("/office/ledger/check/").content.decode()
    assert officer.post("/office/ledger/check/").status_code == 302
    assert "Waiting for the worker" in officer.get("/office/ledger/check/").content.decode()
    officer.post("/office/ledger/check/")
    assert Job.objects.filter(name="work.check_ledger").count() == 1
    assert LedgerEvent.objects.filter(event="ledger:checked").count() == 1
    perform(Job.objects.get(name="work.check_ledger"))
    page = officer.get("/office/ledger/check/").content.decode()
    assert "The ledger is whole" in page and "Ines Privacy_Officer" in page


def test_a_check_that_fails_says_what_was_found(officer: Client) -> None:
    register()
    seal()
    asked = checking.ask(by="schedule", at=timezone.now())
    guards.drop_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET reason = 'x' WHERE id = 2")
    checking.run(asked)
    page = officer.get("/office/ledger/check/").content.decode()
    assert "does not hold" in page and "Event 2" in page


def test_events_leave_with_a_reason_and_as_they_stand(officer: Client) -> None:
    person = register()
    assert person.id is not None
    today = timezone.localdate()
    said = {
        "since_day": str(today.day),
        "since_month": str(today.month),
        "since_year": str(today.year),
        "until_day": str(today.day),
        "until_month": str(today.month),
        "until_year": str(today.year),
        "form": "ocsf",
        "reason": "an audit",
    }
    assert officer.post("/office/ledger/export/", {**said, "reason": ""}).status_code == 422
    assert not LedgerEvent.objects.filter(event="ledger:exported").exists()
    answer = officer.post("/office/ledger/export/", said)
    sent = b"".join(answer).decode()  # type: ignore[call-overload]
    assert "attachment" in answer.headers["Content-Disposition"] and "Oddie" not in sent
    assert all(json.loads(line)["metadata"]["product"]["name"] == "Troth" for line in sent.splitlines())
    noted = LedgerEvent.objects.get(event="ledger:exported")
    assert noted.reason == "an audit" and noted.action == "export" and "ocsf" in noted.objects_touched


def test_other_roles_and_strangers_stay_out(clinic: Home, colleague: Callable[[str], Client]) -> None:
    finance = colleague("finance")
    for path in ("", "ledger/", "ledger/person/", "ledger/events/1/", "ledger/check/", "ledger/export/"):
        assert finance.get(f"/office/{path}").status_code == 403, path
        assert Client().get(f"/office/{path}").headers["Location"] == "/sign-in/"


def test_the_newest_checkpoint_is_public(clinic: Home) -> None:
    register()
    assert Client().get("/checkpoint/").status_code == 404
    seal()
    assert "Download the checkpoint" in Client().get("/checkpoint/").content.decode()
    assert Client().get("/checkpoint/file/").content.decode().count("\n") >= 4
