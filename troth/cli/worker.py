"""`troth worker`: runs jobs and schedules until told to stop."""

import argparse
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from troth.work.worker import Worker


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `worker` to the command line."""
    parser = subparsers.add_parser("worker", help="run jobs and schedules until told to stop")
    parser.add_argument("--queues", nargs="+", metavar="NAME", help="take jobs of these queues only (default: all)")
    parser.add_argument("--once", action="store_true", help="stop as soon as nothing is due")
    parser.add_argument(
        "--beside", type=int, metavar="PID", help="stop when that process, which began this one, is gone"
    )
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
    worker = Worker(args.queues)
    if args.beside:
        threading.Thread(target=_watch, args=(worker, args.beside), daemon=True).start()
    worker.run(once=args.once)
    return 0


def _watch(worker: "Worker", parent: int) -> None:
    """Have the worker stop once its parent is gone: nobody would end it, and it would go on with an abandoned home."""
    while os.getppid() == parent:
        time.sleep(1)
    worker.stopping = True
