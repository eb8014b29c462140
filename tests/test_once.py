"""A form pressed twice makes one: on each kind of page that makes something, in turn and at once."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.contact.models import Enquiry
from troth.desk.tests.conftest import Clinic
from troth.desk.tests.conftest import clinic as _clinic
from troth.gate import actors, sending
from troth.gate.jobs import forget_sent
from troth.gate.models import Sent
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.people.tests.factories import browser_of, make_patient
from troth.records.models import AllergyIntolerance, ClinicalNote, MedicationStatement, Observation
from troth.rights.models import RightsCase

clinic = _clinic
Browser = Callable[[Clinic], Client]
ALLERGY = {
    "substance": "sentinel-nut",
    "criticality": "high",
    "verification": "confirmed",
    "source": "person",
    "release": "released",
}
NOTE = {"heading": "Call"}
DAY = {"taken_on_day": "1", "taken_on_month": "3", "taken_on_year": "2026"}


def patient(clinic: Clinic) -> Client:
    return browser_of(clinic.subject)


def prescriber(clinic: Clinic) -> Client:
    return browser_of(clinic.prescriber)


def stranger(clinic: Clinic) -> Client:
    return Client()


def form_of(browser: Client, path: str) -> dict[str, str]:
    """The hidden fields of the form on this page that counts once."""
    return hidden_of(browser.get(path).content.decode(), 'name="once"')


def hidden_of(page: str, mark: str) -> dict[str, str]:
    """The hidden fields of the form on a page that has this in it."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if mark in each)
    boxes = re.findall(r'<input type="hidden"[^>]*>', form)
    found = [(re.search(r'name="([^"]*)"', box), re.search(r'value="([^"]*)"', box)) for box in boxes]
    return {name[1]: value[1] if value else "" for name, value in found if name}


def read(kept: dict[str, str]) -> dict[str, str]:
    """The version that the last keeping left, as the page's script sends it on."""
    return {"read": kept["read"]} if "read" in kept else {}


def done_events() -> int:
    return LedgerEvent.objects.filter(outcome="done").count()


KINDS = [
    (patient, "/my-data/correct/", {"what": "My name", "words": "It has an e"}, RightsCase),
    (patient, "/my-data/ask/", {"asked": ["access"], "words": "All of it"}, RightsCase),
    (stranger, "/complain/", {"words": "Lost", "name": "Ada Quoin", "email": "ada@quoin.example"}, RightsCase),
    (stranger, "/ask/", {"name": "Ada Quoin", "email": "ada@quoin.example", "words": "When?"}, Enquiry),
    (prescriber, "/desk/people/{}/allergies/new/", ALLERGY, AllergyIntolerance),
    (
        prescriber,
        "/desk/people/{}/medicines/new/",
        {"medicine": "sentinel", "dose": "one", "source": "person", "release": "released"},
        MedicationStatement,
    ),
    (
        prescriber,
        "/desk/people/{}/measurements/new/",
        {"measure": "weight", "value": "81", "source": "person", "release": "released", **DAY},
        Observation,
    ),
]


