"""
The privacy officer's day: what needs them, the ledger searched and proved, where data goes, the next notice, an emergency reviewed.

Each story stands for a promise, named in its mark, and begins from the same made clinic.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import troth.notice
from tests.stories.conftest import NewVisitor
from tests.stories.visitors import STAFF_MAIL

OFFICER, FINANCE = (STAFF_MAIL.format(role) for role in ("privacy-officer", "finance"))
NOTICE = (Path(troth.notice.__path__[0]) / "packs" / "online-prescribing.yaml").read_text(encoding="utf-8")


@pytest.mark.story("every look and every refusal can be found and proved, and no search stands in an address")
@pytest.mark.parametrize("scripts", [True, False])
def test_officer_finds_a_refusal_and_its_proof(clinic: str, new_visitor: NewVisitor, scripts: bool) -> None:
    # Given somebody who was refused a page that is not theirs
    new_visitor(clinic, signed_in_as=FINANCE).go("/office/ledger/")
    # When the officer looks for refusals
    officer = new_visitor(clinic, signed_in_as=OFFICER, scripts=scripts)
    officer.go("/office/ledger/")
    page = officer.page
    page.locator("summary", has_text="Look for something").click()
    page.select_option("[name=outcome]", "refused")
    page.get_by_role("button", name="Look for these").click()
    # Then the answer stands at an address that says nothing of what was looked for
    page.wait_for_url(re.compile(r"/office/ledger/found/[A-Za-z0-9_-]+/$"))
    assert "refused" not in page.url
    page.get_by_role("link", name="Tried to open the record").first.click()
    # And the event says where it stopped, and proves that it is as it was written
    expect(page.get_by_role("heading", level=2, name="What happened")).to_be_visible()
    said = officer.text()
    assert "Where it stopped" in said and "Role" in said
    assert "Checked just now, and it holds" in said or "not sealed yet" in said


@pytest.mark.story("where data goes is drawn from the notice, and each purpose can be chosen with the keyboard")
def test_officer_chooses_a_purpose_with_the_keyboard(clinic: str, new_visitor: NewVisitor) -> None:
    officer = new_visitor(clinic, signed_in_as=OFFICER)
    officer.go("/office/data-flow/")
    officer.tab_to('.flow-box[href*="purpose=care"]')
    with officer.page.expect_navigation():
        officer.page.keyboard.press("Enter")
    assert officer.page.url.endswith("?purpose=care")
    expect(officer.page.get_by_role("heading", level=2, name="Looking after your condition")).to_be_visible()
    officer.page.get_by_role("link", name="Table").click()
    assert "Looking after your condition" in officer.text() and "Stannington Hosting Ltd" in officer.text()


@pytest.mark.story("a notice that is faulty is told so with its cure, and a change that matters is announced first")
def test_officer_prepares_the_next_notice(private_clinic: str, new_visitor: NewVisitor) -> None:
    officer = new_visitor(private_clinic, signed_in_as=OFFICER)
    page = officer.page
    # A hundred kilobytes are typed at once, which a busy machine takes its time over.
    page.set_default_timeout(60_000)
    officer.go("/office/notice/draft/")
    page.fill("[name=text]", NOTICE.replace("    basis: contract\n", "", 1))
    page.get_by_role("button", name="Look at the draft").click()
    expect(page.get_by_text("It cannot be published yet.")).to_be_visible()
    longer = NOTICE.replace("words: Two years after", "words: Three years after")
    page.fill("[name=text]", longer.replace("period: 2 years}", "period: 3 years}"))
    page.get_by_role("button", name="Look at the draft").click()
    expect(page.get_by_text("they must be told before it holds")).to_be_visible()
    page.get_by_role("button", name="Publish for good").click()
    expect(page.get_by_role("heading", level=1, name="Notice 2 holds")).to_be_visible()
    assert "To come" in officer.text()
    page.get_by_role("link", name="What changed in notice 3").click()
    expect(page.get_by_role("heading", level=1, name="From notice 2 to notice 3")).to_be_visible()


@pytest.mark.story("the ledger is checked by a worker while everybody goes on working")
def test_officer_has_the_ledger_checked(clinic: str, new_visitor: NewVisitor) -> None:
    officer = new_visitor(clinic, signed_in_as=OFFICER)
    officer.go("/office/ledger/check/")
    officer.page.get_by_role("button", name="Check the whole ledger now").click()
    for _ in range(40):
        officer.page.wait_for_timeout(500)
        officer.go("/office/ledger/check/")
        if "The ledger is whole" in officer.text():
            break
    assert "The ledger is whole" in officer.text() and "Morwenna Tait" in officer.text()
