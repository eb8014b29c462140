"""
Runs the whole suite everywhere this machine can: on SQLite, on two throwaway PostgreSQL clusters, and in Chromium.

    python -m tests.run_all [PYTEST ARGUMENTS]

Prints each stage's closing line, and one for all of them at the end. With COVERAGE=yes it also says what was not
reached.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from tests.clusters import Cluster, variables, why_not

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's exit code when nothing was collected
CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s")
WORDS = {"error": "errors", "warning": "warnings"}
FACES = ("troth/portal", "troth/desk", "troth/office")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MACOS_BROWSERS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium() -> str | None:
    """The browser named by CHROMIUM, or the first that is installed."""
    named = os.environ.get("CHROMIUM")
    places = [named] if named else [*BROWSERS, *(f"/Applications/{place}" for place in MACOS_BROWSERS)]
    return next((found for place in places if (found := shutil.which(place))), None)


def pytest_command(arguments: list[str]) -> list[str]:
    """Pytest by this Python, under coverage when asked."""
    measured = ["-m", "coverage", "run", "--parallel-mode"] if os.environ.get("COVERAGE") else []
    return [sys.executable, *measured, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]


def count(line: str) -> Counter[str]:
    """What a closing line of pytest says, by word; nothing of any other line."""
    closing = CLOSING.match(line)
    parts = [part.split(" ", 1) for part in closing[1].split(", ")] if closing else []
    return Counter({WORDS.get(word, word): int(number) for number, word in parts})


def run_stage(name: str, arguments: list[str], variables: dict[str, str], *, may_be_empty: bool) -> Counter[str]:
    """
    This will run pytest once, showing it as it goes, and count how many passed, failed, were skipped.

    A run that broke without a failed test counts as one error, so that it is never taken for a success.
    """
    print(f"--- {name}", flush=True)
    kept = {variable: value for variable, value in os.environ.items() if variable != "DJANGO_SETTINGS_MODULE"}
    counts: Counter[str] = Counter()
    with subprocess.Popen(
        pytest_command(arguments), cwd=ROOT, env={**kept, **variables}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            for line in running.stdout:
                print(line, end="", flush=True)
                counts = count(line) or counts
        except BaseException:
            running.kill()  # its temporary files go with our folder, its databases with the clusters
            raise
    ended_well = running.returncode in ({0, NO_TESTS} if may_be_empty else {0})
    if not ended_well and not counts["failed"] + counts["errors"]:
        print(f"pytest ended with {running.returncode} on {name}, without naming a failed test", flush=True)
        counts["errors"] += 1
    return counts


def run_all(arguments: list[str], folder: str, modules: str) -> Counter[str]:
    """
    Every stage that this machine can run, its temporary files in `folder`, compiled modules in another, which the hunt for what is
    left in temporary folders need not read; a sentence for each stage that it cannot.
    """
    # A worker that dies is not replaced: what killed it would kill the next.
    both_cores = ["-n", str(min(2, os.cpu_count() or 1)), "--max-worker-restart=0"]
    # What takes minutes (a hundred kills of each kind) is asked for by name: SLOW=yes make test.
    marks = "not story" if os.environ.get("SLOW") == "yes" else "not story and not slow"
    # A worker that is done takes over what another has not begun, so that no core idles while the other hunts.
    without_browser = [*both_cores, "--dist", "worksteal", "-m", marks, *arguments]
    # Hundreds of processes are started: whatever the shell says, each module is compiled once, and none into the source.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": modules}
    sqlite = {"TROTH_DATABASE_URL": "", "TROTH_KEYS_DATABASE_URL": "", "TMPDIR": folder, **compiled}
    counts = run_stage("SQLite", without_browser, sqlite, may_be_empty=bool(arguments))
    reason = why_not()
    if reason:
        print(f"--- PostgreSQL: skipped, {reason}", flush=True)
    else:
        with ExitStack() as stack:
            data, keys = stack.enter_context(Cluster("troth")), stack.enter_context(Cluster("troth_keys"))
            postgresql = {**sqlite, **variables(data, keys)}
            # What uses no database, and what the source looks like, is the same on every one.
            # Faces write through the acts of the rooms, which are all run here; SLOW=yes runs their pages too.
            left_out = ["tests/structure", *([] if os.environ.get("SLOW") == "yes" else FACES)]
            on_stores = [*without_browser, "-m", f"{marks} and stores", *(f"--ignore={each}" for each in left_out)]
            counts += run_stage("PostgreSQL", on_stores, postgresql, may_be_empty=bool(arguments))
    chromium = find_chromium()
    if chromium is None:
        print("--- Browser stories: skipped, no Chromium was found; install it, or name it in CHROMIUM", flush=True)
    else:
        counts += run_stage(
            # By group, in the order of tests/stories/conftest.py: the longest first.
            "Browser stories",
            [*both_cores, "--dist", "loadgroup", "--no-loadscope-reorder", "-m", "story", *arguments],
            {**sqlite, "CHROMIUM": chromium},
            may_be_empty=True,
        )
    return counts


def closing_line(counts: Counter[str], seconds: float) -> str:
    """All stages in one line, as pytest words it."""
    order = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors")
    parts = [f"{counts[word]} {word}" for word in order if counts[word] or word in {"passed", "skipped"}]
    return f"{', '.join(parts)} in {seconds:.2f}s"


def main() -> int:
    """Runs everything; fails when a test failed, a stage broke, or nothing ran at all."""
    # A closed terminal or a stopped job must still take the clusters down.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    if os.environ.get("COVERAGE") and find_spec("coverage") is None:
        print("The package coverage is not among ours: .venv/bin/pip install coverage, and run this again.")
        return 1
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="troth-run-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryDirectory(prefix="troth-modules-", ignore_cleanup_errors=True) as modules,
    ):
        counts = run_all(sys.argv[1:], folder, modules)
    if os.environ.get("COVERAGE"):
        subprocess.call([sys.executable, "-m", "coverage", "combine", "--quiet"], cwd=ROOT)
        subprocess.call([sys.executable, "-m", "coverage", "report", "--skip-covered", "--show-missing"], cwd=ROOT)
    print(f"--- All\n{closing_line(counts, time.monotonic() - began)}", flush=True)
    return 1 if counts["failed"] or counts["errors"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
