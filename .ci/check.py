"""
Runs every check, two at a time, and counts the failures instead of stopping at the first.

    python .ci/check.py [NAME ...]

A new check is one line in CHECKS; a check that is not here does not exist.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

# Name, command, and what mends it. The slow ones stand first, so that both cores end at about the same time.
CHECKS: list[tuple[str, list[str], str]] = [
    ("types", ["mypy"], "give every value its type; `--strict` is set in pyproject.toml"),
    (
        "structure",
        ["pytest", "-p", "no:cacheprovider", "-m", "not walk", "tests/structure"],
        "each failure says what the house style asks",
    ),
    ("lint", ["ruff", "check", "."], "make fix mends most of it"),
    ("format", ["ruff", "format", "--check", "."], "make fix"),
    ("imports", ["lint-imports"], "imports point down: .importlinter has the order of the rooms"),
    ("templates", ["djlint", "--lint", "troth"], "the code of each finding is explained in djlint's documentation"),
    (
        "migrations",
        ["python", "-m", "django", "makemigrations", "--check", "--dry-run"],
        "troth's models changed: make one",
    ),
    ("docs", ["python", ".ci/docs.py", "--check"], "make docs"),
]


def environment(folder: str) -> dict[str, str]:
    """Checks never look into a clinic's own data, nor at its databases."""
    variables = dict(os.environ)
    for name in ("TROTH_DATABASE_URL", "TROTH_KEYS_DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        variables.pop(name, None)
    for name, part in (("TROTH_HOME", "var"), ("TROTH_KEYS", "var-keys"), ("TROTH_BACKUPS", "var-backups")):
        (Path(folder) / part).mkdir(exist_ok=True)
        variables[name] = str(Path(folder) / part)
    return {**variables, "PYTHONPATH": str(ROOT), "PATH": f"{BIN}{os.pathsep}{variables.get('PATH', '')}"}


def run(name: str, command: list[str]) -> tuple[bool, str, float]:
    """One check: whether it passed, what it printed, how long it took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="troth-check-") as folder:
        variables = environment(folder)
        if name == "migrations":
            variables["DJANGO_SETTINGS_MODULE"] = "troth.config.settings"
        if name == "templates" and not any(ROOT.glob("troth/**/*.html")):
            return True, "", 0.0  # djlint calls it a failure to be given no template
        program = [str(BIN / command[0]), *command[1:]]
        ran = subprocess.run(program, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    return ran.returncode == 0, ran.stdout + ran.stderr, time.monotonic() - began


def main() -> int:
    """Runs the checks that are named, or all; prints what failed in full, and one closing line."""
    wanted = set(sys.argv[1:])
    unknown = wanted - {name for name, _, _ in CHECKS}
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(name for name, _, _ in CHECKS)}")
        return 2
    chosen = [check for check in CHECKS if not wanted or check[0] in wanted]
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(run, name, command) for name, command, _ in chosen]
        for (name, _, cure), future in zip(chosen, running, strict=True):
            passed, output, seconds = future.result()
            print(f"{'✓' if passed else '✗'} {name:<12}{seconds:5.1f}s", flush=True)
            if not passed:
                failed += 1
                print(f"{output.rstrip()}\n  cure: {cure}\n", flush=True)
    print(f"checks: {len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


sys.exit(main())
