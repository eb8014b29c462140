"""
Coming in: a stranger registers and follows the link, someone chooses a new password, and a record made at the desk is claimed.

Messages are read in the demonstration's own outbox, as a newcomer reads them.
"""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import PASSWORD, STAFF_MAIL, Visitor

SUPPORT = STAFF_MAIL.format("patient-support")
NEW = "gantry-thistle-9"


def message_to(visitor: Visitor, address: str, line: str) -> None:
    """Open the newest message of that subject line to that address, when it has come."""
    for _ in range(60):
        visitor.go("/outbox/")
        found = visitor.page.locator("li.row", has_text=f"To {address}").filter(has_text=line)
        if found.count():
            found.first.get_by_role("link").click()
            expect(visitor.page.get_by_role("heading", level=1)).to_have_text(line)
            return
        time.sleep(0.5)
    raise AssertionError(f"{line} to {address} never came")


def press_in_message(visitor: Visitor, words: str) -> None:
    """Press the button in the message, as a mail program shows it."""
    visitor.page.frame_locator("iframe.mail-frame").get_by_role("link", name=words).click()
    visitor.page.wait_for_url("**/confirm/")


def sign_in(visitor: Visitor, email: str, password: str) -> None:
    visitor.go("/sign-in/")
    visitor.page.fill("[name=email]", email)
    visitor.page.fill("[name=password]", password)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()


def heading(visitor: Visitor) -> str:
    return visitor.page.get_by_role("heading", level=1).inner_text()


def fill_in(visitor: Visitor, words: dict[str, str]) -> None:
    for name, value in words.items():
        visitor.page.fill(f"[name={name}]", value)


def person(email: str, given: str) -> dict[str, str]:
    return {
        "given_name": given,
        "family_name": "Aspinall",
        "born_on_day": "3",
        "born_on_month": "5",
        "born_on_year": "1984",
        "email": email,
        "telephone": "07700 900321",
        "address": "4 Weir Terrace, Ripon",
        "postcode": "HG4 1CI",
    }


@pytest.mark.story("nobody signs in with an address before whoever reads its mail has confirmed it")
@pytest.mark.parametrize("scripts", [True, False], ids=["", "without scripts"])
def test_a_stranger_registers_and_confirms(clinic: str, new_visitor: NewVisitor, scripts: bool) -> None:
    # Given a stranger who fills in the form
    email = f"wren.{'s' if scripts else 'n'}@post.example"
    stranger = new_visitor(clinic, scripts=scripts)
    stranger.go("/register/")
    fill_in(stranger, {**person(email, "Wren"), "password": NEW})
    stranger.page.get_by_role("button", name="Register").click()
    assert heading(stranger) == "Thank you. Now confirm your address"
    # When they try to sign in, it does not work yet
    sign_in(stranger, email, NEW)
    expect(stranger.page.locator("body")).to_contain_text("don't go together")
    # When they follow the link in the message and press the button
    message_to(stranger, email, "Confirm your email address")
    press_in_message(stranger, "Confirm my address")
    assert "/link/" not in stranger.page.url
    stranger.page.get_by_role("button", name="Confirm my address").click()
    assert heading(stranger) == "Your account is open"
    # Then they sign in
    sign_in(stranger, email, NEW)
    stranger.page.wait_for_url("**/my-home/")


@pytest.mark.story("nobody learns from us whether somebody is a patient")
def test_a_known_address_gets_the_same_page_and_a_warning(clinic: str, new_visitor: NewVisitor) -> None:
    known = "vikram.okafor@post.example"
    stranger = new_visitor(clinic)
    stranger.go("/register/")
    fill_in(stranger, {**person(known, "Quillon"), "password": NEW})
    stranger.page.get_by_role("button", name="Register").click()
    assert heading(stranger) == "Thank you. Now confirm your address"
    message_to(stranger, known, "You have an account already")
    assert "Quillon" not in stranger.text()


@pytest.mark.story("a new password ends what the old one opened, and the person is told")
def test_somebody_chooses_a_new_password(private_clinic: str, new_visitor: NewVisitor) -> None:
    email = "vikram.okafor@post.example"
    elsewhere = new_visitor(private_clinic, signed_in_as=email)
    forgetful = new_visitor(private_clinic)
    forgetful.go("/sign-in/")
    forgetful.page.get_by_role("link", name="forgotten my password").click()
    forgetful.page.fill("[name=email]", email)
    forgetful.page.get_by_role("button", name="Send me a link").click()
    assert heading(forgetful) == "Look in your mailbox"
    message_to(forgetful, email, "Choose a new password")
    press_in_message(forgetful, "Choose a new password")
    forgetful.page.fill("[name=password]", NEW)
    forgetful.page.get_by_role("button", name="Set my password").click()
    assert heading(forgetful) == "Your new password is set"
    message_to(forgetful, email, "Your password was changed")
    elsewhere.go("/my-data/")
    assert elsewhere.page.url.endswith("/sign-in/")
    sign_in(forgetful, email, PASSWORD)
    expect(forgetful.page.locator("body")).to_contain_text("don't go together")
    sign_in(forgetful, email, NEW)
    forgetful.page.wait_for_url("**/my-home/")


@pytest.mark.story("a record made at the desk is opened by a code from our hands, and by no address")
def test_a_record_of_the_desk_is_claimed_by_code(clinic: str, new_visitor: NewVisitor) -> None:
    # Given a member of staff who registers somebody, and makes a code
    support = new_visitor(clinic, signed_in_as=SUPPORT)
    support.go("/desk/people/new/")
    fill_in(support, person("desk@post.example", "Ottoline"))
    support.page.get_by_role("button", name="Register them").click()
    support.page.get_by_role("button", name="Make a code").click()
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", support.text())
    assert found
    # When the person enters it with their date of birth, and another address
    person_herself = new_visitor(clinic)
    person_herself.go("/claim/")
    fill_in(
        person_herself,
        {
            "code": found[0].lower(),
            "born_on_day": "3",
            "born_on_month": "5",
            "born_on_year": "1984",
            "email": "ottoline@post.example",
            "password": NEW,
        },
    )
    person_herself.page.get_by_role("button", name="Open my account").click()
    assert heading(person_herself) == "Look in your mailbox"
    # and confirms that address
    message_to(person_herself, "ottoline@post.example", "Confirm your email address")
    press_in_message(person_herself, "Confirm my address")
    person_herself.page.get_by_role("button", name="Confirm my address").click()
    # Then the record is hers, and the address that we write to is told
    sign_in(person_herself, "ottoline@post.example", NEW)
    person_herself.page.wait_for_url("**/my-home/")
    person_herself.go("/my-data/")
    expect(person_herself.page.locator("body")).to_contain_text("Who you are")
    message_to(person_herself, "desk@post.example", "An account was opened for you")
