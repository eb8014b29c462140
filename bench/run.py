"""
Every figure of the kernel, in one go: each on SQLite and on PostgreSQL, beside its baseline. A table, and JSON with --json.

    python -m bench.run [--small] [--only pages saving …] [--engines sqlite postgresql] [--json FILE]
    python -m bench.run --small --list

The PostgreSQL clusters are throwaway, and durable as in a clinic: they wait for the disk, as Troth's SQLite does.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench.ground import POSTGRESQL, ROOT, SQLITE, Figure, line_of, say
from tests import clusters

NOUNS = {
    "pages": "a page of fifty people and one card, over HTTP",
    "saving": "saves, one by one and ten thousand at once",
    "opening": "one opened field",
    "finding": "find by three letters among 200,000",
    "ledger": "events, verify, proof",
}
DURABLE = "-c max_connections=60 -c shared_buffers=256MB -c max_wal_size=4GB"


def run(noun: str, engine: str, environment: dict[str, str], *, small: bool) -> list[Figure]:
    """
    One benchmark in a process of its own.

    :raises RuntimeError: it failed.
    """
    command = (
        [sys.executable, str(ROOT / "bench" / "ledger_bench.py")]
        if noun == "ledger"
        else [sys.executable, "-m", f"bench.{noun}"]
    )
    ran = subprocess.run(
        [*command, *(["--small"] if small else [])],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise RuntimeError(f"{noun} failed on {engine}; its message is above.")
    found = json.loads(ran.stdout)
    if noun == "ledger":
        return ledger_figures(found)
    return [Figure(**{key: value for key, value in each.items() if key != "met"}) for each in found]


def ledger_figures(found: dict) -> list[Figure]:
    """The ledger's own result as figures."""
    engine = SQLITE if found["engine"] == "sqlite" else POSTGRESQL
    figures = [
        Figure(
            f"8 writers with the sealer, {name}, against bare",
            engine,
            each["ratio"],
            0.5 if engine == SQLITE else 0.7,
            at_least=True,
            detail={"ours a second": each["ours"], "bare a second": each["bare"]},
        )
        for name, each in found["writers"].items()
    ]
    verify, proof = found["verify"], found["proof"]
    figures.append(
        Figure(
            f"verify of {verify['events']:,} events", engine, verify["events a second"], 200_000, "/s", at_least=True
        )
    )
    figures.append(Figure(f"proof among {proof['leaves']:,}, cold process", engine, proof["median ms"], 10, "ms"))
    return figures


def main() -> int:
    """Run what was asked for and say what was met."""
    parser = argparse.ArgumentParser(description="Measure the kernel.")
    parser.add_argument("--small", action="store_true", help="a quick run, with fewer rounds and rows")
    parser.add_argument("--list", action="store_true", help="say what there is, and measure nothing")
    parser.add_argument("--only", nargs="+", choices=NOUNS, default=list(NOUNS))
    parser.add_argument("--engines", nargs="+", choices=[SQLITE, POSTGRESQL], default=[SQLITE, POSTGRESQL])
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    asked = parser.parse_args()
    if asked.list:
        for noun in asked.only:
            print(f"{noun:<10}{NOUNS[noun]}")
        return 0
    figures: list[Figure] = []
    failed = False
    with ExitStack() as stack:
        environment = {engine: dict(os.environ) for engine in asked.engines}
        for plain in environment.values():
            plain.pop("TROTH_DATABASE_URL", None)
            plain.pop("TROTH_KEYS_DATABASE_URL", None)
        if POSTGRESQL in asked.engines:
            reason = clusters.why_not()
            if reason:
                say(f"PostgreSQL was left out: {reason}.")
                del environment[POSTGRESQL]
            else:
                clusters.OPTIONS = DURABLE
                data, keys = (stack.enter_context(clusters.Cluster(name)) for name in ("troth", "troth_keys"))
                environment[POSTGRESQL] |= {"TROTH_DATABASE_URL": data.url, "TROTH_KEYS_DATABASE_URL": keys.url}
        for noun in asked.only:
            for engine, variables in environment.items():
                say(f"-- {noun} on {engine}")
                try:
                    figures += run(noun, engine, variables, small=asked.small)
                except RuntimeError as error:
                    say(str(error))
                    failed = True
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[1]:.1f}"
    print(f"{datetime.now(UTC):%d %B %Y %H:%M} UTC, {machine}")
    for figure in figures:
        print(line_of(figure))
    if asked.json:
        asked.json.write_text(json.dumps([figure.__dict__ | {"met": figure.met} for figure in figures], indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
