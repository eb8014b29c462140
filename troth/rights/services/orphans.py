"""Stored files that nothing names any more go by themselves: a killed process left them, and nobody could ever ask for them."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault.orphans import LEFT_FOR, MOST, list_orphans


class TooManyOrphans(Exception):
    """More files than killed processes leave are named by nothing: rows were lost, and a backup may still have them."""


def _destroy_orphans(*, at: datetime) -> int:
    """
    Destroy the stored files that were written more than a day ago and that nothing names. Gives how many.

    :raises NotKnown: it cannot be said of every row which files it names; nothing was destroyed.
    :raises TooManyOrphans: there are more than a killed process leaves; nothing was destroyed.
    """
    found = list_orphans(before=at - LEFT_FOR)
    if len(found) > MOST:
        raise TooManyOrphans(
            f"{len(found)} stored files are named by nothing, and more than {MOST} are never destroyed."
        )
    if found:
        _destroy(found, by=actors.service("disposal"), at=at)
    return len(found)


@act(Event.ORPHANS_DESTROYED, purpose=Purpose.RIGHTS, action=Action.ERASE)
def _destroy(paths: Collection[Path], *, by: Actor, at: datetime) -> None:
    """Write down that they go, and then remove them. Those that are left where this is stopped are found the next night."""
    for path in paths:
        touched_thing(f"vault.file/{path.stem}/destroyed")
        transaction.on_commit(partial(path.unlink, missing_ok=True))


# Not an act itself: it looks first, and mostly finds nothing.
destroy_orphans = _destroy_orphans
