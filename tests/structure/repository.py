"""What the house style asks of files, whatever is in them: each function takes text and gives findings."""

import re
import tomllib
from collections import Counter
from pathlib import PurePosixPath

# Put together from halves, so that this file does not hold what it looks for.
HOSTS = tuple(
    "".join(halves)
    for halves in (
        ("pypi", ".org"),
        ("python", "hosted"),
        ("npm", "js."),
        ("registry", ".npm"),
        ("deb.", "debian"),
        ("files.", "pypi"),
        ("repo", "1.maven"),
        ("proxy.", "golang"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:root|work|opt/pypi|opt/wheels|Users/\w+|home/(?!someone/)\w+)/[\w.]")
VAGUE = frozenset(
    {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "manager",
        "managers",
        "core",
        "handler",
        "handlers",
        "data",
    }
)
MOST_LINES = 400
MAKE = re.compile(r"(?<![\w-])make ((?:[a-z]+(?: |$))*[a-z]+)")
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
DECISION = re.compile(r"^(\d{4})-([a-z0-9-]+)\.md$")
DECISION_PARTS = ("## Context", "## Decision", "## Cost", "## Check")
NAMED_TEST = re.compile(r"`([\w/.-]+\.py)(?:::(\w+))?`")


def find_places(text: str) -> list[str]:
    """Names of registries and paths of somebody's machine."""
    hosts = [f"names the registry {host}" for host in HOSTS if host in text.lower()]
    return hosts + [f"holds a machine's path: {match.group()}…" for match in MACHINE_PATH.finditer(text)]


def find_vague_name(path: str) -> list[str]:
    """Modules and packages whose name says nothing about what is in them."""
    parts = PurePosixPath(path.removesuffix(".py")).parts
    return [f"{path}: {part!r} says nothing; name it for what is in it" for part in parts if part in VAGUE]


def find_length(path: str, text: str) -> list[str]:
    """Python and templates that are too long to be read at one sitting; tests and migrations may be longer."""
    if {"tests", "migrations", "vendor"} & set(PurePosixPath(path).parts) or not path.endswith((".py", ".html")):
        return []
    lines = text.count("\n")
    return [f"{path} has {lines} lines; at {MOST_LINES} a file becomes a package, split by noun"] * (
        lines > MOST_LINES
    )


def find_missing_targets(text: str, makefile: str) -> list[str]:
    """Commands `make x` in the code of a Markdown page that the Makefile does not know."""
    targets = set(TARGET.findall(makefile))
    code = "\n".join(CODE.findall(text))
    said = {target for names in MAKE.findall(code) for target in names.split()}
    return [f"says make {target}, which is not in the Makefile" for target in sorted(said - targets)]


def find_unexplained_dependencies(pyproject: str) -> list[str]:
    """Dependencies whose line does not say why we would rather depend on it than write it."""
    declared = tomllib.loads(pyproject)
    groups = [declared["project"]["dependencies"], *declared.get("dependency-groups", {}).values()]
    found = []
    for dependency in (entry for group in groups for entry in group):
        explained = re.compile(rf'^\s*"{re.escape(dependency)}",\s*#\s*\w+.{{4,}}$', re.MULTILINE)
        if not explained.search(pyproject):
            found.append(f"{dependency} does not say why it is there")
    return found


def find_faulty_decisions(decisions: dict[str, str], existing: set[str]) -> list[str]:
    """Records by file name and text: numbers used twice, headings that differ, parts left out, tests gone."""
    found = []
    numbers = Counter(name[:4] for name in decisions)
    for name, text in sorted(decisions.items()):
        match = DECISION.match(name)
        if match is None:
            found.append(f"{name} is not named NNNN-what-was-decided.md")
            continue
        title = re.match(r"# (\d{4})\. (.+)\n", text)
        if numbers[match[1]] > 1:
            found.append(f"{name}: the number {match[1]} is used twice")
        if title is None or title[1] != match[1]:
            found.append(f"{name}: the heading does not begin with # {match[1]}.")
        elif match[1] != "0000" and re.sub(r"[^a-z0-9]+", "-", title[2].lower()).strip("-") != match[2]:
            found.append(f"{name}: the heading and the file name differ")
        found += [f"{name} has no part {part!r}" for part in DECISION_PARTS if f"\n{part}\n" not in text]
        check = text.partition("\n## Check\n")[2]
        tests = NAMED_TEST.findall(check)
        if not tests and "by review" not in check:
            found.append(f"{name}: Check names no test, nor says that it is by review")
        found += [f"{name}: {path} is gone" for path, _ in tests if path not in existing]
    return found
