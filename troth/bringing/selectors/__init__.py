"""The files that are being brought in, and what became of them. Nothing here opens what anybody wrote."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.bringing.models import BroughtFile, FileState, KnownColumn, What
from troth.bringing.rules import COLUMNS, Unreadable
from troth.bringing.rules.parts import Part, read_part
from troth.bringing.rules.tables import bare_of, columns_of, decoded, heads_of, said_of
from troth.people import selectors as people
from troth.vault import tickets
from troth.vault.errors import Damaged
from troth.vault.files import StoredFile
from troth.vault.orphans import NotKnown

__all__ = [
    "FileLine",
    "FileState",
    "Kept",
    "ListedFile",
    "What",
    "count_files",
    "get_file",
    "heads_and_guess",
    "is_known_number",
    "list_files",
    "list_over",
    "mark_of_head",
    "open_file",
    "said_of_file",
    "words_of",
]

PAGE = "bringing"
#: What the names begin with under which a ticket says where the rows lie in parts.
PARTS = "parts_"


@dataclass(frozen=True)
class ListedFile:
    """A file as the list has it."""

    id: UUID
    kind: What
    state: FileState
    sent_by: UUID
    sent_at: datetime
    rows: int
    brought: int


@dataclass(frozen=True)
class FileLine:
    """Where a file stands. `faults`: pairs of a line and our words on it. `left`: how many rows could be brought in."""

    id: UUID
    kind: What
    state: FileState
    sent_by: UUID
    sent_at: datetime
    rows: int
    ready: int
    here_before: int
    alike: int
    done: int
    brought: int
    faults: tuple[tuple[int, str], ...]
    trouble: str
    columns: dict[str, int]
    also_alike: bool


@dataclass(frozen=True)
class Kept:
    """The file itself, and what the system is called that it is of. It opens once, where a job or a page needs it."""

    stored: StoredFile
    system: str
    parts: StoredFile | None = None  # the same rows laid out in parts, from when it is begun to be brought in

    def part(self, at: int) -> Part:
        """
        The part that begins at this byte, and no other of it is read.

        :raises Unreadable: it is missing on the disk, or was changed there.
        """
        assert self.parts is not None
        stored = self.parts
        try:
            return read_part(lambda start, end: b"".join(stored.read(start, end)), at)
        except Damaged:
            raise _missing() from None

    @property
    def places(self) -> list[str]:
        """Where what is kept of it lies."""
        return [each.place for each in (self.stored, self.parts) if each]

    def text(self) -> str:
        """
        All of it.

        :raises NotATable: it is too large to read.
        :raises Unreadable: it is missing on the disk, or was changed there.
        """
        try:
            return decoded(b"".join(self.stored.read()))
        except Damaged:
            raise _missing() from None


def _missing() -> Unreadable:
    return Unreadable("The file is missing where it was kept, or damaged. Destroy it here, and send it again.")


def list_files(*, kinds: Collection[What], start: int, most: int) -> list[ListedFile]:
    """Some files of these kinds, the newest first. What is wrong with the lines of each is not read for it."""
    rows = (
        BroughtFile.objects.filter(kind__in=kinds)
        .order_by("-sent_at", "pk")
        .only("kind", "state", "sent_by", "sent_at", "rows", "brought")
    )
    return [
        ListedFile(row.pk, What(row.kind), FileState(row.state), row.sent_by, row.sent_at, row.rows, row.brought)
        for row in rows[start : start + most]
    ]


def count_files(kinds: Collection[What]) -> int:
    """How many files of these kinds came by the page."""
    return BroughtFile.objects.filter(kind__in=kinds).count()


def get_file(file: UUID) -> FileLine | None:
    """One of them."""
    row = BroughtFile.objects.filter(pk=file).first()
    return _line(row) if row else None


def list_over(*, before: datetime) -> list[UUID]:
    """Those that are kept still and came before a moment: nobody went on with them."""
    return list(BroughtFile.objects.exclude(ticket="").filter(sent_at__lt=before).values_list("pk", flat=True))


def open_file(file: UUID, *, at: datetime) -> Kept:
    """
    The file itself, while it is kept.

    :raises Unreadable: it is over.
    """
    return _opened(BroughtFile.objects.filter(pk=file).values_list("ticket", flat=True).first() or "", file, at=at)


def _opened(ticket: str, file: UUID, *, at: datetime) -> Kept:
    try:
        said = tickets.read(ticket, page=PAGE, holder=file, at=at)
    except tickets.TicketInvalid:
        raise Unreadable("The file is not kept any more. Send it again.") from None
    return Kept(_stored(said, ""), said["system"], _stored(said, PARTS) if f"{PARTS}place" in said else None)


def places_of_files() -> list[str]:
    """
    Where the files lie that are kept still.

    :raises NotKnown: of one it cannot be read.
    """
    kept = BroughtFile.objects.exclude(ticket="").values_list("pk", "sent_at", "ticket")
    try:
        return [place for file, sent_at, ticket in kept for place in _opened(ticket, file, at=sent_at).places]
    except Unreadable:
        raise NotKnown("A file that was sent to be brought in does not say where it lies.") from None


def said_of_file(stored: StoredFile, prefix: str = "") -> dict[str, str]:
    """Where a file lies and its key, as a ticket says it."""
    return {f"{prefix}place": stored.place, f"{prefix}key": stored.key, f"{prefix}size": str(stored.size)}


def _stored(said: dict[str, str], prefix: str) -> StoredFile:
    return StoredFile(said[f"{prefix}place"], said[f"{prefix}key"], int(said[f"{prefix}size"]), "", "text/csv")


def heads_and_guess(kept: Kept, kind: What) -> tuple[list[str], dict[str, int]]:
    """
    The heads of a file, and which of them is which of our columns: as it was the last time, else as their names say.

    :raises NotATable: it has none.
    """
    heads = heads_of(kept.text())
    marks = {mark_of_head(kept.system, kind, head): number for number, head in reversed(list(enumerate(heads)))}
    known = dict(KnownColumn.objects.filter(pk__in=list(marks)).values_list("pk", "ours"))
    found = {ours: marks[mark] for mark, ours in known.items() if ours in COLUMNS[kind]}
    # What is remembered to be another column, or none, is guessed to be nothing else.
    others = {name: each for name, each in COLUMNS[kind].items() if name not in found}
    settled = {marks[mark] for mark in known}
    guessed = columns_of(heads, others, {})
    return heads, found | {name: number for name, number in guessed.items() if number not in settled}


def mark_of_head(system: str, kind: str, head: str) -> UUID:
    """By what a head of a system's files is remembered."""
    return people.mark_of(system, f"column of {kind}", bare_of(head) or head.strip())


def words_of(kind: What) -> list[tuple[str, str, bool]]:
    """Our columns of a kind: name, as it is said, and whether a file must have it."""
    return [(name, said_of(name), each.needed) for name, each in COLUMNS[kind].items()]


def is_known_number(columns: dict[str, int], heads: Sequence[str]) -> bool:
    """Whether each of the numbers is one of the file's, and none is named twice."""
    numbers = list(columns.values())
    return len(set(numbers)) == len(numbers) and all(0 <= each < len(heads) for each in numbers)


def _line(row: BroughtFile) -> FileLine:
    return FileLine(
        row.pk,
        What(row.kind),
        FileState(row.state),
        row.sent_by,
        row.sent_at,
        row.rows,
        row.ready,
        row.here_before,
        row.alike,
        row.done,
        row.brought,
        tuple((line, words) for line, words in row.faults),
        row.trouble,
        row.columns,
        row.also_alike,
    )
