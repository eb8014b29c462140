"""My details and my choices: each holds the moment it is made, for the reader alone, and says what follows beforehand."""

import re
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from troth.consent.rules import How
from troth.consent.selectors import ByChannel, Word, stop_link
from troth.delivery.models import Message
from troth.gate import actors, facts
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.models import LedgerEvent
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services
from troth.people.tests.factories import LATER, PASSWORD, make_patient
from troth.portal.views.consents import _state, words_table
from troth.rights import selectors as rights
from troth.rights.models import About, RightsCase

DETAILS = {
    "email": "new@oddie.example",
    "telephone": "07700 900333",
    "address": "8 Weir Terrace, Ely",
    "postcode": "cb7 4zz",
}
PAGES = (
    "/my-data/details/",
    "/my-data/details/change/",
    "/my-data/choices/",
    "/my-data/choices/marketing/",
    "/my-data/choices/said/",
    "/my-data/stop/",
    "/my-data/correct/",
    "/my-data/asked/",
    "/my-data/rights/",
)


@pytest.fixture
def patient(notice_in_force: None) -> UUID:
    return make_patient(email="maureen@oddie.example", password=PASSWORD)


@pytest.fixture
def browser(patient: UUID) -> Client:
    client = Client()
    client.cookies["troth_session"] = services.sign_in(
        patient, by=actors.person(patient, at=LATER), at=LATER, device="tests"
    )
    return client


def test_which_rights_go_with_which_use(browser: Client) -> None:
    """LAW-3.14, and LAW-3.9 of marketing: one line a use, in the order of erasing, taking elsewhere, objecting, taking back."""
    page = browser.get("/my-data/rights/").content.decode()
    lines = {
        re.sub(r"<small.*|<[^>]+>", "", cells[0], flags=re.DOTALL).strip(): [
            re.sub(r"<span class=\"cell-word\".*?</span>|<[^>]+>", "", cell, flags=re.DOTALL).strip()
            for cell in cells[1:]
        ]
        for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
        if len(cells := re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.DOTALL)) == 5
    }
    titles = {each.purpose: each.title for each in notices.register_in_force(LATER).purposes.values()}

    def line(purpose: Purpose) -> list[str]:
        return next(said for title, said in lines.items() if title.startswith(titles[purpose]))

    assert line(Purpose.MARKETING) == ["Yes", "Yes", "Yes", "Yes"]  # consent, and an objection always counts
    assert line(Purpose.CARE) == ["Yes", "Yes", "No", "No"]  # contract
    assert line(Purpose.RIGHTS) == ["No", "No", "No", "No"]  # a legal obligation
    assert line(Purpose.FEEDBACK) == ["If your objection holds", "No", "Yes", "No"]  # an interest


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_for_who_is_signed_in(browser: Client, path: str) -> None:
    assert Client().get(path).headers["Location"] == "/sign-in/"
    assert browser.get(path).status_code == 200


def standing(patient: UUID, kind: FactKind) -> list[str]:
    return [fact.purpose for fact in facts.of(patient, kind, at=LATER)]


def test_contact_details_change_at_once_and_what_was_before_is_kept(patient: UUID, browser: Client) -> None:
    before = browser.get("/my-data/details/").content.decode()
    assert "How it was before" not in before
    assert (
        browser.post("/my-data/details/change/", DETAILS).headers["Location"]
        == "/my-data/details/?done=details-changed"
    )
    page = browser.get("/my-data/details/").content.decode()
    assert "new@oddie.example" in page and "CB7 4ZZ" in page and "How it was before" in page
    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        ((_, kept),) = people.earlier_contacts(patient, opened)
    assert kept.email == "maureen@oddie.example" and kept.email in page
    # Both addresses are told, whoever reads them
    assert Message.objects.filter(subject_id=patient).count() == 2
    # Saying the same again is no change
    browser.post("/my-data/details/change/", DETAILS)
    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        assert len(people.earlier_contacts(patient, opened)) == 1


