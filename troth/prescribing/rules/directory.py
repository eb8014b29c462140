"""Reading the NHS's file of GP practices (`epraccur.csv`, Organisation Data Service). Pure: text in, practices and faults out."""

import csv
import io
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from troth.prescribing.models import GpPractice

#: Where each value stands in a line of the file, which has no heading (ODS, epraccur: 27 columns).
CODE, NAME, ADDRESS, POSTCODE, STATUS, SETTING = 0, 1, slice(4, 9), 9, 12, 25
COLUMNS = 27
#: Status codes of the file: active, and those of a practice that nobody is registered with now.
ACTIVE, STATUSES = "A", frozenset("ACDP")
#: The prescribing setting of a general practice; the file has prisons, clinics and others too.
GENERAL_PRACTICE = "4"
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,7}")
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
_EMAIL = re.compile(r"[A-Za-z0-9._+'-]{1,64}@[A-Za-z0-9.-]{1,180}")
_WORD = re.compile(r"[A-Z][A-Z'’]*")
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Practice:
    """One practice as the file has it."""

    code: str
    name: str
    address: str
    postcode: str
    is_open: bool


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line, by its number from 1."""

    line: int
    words: str


def read_directory(text: str) -> tuple[list[Practice], list[Fault]]:
    """The general practices of a file, and what is wrong with lines that cannot be read. Other settings are passed over."""
    found: dict[str, Practice] = {}
    faults: list[Fault] = []
    # Each line is read by itself: a quotation mark that nobody closed costs that line, and not the rest of the file.
    for number, line in enumerate(io.StringIO(text), start=1):
        try:
            cells = [cell.strip() for row in csv.reader([line], strict=True) for cell in row]
        except csv.Error as error:
            faults.append(Fault(number, f"It is no line of a CSV file ({error})"))
            continue
        if not any(cells):
            continue
        words = _fault(cells)
        if not words and cells[SETTING] == GENERAL_PRACTICE:
            practice = _practice(cells)
            words = f"{practice.code} stands in the file twice" if practice.code in found else _too_long(practice)
            if not words:
                found[practice.code] = practice
        if words:
            faults.append(Fault(number, words))
    return list(found.values()), faults


def read_addresses(
    text: str, trusted: Callable[[str], bool], known: Collection[str]
) -> tuple[dict[str, str], list[Fault]]:
    """
    The addresses for letters of a file with a practice's code and its address on each line, and what is wrong with lines. `known`:
    the codes of the directory.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for number, line in enumerate(io.StringIO(text), start=1):
        if not line.strip():
            continue
        code, comma, address = (part.strip().strip('"') for part in line.partition(","))
        if not comma or not _CODE.fullmatch(code):
            faults.append(Fault(number, "It is no code of an organisation, a comma and an address"))
        elif not _EMAIL.fullmatch(address) or not trusted(address):
            faults.append(Fault(number, "The address is none of a domain that is trusted with such letters"))
        elif code not in known:
            faults.append(Fault(number, f"{code} is no practice of the directory"))
        elif code in found:
            faults.append(Fault(number, f"{code} stands in the file twice"))
        else:
            found[code] = address
    return found, faults


def _fault(cells: list[str]) -> str:
    if len(cells) != COLUMNS:
        return f"It has {len(cells)} columns, and the file of the NHS has {COLUMNS}"
    if not _CODE.fullmatch(cells[CODE]):
        return "The first column is no code of an organisation"
    if not cells[NAME]:
        return "The practice has no name"
    if cells[STATUS] not in STATUSES:
        return f"The status in column {STATUS + 1} is none of A, C, D and P"
    if cells[SETTING] == GENERAL_PRACTICE and cells[STATUS] == ACTIVE and not _POSTCODE.fullmatch(cells[POSTCODE]):
        return f"Column {POSTCODE + 1} is no postcode"
    return ""


def _practice(cells: list[str]) -> Practice:
    """A line that has its columns."""
    return Practice(
        cells[CODE],
        _lowered(cells[NAME]),
        ", ".join(_lowered(part) for part in cells[ADDRESS] if part),
        cells[POSTCODE],
        cells[STATUS] == ACTIVE,
    )


def _too_long(practice: Practice) -> str:
    """Which value is longer than there is room for; "" where none is."""
    for name in ("code", "name", "address", "postcode"):
        most = getattr(GpPractice._meta.get_field(name), "max_length", None)
        if most is not None and len(getattr(practice, name)) > most:
            return f"The {name} is longer than {most} characters"
    return ""


def _lowered(text: str) -> str:
    """The file shouts; a letter does not: ST JOHN'S AND O'BRIEN as St John's And O'Brien."""
    words = _WORD.sub(lambda word: "'".join(_first(part) for part in word[0].split("'")), text)
    return re.sub(r"'S\b", "'s", words)


def _first(part: str) -> str:
    return part[:1] + part[1:].lower()
