"""
Every figure, in one go: each on SQLite and on PostgreSQL, beside its baseline.

    python -m bench.run --small --json results.json [--markdown results.md]
    python -m bench.run --small --json results.json --only finding --engines sqlite      measures that anew, and keeps the rest
    python -m bench.run --small --json results.json --resume                             only what is not there yet
    python -m bench.run --list

What has been measured is in the file after each part, so a run that was stopped loses one part. The PostgreSQL clusters are
throwaway, and durable as in a clinic: they wait for the disk, as Troth's SQLite does.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
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
    "diary": "the clinic's week, free times and clients who race",
    "ledger": "events, verify, proof",
    "asking": "a copy and an erasure by people themselves, over HTTP, beside Fides",
    "answering": "the copy that answers a request, with 1,000 records and 100 files",
    "erasures": "erasures in one job that is killed five times",
    "clinic": "sign-in page, card and my data with eight clients, beside GNU Health",
    "starting": "a demonstration's start, and a fresh set-up",
}
# Fides alone holds some eighty connections.
DURABLE = "-c max_connections=300 -c shared_buffers=256MB -c max_wal_size=4GB"


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
    try:
        ran = subprocess.run(
            [*command, *(["--small"] if small else [])],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=600 if small else 3600,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{noun} on {engine} took too long and was ended.") from None
    if ran.returncode != 0:
        raise RuntimeError(f"{noun} failed on {engine}; its message is above.")
    found = json.loads(ran.stdout)
    if noun == "ledger":
        return ledger_figures(found)
    return [as_figure(each) for each in found]


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


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Measure Troth.")
    parser.add_argument(
        "--small", action="store_true", help="a quick run, with fewer rounds: ten minutes or so for all of it"
    )
    parser.add_argument("--list", action="store_true", help="say what there is, and measure nothing")
    parser.add_argument("--only", nargs="+", choices=NOUNS, default=list(NOUNS))
    parser.add_argument("--engines", nargs="+", choices=[POSTGRESQL, SQLITE], default=[POSTGRESQL, SQLITE])
    parser.add_argument("--json", type=Path, help="keep the figures there, with what it holds already")
    parser.add_argument("--resume", action="store_true", help="leave out what the file holds already")
    parser.add_argument("--markdown", type=Path, help="write the table for bench/README.md there")
    return parser.parse_args()


def main() -> int:
    """Measure what was asked for, and say what was met."""
    asked = options()
    if asked.list:
        for noun in asked.only:
            print(f"{noun:<10}{NOUNS[noun]}")
        return 0
    parts: dict[str, dict] = json.loads(asked.json.read_text()) if asked.json and asked.json.exists() else {}
    wanted = [
        (noun, on) for noun in asked.only for on in asked.engines if not (asked.resume and f"{noun} {on}" in parts)
    ]
    wanted = [(noun, on) for noun, on in wanted if (noun, on) != ("starting", POSTGRESQL)]
    failed = False
    with ExitStack() as stack:
        environment = environments({on for _, on in wanted}, stack)
        for noun, on in wanted:
            if on not in environment:
                continue
            say(f"-- {noun} on {on}, {datetime.now(UTC):%H:%M:%S}")
            began, load = time.monotonic(), os.getloadavg()[0]
            told = {"TROTH_BENCH_HEALTH": json.dumps(health_in(parts))} if noun == "clinic" else {}
            try:
                figures = run(noun, on, environment[on] | told, small=asked.small)
            except (RuntimeError, ValueError) as error:
                say(str(error))
                failed = True
                continue
            parts[f"{noun} {on}"] = {
                "at": f"{datetime.now(UTC):%d %B %Y %H:%M} UTC",
                "small": asked.small,
                "took s": round(time.monotonic() - began),
                "load": [round(load, 1), round(os.getloadavg()[0], 1)],
                "figures": [figure.__dict__ | {"met": figure.met} for figure in figures],
            }
            if asked.json:
                asked.json.write_text(json.dumps(parts, indent=1))
    for part in parts.values():
        for each in part["figures"]:
            print(line_of(as_figure(each)))
    if asked.markdown and parts:
        asked.markdown.write_text(markdown(parts))
    return 1 if failed else 0


def environments(engines: set[str], stack: ExitStack) -> dict[str, dict[str, str]]:
    """The variables of each engine; PostgreSQL's clusters stand until the stack is closed."""
    made = {on: dict(os.environ) for on in engines}
    for plain in made.values():
        plain.pop("TROTH_DATABASE_URL", None)
        plain.pop("TROTH_KEYS_DATABASE_URL", None)
    if POSTGRESQL in made:
        reason = clusters.why_not()
        if reason:
            say(f"PostgreSQL was left out: {reason}.")
            del made[POSTGRESQL]
        else:
            clusters.OPTIONS = DURABLE
            data, keys = (stack.enter_context(clusters.Cluster(name)) for name in ("troth", "troth_keys"))
            made[POSTGRESQL] |= clusters.variables(data, keys)
    return made


def health_in(parts: dict[str, dict]) -> dict[str, dict[str, float]]:
    """What GNU Health did beside us on PostgreSQL, by call, as the figures of that part say it."""
    found: dict[str, dict[str, float]] = {}
    for each in parts.get(f"clinic {POSTGRESQL}", {"figures": []})["figures"]:
        for name, value in each["detail"].items():
            call, _, what = name.partition(" ")
            if call in {"create", "read", "search"}:
                found.setdefault(call, {})[what] = value
    return found


def as_figure(each: dict) -> Figure:
    """A figure as it was kept."""
    return Figure(**{name: value for name, value in each.items() if name != "met"})


def markdown(parts: dict[str, dict]) -> str:
    """The table for bench/README.md: a line for each figure, and what is to be known of the machine."""
    dates = sorted({part["at"] for part in parts.values()})
    loads = [value for part in parts.values() for value in part["load"]]
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    small = "`--small`, " if all(part["small"] for part in parts.values()) else ""
    minutes = round(sum(part["took s"] for part in parts.values()) / 60)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"{when}, {machine}, {small}load {min(loads)} to {max(loads)}, {minutes} minutes.",
        "",
        "| figure | on | result | wanted | | |",
        "|---|---|---|---|---|---|",
    ]
    for part in parts.values():
        for kept in part["figures"]:
            each = as_figure(kept)
            limit = "" if each.limit is None else f"{'at least' if each.at_least else 'at most'} {each.limit:,g}"
            verdict = {True: "met", False: "**missed**", None: ""}[each.met]
            detail = ", ".join(
                f"{name} {value:,.4g}" if isinstance(value, float) else f"{name} {value}"
                for name, value in each.detail.items()
            )
            lines.append(
                f"| {each.work} | {each.engine} | {each.result:,.4g} {each.unit} | {limit} | {verdict} | {detail} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
