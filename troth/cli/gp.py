"""`troth gp`: the directory of GP practices, from the file that the NHS publishes, and where they take letters by secure email."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

if TYPE_CHECKING:
    from troth.prescribing.rules.directory import Fault

SHOWN = 20
PUBLISHED = "Give epraccur.csv as it was published."
GIVE_ADDRESSES = "Give a file of lines with an ODS code, a comma and an address."
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
    addresses = commands.add_parser(
        "addresses", help="read in where practices take letters by secure email (lines of ODS code, comma, address)"
    )
    addresses.add_argument("file", metavar="FILE")
    addresses.add_argument("--dry-run", action="store_true", help="say what would be read in, and change nothing")
    addresses.add_argument("--skip-faults", action="store_true", help="read in the rest where some lines are wrong")
    addresses.add_argument("--json", action="store_true", help="machine-readable counts and faults")
    addresses.set_defaults(func=_read_addresses)


def _read(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores

    prepare_stores()
    from django.utils import timezone

    from troth.prescribing.rules.directory import read_directory
    from troth.prescribing.services import listing

    practices, faults = read_directory(_text_of(args.file))
    if not practices:
        raise Stopped(f"{args.file} holds no general practice.", PUBLISHED)
    told = {"practices": len(practices), "open": sum(each.is_open for each in practices)}
    read_in = _keep(args, faults, lambda: listing.read_in_from_a_terminal(practices, at=timezone.now()))
    summary = f"{told['practices']} practices, {told['open']} of them open"
    return _report(args, told, faults, read_in=read_in, summary=summary)


def _read_addresses(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores

    prepare_stores()
    from django.utils import timezone

    from troth.delivery.services.secure_mail import is_trusted
    from troth.prescribing.rules.directory import read_addresses
    from troth.prescribing.selectors import directory
    from troth.prescribing.services import listing

    if not (known := directory.list_codes()):
        raise Stopped("There is no directory of practices yet.", "Read it in first: troth gp read FILE")
    addresses, faults = read_addresses(_text_of(args.file, GIVE_ADDRESSES), is_trusted, known)
    if not addresses and (args.skip_faults or not faults):
        # Read in, it would take the address of every practice away.
        raise Stopped(f"{args.file} holds no address of a practice.", GIVE_ADDRESSES)
    told = {"addresses": len(addresses)}

    def keep() -> None:
        told["reached"] = listing.read_in_addresses_from_a_terminal(addresses, at=timezone.now())

    read_in = _keep(args, faults, keep)
    reached = f", practices reached: {told['reached']}" if read_in else ""
    return _report(args, told, faults, read_in=read_in, summary=f"{len(addresses)} addresses{reached}")


def _text_of(file: str, advice: str = PUBLISHED) -> str:
    """
    A file, as text.

    :raises Stopped: it cannot be read, or is far larger than any.
    """
    from troth.prescribing.rules.directory import MOST_BYTES

    try:
        if Path(file).stat().st_size > MOST_BYTES:
            raise Stopped("The file is far larger than the NHS’s.", advice, BAD_INPUT)
        return Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Stopped(f"{file} cannot be read: {error}.", advice) from None


def _keep(args: argparse.Namespace, faults: "Sequence[Fault]", keep: Callable[[], object]) -> bool:
    """
    Read in, unless it is only to be tried, or there are faults that nobody lets pass. Gives whether it was.

    :raises Stopped: the notice has no place for it.
    """
    from troth.cli.main import seal_what_was_written
    from troth.gate.refusals import Refused
    from troth.notice.selectors import NoNotice

    if args.dry_run or (faults and not args.skip_faults):
        return False
    try:
        keep()
    except NoNotice:
        raise Stopped("No notice is in force, and whether GPs are written to is its to say.", PUBLISH) from None
    except Refused as refused:
        raise Stopped(str(refused), "Publish a notice that declares writing to GPs.") from None
    seal_what_was_written()
    return True


def _report(
    args: argparse.Namespace, told: dict[str, int], faults: "Sequence[Fault]", *, read_in: bool, summary: str
) -> int:
    if args.json:
        found = {**told, "faults": [asdict(each) for each in faults], "read_in": read_in}
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for each in faults[:SHOWN]:
            print(f"{args.file}:{each.line}: {each.words}.", file=sys.stderr)
        if len(faults) > SHOWN:
            print(f"and {len(faults) - SHOWN} lines more.", file=sys.stderr)
        print(f"{summary}, {len(faults)} lines that cannot be read.")
        print("They are read in." if read_in else "Nothing was changed.")
    return FOUND_AGAINST if faults else 0
