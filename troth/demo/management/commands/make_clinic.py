"""`make_clinic`: what `troth demo` calls by name, since the command line lies below this room."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from troth.demo import (
    adjusted,
    brought,
    cases,
    claimants,
    clinic,
    documents,
    happenings,
    histories,
    money,
    nights,
    paid_before,
    sources,
    twins,
    visits,
    wordings,
)


class Command(BaseCommand):
    """Makes the clinic of a pack in an empty deployment."""

    help = "make the clinic of a pack, for `troth demo`"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--pack", required=True)
        parser.add_argument("--people", type=int, required=True)

    def handle(self, *args: Any, pack: str, people: int, **options: Any) -> None:
        """
        Make it, showing progress on a terminal.

        :raises CommandError: this is no demonstration, or there is no such pack.
        """
        if not settings.TROTH_DEMO:
            raise CommandError("make_clinic is for demonstrations: run `troth demo`.")

        def progress(done: int, of: int, what: str = "people") -> None:
            if sys.stderr.isatty():
                self.stderr.write(f"\r{done} of {of} {what}", ending="" if done < of else "\n")
            elif done >= of:  # a file or a pipe gets a line for each part that is done
                self.stderr.write(f"{of} {what}")

        now = datetime.now(UTC)
        try:
            made = clinic.make(pack, people, at=now, progress=progress)
        except LookupError as error:
            raise CommandError(str(error)) from None
        twins.register(made, at=now)
        wordings.write(made, at=now)
        histories.write(made, at=now, progress=progress)
        visits.write(made, at=now, progress=progress)
        money.write(made, at=now, progress=progress)
        paid_before.write(made, at=now)
        cases.write(made, people, at=now, progress=progress)
        twins.instruct(made, at=now)
        claimants.open_accounts(made, at=now)
        adjusted.state(made, at=now)
        twins.tell_apart(made, at=now)
        happenings.write(made, at=now, progress=progress)
        documents.send(made, at=now)
        brought.bring_in(made, at=now)
        sources.tell_older(made, at=now)
        nights.pass_one(pack, tell=self.stderr.write)
