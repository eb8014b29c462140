"""Destroying single rows whose time is over, so that no restore brings them back: journal, key, tokens, row (pitfalls A2, A3)."""

from collections.abc import Sequence
from datetime import datetime

from troth.copies import journal
from troth.copies.journal import Disposal
from troth.vault import keystore, search
from troth.vault.compartments import Per, get_compartment
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
