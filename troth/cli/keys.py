"""`troth keys status|turn`: the life of the master keys."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any


def register(subparsers: Any) -> None:
    """Add `keys` and its verbs to the command line."""
    keys: argparse.ArgumentParser = subparsers.add_parser("keys", help="show and turn the master keys")
    verbs = keys.add_subparsers(dest="verb", required=True, metavar="status|turn")

    status = verbs.add_parser("status", help="show each master key, what it wraps, and when it may be destroyed")
    status.set_defaults(func=_status)

    turn = verbs.add_parser("turn", help="make a new master key when one is due, and wrap every living key under it")
    turn.add_argument(
        "--now",
        action="store_true",
        help="do not wait until it is due; with --destroy-retired, do not wait for the backups to age out",
    )
    turn.add_argument(
        "--destroy-retired",
        action="store_true",
        help="destroy the retired master keys whose backups have aged out, instead of turning",
    )
    turn.add_argument(
        "--yes",
        action="store_true",
        help="you know that --destroy-retired --now makes every older backup unreadable for ever",
    )
    turn.set_defaults(func=_turn)
    for verb in (status, turn):
        verb.add_argument("--json", action="store_true", help="print the result as JSON")


def _status(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores

    prepare_stores()
    from troth.vault import secrets, turning

    current = secrets.opened().current().number  # the first one is made when there is none
    found = turning.status()
    rows = [
        {
            "number": each.number,
            "current": each.number == current,
            "made_at": each.made_at.isoformat(),
            "keys": each.keys,
            "retired_at": each.retired_at and each.retired_at.isoformat(),
            "may_be_destroyed_from": each.destroyed_from and each.destroyed_from.isoformat(),
        }
        for each in found
    ]
    due = turning.is_due(datetime.now(UTC))
    if args.json:
        print(json.dumps({"masters": rows, "due": due}, indent=1))
        return 0
    for each in found:
        state = (
            "wraps new keys"
            if each.number == current
            else f"retired {each.retired_at:%-d %B %Y}, may be destroyed from {each.destroyed_from:%-d %B %Y}"
            if each.retired_at
            else "its turn has not finished"
        )
        print(f"Master key {each.number}, made {each.made_at:%-d %B %Y}: {each.keys:,} keys, {state}.")
    print("A turn is due: troth keys turn." if due else "No turn is due.")
    return 0


def _turn(args: argparse.Namespace) -> int:
    from troth.cli.main import prepare_stores
    from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped

    prepare_stores()
    from troth.vault.errors import VaultError

    if args.yes and not (args.destroy_retired and args.now):
        raise Stopped("--yes goes with --destroy-retired --now and with nothing else.", code=BAD_INPUT)
    try:
        return _destroy(args) if args.destroy_retired else _turn_masters(args)
    except VaultError as fault:
        raise Stopped(str(fault), code=FOUND_AGAINST) from None


def _turn_masters(args: argparse.Namespace) -> int:
    from troth.ledger.names import Event
    from troth.vault import secrets, turning

    at = datetime.now(UTC)
    opened = secrets.opened()
    before = opened.current()
    if not args.now and not turning.is_due(at):
        print(
            json.dumps({"turned": 0, "master": before.number, "due": False})
            if args.json
            else f"No turn is due: master key {before.number} was made on {before.made_at:%-d %B %Y}. (--now turns anyway.)"
        )
        return 0
    # What a killed turn left over is finished under the newest master key; a further one is made only when that one is old.
    unfinished = any(
        entry.number != before.number and (entry.keys or not entry.retired_at) for entry in turning.status()
    )
    turned = turning.turn(at=at, new=not unfinished, progress=_show_progress)
    _write(Event.KEY_TURNED, at, f"vault.master_key/{opened.current().number}/current")
    if sys.stderr.isatty():
        print(file=sys.stderr)
    after = opened.current()
    print(
        json.dumps({"turned": turned, "master": after.number, "due": True})
        if args.json
        else f"{turned:,} keys lie under master key {after.number} now."
        + (f" Master key {before.number} is retired." if after.number != before.number else "")
    )
    return 0


def _show_progress(count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{count:,} keys", end="", file=sys.stderr, flush=True)


def _destroy(args: argparse.Namespace) -> int:
    from troth.cli.stopped import BAD_INPUT, Stopped
    from troth.ledger.names import Event
    from troth.vault import turning

    at = datetime.now(UTC)
    if args.now and not args.yes:
        kept = [each.number for each in turning.status() if each.retired_at]
        named = ", ".join(f"MASTER KEY {number}" for number in kept) or "THEM"
        raise Stopped(
            f"THIS MAKES EVERY BACKUP MADE UNDER {named} UNREADABLE FOR EVER. If the stores fail before "
            "the next backup is made, nothing can be brought back.",
            "Make a new backup first (troth backup create), then say it again with --yes.",
            BAD_INPUT,
        )
    gone = turning.destroy_retired(at=at, now=args.now)
    if gone:
        _write(Event.KEYS_DESTROYED, at, " ".join(f"vault.master_key/{number}/destroyed" for number in gone))
    print(
        json.dumps({"destroyed": gone})
        if args.json
        else f"Destroyed: master key {', '.join(map(str, gone))}."
        if gone
        else "No retired master key may be destroyed yet; `troth keys status` says when."
    )
    return 0


def _write(event: Any, at: datetime, objects: str) -> None:
    """Note it in the ledger, and seal. No gate: no person's data is touched."""
    from django.db import transaction

    from troth.ledger.drafts import Draft
    from troth.ledger.sealing import seal
    from troth.ledger.writing import write

    with transaction.atomic():
        write([Draft(at, event, "done", "service", "operator", objects=objects)])
    seal()
