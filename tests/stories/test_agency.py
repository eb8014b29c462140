"""A medico-legal agency: an instruction is taken on, an expert reads, the claimant checks, a solicitor gets what was released."""

import re

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.test_joining import fill_in
from tests.stories.visitors import Visitor
from tests.stories.walking import look_at

MAIL = "{}@fenwater.example"
# Whose report is signed and waits to be read; the expert, the solicitor and the handler of that case are the first of each.
CLAIMANT, CLAIMANT_MAIL = "Elspeth Hopkin", "elspeth.hopkin@post.example"
OPINION = "On balance the injury was caused by the accident"
INSTRUCTION = {
    "given_name": "Wren",
    "family_name": "Aspinall",
    "born_on_day": "3",
    "born_on_month": "5",
    "born_on_year": "1984",
    "email": "wren@post.example",
    "telephone": "07700 900321",
    "address": "4 Weir Terrace, Ripon",
    "postcode": "HG4 1CI",
    "reference": "LP/9001",
    "accident_on_day": "2",
    "accident_on_month": "8",
    "accident_on_year": "2026",
    "accident": "A van ran into the back of the car.",
    "questions": "What injury was caused?",
}


def path_of(visitor: Visitor) -> str:
    return visitor.page.url.removeprefix(visitor.clinic)


@pytest.mark.story("an instruction is answered by whoever takes it on, within a clock that both can see")
def test_a_case_manager_takes_an_instruction(agency: str, new_visitor: NewVisitor) -> None:
    # Given a solicitor who instructs, and has to say that the claimant was told
    solicitor = new_visitor(agency, signed_in_as=MAIL.format("instructing-solicitor"))
    solicitor.go("/desk/cases/new/")
    fill_in(solicitor, INSTRUCTION)
    solicitor.page.get_by_role("button", name="Instruct a case").click()
    assert "our notice first" in solicitor.text()
    solicitor.page.get_by_label("I have given the claimant").check()
    solicitor.page.get_by_role("button", name="Instruct a case").click()
    expect(solicitor.page.get_by_role("heading", level=1)).to_have_text("Wren Aspinall")
    case = path_of(solicitor)
    assert "24 hours from the instruction" in solicitor.text()
    assert solicitor.page.get_by_role("button", name="Take it on").count() == 0
    # When the case handler finds it on the board and takes it on
    handler = new_visitor(agency, signed_in_as=MAIL.format("case-handler"))
    handler.go("/desk/cases/")
    handler.page.locator("main [name=q]").fill("aspinall")
    handler.page.locator("main").get_by_role("button", name="Find").click()
    handler.page.get_by_role("link", name="Wren Aspinall").click()
    handler.page.get_by_role("button", name="Take it on").click()
    # Then the next clock runs
    assert "14 days from the instruction" in handler.text()
    assert [finding for path in ("/desk/cases/", case) for finding in look_at(handler, path)] == []


@pytest.mark.story("the claimant reads the report first, and who instructed reads it only once it was released")
def test_the_report_goes_its_way(agency: str, new_visitor: NewVisitor) -> None:
    # Given a report that the expert signed; they read it, and cannot change it
    expert = new_visitor(agency, signed_in_as=MAIL.format("medical-expert"))
    expert.go("/desk/cases/")
    expert.page.get_by_role("link", name=CLAIMANT).click()
    expert.page.get_by_role("link", name="Read the report").click()
    assert OPINION in expert.text() and expert.page.locator("textarea").count() == 0
    case = path_of(expert).removesuffix("report/")
    # and a solicitor who instructed it, to whom it is closed
    solicitor = new_visitor(agency, signed_in_as=MAIL.format("instructing-solicitor"))
    assert solicitor.go(f"{case}report/released/").status == 403
    assert OPINION not in solicitor.text()
    # When the claimant reads it and finds its facts right
    claimant = new_visitor(agency, signed_in_as=CLAIMANT_MAIL)
    claimant.go("/my-home/")
    claimant.page.get_by_role("link", name="Read the report").click()
    assert OPINION in claimant.text()
    report = path_of(claimant)
    shut_out = look_at(claimant, report)
    claimant.page.get_by_role("button", name="The facts are right").click()
    claimant.page.wait_for_url("**/my-cases/")
    # and the handler, who cannot open it, releases it
    handler = new_visitor(agency, signed_in_as=MAIL.format("case-handler"))
    handler.go(case)
    assert OPINION not in handler.text()
    handler.page.get_by_role("button", name="Release the report").click()
    # Then the solicitor reads the report, and nothing else about the claimant's health
    solicitor.go(case)
    solicitor.page.get_by_role("link", name="Read the report").click()
    assert OPINION in solicitor.text() and "a report released to you" in solicitor.text()
    # and the claimant sees that it went, to whom and when
    claimant.go("/my-data/")
    assert re.search(r"The solicitors who instructed us", claimant.text())
    shut_out += [finding for path in ("/my-cases/",) for finding in look_at(claimant, path)]
    assert shut_out + look_at(solicitor, f"{case}report/released/") == []


@pytest.mark.story("an expert is told what a court asks for, and signs nothing that lacks it")
def test_a_report_that_lacks_something_is_not_signed(agency: str, new_visitor: NewVisitor) -> None:
    # Given an expert with a case whose report is theirs to write
    expert = new_visitor(agency, signed_in_as=MAIL.format("medical-expert"))
    expert.go("/desk/cases/")
    writing = expert.page.locator("tr", has_text="Being written").get_by_role("link")
    if not writing.count():
        pytest.skip("None of the eight cases is being written today.")
    writing.first.click()
    expert.page.get_by_role("link", name="Write the report").click()
    path = path_of(expert)
    # When they sign with a part and the statement of truth missing
    fill_in(expert, {"conclusions": "Nine months from the accident."})
    expert.page.get_by_role("button", name="Sign it").click()
    # Then it is not signed, what is missing is named, and what they wrote is there
    assert "the statement of truth" in expert.text()
    assert expert.page.input_value("[name=conclusions]") == "Nine months from the accident."
    assert look_at(expert, path) == []