@pytest.mark.parametrize(("whose", "path", "typed", "table"), KINDS)
def test_pressed_twice_it_makes_one_and_answers_as_the_first_time(
    clinic: Clinic, whose: Browser, path: str, typed: dict[str, object], table: Any
) -> None:
    browser, path, before = whose(clinic), path.format(clinic.subject), table.objects.count()
    form = {**form_of(browser, path), **typed}
    first = browser.post(path, form)
    assert first.status_code == 302, first.content.decode()
    events = done_events()
    second = browser.post(path, form)
    assert (second.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert (table.objects.count(), done_events()) == (before + 1, events)
    again = browser.post(path, {**form, **form_of(browser, path)})
    assert again.status_code == 302 and table.objects.count() == before + 2, "a fresh page makes another"


def test_a_note_keeps_itself_as_often_as_it_is_typed_and_its_button_keeps_the_last(clinic: Clinic) -> None:
    browser, path = prescriber(clinic), f"/desk/people/{clinic.subject}/notes/new/"
    form = hidden_of(browser.get(path).content.decode(), "data-keeps")
    kept: dict[str, str] = {"action": path}
    for text in ("one", "one two", "one two three"):
        answer = browser.post(
            kept["action"], {**form, **read(kept), **NOTE, "text": text}, HTTP_X_TROTH_KEEPS="draft"
        )
        assert answer.headers["Content-Type"].startswith("application/json"), text
        kept = answer.json()
    done = browser.post(kept["action"], {**form, **read(kept), **NOTE, "text": "all that I wrote"})
    assert done.status_code == 302 and ClinicalNote.objects.count() == 1
    assert "all that I wrote" in browser.get(kept["action"]).content.decode()


def test_what_was_refused_keeps_its_identifier_and_makes_one(clinic: Clinic) -> None:
    browser, path = prescriber(clinic), f"/desk/people/{clinic.subject}/allergies/new/"
    given = form_of(browser, path)["once"]
    wrong = browser.post(path, {**ALLERGY, "substance": "", "once": given})
    assert wrong.status_code == 422 and f'value="{given}"' in wrong.content.decode()
    assert not Sent.objects.exists()
    assert [browser.post(path, {**ALLERGY, "once": given}).status_code for _ in range(2)] == [302, 302]
    assert AllergyIntolerance.objects.count() == 1


def test_other_words_under_the_same_identifier_are_not_passed_over_in_silence(clinic: Clinic) -> None:
    browser, path = prescriber(clinic), f"/desk/people/{clinic.subject}/allergies/new/"
    form = {**ALLERGY, **form_of(browser, path)}
    browser.post(path, form)
    other = browser.post(path, {**form, "substance": "another kind of nut"})
    assert other.status_code == 409 and "already" in other.content.decode()
    assert "another kind of nut" in other.content.decode(), "what was typed is not lost"
    assert AllergyIntolerance.objects.count() == 1


def test_an_identifier_that_somebody_else_used_is_an_unknown_one(clinic: Clinic) -> None:
    path = f"/desk/people/{clinic.subject}/allergies/new/"
    form = {**ALLERGY, **form_of(prescriber(clinic), path)}
    prescriber(clinic).post(path, form)
    refused = [
        browser_of(clinic.colleague).post(path, {**form, **other}).status_code for other in ({}, {"once": ONE})
    ]
    assert refused == [403, 403]
    elsewhere = prescriber(clinic).post(f"/desk/people/{clinic.other}/allergies/new/", form)
    assert elsewhere.status_code == 403, "nor does it lead to another person's page"
    assert AllergyIntolerance.objects.count() == 1


ONE = "00000000-0000-4000-8000-000000000001.0"


@pytest.mark.parametrize("given", ["", "x", ONE[:-2], f"{ONE}\n", f"{ONE}0000"])
def test_an_identifier_that_no_page_gives_is_turned_away(clinic: Clinic, given: str) -> None:
    path = f"/desk/people/{clinic.subject}/allergies/new/"
    assert prescriber(clinic).post(path, {**ALLERGY, "once": given}).status_code == 400
    assert not AllergyIntolerance.objects.exists()


def test_nothing_of_a_form_lies_in_the_open_and_what_is_old_is_forgotten(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = prescriber(clinic), f"/desk/people/{clinic.subject}/allergies/new/"
    browser.post(path, {**ALLERGY, **form_of(browser, path)})
    answer = bytes(Sent.objects.get().answer or b"")
    assert answer and str(clinic.subject).encode() not in answer and b"desk" not in answer
    monkeypatch.setattr(sending, "KEPT", -sending.KEPT)
    browser.post(path, {**ALLERGY, **form_of(browser, path)})
    assert not Sent.objects.exists()


def test_what_is_old_is_forgotten_at_night_where_nothing_is_sent(clinic: Clinic) -> None:
    browser, path = prescriber(clinic), f"/desk/people/{clinic.subject}/allergies/new/"
    browser.post(path, {**ALLERGY, **form_of(browser, path)})
    forget_sent()
    assert Sent.objects.exists()
    Sent.objects.update(at=timezone.now() - sending.KEPT - timedelta(minutes=1))
    forget_sent()
    assert not Sent.objects.exists()


def test_another_file_of_the_same_name_and_size_is_another(rf: RequestFactory) -> None:
    def body(content: bytes) -> bytes:
        request = rf.post("/", {"file": SimpleUploadedFile("scan.pdf", content)})
        return sending.Sending(request, actors.NOBODY, ONE).body

    assert body(b"one page") == body(b"one page") != body(b"another!")


def test_pressed_twice_at_once_it_makes_one(committed_db: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_pack()
    subject: UUID = make_patient()
    browsers = [browser_of(subject) for _ in range(2)]
    form = {**form_of(browsers[0], "/my-data/correct/"), "what": "My name", "words": "It has an e"}
    together, answers = threading.Barrier(2), []

    def looks_before_either_acts(self: sending.Sending) -> bool:
        found = Sent.objects.filter(pk=self.key).exists()
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(sending.Sending, "was_sent", looks_before_either_acts)

    def press(browser: Client) -> None:
        try:
            answers.append(browser.post("/my-data/correct/", form))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {
        (302, answers[0].headers["Location"])
    }
    assert "done=correction-sent" in answers[0].headers["Location"]
    assert (RightsCase.objects.count(), Sent.objects.count()) == (1, 1)
    assert LedgerEvent.objects.filter(event=Event.CASE_TAKEN_IN).count() == 1
