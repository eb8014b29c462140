"""Tables as other systems write them: the encoding, the separator and the names of columns are found out or told."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

MOST_BYTES = 64 * 1024 * 1024
MOST_IN_A_CELL = 1_000_000
_DATES = (
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
)
# What Excel writes above the heads, and reads, to say what stands between the columns.
_SEPARATOR = re.compile(r"sep=([,;\t]?)\s*", re.IGNORECASE)
#: With what a workbook begins: of Excel, LibreOffice or Numbers, and of Excel as it was.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?\s*(am|pm)?", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """A column: what it may be called elsewhere (letters and figures alone), and whether a file must have it."""

    names: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, and what to do. Its words never repeat what stands in it."""

    line: int
    words: str


@dataclass
class Read:
    """The rows of a file by the line on which each ends, under our own names; the faults; and the columns that are not read."""

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class NotATable(Exception):
    """A file that cannot be read as a table: the cause, and what to do. Neither repeats what stands in it."""

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__(f"{cause} {cure}")
        self.cause, self.cure = cause, cure


class Unreadable(ValueError):
    """A cell that cannot be read. The message says how it is to be written, and nothing of what stands there."""


def decoded(raw: bytes) -> str:
    """
    The text of a file in UTF-8, in UTF-16 with its mark, or in the letters of Western Windows.

    :raises NotATable: it is too large, or a workbook.
    """
    check_size(len(raw))
    if raw.startswith(_WORKBOOKS):
        raise NotATable(
            "This is a workbook, as Excel keeps it, and no CSV file.", "Open it there, and save it as “CSV UTF-8”."
        )
    return _decoded(raw)


def check_size(size: int) -> None:
    """
    Ask before a file is read whether it can be.

    :raises NotATable: it is too large.
    """
    if size > MOST_BYTES:
        raise NotATable("The file is larger than 64 MB.", "Bring it in in parts.")


def heads_of(text: str) -> list[str]:
    """
    The names of the columns, as its first line has them.

    :raises NotATable: that line cannot be read, or there is none.
    """
    try:
        heads: list[str] = next(_lines(text), [])
    except csv.Error:
        raise _not_told_apart(1) from None
    if not any(each.strip() for each in heads):
        raise NotATable("The file has no first line with the names of its columns.", "Save it with one.")
    if any("\0" in each for each in heads):
        raise NotATable("This is no CSV file: its first line is not text.", "Save it as “CSV UTF-8”, and send that.")
    return heads


def read_table(text: str, wanted: Mapping[str, Wanted], columns: Mapping[str, int]) -> Read:
    """
    Read the rows below the heads; with commas, semicolons or tabs. `columns` says under which number each of ours stands.

    :raises NotATable: it cannot be read.
    """
    lines = _lines(text)
    found, begins = Read(), 1
    try:
        heads: list[str] = next(lines, [])
        used = set(columns.values())
        found.unread = [each for number, each in enumerate(heads) if number not in used and each.strip()]
        begins = lines.line_num + 1
        for cells in lines:
            begins = lines.line_num + 1
            if not any(each.strip() for each in cells):
                continue
            if len(cells) != len(heads):
                found.faults.append(
                    Fault(lines.line_num, f"It has {len(cells)} columns, and the first line {len(heads)}")
                )
                continue
            row = {name: cells[number].strip() for name, number in columns.items()}
            wrong = _wrong_with(row, wanted)
            if wrong:
                found.faults.append(Fault(lines.line_num, wrong))
            else:
                found.rows.append((lines.line_num, row))
    except csv.Error:
        raise _not_told_apart(begins) from None
    return found


def _wrong_with(row: Mapping[str, str], wanted: Mapping[str, Wanted]) -> str:
    if any(len(each) > MOST_IN_A_CELL for each in row.values()):
        return "It holds more than a million letters in one column"
    if any("\0" in each or "\ufffd" in each for each in row.values()):
        return "It holds a letter that cannot be read: save the file as UTF-8"
    empty = [name for name, each in wanted.items() if each.needed and not row.get(name)]
    return f"It has no {said_of(empty[0])}" if empty else ""


def _lines(text: str) -> Any:
    first, _, rest = text.partition("\n")
    said = _SEPARATOR.fullmatch(first)
    heads = rest.partition("\n")[0] if said else first
    mark = (said and said[1]) or max(",;\t", key=heads.count)
    csv.field_size_limit(MOST_BYTES)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    if said:
        next(lines)
    return lines


def _not_told_apart(line: int) -> "NotATable":
    return NotATable(
        f"Line {line} and what follows cannot be told apart.", "Look for a quotation mark that is not closed."
    )


def said_of(name: str) -> str:
    """A column as people say it."""
    return name.replace("_", " ")


def read_date(text: str) -> date:
    """
    A day as 31/12/1980, or as 1980-12-31.

    :raises Unreadable: it is none.
    """
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                break
    raise Unreadable("A day is written as 31/12/1980, with the day first")


def read_time(text: str) -> time:
    """
    A time as 14:30, or as 2:30pm.

    :raises Unreadable: it is none.
    """
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        hour = int(found[1])
        if found[3]:
            if not 1 <= hour <= 12:
                raise ValueError
            hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
        return time(hour, int(found[2]))
    except ValueError:
        raise Unreadable("A time is written as 14:30") from None


def columns_of(heads: Sequence[str], wanted: Mapping[str, Wanted], named: Mapping[str, str]) -> dict[str, int]:
    """
    Under which number each of our columns stands, as far as the heads or `named` say so.

    :raises NotATable: one that was named is not there, or stands twice.
    """
    bare = [bare_of(each) for each in heads]
    found: dict[str, int] = {}
    for name, head in named.items():
        found[name] = _place_of(head, heads)
    for name, each in wanted.items():
        known = next((number for number, head in enumerate(bare) if head in (bare_of(name), *each.names)), None)
        if name not in found and known is not None and known not in found.values():
            found[name] = known
    return found


def missing_of(wanted: Mapping[str, Wanted], columns: Mapping[str, int]) -> list[str]:
    """Those of our columns that a file must have, and that have no place."""
    return [name for name, each in wanted.items() if each.needed and name not in columns]


def _place_of(head: str, heads: Sequence[str]) -> int:
    """
    Where a column stands that was named: as it is written there, else by its letters and figures alone.

    :raises NotATable: nowhere, or in more than one place.
    """
    exact = [number for number, each in enumerate(heads) if each.strip() == head.strip()]
    alike = exact or [number for number, each in enumerate(heads) if bare_of(head) and bare_of(each) == bare_of(head)]
    if not alike:
        raise NotATable(
            f"The file has no column “{head}”.",
            f"Its first line has {len(heads)} columns: write the name as it stands there.",
        )
    if len(alike) > 1:
        raise NotATable(f"The file has more than one column “{head}”.", "Give each of them a name of its own.")
    return alike[0]


def bare_of(head: str) -> str:
    """A head by its small letters and figures alone."""
    return re.sub(r"[^a-z0-9]", "", head.casefold())


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if any(each > "\x7f" for each in raw.decode("utf-8-sig", errors="ignore")):
            # It is in UTF-8 but for a byte: the lines where that stands are named, and no other letter is read as two.
            return raw.decode("utf-8-sig", errors="replace")
        # What Windows in the west writes; five bytes of it are no letter, and stand as the mark of a loss.
        return raw.decode("cp1252", errors="replace")
