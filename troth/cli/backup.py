"""`troth backup create|verify|restore|drill|list`."""

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    """Add `backup` and its verbs to the command line."""
    backup: argparse.ArgumentParser = subparsers.add_parser(
        "backup", help="make, check, restore and rehearse backups"
    )
    verbs = backup.add_subparsers(dest="verb", required=True, metavar="create|verify|restore|drill|list")

    create = verbs.add_parser("create", help="make a backup at every destination, while the site runs")
    create.set_defaults(func=_create)

    verify = verbs.add_parser("verify", help="open a backup and check every part of it, restoring nothing")
    verify.add_argument("file", type=Path, help="the backup")
    verify.set_defaults(func=_verify)

    restore = verbs.add_parser(
        "restore", help="put a backup into TROTH_HOME and destroy again what was disposed of since"
    )
    restore.add_argument("file", type=Path, help="the backup")
    restore.add_argument("--aside", action="store_true", help="move what is in TROTH_HOME out of the way first")
    restore.add_argument(
        "--keep-keys", action="store_true", help="keep today's key store; only data and files were lost"
    )
    restore.set_defaults(func=_restore)

    drill = verbs.add_parser("drill", help="restore into a throwaway place, check, count, and remove it again")
    drill.add_argument("file", type=Path, nargs="?", help="the backup (default: the newest)")
    drill.set_defaults(func=_drill)

    listing = verbs.add_parser("list", help="show the backups at every destination")
    listing.set_defaults(func=_list)
    for verb in (create, verify, restore, drill, listing):
        verb.add_argument("--json", action="store_true", help="print the result as JSON")


