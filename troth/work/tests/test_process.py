"""A process that holds keys leaves no memory behind."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, resource
from troth.work.process import can_be_dumped, harden
before = can_be_dumped()
harden()
print(before, can_be_dumped(), resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
"""


def test_hardened_processes_dump_nothing_and_write_private_files() -> None:
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert made.stdout.split(maxsplit=2)[1:] == ["False", "(0, 0) 0o77\n"]
