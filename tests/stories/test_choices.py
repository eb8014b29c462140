"""Choices without a mouse and without script; and the pictures that the documentation shows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import STAFF_MAIL

PATIENT_MAIL = "gethin.bhatt@post.example"
PICTURES = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"


@pytest.mark.story("a consent is given and taken back as easily, without script")
def test_a_consent_is_given_and_taken_back_without_script(private_clinic: str, new_visitor: NewVisitor) -> None:
    # Given a patient whose browser runs no script
    patient = new_visitor(private_clinic, signed_in_as=PATIENT_MAIL, scripts=False)
    # When they agree to news
    patient.go("/my-data/choices/marketing/")
    assert "If you agree" in patient.text()
    # Then nothing is chosen beforehand
    assert patient.page.locator("main input:checked").count() == 0
    patient.page.get_by_label("By email").check()
    patient.page.get_by_role("button", name="Agree").click()
    # and it stands on their choices, since now
    assert "Your consent is recorded" in patient.text()
    # and taking it back is one step, on the page where it stands
    patient.page.get_by_role("button", name="Take it back").first.click()
    assert "You took it back" in patient.text()


@pytest.mark.story("the main path of a patient needs no mouse")
def test_contact_details_are_changed_with_the_keyboard_alone(private_clinic: str, new_visitor: NewVisitor) -> None:
    # Given a patient with a keyboard
    patient = new_visitor(private_clinic, signed_in_as=PATIENT_MAIL)
    keys = patient.page.keyboard
    patient.go("/my-data/details/")
    # When they go to the change with Tab and Enter
    patient.tab_to("main a[href='/my-data/details/change/']")
    keys.press("Enter")
    patient.page.wait_for_url("**/change/")
    patient.tab_to("[name=telephone]")
    keys.press("Control+A")
    keys.type("07700 900123")
    patient.tab_to("main button.button")
    keys.press("Enter")
    # Then it holds, and what was before stands beside it
    patient.page.wait_for_url("**/details/")
    assert "07700 900123" in patient.text() and "How it was before" in patient.text()


@pytest.mark.story("a task is given and done with the keyboard alone")
def test_a_task_is_given_at_the_desk_without_script(private_clinic: str, new_visitor: NewVisitor) -> None:
    # Given a prescriber whose browser runs no script, on a card that a request opens
    prescriber = new_visitor(private_clinic, signed_in_as=STAFF_MAIL.format("prescriber"), scripts=False)
    prescriber.page.get_by_role("link", name="Gethin Bhatt").click()
    prescriber.page.get_by_role("link", name="Give a task").click()
    # When they leave the form empty, it says what needs mending
    prescriber.page.get_by_role("button", name="Give the task").click()
    assert "things need mending" in prescriber.text()
    # When they fill it in
    prescriber.page.get_by_label("Ring them").check()
    prescriber.page.get_by_label("Any pharmacist").check()
    for name, value in (("day", "28"), ("month", "12"), ("year", "2026")):
        prescriber.page.fill(f"[name=due_on_{name}]", value)
    prescriber.page.get_by_role("button", name="Give the task").click()
    expect(prescriber.page.get_by_role("heading", level=1)).to_have_text("Gethin Bhatt")
    # Then it waits for the pharmacist, and is counted in the band
    pharmacist = new_visitor(private_clinic, signed_in_as=STAFF_MAIL.format("pharmacist"), scripts=False)
    pharmacist.go("/desk/tasks/")
    assert "Ring them" in pharmacist.text() and "Gethin Bhatt" in pharmacist.text()
    assert pharmacist.page.locator(".band-inner > .nav .count").inner_text().startswith("1")


@pytest.mark.story("pages are dark for whoever chooses so, whatever their device says")
def test_the_look_is_chosen_and_kept(clinic: str, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(clinic)
    visitor.go("/look/")
    visitor.page.get_by_label("Dark").check()
    visitor.page.get_by_role("button", name="Keep this").click()
    visitor.go("/")
    ground = visitor.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(15, 21, 18)"


@pytest.mark.story("every page can be read at 320 pixels without pushing it sideways")
def test_nothing_is_wider_than_a_small_telephone(clinic: str, new_visitor: NewVisitor) -> None:
    patient = new_visitor(clinic, signed_in_as=PATIENT_MAIL)
    patient.page.set_viewport_size({"width": 320, "height": 700})
    wide = []
    for path in ("/my-home/", "/my-data/", "/my-data/choices/", "/my-data/details/", "/my-data/history/", "/notice/"):
        patient.go(path)
        if patient.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    assert wide == []


@pytest.mark.skipif(not os.environ.get("PICTURES"), reason="PICTURES=yes takes the pictures of docs/pictures anew")
def test_the_pictures_of_the_documentation_are_taken_anew(clinic: str, new_visitor: NewVisitor) -> None:
    """`PICTURES=yes make test ARGS="-k pictures"`: the same pages, the same widths, from the clinic of the stories."""
    prescriber = new_visitor(clinic, signed_in_as=STAFF_MAIL.format("prescriber"))
    prescriber.page.get_by_role("link", name="Gethin Bhatt").click()
    prescriber.page.wait_for_url("**/desk/people/**")
    card = prescriber.page.url.removeprefix(clinic)
    prescriber.page.screenshot(
        path=PICTURES / "card.png", clip={"x": 0, "y": 0, "width": 1280, "height": 1000}, full_page=True
    )
    support = new_visitor(clinic, signed_in_as=STAFF_MAIL.format("patient-support"))
    support.go(card)
    support.page.screenshot(path=PICTURES / "refused.png", full_page=True)
    patient = new_visitor(clinic, signed_in_as=PATIENT_MAIL)
    patient.go("/my-data/history/")
    patient.page.screenshot(
        path=PICTURES / "history.png", clip={"x": 0, "y": 0, "width": 1280, "height": 1000}, full_page=True
    )
    patient.go("/my-home/")
    patient.page.screenshot(path=PICTURES / "home.png", full_page=True)
