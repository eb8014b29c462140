"""
The disposal journal: what was destroyed, kept where the backups are, so that no restore brings it back (pitfalls A3).

A disposal is journalled at every destination before its key is destroyed and long before anyone gets a certificate. Each
line carries the hash of the one before it and a MAC under a secret of its own, so a line that is changed, left out, put
in or moved is found. The journal holds identifiers and no content. Order of a disposal: journal, key, tokens, files, rows.
"""

import contextlib
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from troth.copies import destinations
from troth.vault import secrets
from troth.vault.models import DataKey

EVERY_SCOPE = "*"
FEW = 200  # scopes that are asked for by name; of more, every key of the person is read
BEGINNING = hashlib.sha256(b"troth disposal journal 1").hexdigest()
SECRET = "journal"  # noqa: S105  the name of the secret, not the secret


class JournalUnavailable(Exception):
    """The journal could not be written at every destination: nothing was journalled, and nothing may be certified."""


class JournalDamaged(JournalUnavailable):
    """The journal at a destination was changed, cut, or tells another history than the one beside it."""


@dataclass(frozen=True)
class Disposal:
    """
    One key that is about to be destroyed, and what goes with it.

    `scope` is the key's (empty for a subject's only one) or `EVERY_SCOPE`; `master` the number of the master key that wraps
    it now. `rows` are references as the ledger writes them (`room.model/id`), `files` the places of sealed files. `keys` is
    filled in by `record`: scope and time of making of each key that the disposal means, so that a key made later under the
    same name, for a person who came back, is never taken for it.
    """

    subject: str
    compartment: str
    scope: str
    master: int
    rows: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


class Position(NamedTuple):
    """How far a journal goes: the number of its last line, 0 for none, and that line's hash."""

    number: int
    hash: str


START = Position(0, BEGINNING)


def furthest(known: Position, found: Position) -> Position:
    """Of where somebody knew a journal to go and where it goes now: of another line of the same number, the one that was known."""
    return found if found.number > known.number else known


@dataclass(frozen=True)
class Entry:
    """One line: what one call of `record` wrote."""

    position: Position
    at: datetime
    disposals: tuple[Disposal, ...]


def record(entries: Sequence[Disposal], *, at: datetime) -> Position:
    """
    Write disposals to the journal, as one line, durable at every destination before this returns (pitfalls A3).

    Only then destroy the keys. Recording the same disposal again is harmless.

    :raises JournalUnavailable: a destination cannot be written; the others were put back as they were.
    :raises JournalDamaged: what a destination holds cannot be continued.
    """
    if not entries:
        raise ValueError("There is nothing to record.")
    folders = destinations.list_destinations()
    with _usable(folders):
        before = _bring_level(folders)
        position, line = _line([asdict(entry) for entry in name_keys(entries)], before, at)
        written: list[tuple[Path, int]] = []
        try:
            for folder in folders:
                path = folder / destinations.JOURNAL
                written.append((path, path.stat().st_size if path.exists() else 0))
                destinations.append(path, line)
        except OSError:
            for path, size in written:
                with contextlib.suppress(OSError):
                    os.truncate(path, size)
            raise
        return position


def position() -> Position:
    """
    How far the journal goes, by its last line at the destination where it goes furthest.

    :raises JournalDamaged: a last line does not bear our mark.
    """
    return max((_last(folder) for folder in destinations.list_destinations()), default=START)


def entries_since(number: int, *, folder: Path | None = None) -> Iterator[Entry]:
    """
    Yield the entries after that line, oldest first, having checked the chain from the first line on.

    Without `folder`, the journal that goes furthest is read.

    :raises JournalDamaged: a line was changed, left out, put in or moved.
    """
    chosen = folder or max(destinations.list_destinations(), key=lambda each: _last(each).number)
    for entry, _ in _read(chosen / destinations.JOURNAL):
        if entry.position.number > number:
            yield entry


def is_as_new_as(known: Position, *, folder: Path | None = None) -> bool:
    """
    Whether a journal reaches at least the position that was known when some checkpoint was signed, by the same lines.

    :raises JournalDamaged: it tells another history, or was changed.
    """
    if known.number == 0:
        return True
    folders = (folder,) if folder else destinations.list_destinations()
    for each in folders:
        for entry, _ in _read(each / destinations.JOURNAL):
            if entry.position.number == known.number:
                if entry.position.hash != known.hash:
                    raise JournalDamaged(
                        f"Line {known.number} of the disposal journal in {each} is not the line that a checkpoint named. "
                        "Put back the journal from another destination."
                    )
                return True
    return False


# -- the inside -----------------------------------------------------------------------------------------------------------


#: A key as it is stored now: its number, and its scope and time of making, by which the journal names it.
Stored = tuple[int, tuple[str, str]]


def stored_keys(disposal: Disposal) -> list[Stored]:
    """The keys that a disposal means as they are stored now."""
    return _meant(disposal, _stored([disposal]))


def name_keys(disposals: Sequence[Disposal]) -> tuple[Disposal, ...]:
    """The disposals with the keys that they mean named one by one, as the journal holds them."""
    held = _stored([each for each in disposals if not each.keys])
    return tuple(
        each if each.keys else replace(each, keys=tuple(key for _, key in _meant(each, held))) for each in disposals
    )