def _progress() -> Callable[[str, int], None]:
    last = [""]

    def show(what: str, count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {count:,}   ", end="", file=sys.stderr, flush=True)
        elif what.partition("/")[0] != last[0]:
            last[0] = what.partition("/")[0]
            print(f"{last[0]} …", file=sys.stderr, flush=True)

    return show


@contextlib.contextmanager
def _words(*, own_keys: bool = False) -> Iterator[None]:
    """
    Turn what can go wrong with backups into a cause and a cure.

    With `own_keys`, stop first when TROTH_KEYS is not the folder that goes with the data: a backup sealed under other keys
    would hold nothing that these open, and look like a good one.
    """
    from troth.cli.main import prepare_django
    from troth.cli.own_keys import insist_on_own_keys
    from troth.cli.stopped import FOUND_AGAINST, Stopped

    prepare_django(though_restoring=True)
    if own_keys:
        insist_on_own_keys()
    from troth.copies.archive import BackupDamaged, BackupUnreadable
    from troth.copies.backup import BackupFailed
    from troth.copies.journal import JournalUnavailable
    from troth.copies.marker import MarkUnreadable, StillRestoring
    from troth.copies.restoring import RestoreRefused
    from troth.copies.stores import StoreUnusable
    from troth.vault.errors import MasterKeyMissing

    try:
        yield
    except (
        BackupDamaged,
        BackupUnreadable,
        BackupFailed,
        JournalUnavailable,
        MarkUnreadable,
        StillRestoring,
        RestoreRefused,
        StoreUnusable,
        MasterKeyMissing,
    ) as fault:
        # The sentence says what, where and how to mend it.
        raise Stopped(str(fault), code=FOUND_AGAINST) from None
    except IsADirectoryError as fault:
        raise Stopped(
            f"{fault.filename or 'That'} is a folder, and a backup is a file.", "`troth backup list` shows them."
        ) from None
    except OSError as fault:
        place = fault.filename or "the destination"
        raise Stopped(
            f"{fault.strerror or type(fault).__name__}: {place}.",
            "Make room there, or make it readable and writable, "
            "then do it again: a restore goes on where it stopped.",
            FOUND_AGAINST,
        ) from None
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _show(args: argparse.Namespace, result: dict[str, Any], words: str) -> int:
    print(json.dumps(result, indent=1, default=str) if args.json else words)
    return 0


def _create(args: argparse.Namespace) -> int:
    with _words(own_keys=True):
        from troth.copies.backup import create_backup

        made = create_backup(at=datetime.now(UTC), progress=_progress())
    places = [str(place) for place in made.places]
    return _show(
        args,
        {
            "id": made.id,
            "places": places,
            "bytes": made.size,
            "parts": len(made.manifest["parts"]),
            "pruned": [str(path) for path in made.pruned],
        },
        "\n".join(
            [
                *(f"{place} ({made.size:,} bytes)" for place in places),
                *(f"Removed, its time is over: {path}" for path in made.pruned),
            ]
        ),
    )


def _verify(args: argparse.Namespace) -> int:
    with _words():
        from troth.copies.backup import verify_backup

        reader = verify_backup(args.file, progress=_progress())
    manifest = reader.manifest
    size = sum(part["size"] for part in manifest["parts"])
    return _show(
        args,
        {"id": reader.header.id, "holds": True, "master": reader.header.master, **manifest},
        f"The backup of {manifest['made_at']} holds: {len(manifest['parts'])} parts, {size:,} bytes, under master key "
        f"{reader.header.master}.",
    )


def _restore(args: argparse.Namespace) -> int:
    with _words():
        from django.conf import settings

        from troth.copies.restoring import restore

        done = restore(
            args.file,
            settings.TROTH_HOME,
            at=datetime.now(UTC),
            aside=args.aside,
            keep_keys=args.keep_keys,
            progress=_progress(),
        )
    heads = [
        None if head is None else {"size": head.size, "root": head.root.hex(), "at": head.at} for head in done.heads
    ]
    words = [
        f"Restored the backup of {done.made_at.isoformat()} into {done.home}.",
        f"{done.entries:,} lines of the disposal journal were carried out again; {done.keys_destroyed:,} keys went.",
        *(
            [
                f"What was there lies in {done.aside}. It holds what the journal disposed of: remove it when you are done."
            ]
            if done.aside
            else []
        ),
        "The ledger says that it was restored, from which head and after which.",
    ]
    return _show(
        args,
        {
            "restore": done.id,
            "home": done.home,
            "aside": done.aside,
            "made_at": done.made_at.isoformat(),
            "journal_entries": done.entries,
            "keys_destroyed": done.keys_destroyed,
            "keys_turned": done.keys_turned,
            "restored_head": heads[0],
            "known_head": heads[1],
            "seconds": done.seconds,
        },
        "\n".join(words),
    )


def _drill(args: argparse.Namespace) -> int:
    from troth.cli.stopped import FOUND_AGAINST, Stopped

    with _words(own_keys=True):
        from troth.copies.drilling import drill

        done = drill(args.file, at=datetime.now(UTC), progress=_progress())
    counted = done.counted
    words = [
        f"{done.backup}, of {done.made_at.isoformat()}:",
        f"{counted.open:,} rows and {counted.files:,} files open; of {counted.destroyed:,} rows the key was destroyed, as the "
        f"journal says; {len(counted.damaged):,} do not open.",
        f"The ledger's {done.ledger_events:,} sealed events {'do not hold' if done.ledger_findings else 'hold'}.",
        *done.ledger_findings[:20],
        *counted.damaged[:20],
        "Seconds: " + ", ".join(f"{what} {took}" for what, took in done.seconds.items()) + ".",
    ]
    _show(
        args,
        {
            "backup": done.backup,
            "made_at": done.made_at.isoformat(),
            "holds": done.holds,
            "rows_open": counted.open,
            "rows_destroyed": counted.destroyed,
            "rows_damaged": counted.damaged,
            "files_open": counted.files,
            "ledger_events": done.ledger_events,
            "ledger_findings": done.ledger_findings,
            "seconds": done.seconds,
        },
        "\n".join(words),
    )
    if not done.holds:
        raise Stopped(
            f"{done.backup} does not give back everything; the drill names what is wrong with it.",
            "Rehearse an older one (troth backup drill FILE), and find out what happened to the data before this one was made.",
            FOUND_AGAINST,
        )
    return 0


def _judged(row: dict[str, Any]) -> str:
    if not row["readable"]:
        return ", which is gone: unreadable"
    return "" if row["genuine"] else ", but its header was changed or is of another deployment"


def _list(args: argparse.Namespace) -> int:
    with _words():
        from troth.copies.backup import list_backups

        found = list_backups()
    rows = [
        {
            "path": each.path,
            "bytes": each.size,
            "readable": each.readable,
            "genuine": each.genuine,
            "made_at": each.header and each.header.made_at.isoformat(),
            "master": each.header and each.header.master,
        }
        for each in found
    ]
    words = [
        f"{row['path']}  {row['bytes']:,} bytes  "
        + (f"master key {row['master']}{_judged(row)}" if row["master"] else "its header does not read")
        for row in rows
    ]
    return _show(
        args, {"backups": rows}, "\n".join(words) or "There is no backup yet. Make one: troth backup create."
    )