def test_what_was_typed_stays_when_something_is_amiss(browser: Client) -> None:
    answer = browser.post("/my-data/details/change/", {**DETAILS, "telephone": "nowhere"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "One thing needs mending" in page and 'value="nowhere"' in page


def test_a_consent_is_given_by_chosen_ways_and_taken_back_in_one_step(patient: UUID, browser: Client) -> None:
    assert "Off: you never agreed to it" in browser.get("/my-data/choices/").content.decode()
    page = browser.get("/my-data/choices/marketing/").content.decode()
    assert "checked" not in page and 'name="ways"' in page  # nothing is ticked for anybody
    assert browser.post("/my-data/choices/marketing/", {"word": "give"}).status_code == 422
    assert standing(patient, FactKind.CONSENT) == []
    answer = browser.post("/my-data/choices/marketing/", {"word": "give", "ways": ["email"]})
    assert answer.headers["Location"] == "/my-data/choices/?done=consent-given"
    assert standing(patient, FactKind.CONSENT) == ["marketing"]
    listed = browser.get("/my-data/choices/").content.decode()
    assert "You agreed on" in listed and "Take it back: by email" in listed
    assert "Nothing changes in your care." in listed  # what follows stands beside the button
    answer = browser.post("/my-data/choices/marketing/", {"word": "back", "channel": "email"})
    assert answer.headers["Location"] == "/my-data/choices/?done=consent-back"
    assert standing(patient, FactKind.CONSENT) == []
    assert "you took it back on" in browser.get("/my-data/choices/").content.decode()
    said = browser.get("/my-data/choices/said/").content.decode()
    assert said.count("You agreed") >= 1 and "You took it back" in said and "I agree to this" in said


@pytest.mark.usefixtures("notice_in_force")
def test_nobody_took_back_what_ended_with_their_death() -> None:
    word = Word(uuid4(), Purpose.MARKETING, "email", False, How.DEATH, LATER, LATER.date(), 1, "", "", False, "")
    table = words_table([word], LATER)
    assert table is not None
    (line,) = table.lines
    assert "It ended with their death" in str(line.cells[1]) and "took it back" not in str(line)
    assert _state(ByChannel("email", False, None, LATER, by_death=True)) == "It ended with their death"


def test_a_page_that_was_left_open_turns_nothing_round(patient: UUID, browser: Client) -> None:
    for _ in range(2):
        browser.post("/my-data/choices/marketing/", {"word": "give", "ways": ["email"]})
    assert standing(patient, FactKind.CONSENT) == ["marketing"]
    assert browser.post("/my-data/choices/marketing/").status_code == 422
    assert standing(patient, FactKind.CONSENT) == ["marketing"]
    for _ in range(2):
        browser.post("/my-data/choices/feedback/", {"word": "object", "words": ""})
    assert standing(patient, FactKind.OBJECTION) == ["feedback"]


def test_the_link_of_a_message_stops_it_without_signing_in(patient: UUID, browser: Client) -> None:
    browser.post("/my-data/choices/marketing/", {"word": "give", "ways": ["email"]})
    link = stop_link(patient, Purpose.MARKETING, "email", at=LATER)
    path = link.removeprefix(settings.TROTH_SITE)
    assert patient.hex not in path
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get("/stop/nonsense/").status_code == 404
    page = stranger.get(path).content.decode()
    assert "Stop these messages?" in page and "maureen" not in page.casefold() and "Oddie" not in page
    assert standing(patient, FactKind.CONSENT) == ["marketing"]  # looking at a link stops nothing
    assert "It is stopped" in stranger.post(path, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert standing(patient, FactKind.CONSENT) == []
    assert stranger.post(path).status_code == 200
    assert "By the link in a message" in browser.get("/my-data/choices/said/").content.decode()


def test_an_objection_stops_the_use_and_opens_its_case(patient: UUID, browser: Client) -> None:
    assert "this interest of ours" in browser.get("/my-data/choices/feedback/").content.decode()
    browser.post("/my-data/choices/feedback/", {"word": "object", "words": "I have said enough"})
    assert standing(patient, FactKind.OBJECTION) == ["feedback"]
    case = RightsCase.objects.get(subject_id=patient)
    assert (case.right, case.state) == ("objection", "asked")
    asked = browser.get("/my-data/asked/").content.decode()
    assert "To stop a use" in asked and "days left" in asked
    browser.post("/my-data/choices/feedback/", {"word": "allow"})
    assert standing(patient, FactKind.OBJECTION) == []


def test_a_use_that_nobody_decides_about_has_no_page(browser: Client) -> None:
    assert browser.get("/my-data/choices/prescribing/").status_code == 404
    assert browser.get("/my-data/choices/nonsense/").status_code == 404


def test_everything_can_be_stopped_and_used_again(patient: UUID, browser: Client) -> None:
    for _ in range(2):  # a button pressed twice stops it, and does not turn it round
        browser.post("/my-data/stop/", {"word": "stop", "words": ""})
    assert facts.of(patient, FactKind.RESTRICTION, at=LATER)
    assert "You stopped the use of your record" in browser.get("/my-data/choices/").content.decode()
    assert RightsCase.objects.get(subject_id=patient).right == "restriction"
    assert "used again" in browser.get("/my-data/stop/").content.decode()
    assert "maureen@oddie.example" in browser.get("/my-data/details/").content.decode()  # their own view stays
    assert browser.post("/my-data/stop/").status_code == 422  # nothing was asked in words
    browser.post("/my-data/stop/", {"word": "allow"})
    assert not facts.of(patient, FactKind.RESTRICTION, at=LATER)


def test_a_correction_becomes_a_case_in_the_persons_words(patient: UUID, browser: Client) -> None:
    assert browser.post("/my-data/correct/", {"what": "My name"}).status_code == 422
    browser.post("/my-data/correct/", {"what": "My name", "words": "It has an e"})
    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        (case,) = rights.list_cases(patient, opened)
    assert (case.right, case.words) == ("rectification", "My name\nIt has an e")
    assert LedgerEvent.objects.filter(event="rights:case_taken_in", subject=patient.hex).count() == 1


def test_a_copy_that_leaves_nothing_out_asks_for_nothing(patient: UUID, browser: Client) -> None:
    assert b"".join(browser.post("/my-data/copy/")) and not RightsCase.objects.exists()


def test_what_is_held_back_is_asked_for_once(patient: UUID) -> None:
    from troth.rights import services as acts

    person = actors.person(patient, at=LATER)
    assert acts.ask_for_what_was_held_back(patient, by=person, at=LATER) is not None
    assert acts.ask_for_what_was_held_back(patient, by=person, at=LATER) is None
    assert RightsCase.objects.get(subject_id=patient).about == About.HELD_BACK
    plan = rights.plan_erasure(patient, at=LATER)
    assert any(kind.category.value == "contact" for kind in plan.going)  # it holds back nothing but health
