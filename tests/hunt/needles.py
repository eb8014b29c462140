"""
What is planted, and every form in which it could lie about.

Words are coined anew for each run, so that neither this source nor what another run left behind is ever found. Values
that cannot carry a word of their own are told by being impossible: a birthday of 1903, a fraction, a number of thirteen
digits. A yes or no cannot be hunted at all: nothing tells one "1" from another, and only its padding hides it (B12).
"""

import datetime as dt
import secrets
import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote_from_bytes

#: Letters that are no hexadecimal digits, so that a word never comes about in the print of a hash.
LETTERS = "ghjklmnpqrstvwxyz"
HEAD = 6  # letters that are looked for anywhere; shorter ones would be found in any megabyte of ciphertext
TOKEN = 3  # letters that the search index may know of a part of a name
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_EPOCH, _POSTGRES = dt.date(1970, 1, 1), dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Needle:
    """
    One thing to look for: `raw` bytes anywhere (small letters; the haystack is folded), `cells` as the whole of a table's
    cell or of a JSON value, `words` as a word of its own in a cell or in the name of a file.
    """

    name: str
    raw: frozenset[bytes] = frozenset()
    cells: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def coined(length: int = 9) -> str:
    """A word that nobody ever wrote."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def of_word(name: str, word: str) -> Needle:
    """
    A word, and its beginnings down to one letter more than the search index may know, each standing by itself.

    The first letters are enough wherever bytes lie; an accent is looked for as it is typed, decomposed, left out, and as
    JSON, addresses and old encodings write it.
    """
    head = word[:HEAD]
    forms: set[bytes] = set()
    for spelled in {head, head.upper(), head.capitalize()}:
        for unicode_form in ("NFC", "NFD"):
            text = unicodedata.normalize(unicode_form, spelled)
            for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
                encoded = text.encode(encoding, errors="ignore")
                if encoding == "utf-8" or len(encoded) >= len(text):
                    forms.add(encoded.lower())
            forms.add(quote_from_bytes(text.encode()).lower().encode())
            forms.add("".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text).lower().encode())
            forms.add(text.encode("ascii", "xmlcharrefreplace").lower())
        forms.add(_bare(spelled).lower().encode())
    bare = _bare(word)
    return Needle(
        name,
        frozenset(form for form in forms if len(form) >= HEAD - 1),
        words=frozenset(bare[:length].lower() for length in range(TOKEN + 1, len(bare) + 1)),
    )


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def of_digits(name: str, digits: str, *, binary: bool = True) -> Needle:
    """A long number written in figures: plain, in threes, as telephones and the NHS write it, and as integers lie in databases."""
    groups = {
        digits,
        _grouped(digits, 3, ","),
        _grouped(digits, 3, " "),
        _grouped(digits, 3, "_"),
        _grouped(digits, 3, "."),
    }
    if len(digits) == 10:
        groups |= {f"{digits[:3]}{gap}{digits[3:6]}{gap}{digits[6:]}" for gap in " -."}
    if digits.startswith("0"):
        groups |= {f"{digits[:5]} {digits[5:8]} {digits[8:]}", f"{digits[:5]} {digits[5:]}", f"44{digits[1:]}"}
    number = int(digits)
    raw = {text.encode() for text in groups}
    if binary and number >= 2**39:
        raw |= _integers(number)
    return Needle(name, frozenset(raw), cells=frozenset({digits}))


def _grouped(digits: str, size: int, gap: str) -> str:
    first = len(digits) % size or size
    return gap.join([digits[:first], *(digits[start : start + size] for start in range(first, len(digits), size))])


def _integers(number: int) -> set[bytes]:
    """As SQLite (big-endian, six bytes or eight), PostgreSQL and machines write a large integer; folded like the haystack."""
    wide = 6 if -(2**47) <= number < 2**47 else 8
    return {number.to_bytes(wide, "big", signed=True).lower(), number.to_bytes(8, "little", signed=True).lower()}


def of_decimal(name: str, value: Decimal) -> Needle:
    """A number with many digits behind its point: its digits anywhere, rounded in a cell, and as floating point."""
    digits = str(value).partition(".")[2]
    number = float(value)
    rounded = {f"{value:.{places}f}" for places in range(3, len(digits))}
    return Needle(
        name,
        frozenset({digits.encode(), struct.pack(">d", number).lower(), struct.pack("<d", number).lower()}),
        cells=frozenset({str(value), repr(number), *rounded}),
    )


def of_date(name: str, day: dt.date) -> Needle:
    """A day: as ISO, the UK, the US, letters and machines write it, from whichever day they count."""
    full, short = _MONTHS[day.month - 1], _MONTHS[day.month - 1][:3]
    texts = {day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y/%m/%d}"}
    for gap in "/.-":
        texts |= {
            f"{day.day:02}{gap}{day.month:02}{gap}{day.year}",
            f"{day.day}{gap}{day.month}{gap}{day.year}",
            f"{day.month:02}{gap}{day.day:02}{gap}{day.year}",
        }
    for month in (full, short):
        texts |= {
            f"{day.day} {month} {day.year}",
            f"{day.day:02}-{month}-{day.year}",
            f"{month} {day.day}, {day.year}",
            f"{day.day:02} {month} {day.year}",
        }
    seconds = (day - _EPOCH).days * 86_400
    counts = {
        str((day - _EPOCH).days),
        str(day.toordinal()),
        str(day.toordinal() + 1_721_425),
        f"{day.toordinal() + 1_721_424}.5",
        str((day - _POSTGRES).days),
    }
    raw = {text.lower().encode() for text in texts} | {str(seconds).encode()}
    for scale in (1_000, 1_000_000):
        raw |= _integers(seconds * scale)
    raw.add(((day - _POSTGRES).days * 86_400_000_000).to_bytes(8, "little", signed=True).lower())
    return Needle(name, frozenset(raw), cells=frozenset(counts))


def of_moment(name: str, at: dt.datetime) -> Needle:
    """A moment: its day, and its own count of seconds and their fractions."""
    day = of_date(name, at.astimezone(dt.UTC).date())
    seconds = int(at.timestamp())
    raw = {str(seconds).encode()}
    for scale in (1_000, 1_000_000):
        raw |= _integers(seconds * scale)
    since_2000 = seconds * 1_000_000 - 946_684_800_000_000
    raw.add(since_2000.to_bytes(8, "little", signed=True).lower())
    return Needle(name, day.raw | raw, day.cells)


def of_choice(name: str, value: str) -> Needle:
    """One of a vocabulary: in a cell of its own, since its word may stand in a notice; a long one as well anywhere."""
    return Needle(name, cells=frozenset({value.lower()}))


def merged(needles: Iterable[Needle]) -> list[Needle]:
    """Each form once: where several needles share one, the first is named."""
    seen: set[object] = set()
    found = []
    for needle in needles:
        raw = frozenset(form for form in needle.raw if ("raw", form) not in seen)
        cells = frozenset(text for text in needle.cells if ("cell", text) not in seen)
        words = frozenset(text for text in needle.words if ("word", text) not in seen)
        seen |= (
            {("raw", form) for form in raw} | {("cell", text) for text in cells} | {("word", text) for text in words}
        )
        if raw or cells or words:
            found.append(Needle(needle.name, raw, cells, words))
    return found
