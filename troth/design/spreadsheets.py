"""Tables as CSV, to be opened in a spreadsheet, where a cell that begins like a formula would be run (pitfalls B18)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    if text[:1].isascii() and text[:1].isalnum():
        return text
    # Some spreadsheets skip blanks of any kind, and marks that nobody sees, and take the wide ＝ of Asian keyboards for =.
    begins = next((letter for letter in text if letter in _FORMULA or not _is_skipped(letter)), "")
    return f"'{text}" if unicodedata.normalize("NFKC", begins).startswith(_FORMULA) else text


def _is_skipped(letter: str) -> bool:
    """Whether a spreadsheet may look past it: a blank, a control or a mark without width."""
    return unicodedata.category(letter)[0] == "Z" or unicodedata.category(letter) in {"Cc", "Cf"}


def csv_line(cells: Sequence[object]) -> str:
    """One line with its end, every cell guarded and quoted where it must be (RFC 4180)."""
    into = io.StringIO()
    csv.writer(into).writerow([guarded(cell) for cell in cells])
    return into.getvalue()


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole table."""
    return "".join(csv_line(cells) for cells in (head, *rows))
