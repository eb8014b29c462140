"""
Destroying single rows whose time is over, so that no restore brings them back: journal, key, tokens, row (pitfalls A2, A3).

And what is missing although nothing was destroyed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from troth.copies import journal
from troth.copies.journal import Disposal
from troth.ledger.records import RecordFinding
from troth.vault import keystore, search
from troth.vault.compartments import Per, get_compartment
from troth.vault.intact import list_keyless
from troth.vault.models import Holding


def dispose_rows(rows: Sequence[Holding], *, at: datetime) -> None:
    """
    Destroy rows that each have a key of their own, inside an act.

    :raises ValueError: a row shares its key with others, which would go with it.
    :raises JournalUnavailable: a backup destination cannot be written, and so nothing was destroyed.
    """
    named = [(row, compartment) for row in rows for compartment in sorted(row.compartments())]
    for _, compartment in named:
        if get_compartment(compartment).per is not Per.ROW:
            raise ValueError(f"Rows of {compartment} share a key: destroy them as an erasure does.")
    if not named:
        return
    disposals = []
    for row, compartment in named:
        held = keystore.fetch([row.subject_id], [compartment], scope=row.pk.hex)
        master = next(iter(held.values())).master if held else 0
        disposals.append(Disposal(row.subject_id.hex, compartment, row.pk.hex, master, (row.reference,)))
    journal.record(disposals, at=at)
    for row, compartment in named:
        keystore.destroy(row.subject_id, [compartment], scope=row.pk.hex)
    search.forget([row.pk for row in rows])
    for row in rows:
        row.delete()


def beyond_disposals(found: Iterable[RecordFinding]) -> list[RecordFinding]:
    """
    Of the rows that are not as an act left them, those that no disposal accounts for. What went after the backup that was restored
    goes again by the journal, and the ledger of that day cannot know of it.

    :raises JournalDamaged: the journal was changed.
    """
    every = list(found)
    if not any(each.kind == "vanished" for each in every):
        return every
    disposed = _disposed()
    return [each for each in every if each.kind != "vanished" or each.reference not in disposed]


def list_lost() -> list[str]:
    """
    References of rows that nobody can open any more because their key is gone, although no disposal took it.

    :raises JournalDamaged: the journal was changed.
    """
    keyless = list_keyless()
    return sorted(set(keyless) - _disposed()) if keyless else []


def _disposed() -> set[str]:
    return {row for entry in journal.entries_since(0) for each in entry.disposals for row in each.rows}
