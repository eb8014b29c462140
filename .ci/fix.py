"""Mends what a program can mend: formats, sorts imports, and makes the two lock files, which name no registry."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Markers for every platform, hashes for every file, and no address: the file says what to install, never from where.
LOCK = [
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--group", "build"),
]


def main() -> int:
    """Runs every mender, and fails when one of them does."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    commands = [
        ["ruff", "check", "--fix", "--quiet", "."],
        ["ruff", "format", "--quiet", "."],
        [*LOCK, "pyproject.toml", "--output-file", "requirements.lock"],
        [*LOCK, "--group", "dev", "pyproject.toml", "--output-file", "requirements-dev.lock"],
    ]
    failures = 0
    for program, *arguments in commands:
        print(program, *arguments[:2], flush=True)
        failures += subprocess.call([str(BIN / program), *arguments], cwd=ROOT, env=environment) != 0
    return 1 if failures else 0


sys.exit(main())
