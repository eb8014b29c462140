"""`troth promises check`: what this clinic promises, and whether the running system keeps it."""

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

if TYPE_CHECKING:
    from troth.assurance.selectors.checking import Outcome


def register(subparsers: Any) -> None:
    """Add `promises` and its verb to the command line."""
    promises: argparse.ArgumentParser = subparsers.add_parser(
        "promises", help="look whether what the notice promises is kept"
    )
    verbs = promises.add_subparsers(dest="verb", required=True, metavar="check")
    check = verbs.add_parser(
        "check",
        help="look at every promise of the pack now; exits with 1 when one falls short",
        description="Look at every promise of the pack now. It opens nothing of anybody and records nothing; the nightly "
        "job does the same and keeps what it found.",
    )
    check.add_argument(
        "--pack", default="", metavar="P", help="look at the promises of this pack (default: this deployment's own)"
    )
    check.add_argument("--only", default="", metavar="ID", help="look at one promise, such as OC-13.3")
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.set_defaults(func=_check)


def _check(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_django

    prepare_django()
    from django.conf import settings

    from troth.assurance.selectors.board import Status
    from troth.assurance.selectors.checking import check_promises
    from troth.cli.demo import pack_of_demo

    at = datetime.now(UTC)
    pack = args.pack or pack_of_demo(settings.TROTH_HOME) or settings.TROTH_PACK
    try:
        outcomes = check_promises(pack, at=at, only=args.only, progress=_progress)
    except LookupError as error:
        raise Stopped(str(error.args[0]), "See `troth promises check --help`.", BAD_INPUT) from None
    if args.json:
        print(json.dumps({"pack": pack, "promises": [_values(each, at) for each in outcomes]}, indent=1))
    else:
        _print(pack, outcomes)
    return FOUND_AGAINST if any(each.status is Status.FALLS_SHORT for each in outcomes) else 0


def _values(outcome: "Outcome", at: datetime) -> dict[str, Any]:
    return {
        "id": outcome.promise.id,
        "status": outcome.status.value,
        "control": outcome.promise.control.described,
        "evidence": outcome.evidence(at),
    }


def _print(pack: str, outcomes: "list[Outcome]") -> None:
    from troth.assurance.selectors.board import Status

    order = {status: place for place, status in enumerate(Status)}
    ranked = sorted(outcomes, key=lambda each: order[each.status])
    for status, group in groupby(ranked, key=lambda each: each.status):
        found = list(group)
        print(f"{status.label} ({len(found)})")
        for each in found:
            print(f"  {each.promise.id:<9} {each.promise.says}")
            print(f"  {'':<9} {each.words}")
            for look in each.looks:
                if look.failed_at:
                    print(f"  {'':<9} stopped at {look.failed_at}")
        print()
    counts = Counter(each.status for each in outcomes)
    said = ", ".join(f"{counts[status]} {status.value}" for status in Status if counts[status])
    print(f"{pack}: {len(outcomes)} promises: {said}.")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
