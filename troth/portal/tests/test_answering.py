"""A questionnaire on the pages: answered without script, saved as one goes, read through, sent, changed, taken back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.billing import services as billing
from troth.gate import actors
from troth.gate.contexts import processing
from troth.intake import services as intake
from troth.intake.models import Answer, Response
from troth.intake.tests.conftest import FINE
from troth.notice.purposes import Purpose
from troth.people.tests.factories import LATER, browser_of, make_patient, make_staff
from troth.portal.views import my_requests
from troth.prescribing import services as requests
from troth.prescribing.models import MedicationRequest, RequestStatus
from troth.prescribing.rules.directory import Practice
from troth.prescribing.selectors import reviewing
from troth.prescribing.services import listing
from troth.vault import files
from troth.vault.uploads import SealedUpload

JPEG = b"\xff\xd8\xff\xe0" + b"sentinel-picture" * 8
PAGES = (
    {"sex": "male", "where": "crown", "how": "slowly", "scalp": "no"},
    {"serious": ["none"], "mood": "no", "sexual": "no", "partner": "no", "psa": "no", "warned": "yes"},
    {"takes-medicines": "no"},
    {"allergy": "no"},
    {"anything-else": "sentinel-words", "understands": "yes"},
)


@pytest.fixture
def ann(notice_in_force: None) -> UUID:
    return make_patient()


@pytest.fixture
def browser(ann: UUID) -> Client:
    return browser_of(ann)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", JPEG, content_type="image/jpeg")


def begin(browser: Client, treatment: str = "hair-loss") -> UUID:
    browser.post(reverse("start_answers", args=[treatment]))
    return Response.objects.latest("started_at").pk


def answer_all(browser: Client, response: UUID, **other: str) -> None:
    for number, page in enumerate(PAGES, start=1):
        typed = {**page, **{key: value for key, value in other.items() if key in page}}
        if number == 1:
            typed |= {"photo-crown": picture(), "photo-front": picture()}
        sent = browser.post(reverse("answer_page", args=[response, number]), typed)
        assert sent.status_code == 302, sent.content.decode()


def test_a_stranger_reads_what_is_asked_and_signs_in_to_answer(notice_in_force: None) -> None:
    stranger = Client()
    listed = stranger.get(reverse("treatments")).content.decode()
    assert "Hair loss in men" in listed
    # A prescription-only medicine is not promoted to the public.
    told = listed + stranger.get(reverse("treatment", args=["weight-management"])).content.decode()
    assert not any(name in told.casefold() for name in ("finasteride", "semaglutide", "sildenafil", "wegovy"))
    assert stranger.get(reverse("treatment", args=["leeches"])).status_code == 404
    asked = stranger.post(reverse("start_answers", args=["hair-loss"]))
    assert asked.status_code == 302 and reverse("sign_in") in asked.headers["Location"]


def test_it_is_answered_page_by_page_and_sent(ann: UUID, browser: Client) -> None:
    response = begin(browser)
    first = browser.get(reverse("answer_page", args=[response, 1])).content.decode()
    assert "Part 1 of 5" in first and "Why we" in first
    empty = browser.post(reverse("answer_page", args=[response, 1]), {"sex": "male"})
    assert empty.status_code == 422 and "Choose an answer" in empty.content.decode()
    assert "checked" in empty.content.decode()  # what was chosen stays chosen
    answer_all(browser, response)
    read = browser.get(reverse("answer_check", args=[response])).content.decode()
    assert "Send it to a prescriber" in read and "At the crown" in read and "sentinel-words" in read
    sent = browser.post(reverse("answer_check", args=[response]), {"send": "yes"})
    request = MedicationRequest.objects.get()
    assert sent.headers["Location"] == reverse("my_request", args=[request.pk])
    assert (request.status, request.response, request.subject_id) == (RequestStatus.REQUESTED, response, ann)
    assert "Hair loss in men" in browser.get(reverse("my_requests")).content.decode()


def test_an_answer_brings_its_question_on_the_same_page(browser: Client) -> None:
    response = begin(browser)
    path = reverse("answer_page", args=[response, 3])
    assert "Name of the medicine" not in browser.get(path).content.decode()
    assert browser.post(path, {"takes-medicines": "yes"}).headers["Location"] == f"{path}?more=question"
    assert "Name of the medicine" in browser.get(path).content.decode()
    row = {"takes-medicines": "yes", "medicines-0-medicine-name": "Ramipril", "medicines-0-medicine-dose": "5 mg"}
    assert browser.post(path, {**row, "another": "medicines"}).headers["Location"] == f"{path}?more=row"
    second = {**row, "medicines-1-medicine-name": "Atenolol", "medicines-1-medicine-dose": ""}
    assert browser.post(path, second).headers["Location"] == reverse("answer_page", args=[response, 4])
    again = browser.get(path).content.decode()
    assert "Ramipril" in again and "Atenolol" in again and 'name="medicines-2-medicine-name"' in again


def test_a_rule_stops_it_with_its_reason_and_a_person_looks_when_asked(browser: Client) -> None:
    response = begin(browser)
    answer_all(browser, response, mood="yes")
    page = browser.get(reverse("answer_check", args=[response])).content.decode()
    assert "After what you told us a prescriber has to talk with you first." in page
    assert "Send it to a prescriber" not in page
    # The button that is not there, posted all the same.
    assert browser.post(reverse("answer_check", args=[response]), {"send": "yes"}).status_code == 422
    assert not MedicationRequest.objects.exists()
    assert browser.post(reverse("answer_check", args=[response]), {"review": "yes"}).status_code == 302
    assert MedicationRequest.objects.get().status == RequestStatus.REQUESTED


def test_nobody_reads_or_answers_for_another(browser: Client, ann: UUID) -> None:
    response = begin(browser)
    answer_all(browser, response)
    shot = Answer.objects.filter(response=response).count()
    other = browser_of(make_patient(given_name="Petroc", email="petroc@vane.example"))
    for path in (reverse("answer_page", args=[response, 1]), reverse("answer_check", args=[response])):
        assert other.get(path).status_code == 403
        assert other.post(path, {**PAGES[0], "send": "yes"}).status_code == 403
    assert Answer.objects.filter(response=response).count() == shot
    staff = browser_of(make_staff("patient_support"))
    assert staff.get(reverse("answer_page", args=[response, 1])).status_code == 403


def test_a_change_after_sending_stands_beside_the_first_answer_until_it_is_closed(browser: Client, ann: UUID) -> None:
    response = begin(browser)
    answer_all(browser, response)
    browser.post(reverse("answer_check", args=[response]), {"send": "yes"})
    request = MedicationRequest.objects.get().pk
    path = reverse("answer_page", args=[response, 3])
    assert browser.post(path, {"takes-medicines": "yes"}).status_code == 302
    shown = browser.get(reverse("my_request", args=[request])).content.decode()
    assert "before " in shown and ": No" in shown
    assert "May we tell your GP?" in shown, "nothing else asks before somebody decides"
    assert browser.post(reverse("my_request_stop", args=[request])).status_code == 302
    assert MedicationRequest.objects.get().status == RequestStatus.WITHDRAWN
    late = browser.post(path, {"takes-medicines": "no"})
    assert late.status_code == 422 and "This request is closed" in late.content.decode()


def test_answers_that_grew_too_old_are_confirmed_by_one_press(ann: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    by = actors.person(ann, at=LATER)
    response = intake.start_answers(ann, "hair-loss", by=by, at=LATER)
    shot = {
        name: SealedUpload(files.store([JPEG], name="me.jpg", media_type="image/jpeg"), "image/jpeg", None)
        for name in ("photo-crown", "photo-front")
    }
    intake.save_answers(response, {**FINE, **shot}, by=by, at=LATER)
    path = reverse("my_request", args=[requests.send_request(response, asks_review=False, by=by, at=LATER)])
    monkeypatch.setattr(timezone, "now", lambda: LATER + timedelta(days=29))
    browser = browser_of(ann)
    shown = browser.get(path).content.decode()
    assert "have to be looked through again" in shown and "Nothing has changed" in shown
    assert (
        browser.post(reverse("answer_page", args=[response, 5]), {**PAGES[4], "anything-else": "more"}).status_code
        == 302
    )
    assert "Nothing else has changed" in browser.get(path).content.decode()
    assert browser.post(path, {"holds": "yes"}).status_code == 302
    shown = browser.get(path).content.decode()
    assert "looked through again" not in shown and "They hold as they stand now" in shown
    assert "Nothing has changed" not in shown, "on the day on which they said it"


def test_what_was_begun_waits_where_it_was_left(browser: Client) -> None:
    response = begin(browser)
    later = browser.post(reverse("answer_page", args=[response, 2]), {**PAGES[1], "later": "yes"})
    assert later.headers["Location"] == reverse("my_requests")
    assert "You began this" in browser.get(reverse("my_requests")).content.decode()
    assert begin(browser) == response
    assert browser.post(reverse("answer_check", args=[response]), {"leave": "yes"}).status_code == 302
    assert browser.get(reverse("answer_page", args=[response, 1])).status_code == 404


def test_ones_own_picture_is_shown_and_no_other(browser: Client, ann: UUID) -> None:
    response = begin(browser)
    browser.post(
        reverse("answer_page", args=[response, 1]), {**PAGES[0], "photo-crown": picture(), "photo-front": picture()}
    )
    shown = browser.get(reverse("answer_page", args=[response, 1])).content.decode()
    path = shown.split('<img class="picture" src="')[1].split('"')[0]
    assert b"sentinel-picture" in browser.get(path).getvalue()
    other = browser_of(make_patient(given_name="Petroc", email="petroc@vane.example"))
    assert other.get(path).status_code == 403
    # A page that was saved keeps its picture when the next save brings none.
    assert browser.post(reverse("answer_page", args=[response, 1]), PAGES[0]).status_code == 302
    assert intake.start_answers(ann, "hair-loss", by=actors.person(ann, at=LATER), at=LATER) == response


def test_a_request_of_somebody_else_is_no_page_of_the_readers(
    browser: Client, ann: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A representative may see somebody's health data by the notice; the page of requests is the reader's own all the same."""
    response = begin(browser)
    answer_all(browser, response)
    browser.post(reverse("answer_check", args=[response]), {"send": "yes"})
    path = reverse("my_request", args=[MedicationRequest.objects.get().pk])
    assert browser.get(path).status_code == 200
    monkeypatch.setattr(my_requests, "reader", lambda _: make_patient(email="petroc@vane.example"))
    assert browser.get(path).status_code == 404


