"""The benchmarks can be started. Nothing here is timed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_run_lists_every_benchmark() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.run", "--small", "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    listed = {line.split()[0] for line in ran.stdout.splitlines()}
    assert listed == {
        "pages",
        "saving",
        "opening",
        "finding",
        "ledger",
        "answering",
        "asking",
        "erasures",
        "clinic",
        "diary",
        "starting",
    }
