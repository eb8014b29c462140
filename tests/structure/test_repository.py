"""The repository's files keep the house style; and each finder is shown to find what it is for."""

import configparser
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.structure import repository
from tests.structure.source import ROOT, modules, text_of, tracked

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
TEN = {"help", "setup", "doctor", "run", "demo", "test", "check", "fix", "docs", "decision"}
LOCKED = re.compile(r"^([a-z0-9-]+)==(\S+)(.*)$", re.MULTILINE)


def _texts() -> list[tuple[str, str]]:
    """Tracked text files: path from the root, and content."""
    pairs = [(path.relative_to(ROOT).as_posix(), text_of(path)) for path in tracked()]
    return [(path, text) for path, text in pairs if text is not None]


def test_no_file_names_a_registry_or_a_machine() -> None:
    assert [f"{path} {finding}" for path, text in _texts() for finding in repository.find_places(text)] == []


@pytest.mark.parametrize(
    "text", ["https://py" + "pi.org/simple", "see /ro" + "ot/x", '"/home/' + 'ann/y"', "(/wor" + "k/a)"]
)
def test_place_is_found(text: str) -> None:
    assert len(repository.find_places(text)) == 1


@pytest.mark.parametrize("text", ["troth/work/jobs.py", "./wo" + "rk/x", "a home/ folder", "/usr/bin/chromium"])
def test_place_is_not_seen_where_none_is(text: str) -> None:
    assert repository.find_places(text) == []


def test_every_module_has_a_telling_name() -> None:
    paths = [path for path, _ in _texts() if path.startswith("troth/") and path.endswith(".py")]
    assert [finding for path in paths for finding in repository.find_vague_name(path)] == []
    assert repository.find_vague_name("troth/gate/utils.py")
    assert repository.find_vague_name("troth/helpers/dates.py")


def test_every_file_can_be_read_at_one_sitting() -> None:
    assert [finding for path, text in _texts() for finding in repository.find_length(path, text)] == []
    assert repository.find_length("troth/gate/facts.py", "x\n" * 401)
    assert not repository.find_length("troth/gate/facts.py", "x\n" * 400)
    assert not repository.find_length("troth/gate/tests/test_facts.py", "x\n" * 401)


def test_makefile_has_ten_targets_with_help() -> None:
    assert set(repository.TARGET.findall(MAKEFILE)) == TEN


def test_pages_say_only_commands_that_exist() -> None:
    pages = [(path, text) for path, text in _texts() if path.endswith(".md")]
    assert any(path == "CONTRIBUTING.md" for path, _ in pages)
    found = [f"{path} {x}" for path, text in pages for x in repository.find_missing_targets(text, MAKEFILE)]
    assert found == []
    assert repository.find_missing_targets("run `make setup tea`", MAKEFILE) == [
        "says make tea, which is not in the Makefile"
    ]
    assert repository.find_missing_targets("```\nmake brew\n```", MAKEFILE)
    assert not repository.find_missing_targets("we make no promise", MAKEFILE)


def test_every_dependency_says_why() -> None:
    assert repository.find_unexplained_dependencies(PYPROJECT) == []
    assert repository.find_unexplained_dependencies('[project]\ndependencies = [\n  "left-pad>=1",\n]\n')


def test_decisions_are_numbered_once_and_whole() -> None:
    records = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "decisions").iterdir()}
    existing = {path for path, _ in _texts()}
    assert repository.find_faulty_decisions(records, existing) == []


RECORD = "# 0007. We brew tea\n\n## Context\n\n## Decision\n\n## Cost\n\n## Check\n\n`tests/tea.py`\n"


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ({"0007-we-brew-tea.md": RECORD, "0007-we-brew-coffee.md": RECORD}, "used twice"),
        ({"0008-we-brew-tea.md": RECORD}, "does not begin with"),
        ({"0007-we-brew-coffee.md": RECORD}, "differ"),
        ({"tea.md": RECORD}, "not named"),
        ({"0007-we-brew-tea.md": RECORD.replace("## Cost", "## Costs")}, "no part"),
        ({"0007-we-brew-tea.md": RECORD.replace("tea.py", "gone.py")}, "is gone"),
        ({"0007-we-brew-tea.md": RECORD.replace("`tests/tea.py`", "somehow")}, "names no test"),
    ],
)
def test_faulty_decision_is_found(records: dict[str, str], why: str) -> None:
    assert any(why in finding for finding in repository.find_faulty_decisions(records, {"tests/tea.py"}))
    assert repository.find_faulty_decisions({"0007-we-brew-tea.md": RECORD}, {"tests/tea.py"}) == []


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_lock_covers_what_is_declared(name: str, groups: list[str]) -> None:
    declared = tomllib.loads(PYPROJECT)
    wanted = [*declared["project"]["dependencies"], *(x for g in groups for x in declared["dependency-groups"][g])]
    text = (ROOT / name).read_text(encoding="utf-8")
    locked = {package: version for package, version, _ in LOCKED.findall(text)}
    for requirement in map(Requirement, wanted):
        package = re.sub(r"[-_.]+", "-", requirement.name.lower())
        assert package in locked, f"{requirement} is not in {name}; run make fix"
        assert requirement.specifier.contains(locked[package]), f"{name} is older than pyproject.toml; run make fix"
    assert text.count("--hash=sha256:") >= len(locked)


def test_fewer_than_sixty_packages_are_installed() -> None:
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    here = [package for package, _, marker in LOCKED.findall(text) if "win32" not in marker]
    assert len(here) + len(["pip", "troth"]) < 60


def test_every_domain_room_and_face_is_under_contract() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")

    def containers(name: str) -> set[str]:
        return set(contracts[f"importlinter:contract:{name}"]["containers"].split())

    assert containers("shape") == {f"troth.{module.room}" for module in modules() if module.is_domain_room}
    pages = {module.room for module in modules() if module.room in {"portal", "desk", "office", "partners"}}
    assert containers("faces") == {f"troth.{room}" for room in pages}
