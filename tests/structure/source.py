"""Reads the project's own source for the structure tests: modules as syntax trees, files as git tracks them."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

KERNEL = ("vault", "ledger", "work", "copies", "notice", "gate")
FACES = ("portal", "desk", "office", "partners", "fhir", "cli")
PLAIN = ("law", "design", "config", "demo")


@dataclass(frozen=True)
class Module:
    """One Python file of troth, or a source given by a test, with the room that it lies in."""

    path: str  # from the root, such as troth/rights/services.py
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder below troth."""
        return self.path.split("/")[1]

    @property
    def within(self) -> str:
        """The path inside the room, such as services/requests.py."""
        return self.path.split("/", 2)[2]

    @property
    def is_domain_room(self) -> bool:
        """Whether the room has the shape of answers, services, selectors, rules, models."""
        return self.room not in (*KERNEL, *FACES, *PLAIN)

    def at(self, node: ast.AST, sentence: str) -> str:
        """A finding, with its place in the form that editors open."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {sentence}"


def parse(path: str, source: str) -> Module:
    """A module from text, as tests of the finders use it."""
    return Module(path, ast.parse(source))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of troth that runs in production: no tests, no migrations, no package markers of the root."""
    found = []
    for path in sorted((ROOT / "troth").rglob("*.py")):
        relative = path.relative_to(ROOT)
        if len(relative.parts) > 2 and not {"tests", "migrations"} & set(relative.parts):
            found.append(parse(relative.as_posix(), path.read_text(encoding="utf-8")))
    return tuple(found)


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git tracks or would track, and that are there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def text_of(path: Path) -> str | None:
    """The text of a file, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def name_of(node: ast.AST) -> str:
    """The last name of a call's function or a decorator: `act` of `gate.act`."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def imported(module: Module) -> list[tuple[ast.AST, str]]:
    """Every module or name that is imported, in full: `from a.b import c` gives a.b.c."""
    found: list[tuple[ast.AST, str]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = module.path.removesuffix(".py").split("/")
            base = ".".join([*package[: len(package) - node.level], *filter(None, [node.module])])
            found += [(node, f"{base if node.level else node.module}.{alias.name}") for alias in node.names]
    return found
