"""Every rule that anything cites stands in docs/reference/law.md, stated once."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATEMENT = ROOT / "docs" / "reference" / "law.md"
PLACES = ("troth", "tests", "docs", "bench")
KINDS = {".py", ".md", ".html", ".yaml", ".yml", ".json", ".txt", ".toml", ".js", ".css", ".sh", ".sql"}

CITED = re.compile(r"\bLAW-(?P<section>[0-9]+)\.(?P<rule>[0-9]+)(?:(?: to |-)[0-9]+\.(?P<last>[0-9]+))?")
STATED = re.compile(r"^\*\*(LAW-[0-9]+\.[0-9]+)\*\*", re.MULTILINE)
EXAMPLE_CITED = re.compile(r"\bEX-[0-9]{2}b?\b")
EXAMPLE_STATED = re.compile(r"^\| (EX-[0-9]{2}b?) \|", re.MULTILINE)


def texts() -> dict[Path, str]:
    return {
        path: path.read_text(encoding="utf-8")
        for place in PLACES
        for path in sorted((ROOT / place).rglob("*"))
        # The peers' own files under bench/ are not ours to cite from.
        if path.suffix in KINDS and path.is_file() and "peers" not in path.parts
    }


def cited(text: str) -> set[str]:
    """Name each rule cited, those inside a range such as `LAW-1.2 to 1.13` too."""
    found = set()
    for match in CITED.finditer(text):
        first, last = int(match["rule"]), int(match["last"] or match["rule"])
        found |= {f"LAW-{match['section']}.{rule}" for rule in range(first, max(first, last) + 1)}
    return found


def test_every_rule_cited_is_stated() -> None:
    stated = set(STATED.findall(STATEMENT.read_text(encoding="utf-8")))
    missing = {f"{path.relative_to(ROOT)}: {rule}" for path, text in texts().items() for rule in cited(text) - stated}

    assert not missing, "cited, but not stated in docs/reference/law.md:\n" + "\n".join(sorted(missing))


def test_every_rule_is_stated_once_and_without_gaps() -> None:
    stated = STATED.findall(STATEMENT.read_text(encoding="utf-8"))
    by_section: dict[int, list[int]] = {}
    for rule in stated:
        section, number = rule.removeprefix("LAW-").split(".")
        by_section.setdefault(int(section), []).append(int(number))

    assert list(by_section) == list(range(14))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_section.values())


def test_every_example_is_stated_and_tested() -> None:
    stated = EXAMPLE_STATED.findall(STATEMENT.read_text(encoding="utf-8"))
    tests = "\n".join(text for path, text in texts().items() if path.name.startswith("test_"))
    tested = {example.upper().replace("B", "b") for example in re.findall(r"\b(?:EX-|ex_)[0-9]{2}b?", _plain(tests))}

    assert len(stated) == len(set(stated)) == 66
    assert set(stated) <= tested
    assert {example for text in texts().values() for example in EXAMPLE_CITED.findall(text)} <= set(stated)


def _plain(text: str) -> str:
    """Read `ex_39` in a test's name as EX-39."""
    return re.sub(r"_ex_([0-9]{2}b?)", r" EX-\1", text)


def test_a_citation_of_nothing_would_be_found() -> None:
    """The check itself: a rule that does not exist is seen, in a range too."""
    absent = "LAW-" + "1.99"  # in two pieces, or this file would be found guilty

    assert cited(f"as {absent} says") == {absent}
    assert cited("LAW-1.2 to 1.4") == {"LAW-1.2", "LAW-1.3", "LAW-1.4"}
    assert absent not in STATED.findall(STATEMENT.read_text(encoding="utf-8"))
