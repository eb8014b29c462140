"""Every pitfall has its cure named, and tests that exist."""

import ast
import re

from tests.structure.source import ROOT

PAGE = ROOT / "docs" / "reference" / "pitfalls.md"
ROW = re.compile(
    r"^\| (?P<point>[AB][0-9]+) \| (?P<what>[^|]+) \| (?P<where>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE
)
POINTS = [*(f"A{number}" for number in range(1, 16)), *(f"B{number}" for number in range(1, 21))]


def find_faults(text: str) -> list[str]:
    """Points that are missing or stand twice, and tests that are not there."""
    rows = list(ROW.finditer(text))
    found = [f"{point} is not there once" for point in POINTS if [row["point"] for row in rows].count(point) != 1]
    for row in rows:
        named = re.findall(r"`([^`]+)::(test_[a-z0-9_]+)`", row["tests"])
        if not named or len(named) != row["tests"].count("`") // 2:
            found.append(f"{row['point']} names no test, or something that is none")
        for path, name in named:
            file = ROOT / path
            tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
            if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
                found.append(f"{row['point']}: {path} has no {name}")
    return found


def test_every_pitfall_names_tests_that_exist() -> None:
    assert find_faults(PAGE.read_text(encoding="utf-8")) == []


def test_a_pitfall_without_its_test_would_be_found() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "B20 is not there once" in find_faults(text.replace("| B20 |", "| B19 |"))
    assert any("A1: " in fault for fault in find_faults(text.replace("test_one_of_three_bills", "test_gone", 1)))
    assert "A15 names no test, or something that is none" in find_faults(
        re.sub(r"(\| A15 .*?contradict.*)\| `[^|]*\|", r"\1| by review |", text)
    )
