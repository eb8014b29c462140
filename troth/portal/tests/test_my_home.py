"""A patient's own first page: derived from their requests, their cases and the ledger, and from nothing typed."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

import troth.notice
from troth.gate import actors
from troth.ledger.names import Event
from troth.notice import services as notices
from troth.people import selectors as people_selectors
from troth.people import services as people
from troth.people.tests.factories import LATER, PASSWORD, make_patient, make_staff
from troth.portal import own_home
from troth.prescribing import services as prescribing
from troth.prescribing.selectors import Outcome, reviewing
from troth.rights import services as rights


@pytest.fixture
def patient(notice_in_force: None) -> UUID:
    return make_patient(email="maureen@oddie.example", password=PASSWORD)


@pytest.fixture
def browser(patient: UUID) -> Client:
    client = Client()
    client.cookies["troth_session"] = people.sign_in(
        patient, by=actors.person(patient, at=LATER), at=LATER, device="tests"
    )
    return client


def test_a_stranger_is_asked_to_sign_in(notice_in_force: None, client: Client) -> None:
    assert client.get("/my-home/").headers["Location"] == "/sign-in/"


def test_with_nothing_in_hand_it_says_so(browser: Client) -> None:
    page = browser.get("/my-home/").content.decode()
    assert "Hello, " in page and "Nothing is in hand" in page and "Nobody has opened it yet." in page
    assert "nothing you need to do today" in page and "within a month" not in page


def test_the_request_in_hand_says_where_it_is(patient: UUID, browser: Client) -> None:
    prescriber = make_staff("prescriber", at=LATER, name="Dr Sorcha Dunleavy", email="s@clinic.example")
    support = make_staff("patient_support", at=LATER, name="Kit", email="k@clinic.example")
    person = actors.person(patient, at=LATER)
    request = prescribing.request_treatment(patient, medicine="Lymecycline", answers=[], by=person, at=LATER)
    assert "waits to be passed" in browser.get("/my-home/").content.decode()
    later = LATER + timedelta(seconds=1)
    prescribing.assign_request(request.pk, prescriber=prescriber, by=actors.person(support, at=later), at=later)
    page = browser.get("/my-home/").content.decode()
    assert "Dr Sorcha Dunleavy is reading your answers." in page and "Why we hold this" in page
    doctor = actors.person(prescriber, at=later)
    mark = reviewing.mark_of(request.pk, patient, None)
    prescribing.decide_request(
        request.pk,
        outcome=Outcome.REFUSED,
        words="Not beside warfarin.",
        review=reviewing.open_review(request.pk, mark, by=doctor, at=later),
        by=doctor,
        at=later,
    )
    page = browser.get("/my-home/").content.decode()
    assert "Not beside warfarin." in page and "not prescribed" in page


def test_a_request_waits_while_its_record_is_restricted(patient: UUID, browser: Client) -> None:
    person = actors.person(patient, at=LATER)
    prescribing.request_treatment(patient, medicine="Lymecycline", answers=[], by=person, at=LATER)
    rights.ask_to_stop(patient, None, by=person, at=LATER + timedelta(seconds=1))
    page = browser.get("/my-home/").content.decode()
    assert "It waits, because you stopped the use of your record." in page and "waits to be passed" not in page


def test_a_late_answer_is_told_as_fallen_short(
    patient: UUID, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights.ask_to_stop(patient, None, by=actors.person(patient, at=LATER), at=LATER)
    page = browser.get("/my-home/").content.decode()
    assert "1 waiting, none late" in page and "You stopped the use of your record" in page
    cases = own_home_cases(patient)
    late = own_home.kept_promises((), True, cases, LATER + timedelta(days=60))
    assert [promise.state for promise in late] == ["joined", "joined", "slipped"]
    broken = own_home.kept_promises((), False, [], LATER)
    assert broken[1].state == "slipped" and "We’re sorry" in broken[1].detail


def own_home_cases(patient: UUID) -> list[own_home.Case]:
    from troth.gate.contexts import processing
    from troth.notice.purposes import Purpose
    from troth.rights import selectors

    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        return selectors.list_cases(patient, opened)


def test_the_word_for_an_emergency_is_the_ledgers(notice_in_force: None) -> None:
    """The page finds an emergency by the words of its event: were they changed, it would fall silent."""
    assert Event.GLASS_BROKEN.words == own_home.EMERGENCY


def test_who_was_not_told_of_a_new_version_reads_what_changes_and_says_so(patient: UUID, browser: Client) -> None:
    assert "You know our notice" in browser.get("/my-data/notice/").content.decode()
    publish_longer(at=LATER)
    home = browser.get("/my-home/").content.decode()
    assert "Our privacy notice changes" in home and "/my-data/notice/" in home
    page = browser.get("/my-data/notice/").content.decode()
    assert "kept longer" in page and "You know version 1" in page and "I have read it" in page
    assert browser.post("/my-data/notice/", {"version": "3"}).status_code == 200  # not the one that was shown
    assert people_selectors.list_receipts(patient, at=LATER)[0].version == 1
    assert browser.post("/my-data/notice/", {"version": "2"}).headers["Location"] == "/my-home/"
    newest = max(people_selectors.list_receipts(patient, at=LATER), key=lambda receipt: receipt.version)
    assert (newest.version, newest.given) == (2, False)
    assert "Our privacy notice changes" not in browser.get("/my-home/").content.decode()


def publish_longer(*, at: datetime) -> None:
    """A version in which something is kept for longer: that matters to people."""
    text = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")
    longer = text.replace("words: Two years after", "words: Three years after").replace(
        "period: 2 years}", "period: 3 years}"
    )
    assert notices.publish(longer, by="tests", at=at).material
