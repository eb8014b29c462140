"""
The command `troth`. Each noun stands in a file of its own and is imported only when it is asked for.

A noun's file exposes `register(subparsers)`, which adds a parser named like the file and sets `func`, a function of
the parsed arguments that returns the exit code. It must not import Django at the top: `func` calls `prepare_django()`
first.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from troth.cli.causes import explain
from troth.cli.stopped import BAD_INPUT, BROKEN, FOUND_AGAINST, Stopped

# The nouns, in the order in which `troth --help` lists them. Each is a module `troth.cli.<noun>`.
NOUNS = (
    "demo",
    "serve",
    "worker",
    "doctor",
    "notice",
    "datamap",
    "law",
    "ledger",
    "rights",
    "gp",
    "bring-in",
    "staff",
    "promises",
    "backup",
    "keys",
)


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints say where help is, and which never guesses at a shortened option."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Write what is wrong and where help is, and exit with the code for bad input."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}\nSee `{self.prog} --help`.\n")


def build_parser(nouns: Iterable[str] = NOUNS) -> Parser:
    """Build the parser for these nouns, importing their modules and no other."""
    parser = Parser(
        prog="troth",
        description="A clinic platform that keeps its word.",
        epilog="Exit codes: 0 yes or done, 1 a finding, 2 wrongly called, 3 Troth itself failed.",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for noun in nouns:
        importlib.import_module(f"troth.cli.{noun.replace('-', '_')}").register(subparsers)
    return parser


def prepare_django(*, though_restoring: bool = False) -> None:
    """
    Load the settings and the rooms, for a command that needs the database. Pure ones never pay for it.

    :raises Stopped: a restore into the home has not finished, and this is not the command that goes on with it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "troth.config.settings")
    import django

    from troth.work.process import harden

    harden()  # what any command creates is private to its user, and a crash leaves no image of the memory

    django.setup()
    if not though_restoring:
        from troth.copies.marker import StillRestoring, refuse_while_restoring

        try:
            refuse_while_restoring()
        except StillRestoring as still:
            raise Stopped(str(still), code=FOUND_AGAINST) from None


def prepare_stores() -> None:
    """The same for a command that uses the keys: it stops when TROTH_KEYS is not the folder that goes with the data."""
    prepare_django()
    from troth.cli.own_keys import insist_on_own_keys

    insist_on_own_keys()


def seal_what_was_written() -> None:
    """Seal the ledger before a command exits, if it wrote to it: an event is not left unsealed until a server starts."""
    writing = sys.modules.get("troth.ledger.writing")
    if writing is not None and writing.has_written():
        from troth.ledger.sealing import seal

        seal()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Whatever goes wrong is said on stderr with a cause and a cure."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # One known noun in front means one module to import; anything else (`--help`, a slip) needs the whole list.
    chosen = [noun for noun in NOUNS if arguments[:1] == [noun]] or NOUNS
    args = build_parser(chosen).parse_args(arguments)
    try:
        code = int(args.func(args))
        seal_what_was_written()
        sys.stdout.flush()
        return code
    except Stopped as stopped:
        print(f"troth: {stopped.cause}", stopped.cure, sep="\n" if stopped.cure else "", file=sys.stderr)
        return stopped.code
    except KeyboardInterrupt:
        print("troth: stopped by you.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (`head`, a pager) has left. Point stdout nowhere, or Python complains again on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("TROTH_TRACEBACK") == "1":
            raise
        if outside := explain(error):
            print(f"troth: {outside.cause}", outside.cure, sep="\n", file=sys.stderr)
            return outside.code
        # Its kind only: an exception's words may hold what somebody typed about a person.
        print(
            f"troth: {type(error).__name__} stopped this command, and that is a fault in Troth.\n"
            "Run it again with TROTH_TRACEBACK=1 to see where, and report that.",
            file=sys.stderr,
        )
        return BROKEN


if __name__ == "__main__":
    sys.exit(main())
