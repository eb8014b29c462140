"""What lies at the destinations of backups, and when a restore was last rehearsed."""

import hashlib
from datetime import timedelta
from pathlib import Path

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.copies import checkpoints, destinations, journal
from troth.copies.backup import Listed, list_backups
from troth.ledger.names import Event
from troth.ledger.selectors import search

DAILY = timedelta(hours=26)
DRILL_EVERY = timedelta(days=31)


@check("copies.daily", looks_at="the newest readable backup at every destination")
def daily(question: Question) -> Finding:
    """Every destination has a backup that can be opened and is not older than 26 hours."""
    folders = destinations.list_destinations()
    newest = {folder: _newest(folder) for folder in folders}
    ages = {folder: question.at - found.header.made_at for folder, found in newest.items() if found and found.header}
    late = [folder for folder in folders if folder not in ages or ages[folder] > DAILY]
    hours = {
        f"destination_{number}_hours": int(ages[folder] / timedelta(hours=1)) if folder in ages else "none"
        for number, folder in enumerate(folders, 1)
    }
    if late:
        words = (
            "There is no backup that can be opened"
            if not ages
            else "The newest backup is too old, or missing at a destination"
        )
        return Finding(False, words, hours)
    return Finding(
        True,
        f"The newest backup is {max(age // timedelta(hours=1) for age in ages.values())} hours old"
        f" at {counted(len(folders), 'destination')}",
        hours,
    )


@check("copies.two_places", looks_at="the destinations of backups, and the newest backup at each")
def two_places(question: Question) -> Finding:
    """Backups lie at two destinations that are not one folder, and the newest is the same at both."""
    folders = destinations.list_destinations()
    apart = len({folder.resolve() for folder in folders}) >= 2
    if not apart:
        return Finding(False, "Backups go to one place only", {"destinations": len(folders)})
    found = [_newest(folder) for folder in folders]
    if not all(found):
        return Finding(False, "A destination has no backup that can be opened", {"destinations": len(folders)})
    digests = {_digest(each.path) for each in found if each}
    counts = {"destinations": len(folders), "different_copies": len(digests)}
    if len(digests) != 1:
        return Finding(False, "The newest backups at the destinations are not the same", counts)
    return Finding(True, f"The newest backup lies at {len(folders)} places, byte for byte the same", counts)


@check("copies.drilled", looks_at="restores that were rehearsed, as the ledger has them")
def drilled(question: Question) -> Finding:
    """A restore was rehearsed within the month, and everything opened."""
    found = search(event=Event.DRILLED, limit=1)
    if not found:
        return Finding(False, "A restore was never rehearsed here")
    last = found[0]
    days = (question.at - last.at).days
    if not all(each.endswith("/drilled") for each in last.objects):
        return Finding(False, "The last rehearsal of a restore found damage", {"days": days})
    if question.at - last.at > DRILL_EVERY:
        return Finding(False, f"The last rehearsal of a restore was {days} days ago", {"days": days})
    return Finding(
        True,
        f"A restore was rehearsed {counted(days, 'day')} ago" if days else "A restore was rehearsed today",
        {"days": days},
    )


@check("copies.journal", looks_at="the disposal journal at every destination")
def journal_level(question: Question) -> Finding:
    """Every destination has the disposal journal as far as our checkpoints knew it: no restore brings back what was erased."""
    known = checkpoints.newest_known()
    position = journal.furthest(known.journal if known else journal.START, journal.position())
    folders = destinations.list_destinations()
    behind = [folder for folder in folders if position.number and not journal.is_as_new_as(position, folder=folder)]
    counts = {"lines": position.number, "destinations": len(folders), "behind": len(behind)}
    if behind:
        return Finding(False, f"The disposal journal is behind at {counted(len(behind), 'destination')}", counts)
    return Finding(
        True,
        f"The disposal journal stands whole at {counted(len(folders), 'destination')}, {counted(position.number, 'line')} long",
        counts,
    )


def _newest(folder: Path) -> Listed | None:
    return next((each for each in list_backups() if each.readable and folder in each.path.parents), None)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
