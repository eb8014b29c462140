"""The variables that the settings read, those that `.env.example` explains, and the reference page made of them."""

import ast
import re

from tests.structure.source import ROOT, Module, modules, name_of

READERS = frozenset(
    {
        "text",
        "flag",
        "one_of",
        "whole_number",
        "day_of_year",
        "address",
        "folder",
        "database",
        "secret_key",
        "getenv",
        "get",
        "pop",
    }
)
ENTRY = re.compile(r"^# (?P<name>[A-Z][A-Z0-9_]+)=(?P<default>.*)$")
VARIABLE = re.compile(r"^TROTH_[A-Z0-9_]+$")


def find_variables(module: Module) -> set[str]:
    """Variables of Troth that a module reads by a helper of `environment`, or from `os.environ`."""
    found = set()
    for node in ast.walk(module.tree):
        name: ast.expr | None = None
        if isinstance(node, ast.Call) and name_of(node) in READERS and node.args:
            name = node.args[0]
        elif isinstance(node, ast.Subscript) and name_of(node.value) == "environ":
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and VARIABLE.match(name.value):
            found.add(name.value)
    return found


def read_by_troth() -> set[str]:
    """What is read anywhere; nearly all of it in the settings."""
    return set().union(*(find_variables(module) for module in modules()))


def read_entries(text: str) -> dict[str, tuple[str, str]]:
    """
    The variables of an example file: for each its sentence and its default.

    :raises ValueError: a variable stands twice, or without a sentence above it.
    """
    entries: dict[str, tuple[str, str]] = {}
    sentence: list[str] = []
    for line in text.splitlines():
        if match := ENTRY.match(line):
            name = match["name"]
            if name in entries:
                raise ValueError(f"{name} stands twice")
            if not sentence or not sentence[-1].endswith("."):
                raise ValueError(f"{name} has no sentence above it")
            entries[name] = (" ".join(sentence), match["default"])
            sentence = []
        elif line.startswith("# "):
            sentence.append(line[2:])
        elif not line:
            sentence = []
        else:
            raise ValueError(f"neither a comment nor a variable: {line}")
    return entries


def settings_page() -> str:
    """docs/reference/settings.md."""
    rows = [
        f"| `{name}` | {f'`{default}`' if default else 'empty'} | {sentence} |"
        for name, (sentence, default) in read_entries((ROOT / ".env.example").read_text(encoding="utf-8")).items()
    ]
    head = "# Settings\n\nMade by `make docs` from `.env.example`. Every setting is an environment variable.\n\n"
    return head + "\n".join(["| variable | when you say nothing | what it is |", "|---|---|---|", *rows]) + "\n"
