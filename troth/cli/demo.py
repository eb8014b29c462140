"""`troth demo`: a clinic of invented people, made through the front door, served to this machine alone."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from troth.cli.numbers import LARGEST_PORT, between

MARK = "demonstration.json"
FIRST = "online-prescribing"  # the clinic that lies in `var` itself
PACKS = tuple(sorted(path.stem for path in (Path(__file__).parent.parent / "notice" / "packs").glob("*.yaml")))


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `demo` to the command line."""
    parser = subparsers.add_parser("demo", help="make a clinic with invented people, and serve it to this machine")
    parser.add_argument("--pack", default=FIRST, choices=PACKS, metavar="P", help=f"which clinic: {', '.join(PACKS)}")
    parser.add_argument("--port", type=between(1, LARGEST_PORT), default=8000)
    parser.add_argument(
        "--people",
        type=between(1, 100_000),
        default=240,
        metavar="N",
        help="how many people to invent (default 240)",
    )
    parser.add_argument("--no-serve", action="store_true", help="only make the clinic")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """
    Make the clinic if it is not there yet, say who can sign in, and serve it.

    :raises Stopped: the home holds something else, or another pack.
    """
    if args.pack != FIRST and not os.environ.get("TROTH_HOME"):
        os.environ["TROTH_HOME"] = f"var-{args.pack}"  # a home for each clinic, and keys and backups beside it
    os.environ["TROTH_DEMO"] = "yes"
    os.environ["TROTH_PACK"] = args.pack
    os.environ["TROTH_SITE"] = f"http://127.0.0.1:{args.port}"
    from troth.cli import starting
    from troth.cli.main import prepare_django
    from troth.cli.stopped import Stopped
    from troth.work.process import harden

    harden()
    prepare_django()
    from django.conf import settings
    from django.core.management import CommandError, call_command

    home: Path = settings.TROTH_HOME
    _check_home(home, args.pack)
    starting.insist_on_place("127.0.0.1", None if args.no_serve else args.port)
    starting.make_folders()
    if not is_demo(home):
        if _holds_people():
            raise Stopped(
                "This database holds people who were not made by a demonstration.",
                "Point TROTH_HOME, TROTH_DATABASE_URL and TROTH_KEYS_DATABASE_URL at empty places.",
            )
        _mark(home, {"pack": args.pack, "made": False})
    starting.bring_up_to_date()
    if not _read(home)["made"]:
        # The cast pays the stand-in: no firm is told of invented people's payments, not even where one is set.
        firm, settings.TROTH_STRIPE_KEY = settings.TROTH_STRIPE_KEY, ""
        try:
            call_command("make_clinic", pack=args.pack, people=args.people)
        except CommandError as error:
            raise Stopped(str(error)) from None
        finally:
            settings.TROTH_STRIPE_KEY = firm
        _mark(home, {"pack": args.pack, "made": True})
        if not args.no_serve:
            _begin_anew()
    starting.insist()
    from troth.ledger.sealing import seal

    seal()
    call_command("list_cast", pack=args.pack)
    if args.no_serve:
        return 0
    print(
        f"\nOpen http://127.0.0.1:{args.port}/  Sign in at http://127.0.0.1:{args.port}/sign-in/  (Ctrl-C stops it)\n"
        f"What it would have sent: http://127.0.0.1:{args.port}/outbox/",
        flush=True,
    )
    return starting.serve("127.0.0.1", args.port, 1, working=True)


def _begin_anew() -> NoReturn:
    """
    Go on as a new program. Making the clinic set papers, for which Typst keeps threads; the server forks those that answer, a fork
    has no threads, and the first paper that somebody asked it for would wait for them for ever.
    """
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "troth.cli.main", *sys.argv[1:]])  # noqa: S606  our own program, with what it was given


def is_demo(home: Path) -> bool:
    """Whether a home is marked as a demonstration."""
    return (home / MARK).exists()


def pack_of_demo(home: Path) -> str:
    """Which clinic a demonstration is, or "" where none lies: a command beside it need not be told."""
    return str(_read(home)["pack"]) if is_demo(home) else ""


def _check_home(home: Path, pack: str) -> None:
    from troth.cli.stopped import Stopped

    if not is_demo(home):
        if home.exists() and any(path.name != "migrating.lock" for path in home.iterdir()):
            raise Stopped(
                f"{home} holds something that is no demonstration, so nothing was touched.",
                "Point TROTH_HOME at an empty folder: TROTH_HOME=demo troth demo",
            )
        return
    found = _read(home)
    if found["pack"] != pack:
        raise Stopped(
            f"{home} holds the demonstration of {found['pack']}.",
            f"Run `troth demo --pack {found['pack']}`, or point TROTH_HOME at an empty folder.",
        )
    if not found["made"] and _holds_people():
        raise Stopped(
            f"The demonstration in {home} was interrupted while it was made.",
            f"Delete {home} and its folder of keys, and run this again.",
        )


def _holds_people() -> bool:
    """Whether there is anybody in the database, tables or not."""
    from django.db import connection

    if "vault_subject" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM vault_subject LIMIT 1")
        return cursor.fetchone() is not None


def _read(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((home / MARK).read_text())
    return found


def _mark(home: Path, words: dict[str, object]) -> None:
    (home / MARK).write_text(json.dumps(words))
