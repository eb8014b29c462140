"""
Looks for needles in bytes, files, folders, databases and backups: as they lie, and in whatever is folded up in them.

A raw search alone can pass with plaintext present: PostgreSQL compresses long text out of sight (pitfalls B3). So every
table of every database is read through SQL as well, and everything is unfolded to a bounded depth.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.hunt.decoding import decodings
from tests.hunt.needles import Needle, merged

DEPTH = 4
_PRINTED = re.compile(rb"[\x20-\x7e]+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Finding:
    """Where a needle was found, and under which foldings. `near` is what stands around it."""

    needle: str
    place: str
    how: tuple[str, ...] = ()
    near: bytes = b""

    def __str__(self) -> str:
        folded = f" ({' in '.join(reversed(self.how))})" if self.how else ""
        return f"{self.needle} in {self.place}{folded}: {self.near!r}"


@dataclass
class Searched:
    """How much was looked through: a hunt that finds nothing because it looked at nothing is no hunt."""

    files: int = 0
    cells: int = 0
    bytes: int = 0


class Scanner:
    """Hunts these needles. `since` skips files that were last written before that moment (seconds since 1970)."""

    def __init__(self, needles: Iterable[Needle], *, since: float = 0) -> None:
        self.needles = merged(needles)
        self.since = since
        self.searched = Searched()
        self._raw = [(form, needle.name) for needle in self.needles for form in sorted(needle.raw)]
        self._cells = {text.lower(): needle.name for needle in self.needles for text in needle.cells}
        self._words = {text: needle.name for needle in self.needles for text in needle.words}

    # -- bytes ---------------------------------------------------------------------------------------------------------
    def scan_bytes(
        self, place: str, data: bytes, how: tuple[str, ...] = (), *, looked: bool = False
    ) -> list[Finding]:
        """Look in these bytes, unless that was done, and in what they hold."""
        found = [] if looked else self._look(place, data, how)
        if len(how) < DEPTH:
            for step, content, deeper in decodings(data):
                found += self._look(place, content, (*how, step))
                if deeper:
                    found += self.scan_bytes(place, deeper, (*how, step), looked=len(deeper) == len(content))
        return found

    def _look(self, place: str, data: bytes, how: tuple[str, ...]) -> list[Finding]:
        self.searched.bytes += len(data)
        folded = data.lower()
        found = []
        for form, name in self._raw:
            at = folded.find(form)
            if at >= 0:
                found.append(Finding(name, place, how, data[max(at - 24, 0) : at + 40]))
        return found

    # -- files ---------------------------------------------------------------------------------------------------------
    def scan_file(self, path: Path, place: str = "") -> list[Finding]:
        """Look in a file and in its name. One that went away meanwhile, or is no file, holds nothing."""
        found = self._scan_name(path)
        try:
            if path.is_symlink():
                return found + self.scan_bytes(f"link {path}", os.fsencode(os.readlink(path)))  # noqa: PTH115 bytes
            if not path.is_file() or path.stat().st_mtime < self.since:
                return found
            data = path.read_bytes()
        except OSError as fault:
            if isinstance(fault, FileNotFoundError):
                return found
            raise
        self.searched.files += 1
        return found + self.scan_bytes(place or str(path), data)

    def _scan_name(self, path: Path) -> list[Finding]:
        found = self.scan_bytes(f"the name of {path}", os.fsencode(path.name))
        return found + self._in_words(f"the name of {path}", path.name)

    def scan_folder(self, folder: Path, *, but: Iterable[str] = (), deepest: int = 64) -> list[Finding]:
        """Look in every file below, links not followed. `but` are names of folders that are left out."""
        found: list[Finding] = []
        skipped = set(but)
        top = len(folder.parts)
        for place, folders, files in os.walk(folder):
            here = Path(place)
            folders[:] = [name for name in folders if name not in skipped and len(here.parts) - top < deepest]
            for name in folders:
                if (here / name).lstat().st_mtime >= self.since:
                    found += self._scan_name(here / name)
            for name in files:
                if self._is_new(here / name):
                    found += self.scan_file(here / name)
        return found

    def _is_new(self, path: Path) -> bool:
        try:
            return path.lstat().st_mtime >= self.since
        except FileNotFoundError:
            return False

    # -- databases -----------------------------------------------------------------------------------------------------
    def scan_database(self, connection: Any, name: str = "") -> list[Finding]:
        """Read every cell of every table and view through SQL, where nothing is compressed or cut into pages."""
        alias = name or connection.alias
        found: list[Finding] = []
        with connection.cursor() as cursor:
            for table in self._tables(connection, cursor):
                cursor.execute(f"SELECT * FROM {table}")
                columns = [column[0] for column in cursor.description]
                while rows := cursor.fetchmany(500):
                    for row in rows:
                        for column, value in zip(columns, row, strict=True):
                            found += self.scan_cell(f"{alias}.{table}.{column}", value)
        return found

    def _tables(self, connection: Any, cursor: Any) -> list[str]:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            quoted = [f'"{row[0]}"' for row in cursor.fetchall()]
            return [*quoted, "sqlite_master"]
        cursor.execute("""
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')""")
        # What the planner remembers of columns is a copy of their commonest values.
        return [row[0] for row in cursor.fetchall()] + ["pg_stats", "pg_stat_activity", "pg_prepared_statements"]

    def scan_cell(self, place: str, value: Any) -> list[Finding]:
        """Look in one value of a table: as bytes, as a whole, and word by word."""
        if value is None or isinstance(value, bool):
            return []
        self.searched.cells += 1
        if isinstance(value, bytes | memoryview | bytearray):
            held = bytes(value)
            return self.scan_bytes(place, held) + (
                self._in_words(place, held.decode()) if _PRINTED.fullmatch(held) else []
            )
        if isinstance(value, UUID):
            return self.scan_bytes(place, value.bytes) + self.scan_bytes(place, str(value).encode())
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else str(value)
        found = self.scan_bytes(place, text.encode("utf-8", errors="replace"))
        return found + self._as_a_whole(place, value) + self._in_words(place, text)

    def _as_a_whole(self, place: str, value: Any) -> list[Finding]:
        for part in _leaves(value):
            name = self._cells.get(str(part).strip().lower())
            if name:
                return [Finding(name, place, ("as a whole",), str(part).encode())]
        return []

    def _in_words(self, place: str, text: str) -> list[Finding]:
        names = {self._words[word]: word for word in map(str.lower, _LETTERS.findall(text)) if word in self._words}
        return [Finding(name, place, ("as a word",), word.encode()) for name, word in names.items()]


def _leaves(value: Any) -> Iterator[Any]:
    """A value, or everything in a document: its keys too. Text that is a document is read as one."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif not isinstance(value, bool):
        yield value
