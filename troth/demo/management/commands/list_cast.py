"""`list_cast`: who can sign in to a demonstration."""

import argparse
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from troth.demo import cast, clinic

CLAIMING = (
    "Your case: read the report, and say whether its facts are right",
    "My data: see that the report went to the solicitor, and when",
    "Your case: the examination that is booked",
)
TRYING = "My data: what is held, who looked, a copy, an erasure"


class Command(BaseCommand):
    """Prints a table of roles, addresses and the one password."""

    help = "list who can sign in to a demonstration, for `troth demo`"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--pack", required=True)

    def handle(self, *args: Any, pack: str, **options: Any) -> None:
        """Print it."""
        staff = [part for part in clinic.staff_of(pack) if part.trying]
        rows = [(part.role.replace("_", " "), part.name, part.email, part.trying) for part in staff]
        today = datetime.now(UTC).date()
        if clinic.takes_patients(pack):
            rows += [("patient", part.name, part.email, TRYING) for part in cast.patients(3, on=today)]
        else:
            claimants = zip(cast.claimants(3, on=today), CLAIMING, strict=True)
            rows += [("claimant", part.name, part.email, trying) for part, trying in claimants]
        wide = [max(len(row[column]) for row in rows) for column in range(4)]
        self.stdout.write(f"Everyone's password is {cast.PASSWORD}\n")
        self.stdout.write("Staff are asked for a code as well: the page that asks shows it\n")
        for row in rows:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(row, wide, strict=True)).rstrip())
