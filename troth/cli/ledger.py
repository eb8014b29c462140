"""`troth ledger verify|prove|export|seal`."""

import argparse
import base64
import contextlib
import json
import os
import re
import signal
import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from troth.cli.main import prepare_django, prepare_stores
from troth.cli.numbers import LARGEST_NUMBER, between
from troth.cli.stopped import BAD_INPUT, FOUND_AGAINST, Stopped
from troth.law.calendar import LONDON


def register(subparsers: Any) -> None:
    """Add `ledger` and its verbs to the command line."""
    ledger: argparse.ArgumentParser = subparsers.add_parser("ledger", help="check and prove what happened")
    verbs = ledger.add_subparsers(dest="verb", required=True, metavar="verify|prove|export|seal")

    verify = verbs.add_parser(
        "verify", help="recompute the whole ledger and name the first event that is not as signed"
    )
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    verify.add_argument(
        "--workers", type=between(1, 256), default=2, metavar="N", help="processes to use (default 2)"
    )
    verify.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint kept outside, to be compared with; may be given more than once",
    )
    verify.add_argument("--key", help="the public key (name+id+key), on a machine without the key file")
    verify.add_argument(
        "--records",
        action="store_true",
        help="also compare every stored row with the last act that wrote it, and name what was written below the gate",
    )
    verify.set_defaults(func=_verify)

    prove = verbs.add_parser("prove", help="print the proof that an event is in the ledger")
    prove.add_argument("event", type=between(1, LARGEST_NUMBER), help="the event's number")
    prove.set_defaults(func=_prove)

    export = verbs.add_parser(
        "export", help="write a person's events with proofs, or every event of a period for another system"
    )
    export.add_argument("subject", nargs="?", help="the person's id; left out, events of a period are written")
    export.add_argument("--form", choices=("ocsf", "syslog", "csv"), help="of a period: in which form")
    export.add_argument("--since", type=_day, metavar="DAY", help="of a period: its first day, such as 2026-11-01")
    export.add_argument("--until", type=_day, metavar="DAY", help="of a period: its last day, that day included")
    export.add_argument(
        "--reason", type=_reason, metavar="WORDS", help="of a period: why, as it stands in the ledger"
    )
    export.add_argument("--to", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    export.add_argument(
        "--known",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint that the person has, to be shown to belong to the same history",
    )
    export.set_defaults(func=_export)

    seal = verbs.add_parser("seal", help="seal what waits, and print the newest checkpoint")
    seal.add_argument(
        "--beside", type=int, metavar="PID", help="go on sealing until that process, which began this one, is gone"
    )
    seal.set_defaults(func=_seal)


def _own_checkpoint() -> list[str]:
    """The newest checkpoint beside the backups: a database put back to an older day holds by itself, and not beside that."""
    from troth.copies.checkpoints import newest_known

    with contextlib.suppress(OSError):  # a destination that is away is for `doctor` to tell
        known = newest_known()
        return [] if known is None else [known.note]
    return []


def _check_records() -> list[Any]:
    from troth.copies.disposing import beyond_disposals
    from troth.ledger.records import check_records

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done:,} rows", end="", file=sys.stderr, flush=True)

    return beyond_disposals(check_records(progress=progress))


def _verify(args: argparse.Namespace) -> int:
    # With the public key given, the key folder is not used: another machine may verify a copy.
    prepare_django() if args.key and not args.records else prepare_stores()
    from troth.ledger.check_export import BadNote, Head, PublicKey
    from troth.ledger.verifying import verify

    def progress(done: int, of: int) -> None:
        if sys.stderr.isatty() or done == of:
            print(f"\r{done:,} of {of:,} events", end="" if done < of else "\n", file=sys.stderr, flush=True)

    try:
        notes = [path.read_text(encoding="utf-8") for path in args.checkpoint]
        for note in notes:
            Head.parse(note)
        key = PublicKey.parse(args.key) if args.key else None
    except (OSError, UnicodeDecodeError, BadNote):
        raise Stopped(
            "A checkpoint or key that was given cannot be read.", "Give it as it was published, unchanged."
        ) from None
    if key is None:
        notes += _own_checkpoint()
    report = verify(at=datetime.now(UTC), workers=args.workers, checkpoints=notes, key=key, progress=progress)
    records = _check_records() if args.records else []
    holds = report.holds and not records
    if args.json:
        print(
            json.dumps(
                {
                    "holds": holds,
                    "records": [{"row": found.reference, "kind": found.kind} for found in records],
                    "events": report.events,
                    "checkpoints": report.checkpoints,
                    "root": report.root,
                    "guards_missing": report.guards_missing,
                    "columns_missing": report.columns_missing,
                    "findings": [
                        {
                            "event": finding.event_id,
                            "leaf": finding.index,
                            "kind": finding.kind,
                            "words": finding.words,
                        }
                        for finding in report.findings
                    ],
                },
                indent=1,
            )
        )
    elif report.holds:
        print(f"The ledger holds: {report.events:,} events, {report.checkpoints:,} checkpoints, root {report.root}.")
    if records:
        for found in records[:20]:
            print(found, file=sys.stderr)
        raise Stopped(
            f"{len(records):,} rows are not as the last act left them.",
            "Find out who can write to the database; restore these rows from the last backup before it.",
            code=FOUND_AGAINST,
        )
    if report.holds:
        return 0
    shown = [finding.words for finding in report.findings[:10]]
    if len(report.findings) > 10:
        shown.append(f"… and {len(report.findings) - 10} more; --json lists them all.")
    if report.columns_missing:
        shown.append(
            f"{', '.join(report.columns_missing[:5])}: renamed, removed or never made. Nothing else was looked at."
        )
    shown += [f"Guard {name} is missing or altered." for name in report.guards_missing]
    raise Stopped(
        "The ledger does not hold. First:\n  " + "\n  ".join(shown),
        "Keep the databases as they are, compare with a backup, and treat it as a breach until explained."
        " Migrating puts guards back.",
        FOUND_AGAINST,
    )


