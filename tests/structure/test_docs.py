"""Everything the pages say exists: commands, settings, files, pictures, links, rooms, models and states."""

import inspect
import re
import struct
from enum import Enum
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps

from tests.structure import pages, reference, settings
from tests.structure.pages import Page
from tests.structure.source import ROOT, text_of, tracked
from troth.cli.main import NOUNS, build_parser
from troth.cli.main import main as troth

PAGES = [
    Page(path.relative_to(ROOT).as_posix(), text)
    for path in tracked()
    if path.suffix == ".md" and "vendor" not in path.parts and (text := text_of(path)) is not None
]
BY_PATH = {page.path: page for page in PAGES}
GUIDES = [page for page in PAGES if page.path == "README.md" or page.path.startswith("docs/how-to/")]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
# Lists that people meet: those of every room's tables, and of the gate's answers.
LISTS = ("gate.refusals", "vault.compartments")
MOST_OF_A_PICTURE = 250_000


def test_there_are_pages_to_look_at() -> None:
    assert len(GUIDES) >= 5
    assert sum(len(page.shell) for page in GUIDES) > 30


def test_every_link_and_picture_resolves() -> None:
    assert [finding for page in PAGES for finding in pages.find_broken_links(page)] == []
    broken = Page(
        "docs/tour.md",
        "[a](gone.md) ![b](pictures/gone.png) [c](glossary.md#no-such) [d](glossary.md#tables) [e](#f)\n\n# f\n",
    )
    assert len(pages.find_broken_links(broken)) == 3


def test_every_file_named_is_there() -> None:
    recipe = BY_PATH["docs/how-to/contributor.md"]
    new = set(re.findall(r"^New file `([^`]+)`", recipe.text, re.MULTILINE))
    found = [finding for page in PAGES for finding in pages.find_missing_files(page)]
    assert [finding for finding in found if not any(f"names {name}," in finding for name in new)] == []
    assert pages.find_missing_files(Page("x.md", "see `troth/gate/gone.py`, `troth/gate/acts.py`\n")) == [
        "x.md names troth/gate/gone.py, which is not there"
    ]


def test_every_setting_named_is_explained() -> None:
    known = set(settings.read_entries((ROOT / ".env.example").read_text(encoding="utf-8")))
    # The benchmarks read variables of their own, which no deployment has.
    of_troth = [page for page in PAGES if not page.path.startswith("bench/")]
    assert [finding for page in of_troth for finding in pages.find_unknown_settings(page, known)] == []
    assert pages.find_unknown_settings(Page("x.md", "set TROTH_TEA"), known)


def _complaint(words: list[str]) -> str:
    """What the parser says of a command, or nothing. Words in capitals stand for what the reader puts there."""
    said = ["1" if word == "N" else word for word in words]
    try:
        build_parser([noun for noun in NOUNS if said[:1] == [noun]] or NOUNS).parse_args(said)
    except SystemExit as stopped:
        return f"troth {' '.join(words)}: exit {stopped.code}" if stopped.code else ""
    return ""


def test_every_command_in_a_guide_is_understood() -> None:
    commands = [words for page in GUIDES for words in pages.find_commands(page)]
    whole = [
        words
        for words in commands
        if words[0] in NOUNS and (len(words) > 1 or words[0] in {"demo", "serve", "worker", "doctor"})
    ]
    assert len(whole) >= 20
    assert [words for words in commands if words[0] not in NOUNS] == []
    assert list(filter(None, map(_complaint, whole))) == []
    assert _complaint(["ledger", "verifie"])
    assert _complaint(["keys", "turn", "--later"])


@pytest.mark.parametrize(
    "words",
    [
        words
        for page in GUIDES
        for words in pages.find_commands(page)
        if words[:2] in (["law", "due"], ["notice", "lint"]) and len(words) > 2
    ],
    ids=" ".join,
)
def test_quick_command_runs(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert troth(words) == 0
    assert capsys.readouterr().out


def test_pictures_are_small_and_as_wide_as_the_pages_were() -> None:
    shown = {match["to"] for page in PAGES for match in pages.PICTURE.finditer(page.prose)}
    files = sorted((ROOT / "docs" / "pictures").iterdir())
    assert {path.name for path in files} == {name.rpartition("/")[2] for name in shown}
    for path in files:
        content = path.read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", content[16:20]) == (1280,)
        assert len(content) < MOST_OF_A_PICTURE, path.name
    assert all(match["words"] for page in PAGES for match in pages.PICTURE.finditer(page.prose))


def test_tour_lists_every_room_in_a_line() -> None:
    rooms = {path.name for path in (ROOT / "troth").iterdir() if (path / "__init__.py").exists()}
    listed = re.findall(r"^\| `(\w+)` \| .+ \|$", TOUR, re.MULTILINE)
    assert sorted(listed) == sorted(rooms)


def test_glossary_has_every_model() -> None:
    models = {model.__name__ for model in apps.get_models() if model.__module__.startswith("troth.")}
    listed = set(re.findall(r"^\| `(\w+)`(?: \*h\*)? \|", GLOSSARY, re.MULTILINE))
    assert listed == models


def test_glossary_marks_the_holdings() -> None:
    from troth.vault.models import all_holdings

    holdings = {model.__name__ for model in all_holdings() if model.__module__.startswith("troth.")}
    assert set(re.findall(r"^\| `(\w+)` \*h\* \|", GLOSSARY, re.MULTILINE)) == holdings


def test_glossary_has_every_state() -> None:
    names = [f"troth.{place}" for place in LISTS]
    names += [
        f"{each.name}.models"
        for each in apps.get_app_configs()
        if each.name.startswith("troth.") and find_spec(f"{each.name}.models")
    ]
    lists = {
        (name, kind)
        for name in names
        for kind in vars(import_module(name)).values()
        if inspect.isclass(kind) and issubclass(kind, Enum) and kind.__module__ == name and len(kind)
    }
    assert len(lists) > 10
    missing = []
    for name, kind in sorted(lists, key=str):
        room = name.split(".")[1]
        line = re.search(rf"^\| .*\(`(?:{room}\.)?{kind.__name__}`\).*\| (.+) \|$", GLOSSARY, re.MULTILINE)
        said = set(re.findall(r"`([\w: -]+)`", line[1])) if line else set()
        missing += [f"{room} {kind.__name__}: {each.value}" for each in kind if each.value not in said]
    assert missing == []


def test_commands_page_has_every_noun() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert {line.split()[2] for line in page.splitlines() if line.startswith("## troth ")} == set(NOUNS)
    assert len(reference.commands()) >= 20


def test_url_table_has_every_page() -> None:
    from django.urls import get_resolver

    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {row.name for _, row in reference.url_rows()} == named
