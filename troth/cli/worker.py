"""`troth worker`: runs jobs and schedules until told to stop."""

import argparse


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `worker` to the command line."""
    parser = subparsers.add_parser("worker", help="run jobs and schedules until told to stop")
    parser.add_argument("--queues", nargs="+", metavar="NAME", help="take jobs of these queues only (default: all)")
    parser.add_argument("--once", action="store_true", help="stop as soon as nothing is due")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Work; SIGTERM or Ctrl-C lets the current job finish first."""
    from troth.cli.main import prepare_stores
    from troth.work.process import harden

    harden()
    prepare_stores()
    from troth.work.reporting import install_hooks
    from troth.work.worker import Worker

    install_hooks()
    Worker(args.queues).run(once=args.once)
    return 0
