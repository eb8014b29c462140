"""`troth bring-in`: clients, visits and notes of the system that the clinic used before, from its CSV files."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from troth.bringing.rules import COLUMNS, NotATable, Source, Told
from troth.bringing.rules.tables import (
    Read,
    Wanted,
    check_size,
    columns_of,
    decoded,
    heads_of,
    missing_of,
    read_table,
    said_of,
)
from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

SHOWN = 40
PUBLISH = "Publish it first: troth notice publish FILE"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `bring-in` and its commands to the command line."""
    noun = subparsers.add_parser("bring-in", help="what the system before this one held, from its CSV files")
    commands = noun.add_subparsers(dest="bring_in_command", required=True, metavar="COMMAND")
    for kind, words in (
        ("clients", "who is a client; each is written to that their record is here, with the privacy notice"),
        ("visits", "visits that are ahead, which are booked, and those that were"),
        ("notes", "notes on health, kept as files of the card until somebody releases them"),
    ):
        command = commands.add_parser(kind, help=words)
        command.add_argument("file", metavar="FILE")
        command.add_argument("--system", required=True, metavar="NAME", help="what the system before is called")
        command.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help=f"which of its columns is which, where the heads do not say: {', '.join(COLUMNS[kind])}",
        )
        command.add_argument(
            "--dry-run", action="store_true", help="say what would be brought in, and change nothing"
        )
        command.add_argument(
            "--skip-faults", action="store_true", help="bring in the rest where some lines cannot be"
        )
        if kind == "clients":
            command.add_argument(
                "--also-alike", action="store_true", help="also those who may be here already; reception looks later"
            )
        command.add_argument("--json", action="store_true", help="machine-readable counts and faults")
        command.set_defaults(func=_run, kind=kind)


def _run(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores, seal_what_was_written

    prepare_stores()
    from django.utils import timezone

    from troth.bringing.services.reading import look_through, write
    from troth.notice.selectors import NoNotice, register_in_force

    at = timezone.now()
    try:
        register_in_force(at)
    except NoNotice:
        raise Stopped("No notice is in force, and whose data is held for what is its to say.", PUBLISH) from None
    read = read_file(Path(args.file), COLUMNS[args.kind], _named(args))
    ready, told = look_through(Source(args.kind, args.system, getattr(args, "also_alike", False)), read, at=at)
    if not args.dry_run and (not told.faults or args.skip_faults):
        told.changed = True
        for each in ready:
            write(each, told)
        seal_what_was_written()
    else:
        told.brought = len(ready)
    _say(args, told)
    return FOUND_AGAINST if told.faults else 0


def read_file(path: Path, wanted: Mapping[str, Wanted], named: Mapping[str, str]) -> Read:
    """
    Read a file from where it lies. `named` says which of its columns is which, where its heads do not.

    :raises Stopped: it cannot be read, or lacks a column. Its words repeat no head: without a line of heads, that is
        somebody's data.
    """
    try:
        check_size(path.stat().st_size)
        text = decoded(path.read_bytes())
        heads = heads_of(text)
        columns = columns_of(heads, wanted, named)
        missing = missing_of(wanted, columns)
        if missing:
            known = ", ".join(said_of(each) for each in columns) or "none"
            raise Stopped(
                f"The file has no column for {', '.join(said_of(each) for each in missing)}.",
                f'Say which it is: --column {missing[0]}="ITS NAME". Its first line has to hold the names of its columns. '
                f"It has {len(heads)} columns; known of them: {known}.",
                BAD_INPUT,
            )
        return read_table(text, wanted, columns)
    except OSError as error:
        raise Stopped(f"{path} cannot be read: {error.strerror}.", "Give a CSV file.", BAD_INPUT) from None
    except NotATable as wrong:
        raise Stopped(wrong.cause, wrong.cure, BAD_INPUT) from None


def _named(args: argparse.Namespace) -> dict[str, str]:
    """
    Which of the file's columns is which of ours, as far as that was said.

    :raises Stopped: there is no such column of ours.
    """
    found = {}
    for each in args.column:
        ours, _, theirs = each.partition("=")
        if ours not in COLUMNS[args.kind] or not theirs:
            raise Stopped(
                f"--column {each} names no column of ours.",
                f"Write --column OURS=THEIRS; ours are {', '.join(COLUMNS[args.kind])}.",
                BAD_INPUT,
            )
        found[ours] = theirs
    return found


def _say(args: argparse.Namespace, told: Told) -> None:
    if args.json:
        print(json.dumps(asdict(told), indent=2, ensure_ascii=False))
        return
    for fault in told.faults[:SHOWN]:
        print(f"{args.file}:{fault.line}: {fault.words}.", file=sys.stderr)
    if len(told.faults) > SHOWN:
        print(f"and {len(told.faults) - SHOWN} lines more.", file=sys.stderr)
    if told.unread:
        print(f"Columns that are not read: {', '.join(told.unread)}.")
    print(f"{told.rows} lines: {told.here_already} are here already, {len(told.faults)} cannot be brought in.")
    if told.changed:
        print(f"{told.brought} are brought in.")
        if args.kind == "clients" and told.brought:
            print("Each is written to. When that message has left, their visits and notes can be brought in.")
    else:
        print(f"{told.brought} could be brought in. Nothing was changed.")
