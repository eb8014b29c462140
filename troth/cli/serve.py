"""`troth serve`: the clinic that lies in TROTH_HOME, over HTTP."""

import argparse

from troth.cli.numbers import LARGEST_PORT, between


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve` to the command line."""
    parser = subparsers.add_parser("serve", help="serve the clinic that lies in TROTH_HOME")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument("--port", type=between(1, LARGEST_PORT), default=8000)
    parser.add_argument(
        "--workers", type=between(1, 256), default=2, metavar="N", help="processes that answer (default 2)"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """
    Bring the deployment up to date, look whether it may start, and serve.

    :raises Stopped: it may not start.
    """
    from troth.cli import starting
    from troth.cli.demo import is_demo
    from troth.cli.main import prepare_django
    from troth.cli.stopped import Stopped
    from troth.work.process import harden

    harden()
    prepare_django()
    from django.conf import settings

    if is_demo(settings.TROTH_HOME):
        raise Stopped(
            "This home holds a demonstration: its passwords are known to everybody.",
            "Run `troth demo`, or point TROTH_HOME at another folder.",
        )
    starting.insist_on_place(args.host, args.port)
    starting.make_folders()
    ran = starting.bring_up_to_date()
    from troth.notice.selectors import published_by

    if published_by("demo"):  # the mark is a file, and a restored backup has none: the notice tells all the same
        raise Stopped(
            "This home holds a demonstration that was restored from a backup: its passwords are known to everybody.",
            "Run `troth demo` in an empty folder, or restore the backup of a clinic.",
        )
    if ran:
        print(f"Ran {ran} migrations.")
    starting.insist()
    print(f"Serving {settings.TROTH_HOME} at http://{args.host}:{args.port}/  (Ctrl-C stops it)", flush=True)
    return starting.serve(args.host, args.port, args.workers)
