"""`troth datamap`: what is held, what for, and who else gets it, from the notice in force and from what is stored."""

import argparse
import json
import sys
from datetime import UTC, datetime

from troth.cli.main import prepare_django


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `datamap` to the command line."""
    parser = subparsers.add_parser(
        "datamap", help="what is held, what for and who else gets it: the Article 30 record"
    )
    parser.add_argument("--json", action="store_true", help="the whole record as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """
    Print the map of the notice in force.

    :raises Stopped: none is.
    """
    prepare_django()
    from troth.cli.stopped import FOUND_AGAINST, Stopped
    from troth.notice import datamap
    from troth.notice.selectors import NoNotice

    try:
        known = datamap.map_in_force(datetime.now(UTC))
    except NoNotice as none:
        raise Stopped("There is no map to draw.", str(none), FOUND_AGAINST) from None
    if args.json:
        json.dump(known.document(), sys.stdout, indent=1, ensure_ascii=False)
        print()
        return 0
    print(
        f"Notice {known.version}, {known.controller.get('name', 'nobody named')}: {len(known.places)} places store something."
    )
    for use in known.uses:
        passed = [receiver.name for receiver, those in known.passed_to(use) if those]
        print(f"\n{use.row}. {use.title} ({use.basis_article})")
        print(f"   holds   {', '.join(held.words for held in known.kinds_of(use))}")
        print(f"   to      {', '.join(passed) or 'no one outside'}")
    return 0
