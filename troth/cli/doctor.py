"""`troth doctor`: a line for each check, with the command that mends what is not in order."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the command line."""
    parser = subparsers.add_parser("doctor", help="look whether this machine and deployment are in order")
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Examine, and exit with 1 if anything is not in order."""
    from troth.cli.checks import examine
    from troth.cli.main import prepare_django
    from troth.work.process import harden

    harden()
    prepare_django()
    found = examine(datetime.now(UTC))
    if args.json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            print(f"{'✓' if each.fine else '✗'} {each.name}: {each.words}")
            if not each.fine:
                print(f"    {each.cure}")
    return int(any(not each.fine for each in found))
