"""The privacy officer sees what the clinic promises and whether it holds, opens one, and looks again; without a script too."""

import re

import pytest

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import STAFF_MAIL


@pytest.mark.story("the privacy officer sees every promise, its evidence and its history")
def test_the_officer_walks_from_the_wall_to_the_evidence(clinic: str, new_visitor: NewVisitor) -> None:
    officer = new_visitor(clinic, signed_in_as=STAFF_MAIL.format("privacy-officer"))
    officer.go("/office/promises/")
    page = officer.page
    assert page.locator(".wall li").count() == 106
    officer.tab_to(".wall a[href$='OC-1.5/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/promises/OC-1.5/")
    assert "vault.columns" in officer.text() and "How it stood over time" in officer.text()
    page.get_by_role("link", name="Promises").first.click()
    page.get_by_role("button", name="Check now").click()
    # The worker does it; the page says how far it is, and is made anew when it is done.
    page.get_by_role("button", name="Check now").wait_for()
    assert re.search(r"Checked today at \d\d:\d\d, by \d+ live checks", officer.text())
    page.get_by_role("link", name="Table").click()
    page.wait_for_url("**view=table**")
    assert "1 to 50 of 106" in officer.text()


@pytest.mark.story("anyone can read what was promised and where the clinic falls short")
def test_a_stranger_reads_the_shortfalls(clinic: str, new_visitor: NewVisitor) -> None:
    stranger = new_visitor(clinic)
    stranger.go("/")
    stranger.page.get_by_role("link", name="What we said, and what we did").click()
    assert "promises about your data" in stranger.text() and "fell short" in stranger.text()
