"""
Seconds from the command to the first page of a demonstration that is there already, and from a fresh clone to a full set-up.

The set-up is that of `make setup` in a clone without an environment; it installs from the machine's own package index.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.ground import ROOT, SQLITE, Figure, engine, main, say

START_S, SETUP_S = 5, 180
PEOPLE = 20
TROTH = "import sys; from troth.cli.main import main; sys.argv[0] = 'troth'; sys.exit(main())"


def measure(small: bool) -> list[Figure]:
    if engine() != SQLITE:
        return []  # a demonstration is shown on SQLite
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        homes = {"TROTH_HOME": "var", "TROTH_KEYS": "var-keys", "TROTH_BACKUPS": "var-backups"}
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | {name: f"{folder}/{at}" for name, at in homes.items()}
        environment["DJANGO_SETTINGS_MODULE"] = "troth.config.settings"
        # As on anybody's machine: what was compiled at the first start is there at the second.
        environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        command = [sys.executable, "-c", TROTH, "demo", "--people", str(PEOPLE)]
        began = time.perf_counter()
        subprocess.run([*command, "--no-serve"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        made = time.perf_counter() - began
        seconds = sorted(_first_page(command, environment) for _ in range(3 if small else 5))
    figures = [
        Figure(
            "demonstration that is there, start to first page",
            SQLITE,
            seconds[len(seconds) // 2],
            START_S,
            "s",
            detail={f"making it with {PEOPLE} people s": made},
        )
    ]
    return figures if small else [*figures, _set_up()]


def _first_page(command: list[str], environment: dict[str, str]) -> float:
    """
    Seconds until the front page is answered.

    :raises RuntimeError: it was not within a minute.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    began = time.perf_counter()
    # What `make demo` does first: look whether everything is installed.
    subprocess.run([sys.executable, ".ci/install.py", "--runtime"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                    answer.read()
                    return time.perf_counter() - began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        raise RuntimeError("The demonstration gave no page within a minute.")
    finally:
        process.terminate()
        process.wait(30)


def _set_up() -> Figure:
    """`make setup` in a clone of what is committed."""
    with tempfile.TemporaryDirectory(prefix="bench-setup-") as folder:
        clone = Path(folder) / "troth"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        say("starting: make setup in a fresh clone")
        environment = {
            name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"}
        }
        began = time.perf_counter()
        subprocess.run(
            ["make", "setup"],
            cwd=clone,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        took = time.perf_counter() - began
    return Figure("fresh set-up", SQLITE, took, SETUP_S, "s")


if __name__ == "__main__":
    main(measure)