def test_it_is_paid_for_as_it_is_sent_and_the_page_says_what_becomes_of_the_money(
    browser: Client, ann: UUID, settings: Any
) -> None:
    settings.TROTH_DEMO = True  # a stand-in takes the place of the payment firm
    response = begin(browser)
    answer_all(browser, response)
    check = reverse("answer_check", args=[response])
    assert "It costs £" in browser.get(check).content.decode()
    sent = browser.post(check, {"send": "yes"})
    request = MedicationRequest.objects.get()
    assert sent.headers["Location"] == reverse("my_payment", args=[request.payment])
    mine = reverse("my_request", args=[request.pk])
    shown = browser.get(mine).content.decode()
    assert "Not paid yet" in shown and "Pay for it" in shown
    assert "Your request waits for your payment" in browser.get(reverse("my_home")).content.decode()
    paying = browser.post(mine, {"pay": "yes"})
    assert paying.headers["Location"] == sent.headers["Location"]
    page = browser.get(paying.headers["Location"]).content.decode()
    assert "Back to your request" in page and "hair" not in page.casefold()
    browser.post(paying.headers["Location"], {"stand_in": "taken"})
    shown = browser.get(mine).content.decode()
    assert "Held on your card, and not taken" in shown and "Pay for it" not in shown
    assert "waits for your payment" not in browser.get(reverse("my_home")).content.decode()
    other = browser_of(make_patient(given_name="Petroc", email="petroc@vane.example"))
    assert other.post(mine, {"pay": "yes"}).status_code == 403
    assert browser.post(reverse("my_request_stop", args=[request.pk])).status_code == 302
    billing.look(request.payment, at=LATER)
    assert "Let go. Nothing was taken" in browser.get(mine).content.decode()


