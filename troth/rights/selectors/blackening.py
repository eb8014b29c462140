"""
Removing what is about somebody else from within a file: rectangles on its pages become black, and the file is made anew of pixels.

What reads the file is a process of its own (`rules/pixels.py`): a file that somebody sent may be made to break what reads it. No
key and no environment is handed to it, and its memory and time are bounded; it runs as the same user, so whoever took it over could
read what that user may. The file goes there and comes back through pipes, and never lies in the clear.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from troth.rights.rules.packing import Box
from troth.rights.rules.redacting import cut, holds
from troth.vault.files import StoredFile

#: A larger file is withheld whole, or cut by hand and kept anew.
LARGEST = 64 * 1024 * 1024
SECONDS = 300
WIDTH = 900
_READER = Path(__file__).resolve().parents[1] / "rules" / "pixels.py"
TEXT, PDF = "text/plain", "application/pdf"
_TYPES = frozenset({PDF, "image/jpeg", "image/png", "image/webp"})


T = TypeVar("T")


class Unreadable(Exception):
    """A file cannot be read page by page; the message says what to do instead."""


@dataclass(frozen=True)
class Sheets:
    """What a file is made of: how many pages, and as what it is written anew."""

    pages: int
    media_type: str


def can_be_blackened(media_type: str, size: int) -> bool:
    """Whether parts can be removed from within such a file: a PDF or a picture that is not too large."""
    return media_type in _TYPES and 0 < size <= LARGEST


def sheets_of(stored: StoredFile) -> Sheets:
    """
    What a file is made of.

    :raises Unreadable: it is no PDF or picture, or is damaged.
    """
    return _ask({"do": "look"}, _content(stored), lambda said, _: Sheets(int(said["pages"]), str(said["media_type"])))


def draw_page(stored: StoredFile, page: int, boxes: Mapping[int, tuple[Box, ...]]) -> bytes:
    """
    One page as it will read, as a PNG.

    :raises Unreadable: it has no such page, or cannot be read.
    """
    asked = {"do": "draw", "page": page, "width": WIDTH, "boxes": _plain(boxes)}
    return _ask(asked, _content(stored), lambda _, drawn: drawn)


def blacken(stored: StoredFile, boxes: Mapping[int, tuple[Box, ...]]) -> tuple[bytes, str]:
    """
    The file made anew without what lies below the rectangles, and its media type.

    :raises Unreadable: it cannot be read.
    """
    asked = {"do": "make", "boxes": _plain(boxes)}
    return _ask(asked, _content(stored), lambda said, made: (made, str(said["media_type"])))


def find_left(content: bytes, boxes: Mapping[int, tuple[Box, ...]]) -> list[str]:
    """
    What a file that was made anew still has beside pixels, and which rectangles are not black in it. Empty: nothing is left.

    :raises Unreadable: it cannot be read.
    """
    return _ask(
        {"do": "check", "boxes": _plain(boxes)},
        content,
        lambda said, _: [
            *map(str, said["left"]),
            *(f"a rectangle on page {page} that is not black" for page, *_ in said["not_black"]),
        ],
    )


def words_of(content: bytes, media_type: str) -> list[str]:
    """
    What can be read in a file as text: of a PDF page by page, of a text file all of it, of everything else nothing.

    :raises Unreadable: it is a PDF that cannot be read.
    """
    if media_type == TEXT:
        return [as_text(content)]
    return _ask({"do": "words"}, content, lambda said, _: list(map(str, said["words"]))) if media_type == PDF else []


def cut_text(stored: StoredFile, words: Collection[str]) -> bytes | None:
    """A text file without these words; None where it has none of them, or is no text file."""
    if not words or stored.kind != TEXT or stored.size > LARGEST:
        return None
    whole = as_text(_content(stored))
    return cut(whole, words).encode() if holds(whole, words) else None


def as_text(content: bytes) -> str:
    """A text file as words, by whichever of the two usual alphabets it was written in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _plain(boxes: Mapping[int, tuple[Box, ...]]) -> dict[str, list[list[int]]]:
    return {str(page): [list(box) for box in found] for page, found in boxes.items()}


def _content(stored: StoredFile) -> bytes:
    if stored.size > LARGEST:
        raise Unreadable(f"A file of more than {LARGEST // 1024**2} MB is not read. Remove it whole.")
    return b"".join(stored.read())


def _ask(asked: dict[str, Any], content: bytes, read: Callable[[dict[str, Any], bytes], T]) -> T:
    """What `read` makes of the reader's answer and of what it made: whatever it was broken by may answer anything."""
    try:
        answer = subprocess.run(  # noqa: S603  our own file, read by the Python that runs this
            [sys.executable, "-I", str(_READER)],
            input=json.dumps(asked).encode() + b"\n" + content,
            capture_output=True,
            env={},
            timeout=SECONDS,
            check=True,
        ).stdout
        first, _, rest = answer.partition(b"\n")
        return read(json.loads(first), rest)
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        # What it said may quote the file, so none of it is kept.
        raise Unreadable(
            "This file cannot be read page by page: it is damaged, locked or of another kind. Remove it whole."
        ) from None
