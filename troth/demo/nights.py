"""What a clinic's machines do by themselves, done once: notices told, a backup and its rehearsal, the ledger, the promises."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from troth.assurance import services as assurance
from troth.assurance.selectors.checking import check_promises
from troth.copies.backup import BackupFailed, create_backup
from troth.copies.drilling import drill
from troth.copies.restoring import RestoreRefused
from troth.copies.stores import StoreUnusable
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.ledger import checking
from troth.ledger.sealing import seal
from troth.rights import services as rights


def pass_one(pack: str, *, tell: Callable[[str], None]) -> None:
    """
    Do it in the order in which each finds what the one before left: the promises are about backups and the ledger too.

    A machine without what a backup needs (the programs of PostgreSQL, room) still gets its demonstration; the office then says so.
    """
    rights.announce(at=datetime.now(UTC))  # as the clock had done long since for a notice that holds for weeks
    tell("Making a backup, and rehearsing its restore…")
    try:
        create_backup(at=datetime.now(UTC))
        drill(at=datetime.now(UTC))
    except (BackupFailed, StoreUnusable, RestoreRefused) as stopped:
        tell(str(stopped))
    tell("Checking the ledger, and looking whether each promise is kept…")
    seal()
    checking.run(checking.ask(by="schedule", at=datetime.now(UTC)))
    at, begun = datetime.now(UTC), time.monotonic()
    outcomes = check_promises(pack, at=at)
    took = timedelta(seconds=time.monotonic() - begun)
    with boundary():
        assurance.record_look(pack, outcomes, by=actors.service(assurance.SERVICE), at=at, took=took)
