"""
Every page of the table of addresses, in every clinic, as one account of each role: what each looks like and how it behaves.

Where the people of a demonstration have nothing to show on a page, the walk makes it on the way: a patient asks for a correction,
and staff find somebody. With TROTH_WALK_PICTURES=folder it leaves a picture of every page there, at both
widths, light and dark, for somebody to look at.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import Browser

from tests.stories.conftest import HomeOf, _copy_of, serving
from tests.stories.visitors import Visitor
from tests.stories.walking import (
    DESK,
    SHAPE,
    Walk,
    amiss,
    forced_faults,
    inner_path,
    keyboard_faults,
    route_of,
)
from troth.demo.clinic import staff_of, takes_patients
from troth.gate.table import rows

PACKS = ("online-prescribing", "wellness-clinic", "medico-legal")
PATIENT = "gethin.bhatt@post.example"
#: Addresses without an object that no walk comes to: why, for each.
NOT_WALKED = {
    "sign_out": "it ends the walk",
    "confirmed": "it says that a link did its work; tests/stories/test_joining.py comes to it",
    "passkey_sign_in": "a browser's own dialogue stands before it",
    "new_passkey": "a passkey is bound to a name, and the stories are served by an address in figures",
    "second_step": "it stands between the password and the page; everybody who signs in here passes it",
}
#: Addresses with an object that a demonstration has, or the walk makes: by these it shows that it follows links.
WITH_OBJECTS = {
    *("desk_card", "desk_history", "desk_print", "desk_emergency", "desk_task_new", "desk_note_new", "desk_decide"),
    *("desk_assign", "desk_visit", "desk_visit_move", "desk_book", "desk_case", "desk_member", "desk_member_roles"),
    *("office_case", "office_event", "office_letter", "office_promise", "notice_version", "my_kind", "my_choice"),
}


@pytest.fixture(scope="module")
def walk(everybody: Path) -> Walk:
    """One for all clinics: a page that was looked at in one is not looked at whole again in another."""
    folder = os.environ.get("TROTH_WALK_PICTURES", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Walk(everybody / "walk", pictures=Path(folder) if folder else None)


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, home_of: HomeOf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A clinic of the pack that is asked for, and its address."""
    pack = request.param
    with serving(_copy_of(home_of(pack), tmp_path_factory), "--pack", pack) as address:
        yield pack, address


@pytest.mark.story("no page shuts anybody out, breaks, or only works for some")
@pytest.mark.parametrize("served", PACKS, indirect=True)
def test_every_page_of_every_account(walk: Walk, served: tuple[str, str], browser: Browser) -> None:
    pack, address = served
    before = len(walk.faults)
    # Whoever sees most goes first: what is for others as well is not opened again.
    first = ("privacy_officer", "administrator")
    accounts = sorted(
        ((member.role, member.email) for member in staff_of(pack)), key=lambda account: account[0] not in first
    )
    if takes_patients(pack):
        accounts.insert(0, ("patient", PATIENT))
    seen: set[str] = set()
    for who, email in [("nobody", ""), *((role, email) for role, email in accounts if not _met(seen, role))]:
        context = browser.new_context(locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(30_000)
        visitor = Visitor(context, context.new_page(), address)
        visitor.watch()
        if email:
            visitor.sign_in(email)
        if who == "patient":
            _ask_for_a_correction(visitor)
        unscripted = browser.new_context(
            java_script_enabled=False, locale="en-GB", storage_state=context.storage_state()
        )
        walk.through(visitor, who, [*_found(visitor, walk, who), *_starts()], unscripted.new_page())
        unscripted.close()
        visitor.close()
    walk.clinics.add(pack)
    assert walk.faults[before:] == []
    # The clinics are walked side by side: whoever ends last looks whether an address was left out.
    if len(walk.clinics.all()) == len(PACKS):
        _every_address_was_walked(walk)


def _every_address_was_walked(walk: Walk) -> None:
    walked = {route for route, _ in walk.looked_at.all()}
    without_object = {route_of(path) for path in _starts()}
    assert sorted(without_object - walked - set(NOT_WALKED)) == []
    assert sorted(WITH_OBJECTS - walked) == []


def _met(seen: set[str], role: str) -> bool:
    """Whether somebody of this role has walked already; from now on they have."""
    known = role in seen
    seen.add(role)
    return known


def _starts() -> list[str]:
    """Every address of the table that needs no object; the rest is come to by links."""
    found = []
    get_resolver().url_patterns  # noqa: B018
    for name in rows:
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


def _ask_for_a_correction(visitor: Visitor) -> None:
    """So that the office has a request to look at."""
    page = visitor.page
    visitor.go("/my-data/correct/")
    page.fill("main [name=what]", "My street")
    page.fill("main [name=words]", "Tannery Row")
    with page.expect_navigation():
        page.locator("main form button").first.click()


def _found(visitor: Visitor, walk: Walk, who: str) -> list[str]:
    """Find somebody, as a role does that may; gives the addresses that lie behind what was found."""
    if who in {"nobody", "patient"}:
        return []
    page = visitor.page
    visitor.go("/desk/find/")
    if not page.locator("main [name=q]").count():
        return []
    page.fill("main [name=q]", "Bhatt")
    page.locator("main [name=reason]").first.check()
    with page.expect_navigation():
        page.locator("main form button").first.click()
    shape = walk.look_here(visitor, who, "desk_find", 200)
    return [path for href in shape["links"] if (path := inner_path(href, visitor.clinic))]


AMISS = """<!DOCTYPE html><html lang="en-GB"><head><title>Amiss</title><style>
:focus { outline: 0 } .panel { border: 0 } nav a { position: absolute; left: 2000px; width: 9rem } main { width: 3000px }
</style></head><body><header class="band"><nav><a href="#a">Cut off</a></nav></header>
<main><h1 id="a">One</h1><h1 id="a">Two</h1><p class="panel">Told by its fill alone</p>
<button tabindex="0">Faint</button><div tabindex="0" id="trap">Trap</div><input aria-label="never reached">
<script>trap.addEventListener('keydown', event => event.preventDefault())</script></main></body></html>"""


@pytest.mark.story("the walk sees what it is there to see")
def test_a_page_that_has_everything_amiss_is_found_out(browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.set_content(AMISS)
    found = [*amiss(page.evaluate(SHAPE), most=0), *keyboard_faults(page), *forced_faults(page)]
    for each in (
        "2 first headings",
        "wider than the window",
        "cut in the navigation: Cut off",
        "1 words in the navigation",
        "an id stands twice: a",
        "Tab does not reach <input",
        "no focus to be seen on <button",
        "no edge in forced colours",
    ):
        assert any(each in fault for fault in found), (each, found)
    page.close()