def test_a_practice_is_found_in_the_directory_and_chosen_with_its_code(browser: Client, ann: UUID) -> None:
    path = reverse("my_gp")
    assert "Find your practice" not in browser.get(path).content.decode()
    listing.read_in_from_a_terminal(
        [Practice("A81002", "Tanyard Surgery", "1 Tanyard Close, Hexham", "NE46 1AA", is_open=True)], at=LATER
    )
    said = {"state": "given", "find": "tanyard", "name": "", "address": ""}
    shown = browser.post(path, {**said, "search": "yes"})
    assert shown.status_code == 200 and 'value="A81002"' in shown.content.decode()
    missed = browser.post(path, {**said, "find": "nowhere", "search": "yes"}).content.decode()
    assert "No open practice is found by that" in missed and 'value="nowhere"' in missed
    assert browser.post(path, said).status_code == 422  # found, and none of them chosen
    assert browser.post(path, {**said, "chosen": "X99999"}).status_code == 422
    for given, may_ask in (({"may_ask": "on"}, True), ({}, False)):  # what is not ticked is not allowed
        assert browser.post(path, {**said, **given, "chosen": "A81002"}).status_code == 302
        with processing(Purpose.PRESCRIBING, by=actors.person(ann, at=LATER), at=LATER) as opened:
            choice = reviewing.gp_of(ann, opened)
            assert choice.practice["code"] == "A81002" and choice.may_ask is may_ask
    assert "We do not ask them about you" in browser.get(path).content.decode()
    listing.read_in_from_a_terminal([Practice("A81003", "Far", "1 Way" * 60, "NE46 1AA", is_open=True)], at=LATER)
    far = browser.post(path, {**said, "find": "far", "chosen": "A81003"})
    assert far.status_code == 422 and "That is too long" in far.content.decode()
    typed = {"state": "given", "find": "", "name": "Somewhere else", "address": "2 Hallgate"}
    assert browser.post(path, typed).status_code == 302