def _meant(disposal: Disposal, held: dict[tuple[str, str], list[Stored]]) -> list[Stored]:
    return [
        (number, key)
        for number, key in held.get((disposal.subject, disposal.compartment), ())
        if disposal.scope in (EVERY_SCOPE, key[0])
    ]


def _stored(disposals: Sequence[Disposal]) -> dict[tuple[str, str], list[Stored]]:
    """The keys under the names of these, by subject and compartment, in one statement for each person."""
    found: dict[tuple[str, str], list[Stored]] = {}
    for subject in {each.subject for each in disposals}:
        meant = [each for each in disposals if each.subject == subject]
        rows = DataKey.objects.filter(subject=subject, compartment__in={each.compartment for each in meant})
        scopes = {each.scope for each in meant}
        if EVERY_SCOPE not in scopes and len(scopes) <= FEW:
            rows = rows.filter(scope__in=scopes)
        for number, compartment, scope, made_at in rows.order_by("id").values_list(
            "id", "compartment", "scope", "made_at"
        ):
            key = scope, made_at.astimezone(UTC).isoformat()
            found.setdefault((subject, compartment), []).append((number, key))
    return found


@contextlib.contextmanager
def _usable(folders: tuple[Path, ...]) -> Iterator[None]:
    """Hold the destinations, and say in our words which one failed."""
    try:
        with destinations.locked(folders):
            yield
    except OSError as fault:
        raise JournalUnavailable(
            f"The disposal journal could not be written at every destination ({fault.strerror or type(fault).__name__}: "
            f"{fault.filename or ', '.join(map(str, folders))}). Nothing was destroyed. Make room there, or make it writable, "
            "and do it again."
        ) from None


def _bring_level(folders: tuple[Path, ...]) -> Position:
    """Cut unfinished lines, copy to each journal what it lacks, and give the common position."""
    from troth.copies import checkpoints

    for folder in folders:
        destinations.cut_torn_line(folder / destinations.JOURNAL)
    lasts = {folder: _last(folder) for folder in folders}
    furthest = max(lasts, key=lambda folder: lasts[folder].number)
    end = lasts[furthest]
    known = checkpoints.newest_known()
    if known is not None and known.journal.number > end.number:
        raise JournalDamaged(
            f"The disposal journal ends at line {end.number}, but a checkpoint of {known.head.at} names line "
            f"{known.journal.number}: it was lost or cut. Put back {destinations.JOURNAL} from another copy of a destination."
        )
    for folder, last in lasts.items():
        if last == end:
            continue
        missing = b""
        agrees = last.number == 0
        for entry, line in _read(furthest / destinations.JOURNAL):
            if entry.position.number > last.number:
                missing += line + b"\n"
            elif entry.position == last:
                agrees = True
        if not agrees:
            raise JournalDamaged(
                f"The disposal journals in {folder} and {furthest} tell different histories. Find out which is "
                "true, move the other aside, and do it again."
            )
        destinations.append(folder / destinations.JOURNAL, missing)
    return end


def _line(disposals: list[dict[str, Any]], before: Position, at: datetime) -> tuple[Position, bytes]:
    body = {
        "number": before.number + 1,
        "at": at.astimezone(UTC).isoformat(),
        "disposals": disposals,
        "previous": before.hash,
    }
    made = _hash(body)
    line = json.dumps({**body, "hash": made, "mac": _mac(made)}, separators=(",", ":"))
    return Position(before.number + 1, made), line.encode() + b"\n"


def _hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _mac(made: str) -> str:
    return hmac.digest(secrets.opened().named(SECRET), made.encode(), hashlib.sha256).hex()


def _parse(line: bytes, path: Path, number: int | None = None) -> tuple[Entry, str]:
    """An entry and the hash of the line before it, once the line's own hash and mark hold."""
    try:
        body = json.loads(line)
        made, mark = body.pop("hash"), body.pop("mac")
        if _hash(body) != made or not hmac.compare_digest(_mac(made), mark):
            raise ValueError
        disposals = tuple(
            Disposal(
                **{
                    **each,
                    "rows": tuple(each["rows"]),
                    "files": tuple(each["files"]),
                    "keys": tuple((scope, made_at) for scope, made_at in each["keys"]),
                }
            )
            for each in body["disposals"]
        )
        return Entry(Position(body["number"], made), datetime.fromisoformat(body["at"]), disposals), body["previous"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        place = "The last line" if number is None else f"Line {number}"
        raise JournalDamaged(
            f"{place} of the disposal journal {path} was changed, or TROTH_KEYS is not the folder that goes with it. "
            "Put back the journal from another destination."
        ) from None


def _last(folder: Path) -> Position:
    path = folder / destinations.JOURNAL
    line = destinations.last_line(path)
    return _parse(line, path)[0].position if line else START


def _read(path: Path) -> Iterator[tuple[Entry, bytes]]:
    """Every entry with its line, the chain checked as it goes. An unfinished last line counts as not written."""
    before = START
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        return
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            entry, previous = _parse(line, path, number)
            if previous != before.hash or entry.position.number != before.number + 1:
                raise JournalDamaged(
                    f"Line {number} of the disposal journal {path} does not follow the line before it: one was "
                    "left out, put in or moved. Put back the journal from another destination."
                )
            before = entry.position
            yield entry, line[:-1]
