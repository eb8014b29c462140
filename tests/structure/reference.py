"""Pages of docs/reference that are made from the code itself: commands, events, purposes, pages and who may ask for them."""

import argparse
import ast
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.structure.source import ROOT, modules, name_of

PACKS = ROOT / "troth" / "notice" / "packs"


def _prepare_django() -> None:
    """Set Django up in throwaway folders, unless it is set up already: a page about the code looks into no clinic."""
    from django.conf import settings

    if settings.configured:
        return
    with tempfile.TemporaryDirectory(prefix="troth-docs-") as folder:
        for variable, name in (("TROTH_HOME", "var"), ("TROTH_KEYS", "var-keys"), ("TROTH_BACKUPS", "var-backups")):
            os.environ[variable] = str(Path(folder) / name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "troth.config.settings"
        os.environ.pop("TROTH_EXTRA_APPS", None)
        import django

        django.setup()


def _page(title: str, made_from: str, *parts: str) -> str:
    """A generated page: what it is made from stands in its second paragraph."""
    return "\n\n".join([f"# {title}", f"Made by `make docs` from {made_from}.", *parts]) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


# -- commands -----------------------------------------------------------------------------------------------------------
def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command with all its words, such as `troth ledger verify`, and its parser."""
    from troth.cli.main import build_parser

    return dict(_leaves(build_parser()))


def _leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield parser.prog, parser
    for action in below:
        for child in action.choices.values():
            yield from _leaves(child)


def _helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    """One line for each command, as its parent lists it."""
    found: dict[str, str] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {action.choices[each.dest].prog: each.help or "" for each in action._choices_actions}
            for child in action.choices.values():
                found |= _helps(child)
    return found


def _said(action: argparse.Action) -> str:
    """An option or argument as it is typed."""
    if not action.option_strings:
        name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        return f"[{name}]" if action.nargs == "?" else name
    if action.nargs == 0:
        return ", ".join(action.option_strings)
    metavar = action.metavar or (
        f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()
    )
    values = " ".join(metavar) if isinstance(metavar, tuple) else metavar
    return f"{', '.join(action.option_strings)} {values}{'…' if action.nargs == '+' else ''}"


def _explained(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    words = (
        (action.help or "")
        .replace("%(prog)s", parser.prog)
        .replace("%(default)s", str(action.default))
        .replace("%%", "%")
    )
    if action.required and action.option_strings:
        words = f"{words} (needed)".strip()
    return words


def commands_page() -> str:
    """docs/reference/commands.md."""
    from troth.cli.main import build_parser

    helps = _helps(build_parser())
    parts = [
        "Every command has `--help`. Exit codes: 0 yes or done, 1 a finding, 2 wrongly called, 3 Troth itself failed. What went "
        "wrong, and how to mend it, is written to stderr."
    ]
    for name, parser in commands().items():
        rows = [
            (f"`{_said(action)}`", _explained(parser, action))
            for action in parser._actions
            if not isinstance(action, argparse._HelpAction)
        ]
        words = helps.get(name, "")
        parts.append(f"## {name}")
        parts.append(f"{words[:1].upper()}{words[1:]}.")
        if rows:
            parts.append(_table(("argument", "what it does"), rows))
    return _page("Commands", "the parsers of `troth/cli/`", *parts)


# -- the ledger's events ------------------------------------------------------------------------------------------------
def _writers() -> dict[str, list[str]]:
    """For each event the functions whose code names it, as `room.module.function`."""
    found: dict[str, list[str]] = {}
    for module in modules():
        if module.path == "troth/ledger/names.py":
            continue
        place = module.path.removeprefix("troth/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            for each in ast.walk(node):
                if isinstance(each, ast.Attribute) and name_of(each.value) == "Event":
                    found.setdefault(each.attr, []).append(f"{place}.{node.name}")
    return found


def events_page() -> str:
    """docs/reference/events.md."""
    from troth.ledger.names import Event

    writers = _writers()
    rows = []
    for event in Event:
        places = sorted(set(writers.get(event.name, ())))
        rows.append((f"`{event.value}`", event.words, ", ".join(f"`{place}`" for place in places) or "nothing yet"))
    return _page(
        "Events of the ledger",
        "`troth/ledger/names.py`, and from the code for who writes each",
        "An event holds identifiers and codes, never content. People read the words; the name stands in exports.",
        _table(("event", "in words", "written by"), rows),
    )


# -- vocabularies -------------------------------------------------------------------------------------------------------
def purposes_page() -> str:
    """docs/reference/purposes.md."""
    from troth.notice.purposes import Action, Purpose
    from troth.vault.categories import Category

    packs = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(PACKS.glob("*.yaml"))}
    declared = {
        name: {row.get("id") or row.get("purpose") for row in pack["purposes"]} for name, pack in packs.items()
    }
    rows = [
        (
            f"`{purpose.value}`",
            "the kernel's own: in every notice" if purpose.of_the_kernel else "the clinic's",
            ", ".join(name for name, has in declared.items() if purpose.value in has) or "none yet",
        )
        for purpose in Purpose
    ]
    categories = [
        (f"`{category.value}`", "special: needs an Article 9 condition too" if category.special else "")
        for category in Category
    ]
    return _page(
        "Purposes, categories and actions",
        "`troth/notice/purposes.py`, `troth/vault/categories.py` and the packs",
        "Three closed lists. Code names them; a notice switches purposes on, words them, and says which role may do which action "
        "with which category.",
        "## Purposes",
        _table(("purpose", "whose", "declared by the packs"), rows),
        "## Categories",
        _table(("category", "special"), categories),
        "## Actions",
        ", ".join(f"`{action.value}`" for action in Action) + ".",
    )


# -- the URL table ------------------------------------------------------------------------------------------------------
def url_rows() -> list[tuple[str, Any]]:
    """Every page: its address from the root, and its row."""
    _prepare_django()
    from importlib import import_module

    from troth.config import urls

    found = []
    for face, prefix in urls.FACES.items():
        try:
            patterns = import_module(f"troth.{face}.urls").urlpatterns
        except ModuleNotFoundError:
            continue
        found += [(prefix + pattern.callback.row.route, pattern.callback.row) for pattern in patterns]
    return found


def url_table_page() -> str:
    """docs/reference/url-table.md."""
    rows = [
        (
            f"`/{route}`",
            f"`{row.name}`",
            ", ".join(f"`{purpose}`" for purpose in row.purposes) or "none",
            f"`{row.action}`" if row.action else "",
            ", ".join(sorted(row.who)) or "anyone",
            row.why,
        )
        for route, row in url_rows()
    ]
    return _page(
        "Pages",
        "the rows of `gate.table` in each face's `urls.py`",
        "A page that opens personal data states its purpose and action here, once. `patients` is anyone signed in without a role, "
        "about themselves; `staff` anyone with a role: what each role may then see is the notice's to say. "
        "Of several purposes a page opens for the first that the notice in force declares and that the role of whoever looks may "
        "serve; where it declares none of them, the address does not exist (decision 0060).",
        _table(("address", "name", "purpose", "action", "who", "why it opens nobody's data"), rows),
    )


def states_page() -> str:
    """docs/reference/states.md."""
    _prepare_django()
    from troth.prescribing.rules.machine import page

    return page()
