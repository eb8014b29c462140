"""
`troth ledger verify --records`: does what lies in the tables match what the acts wrote (pitfalls B15)?

Each act's event holds a digest of every row it saved. Someone who writes below the gate, with SQL alone, can change a row,
put back yesterday's, add one or take one away; none of that leaves an act, so here it shows. Nothing is opened.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from troth.vault import keyring
from troth.vault.models import Holding, all_holdings
from troth.vault.walking import in_pieces

#: How often rows that keep changing are looked at again.
ROUNDS = 5
#: What an act writes for a row it removed.
GONE = "gone"
Source = Callable[[], Iterable[tuple[str, str]]]
_sources: list[tuple[str, Source]] = []


class RecordFinding(NamedTuple):
    """One row that is not as the last act left it."""

    reference: str  # room.model/id
    kind: str  # changed | vanished | added | returned

    def __str__(self) -> str:
        return f"{self.reference}: {_WORDS[self.kind]}"


_WORDS = {
    "changed": "it was changed, or an older version was put back, without an act",
    "vanished": "it was removed without an act",
    "added": "it was added without an act",
    "returned": "an act removed it, and it is there again",
}


def register(prefix: str, source: Source) -> None:
    """Let a room above have a table of its own checked: `prefix` is `room.model`, `source` gives (reference, digest)."""
    _sources.append((prefix, source))


def check_records(*, progress: Callable[[int], None] = lambda count: None) -> list[RecordFinding]:
    """
    Compare every row of every holding with the digest in the last event that names it.

    The site goes on meanwhile: what an act wrote between the two readings is looked at again before it is called a finding.
    """
    findings = _compare(_last_digests(), _stored(), progress)
    for _ in range(ROUNDS if findings else 0):
        suspects = {finding.reference for finding in findings}
        before = _stored_of(suspects)
        last = {reference: digest for reference, digest in _last_digests().items() if reference in suspects}
        after = _stored_of(suspects)
        findings = _compare(last, after.items(), progress)
        if before == after:
            break
    return findings


def _stored_of(suspects: set[str]) -> dict[str, str]:
    return {reference: digest for reference, digest in _stored() if reference in suspects}


def _compare(
    last: dict[str, str], stored: Iterable[tuple[str, str]], progress: Callable[[int], None]
) -> list[RecordFinding]:
    findings: list[RecordFinding] = []
    prefixes = {model._meta.label_lower for model in all_holdings()} | {prefix for prefix, _ in _sources}
    for seen, (reference, digest) in enumerate(stored, start=1):
        if seen % 1_000 == 0:
            progress(seen)
        known = last.pop(reference, None)
        if known is None:
            findings.append(RecordFinding(reference, "added"))
        elif known == GONE:
            findings.append(RecordFinding(reference, "returned"))
        elif known != digest:
            findings.append(RecordFinding(reference, "changed"))
    findings += [
        RecordFinding(reference, "vanished")
        for reference, digest in last.items()
        if digest != GONE and reference.partition("/")[0] in prefixes
    ]
    return sorted(findings)


def _last_digests() -> dict[str, str]:
    last: dict[str, str] = {}
    read = 0
    with connection.cursor() as cursor:
        # In pieces: PostgreSQL's client takes the whole answer of a statement into memory, and the worker asks this each night.
        while rows := _touching(cursor, after=read):
            for _, objects in rows:
                for entry in objects.split(" "):
                    reference, _, digest = entry.rpartition("/")
                    last[reference] = digest
            read = rows[-1][0]
    return last


def _touching(cursor: CursorWrapper, *, after: int) -> list[tuple[int, str]]:
    cursor.execute(
        "SELECT id, objects_touched FROM ledger_event"
        " WHERE id > %s AND objects_touched <> '' AND outcome = 'done' ORDER BY id LIMIT 5000",
        [after],
    )
    found: list[tuple[int, str]] = cursor.fetchall()
    return found


def _stored() -> Iterator[tuple[str, str]]:
    for model in all_holdings():
        for rows in in_pieces(model):
            for row in rows:
                yield _reference_and_digest(row)
    for _, source in _sources:
        yield from source()


def _reference_and_digest(row: Holding) -> tuple[str, str]:
    with keyring.as_ciphertext():
        return row.reference, row.digest()
