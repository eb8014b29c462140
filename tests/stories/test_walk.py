"""
Every page of the table of addresses, in every clinic, as one account of each role: what each looks like and how it behaves.

Where the people of a demonstration have nothing to show on a page, the walk makes it on the way: somebody is found, a search of the
ledger is made, a record is opened in an emergency. With TROTH_WALK_PICTURES=folder it leaves a picture of every page there, at both
widths, light and dark, for somebody to look at.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import Browser

from tests.stories.conftest import ROOT, _environment, _serving, _troth
from tests.stories.visitors import Visitor
from tests.stories.walking import Walk, inner_path
from troth.demo.clinic import staff_of, takes_patients
from troth.gate.table import rows

PACKS = ("online-prescribing", "wellness-clinic", "medico-legal")
PATIENT = "gethin.bhatt@post.example"
#: Pages that no walk comes to: why, for each.
NOT_WALKED = {
    "sign_out": "it ends the walk",
    "follow_link": "it leads on to `confirm`, which is walked; tests/stories/test_joining.py follows links of one's own",
    "confirmed": "it says that a link did its work; tests/stories/test_joining.py comes to it",
    "passkey_sign_in": "a browser's own dialogue stands before it",
    "my_certificate": "an erasure ends with it; tests/stories/test_path.py has one",
    "my_certificate_file": "the same as a file",
    "office_certificate": "the same, for the officer",
    "office_case": "a case is opened by somebody's request; tests/stories/test_choices.py has one",
    "office_history": "the events of such a case",
    "office_event_proof": "a file",
    "desk_file": "a file",
}


@pytest.fixture(scope="module")
def walk() -> Walk:
    """One for all clinics: a page that was looked at in one is not looked at whole again in the next."""
    folder = os.environ.get("TROTH_WALK_PICTURES", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Walk(pictures=Path(folder) if folder else None)


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A clinic of the pack that is asked for, and its address."""
    pack = request.param
    place = tmp_path_factory.mktemp(pack)
    if pack == PACKS[0]:
        shutil.copytree(request.getfixturevalue("demo_home"), place, dirs_exist_ok=True)
    else:
        subprocess.run(
            _troth("demo", "--no-serve", "--people", "8", "--pack", pack),
            env=_environment(place),
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    with _serving(place, "--pack", pack) as address:
        yield pack, address


@pytest.mark.story("no page shuts anybody out, breaks, or only works for some")
@pytest.mark.parametrize("served", PACKS, indirect=True)
def test_every_page_of_every_account(walk: Walk, served: tuple[str, str], browser: Browser) -> None:
    pack, address = served
    before = len(walk.faults)
    accounts = [(member.role, member.email) for member in staff_of(pack)]
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
        unscripted = browser.new_context(
            java_script_enabled=False, locale="en-GB", storage_state=context.storage_state()
        )
        walk.through(visitor, who, [*_found(visitor, walk, who), *_starts()], unscripted)
        unscripted.close()
        visitor.close()
    assert walk.faults[before:] == []


@pytest.mark.story("no page is left out of the walk")
def test_every_address_was_walked(walk: Walk) -> None:
    if not walk.looked_at:
        pytest.skip("The walk did not run here.")
    get_resolver().url_patterns  # noqa: B018  the rows are filled in as the faces are read
    walked = {route for route, _ in walk.looked_at}
    assert sorted(set(rows) - walked - set(NOT_WALKED)) == []


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
