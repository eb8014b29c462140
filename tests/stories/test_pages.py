"""Every page that a person can walk to, on a telephone and a desk, light and dark, looked at by axe for whom it shuts out."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import STAFF_MAIL, Visitor

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TELEPHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
EVERY_RULE: dict[str, Any] = {"resultTypes": ["violations"]}
# Nothing but colours changes with the scheme.
COLOURS: dict[str, Any] = {**EVERY_RULE, "runOnly": ["color-contrast"]}


def find_violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, as the rule and the first element that breaks it."""
    found = page.evaluate("options => axe.run(document, options).then(all => all.violations)", options)
    return [f"{each['id']} ({len(each['nodes'])}): {each['nodes'][0]['html'][:160]}" for each in found]


def overflows(page: Page) -> bool:
    """Whether the page has to be pushed sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def look_at(visitor: Visitor, path: str) -> list[str]:
    """One page, both widths, both schemes; a sentence for each thing amiss."""
    page, found = visitor.page, []
    visitor.go(path)
    page.evaluate("() => {" + AXE + "}")
    for width in (DESK, TELEPHONE):
        page.set_viewport_size(width)  # type: ignore[arg-type]
        for scheme, options in (("light", EVERY_RULE), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{path} at {width['width']}, {scheme}: {each}" for each in find_violations(page, options)]
        if overflows(page):
            found.append(f"{path} at {width['width']}: wider than the window")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found


@pytest.mark.story("nobody is shut out of the public pages")
def test_public_pages_shut_nobody_out(clinic: str, new_visitor: NewVisitor) -> None:
    stranger = new_visitor(clinic)
    paths = (
        "/",
        "/notice/",
        "/notice/versions/",
        "/notice/changes/",
        "/promises/",
        "/cookies/",
        "/look/",
        "/register/",
        "/registered/",
        "/ask/",
        "/asked/",
        "/sign-in/",
        "/no-such-page/",
    )
    assert [finding for path in paths for finding in look_at(stranger, path)] == []


@pytest.mark.story("nobody is shut out of their own data")
def test_pages_of_a_patient_shut_nobody_out(clinic: str, new_visitor: NewVisitor) -> None:
    patient = new_visitor(clinic, signed_in_as="gethin.bhatt@post.example")
    paths = (
        "/my-home/",
        "/my-data/",
        "/my-data/kind/health/",
        "/my-data/details/",
        "/my-data/details/change/",
        "/my-data/choices/",
        "/my-data/choices/marketing/",
        "/my-data/stop/",
        "/my-data/correct/",
        "/my-data/asked/",
        "/my-data/history/",
        "/my-data/erase/",
        "/security/",
        "/security/password/",
    )
    assert [finding for path in paths for finding in look_at(patient, path)] == []


@pytest.mark.story("nobody is shut out of the work at the desk")
def test_pages_of_the_desk_shut_nobody_out(clinic: str, new_visitor: NewVisitor) -> None:
    prescriber = new_visitor(clinic, signed_in_as=STAFF_MAIL.format("prescriber"))
    prescriber.page.get_by_role("link", name="Gethin Bhatt").click()
    prescriber.page.wait_for_url("**/desk/people/**")
    card = urlsplit(prescriber.page.url).path
    decide = prescriber.page.get_by_role("link", name="Decide on the request").get_attribute("href") or ""
    paths = (
        "/desk/",
        "/desk/find/",
        card,
        decide,
        f"{card}notes/new/",
        f"{card}allergies/new/",
        f"{card}measurements/new/",
        f"{card}files/new/",
        f"{card}tasks/new/",
        f"{card}history/",
        f"{card}print/",
        f"{card}emergency/",
        "/desk/tasks/",
    )
    assert [finding for path in paths for finding in look_at(prescriber, path)] == []
    # What is refused in part, and what is refused whole
    for role in ("patient-support", "finance"):
        assert look_at(new_visitor(clinic, signed_in_as=STAFF_MAIL.format(role)), card) == []


@pytest.mark.story("nobody is shut out of the privacy office")
def test_pages_of_the_office_shut_nobody_out(clinic: str, new_visitor: NewVisitor) -> None:
    officer = new_visitor(clinic, signed_in_as=STAFF_MAIL.format("privacy-officer"))
    paths = (
        "/office/",
        "/office/cases/",
        "/office/days/",
        "/office/forecast/",
        "/office/ledger/",
        "/office/ledger/events/1/",
        "/office/ledger/person/",
        "/office/ledger/check/",
        "/office/data-flow/?purpose=care",
        "/office/data-flow/?view=table",
        "/office/record/",
        "/office/notice/",
        "/office/notice/draft/",
        "/office/reviews/",
        "/checkpoint/",
    )
    assert [finding for path in paths for finding in look_at(officer, path)] == []