def _prove(args: argparse.Namespace) -> int:
    prepare_stores()
    from troth.ledger.proving import NotSealed, prove, public_key

    try:
        proof = prove(args.event)
    except NotSealed as cause:
        raise Stopped("There is no proof to give.", str(cause), FOUND_AGAINST) from None
    print(
        json.dumps(
            {
                "event": proof.event_id,
                "leaf": proof.index,
                "hash": proof.leaf.hex(),
                "path": [base64.b64encode(each).decode() for each in proof.path],
                "checkpoint": proof.checkpoint,
                "public_key": public_key(),
            },
            indent=1,
        )
    )
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2026-11-01") from None


def _reason(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9 _.:-]{3,60}", text):
        raise argparse.ArgumentTypeError("a reason is a few small letters and digits, such as 'an audit'")
    return text


def _export_period(args: argparse.Namespace) -> int:
    missing = [f"--{name}" for name in ("form", "since", "until", "reason") if getattr(args, name) is None]
    if missing or args.until < args.since:
        raise Stopped(
            f"A period needs {', '.join(missing)}." if missing else "The period ends before it begins.",
            "Give the id of a person, or --form, --since, --until and --reason.",
            BAD_INPUT,
        )
    prepare_stores()
    from troth.gate.watching import note_at_terminal
    from troth.ledger import streams
    from troth.ledger.names import Event

    start, after = (datetime.combine(day, clock(0), LONDON) for day in (args.since, args.until + timedelta(days=1)))
    # Before the first line: whoever takes events out cannot stop half way and leave no trace.
    note_at_terminal(
        Event.LEDGER_EXPORTED,
        at=datetime.now(UTC),
        reason=args.reason,
        objects=f"ledger.export/{args.form}/{args.since:%Y%m%d}-{args.until:%Y%m%d}",
    )
    if args.to is None:
        for line in streams.lines(args.form, start, after):
            sys.stdout.write(line)
        return 0
    args.to.touch(mode=0o600)
    args.to.chmod(0o600)
    with args.to.open("w", encoding="utf-8", newline="") as file:
        file.writelines(streams.lines(args.form, start, after))
    return 0


def _export(args: argparse.Namespace) -> int:
    if args.subject is None:
        return _export_period(args)
    prepare_stores()
    from troth.ledger.check_export import BadNote
    from troth.ledger.proving import NotSealed, export_person

    try:
        subject = uuid.UUID(args.subject).hex
    except ValueError:
        raise Stopped("That is not a person's id.", "Give the id of 32 hex digits.") from None
    try:
        known = [path.read_text(encoding="utf-8") for path in args.known]
        document = export_person(subject, datetime.now(UTC), known)
    except (OSError, UnicodeDecodeError, BadNote):
        raise Stopped(
            "A checkpoint that was given cannot be read.", "Give it as it was published, unchanged."
        ) from None
    except NotSealed as cause:
        raise Stopped("There is nothing to export.", str(cause), FOUND_AGAINST) from None
    if args.to is None:
        sys.stdout.buffer.write(document + b"\n")
    else:
        args.to.write_bytes(document)
        args.to.chmod(0o600)
    return 0


def _seal(args: argparse.Namespace) -> int:
    prepare_stores()
    from troth.ledger.proving import NotSealed, latest_checkpoint
    from troth.ledger.sealing import seal

    if args.beside:
        return _seal_beside(args.beside)
    print(f"{seal():,} events sealed.", file=sys.stderr)
    try:
        print(latest_checkpoint(), end="")
    except NotSealed as cause:
        raise Stopped("There is no checkpoint.", str(cause), FOUND_AGAINST) from None
    return 0


def _seal_beside(server: int) -> int:
    """Seal until told to end, or until the server has gone without a word."""
    from troth.ledger.sealing import run_sealer

    told: list[int] = []  # a plain list: an Event's lock could be held when the signal arrives
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))

    def ends(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not told and os.getppid() == server and time.monotonic() < until:
            time.sleep(0.1)
        return bool(told) or os.getppid() != server

    run_sealer(ends)
    return 0
