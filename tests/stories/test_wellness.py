"""A wellness clinic: reception finds somebody and books, a practitioner writes and asks reception, a patient sees who looked."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.test_joining import fill_in, heading, message_to, person, press_in_message, sign_in
from tests.stories.visitors import Visitor
from tests.stories.walking import look_at

MAIL = "{}@thrushcombe.example"
NEW = "gantry-thistle-9"


def path_of(visitor: Visitor) -> str:
    return visitor.page.url.removeprefix(visitor.clinic)


def find(visitor: Visitor, name: str) -> None:
    """Find somebody who is on the telephone, and open their card."""
    visitor.go("/desk/find/")
    visitor.page.locator("main [name=q]").fill(name)
    visitor.page.get_by_label("They are on the telephone").check()
    visitor.page.locator("main").get_by_role("button", name="Find").click()
    visitor.page.get_by_role("link", name=name).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(name)


def open_a_card_from_the_diary(practitioner: Visitor) -> None:
    """A visit of this week or the next that is the practitioner's own, and the card of who comes."""
    for weeks in (0, 1):
        on = timezone.localdate() + timedelta(days=7 * weeks)
        practitioner.go(f"/desk/diary/?on={on}")
        visits = practitioner.page.locator("main a[href^='/desk/visits/']")
        if visits.count():
            practitioner.page.goto(practitioner.clinic + (visits.first.get_attribute("href") or ""))
            practitioner.page.get_by_role("link", name="Open their card").click()
            return
    raise AssertionError("No visit in two weeks")


@pytest.mark.story("reception finds somebody and books, and sees nothing of their health")
def test_reception_finds_somebody_and_books(wellness: str, new_visitor: NewVisitor) -> None:
    # Given a receptionist with somebody on the telephone
    reception = new_visitor(wellness, signed_in_as=MAIL.format("receptionist"))
    find(reception, "Gethin Bhatt")
    card = path_of(reception)
    # Then the card says what it is open for, and holds no note of a treatment
    assert "arranging visits" in reception.text() and "Write a note" not in reception.text()
    # When they choose a service, a practitioner and the next free day
    reception.go(f"{card}book/")
    reception.page.get_by_label(re.compile("^Review")).check()
    reception.page.get_by_label("Orla Thewlis").check()
    on = timezone.localdate() + timedelta(days=14)
    on += timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)
    fill_in(reception, {"on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)})
    reception.page.get_by_role("button", name="Show what is free").click()
    reception.page.locator("[name=starts]").first.check()
    reception.page.locator("main button.button").first.click()
    reception.page.wait_for_url("**/desk/visits/**")
    # Then the visit stands, and its page and the day's shut nobody out
    assert "Gethin Bhatt" in reception.text() and "Orla Thewlis" in reception.text()
    pages = (path_of(reception), f"/desk/diary/day/?on={on}", card)
    assert [finding for path in pages for finding in look_at(reception, path)] == []


@pytest.mark.story("a practitioner writes what they found, and asks reception for what reception may do")
def test_a_practitioner_writes_and_reception_does_a_task(wellness: str, new_visitor: NewVisitor) -> None:
    # Given a practitioner on a card that a visit opens
    practitioner = new_visitor(wellness, signed_in_as=MAIL.format("practitioner"))
    open_a_card_from_the_diary(practitioner)
    name, card = heading(practitioner), path_of(practitioner)
    # When they write a note and sign it
    practitioner.go(f"{card}notes/new/")
    fill_in(
        practitioner, {"heading": "After the visit", "text": "Moves more freely.\nExercises go on for four weeks."}
    )
    practitioner.page.get_by_role("button", name="Save and read it through").click()
    practitioner.page.locator("main button.button").first.click()
    # Then each page by which they go on stands as it should: for drawing, photographs, letters, consents and templates
    ways = ("notes/new/", "charts/", "photographs/", "letters/new/", "agreements/new/")
    pages = [*(f"{card}{way}" for way in ways), "/desk/templates/"]
    assert [finding for path in pages for finding in look_at(practitioner, path)] == []
    # When they give reception a task
    practitioner.go(f"{card}tasks/new/")
    practitioner.page.get_by_label("Write to them").check()
    practitioner.page.get_by_label("Any receptionist").check()
    on = timezone.localdate() + timedelta(days=20)
    fill_in(practitioner, {"due_on_day": str(on.day), "due_on_month": str(on.month), "due_on_year": str(on.year)})
    practitioner.page.get_by_role("button", name="Give the task").click()
    practitioner.page.wait_for_url(f"**{card}")
    # Then reception finds it among its tasks, reads nothing of the note, and ends it
    reception = new_visitor(wellness, signed_in_as=MAIL.format("receptionist"))
    reception.go("/desk/tasks/")
    row = reception.page.locator("tr", has_text=name).filter(has_text="Write to them")
    reception.page.goto(wellness + (row.get_by_role("link").first.get_attribute("href") or ""))
    assert "Moves more freely" not in reception.text()
    task = path_of(reception)
    reception.page.get_by_role("button", name="It’s done").click()
    reception.go("/desk/tasks/?ended=1")
    assert name in reception.text()
    assert look_at(reception, task) == []


@pytest.mark.story("a patient of a wellness clinic registers, confirms, and reads who looked and why")
def test_a_patient_registers_and_reads_who_looked(wellness: str, new_visitor: NewVisitor) -> None:
    # Given a stranger who registers and confirms their address
    email = "wren.aspinall@post.example"
    patient = new_visitor(wellness)
    patient.go("/register/")
    fill_in(patient, {**person(email, "Wren"), "password": NEW})
    patient.page.get_by_role("button", name="Register").click()
    message_to(patient, email, "Confirm your email address")
    press_in_message(patient, "Confirm my address")
    patient.page.get_by_role("button", name="Confirm my address").click()
    assert heading(patient) == "Your account is open"
    # When reception looks them up
    reception = new_visitor(wellness, signed_in_as=MAIL.format("receptionist"))
    find(reception, "Wren Aspinall")
    # Then they read who it was, and why
    sign_in(patient, email, NEW)
    patient.page.wait_for_url(re.compile("/my-(data|home)/"))
    patient.go("/my-data/history/")
    said = patient.text()
    assert "Callum Idowu" in said and "on the telephone" in said
    assert [finding for path in ("/my-home/", "/my-data/history/") for finding in look_at(patient, path)] == []
