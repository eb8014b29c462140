"""
What is typed from a passport, an identity card or a driving licence, read and compared with the record. Pure.

It decides about nobody: whoever looks at the picture does. A check digit says that something was typed as it stands on the paper,
and never that the paper is genuine.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from troth.law.calendar import age_on
from troth.prescribing.models import DocumentKind
from troth.prescribing.rules import NotPossible
from troth.vault.words import Worded

ADULT = 18
_WEIGHTS = (7, 3, 1)
_FEMALE_MONTHS = 50
_LICENCE = 16


class Fault(Worded):
    """What does not fit, in words for the person and for whoever looks."""

    FAMILY = "family", "The family name in it is not the one on the record"
    GIVEN = "given", "No given name in it is the one on the record"
    BORN = "born", "The date of birth in it is not the one on the record"
    EXPIRED = "expired", "It has expired"
    UNDER_AGE = "under_age", "By it the person is under 18"


@dataclass(frozen=True)
class Paper:
    """What was read. Names as they stand there; a licence says of a given name its first letter, and no day of expiry."""

    number: str
    family: str
    given: tuple[str, ...]
    born_on: date
    expires_on: date | None


def read_document(kind: DocumentKind, typed: str, *, today: date) -> Paper:
    """
    Read what was typed.

    :raises NotPossible: it is not as it stands on such a document; the message says where.
    """
    if kind is DocumentKind.LICENCE:
        return _read_licence("".join(typed.upper().split()), today)
    lines = [
        "".join(line.upper().replace("«", "<<").replace("‹", "<").split())
        for line in typed.splitlines()
        if line.strip()
    ]
    if len(lines) == 1 and len(lines[0]) in (72, 88, 90):  # pasted without its breaks
        each = 30 if len(lines[0]) == 90 else len(lines[0]) // 2
        lines = [lines[0][start : start + each] for start in range(0, len(lines[0]), each)]
    shape = (len(lines), {len(line) for line in lines})
    if any(not (sign.isascii() and (sign.isalnum() or sign == "<")) for line in lines for sign in line):
        raise NotPossible("Those lines have capital letters, figures and < alone. Type them as they stand.")
    if shape == (2, {44}):
        return _read_two(lines, today, optional=42)
    if shape == (2, {36}):
        return _read_two(lines, today, optional=None)
    if shape == (3, {30}):
        return _read_three(lines, today)
    raise NotPossible(
        "Type the lines at the foot of the page or on the back: two of 44 signs on a passport, three of 30 or two of 36 on a card. "
        "Each < counts."
    )


def as_typed(paper: Paper) -> dict[str, str]:
    """What whoever looks compares with the picture: names and days, and never the number."""
    return {
        "family": paper.family,
        "given": " ".join(paper.given),
        "born_on": paper.born_on.isoformat(),
        "expires_on": paper.expires_on.isoformat() if paper.expires_on else "",
    }


def check_digit(text: str) -> str:
    """The check digit of ICAO 9303: weights 7, 3, 1; A is 10, < is 0."""
    total = sum(_value(sign) * _WEIGHTS[place % 3] for place, sign in enumerate(text))
    return str(total % 10)


def compare(
    paper: Paper, kind: DocumentKind, *, given: str, family: str, born_on: date | None, today: date
) -> tuple[Fault, ...]:
    """What in a document does not fit the record, and what keeps it from being good."""
    found = []
    if not _same_family(paper.family, family, kind):
        found.append(Fault.FAMILY)
    if not _same_given(paper.given, given, kind):
        found.append(Fault.GIVEN)
    if born_on != paper.born_on:
        found.append(Fault.BORN)
    if paper.expires_on is not None and paper.expires_on < today:
        found.append(Fault.EXPIRED)
    if age_on(paper.born_on, today) < ADULT:
        found.append(Fault.UNDER_AGE)
    return tuple(found)


def _read_two(lines: list[str], today: date, *, optional: int | None) -> Paper:
    """TD3 (a passport; `optional` is where its further check digit stands) and TD2."""
    first, second = lines
    _must(second[0:9], second[9], "the number of the document")
    _must(second[13:19], second[19], "the date of birth")
    _must(second[21:27], second[27], "the day of expiry")
    end = len(second) - 1
    if optional is not None and not (second[optional] == "<" and not second[28:optional].strip("<")):
        _must(second[28:optional], second[optional], "the personal number")
    _must(second[0:10] + second[13:20] + second[21:end], second[end], "the second line")
    return _paper(second[0:9], first[5:], second[13:19], second[21:27], today)


def _read_three(lines: list[str], today: date) -> Paper:
    """TD1. A number of more than nine signs goes on in the field behind it, with its check digit at the end."""
    first, second, third = lines
    number, digit = first[5:14], first[14]
    if digit == "<":
        rest = first[15:30].split("<")[0]
        if len(rest) > 1:
            number, digit = number + rest[:-1], rest[-1]
    _must(number, digit, "the number of the document")
    _must(second[0:6], second[6], "the date of birth")
    _must(second[8:14], second[14], "the day of expiry")
    _must(first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29], "the second line")
    return _paper(number, third, second[0:6], second[8:14], today)


def _paper(number: str, names: str, born: str, expires: str, today: date) -> Paper:
    family, _, given = names.rstrip("<").partition("<<")
    born_on = _day(born, lambda year: 2000 + year if 2000 + year <= today.year else 1900 + year, "date of birth")
    if born_on > today:
        born_on = born_on.replace(year=born_on.year - 100)
    return Paper(
        number.strip("<"),
        family.replace("<", " ").strip(),
        tuple(part for part in given.split("<") if part),
        born_on,
        # No document is good for more than twenty years: 99 is one that ended in 1999.
        _day(expires, lambda year: 2000 + year if 2000 + year <= today.year + 20 else 1900 + year, "day of expiry"),
    )


def _read_licence(text: str, today: date) -> Paper:
    """
    A driver number of Great Britain: five letters of the surname, the decade of birth, the month (with 50 added for a woman), the
    day, the year within the decade, two initials, and three signs of the agency's own. Where there is no letter stands a 9.
    """
    if len(text) == 8 and text.isdigit():
        raise NotPossible("That is a licence of Northern Ireland, which says less of its holder. Use a passport.")
    if len(text) not in (_LICENCE, 18) or not text.isascii() or not text.isalnum():
        raise NotPossible(
            "The number beside 5 on the licence has 16 letters and figures, and two more for its issue."
        )
    text = text[:_LICENCE]
    surname, figures, initials = text[:5], text[5:11], text[11:13]
    if not figures.isdigit() or not surname.rstrip("9").isalpha() or not (initials.replace("9", "") or "A").isalpha():
        raise NotPossible("That is no number of a licence: five letters of the name, six figures, then two initials.")
    month = int(figures[1:3])
    month -= _FEMALE_MONTHS if month > _FEMALE_MONTHS else 0
    year = int(figures[0] + figures[5])
    try:
        born_on = date(_century(year, today), month, int(figures[3:5]))
    except ValueError:
        raise NotPossible("The figures in the middle are no date. Compare them with the licence.") from None
    return Paper(text, surname.rstrip("9"), tuple(initials.replace("9", "")), born_on, None)


def _century(year: int, today: date) -> int:
    """Nobody drives before fifteen: two figures are of the latest year in which somebody may."""
    return 2000 + year if 2000 + year <= today.year - 15 else 1900 + year


def _must(text: str, digit: str, what: str) -> None:
    # An empty field may have < for its digit, which is worth the same nothing.
    if check_digit(text) != ("0" if digit == "<" else digit):
        raise NotPossible(f"A sign in {what} is not as it stands there: its check digit does not fit. Type it again.")


def _value(sign: str) -> int:
    if sign == "<":
        return 0
    return int(sign) if sign.isdigit() else ord(sign) - ord("A") + 10


def _day(text: str, century: Callable[[int], int], what: str) -> date:
    if not text.isdigit():
        raise NotPossible(f"The {what} in those lines is no date. Compare it with the document.")
    year = int(text[:2])
    try:
        return date(century(year), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise NotPossible(f"The {what} in those lines is no date. Compare it with the document.") from None


#: How ICAO 9303 writes what is no letter of A to Z; most papers follow it, and some leave the marks out.
_WRITTEN = {
    "Ä": "AE",
    "Ö": "OE",
    "Ü": "UE",
    "ß": "SS",
    "Ø": "OE",
    "Å": "AA",
    "Æ": "AE",
    "Ñ": "N",
    "Þ": "TH",
    "Ð": "D",
    "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
    "Ł": "L",
}


def _spellings(name: str) -> set[str]:
    """The ways in which a document may write a name, letters alone. None for a name in other letters: nothing fits it by itself."""
    raised = unicodedata.normalize("NFC", name.replace("ß", "SS")).upper()
    written = "".join(_WRITTEN.get(sign, sign) for sign in raised)
    return {_letters(raised.replace("Ø", "O").replace("Ł", "L").replace("Æ", "AE")), _letters(written)} - {""}


def _letters(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if sign.isascii() and sign.isalpha()).upper()


def _same_family(written: str, held: str, kind: DocumentKind) -> bool:
    found = _letters(written)
    if kind is DocumentKind.LICENCE:
        wanted = {spelling[:5] for each in _spellings(held) for spelling in (each, _short_mac(each))}
        return found in wanted
    # A long name is cut where the line ends.
    return any(each == found or (len(found) > 20 and each.startswith(found)) for each in _spellings(held))


def _short_mac(name: str) -> str:
    return f"MC{name[3:]}" if name.startswith("MAC") else name


def _same_given(written: tuple[str, ...], held: str, kind: DocumentKind) -> bool:
    parts = {spelling for part in held.replace("-", " ").split() for spelling in _spellings(part)}
    if kind is DocumentKind.LICENCE:
        return bool(written) and any(part[0] == written[0] for part in parts)
    there = ({_letters(part) for part in written} | {_letters("".join(written))}) - {""}
    return bool(parts & there) or bool(_spellings(held) & there)
