"""`troth gp read`: the directory of GP practices, from the file that the NHS publishes."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

SHOWN = 20
PUBLISH = "Publish it first: troth notice publish FILE"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gp` and its command to the command line."""
    gp = subparsers.add_parser("gp", help="the directory of GP practices")
    commands = gp.add_subparsers(dest="gp_command", required=True, metavar="COMMAND")
    read = commands.add_parser(
        "read", help="read in the NHS’s file of practices (epraccur.csv, Organisation Data Service)"
    )
    read.add_argument("file", metavar="FILE")
    read.add_argument("--dry-run", action="store_true", help="say what would be read in, and change nothing")
    read.add_argument("--skip-faults", action="store_true", help="read in the rest where some lines cannot be read")
    read.add_argument("--json", action="store_true", help="machine-readable counts and faults")
    read.set_defaults(func=_read)


def _read(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores, seal_what_was_written

    prepare_stores()
    from django.utils import timezone

    from troth.gate.refusals import Refused
    from troth.notice.selectors import NoNotice
    from troth.prescribing.rules.directory import MOST_BYTES, read_directory
    from troth.prescribing.services import listing

    try:
        if Path(args.file).stat().st_size > MOST_BYTES:
            raise Stopped(
                "The file is far larger than the NHS’s.", "Give epraccur.csv as it was published.", BAD_INPUT
            )
        text = Path(args.file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Stopped(f"{args.file} cannot be read: {error}.", "Give epraccur.csv as it was published.") from None
    practices, faults = read_directory(text)
    if not practices:
        raise Stopped(f"{args.file} holds no general practice.", "Give epraccur.csv as it was published.")
    told = {
        "practices": len(practices),
        "open": sum(each.is_open for each in practices),
        "faults": [asdict(each) for each in faults],
        "read_in": False,
    }
    if not args.dry_run and (not faults or args.skip_faults):
        try:
            listing.read_in_from_a_terminal(practices, at=timezone.now())
        except NoNotice:
            raise Stopped("No notice is in force, and whether GPs are written to is its to say.", PUBLISH) from None
        except Refused as refused:
            raise Stopped(str(refused), "Publish a notice that declares writing to GPs.") from None
        seal_what_was_written()
        told["read_in"] = True
    if args.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for each in faults[:SHOWN]:
            print(f"{args.file}:{each.line}: {each.words}.", file=sys.stderr)
        if len(faults) > SHOWN:
            print(f"and {len(faults) - SHOWN} lines more.", file=sys.stderr)
        print(f"{told['practices']} practices, {told['open']} of them open, {len(faults)} lines that cannot be read.")
        print("They are read in." if told["read_in"] else "Nothing was changed.")
    return FOUND_AGAINST if faults else 0
