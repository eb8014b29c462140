"""The formulary: which medicines can be prescribed here, for what, in what amount, and what each needs before it is."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from troth.prescribing.rules.gates import Risk

_FILE = Path(__file__).parent.parent / "formulary.yaml"
#: The tables of Verhoeff's check digit, with which every SNOMED CT code, and so every dm+d code, ends.
_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_TURNS = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


@dataclass(frozen=True)
class Medicine:
    """
    One line of the formulary. `dmd` is the code of its virtual medicinal product, or empty where nobody has
    confirmed it yet.
    """

    id: str
    name: str
    form: str
    dmd: str
    treatments: frozenset[str]
    risks: frozenset[Risk]
    directions: str
    quantity: int
    most: int  # at one supply
    unit: str
    supplies_a_year: int
    cold: bool


def read_formulary(text: str) -> dict[str, Medicine]:
    """
    The medicines of a file, by name.

    :raises ValueError: one lacks something, has a risk that nobody knows, or a code whose check digit is wrong.
    """
    found: dict[str, Medicine] = {}
    for given in yaml.safe_load(text):
        name = str(given.get("id", "?"))
        try:
            made = Medicine(
                name,
                given["name"],
                given["form"],
                str(given["dmd"]),
                frozenset(given["for"]),
                frozenset(Risk(each) for each in given.get("risks", ())),
                given["directions"],
                int(given["quantity"]),
                int(given["most"]),
                given["unit"],
                int(given["supplies_a_year"]),
                bool(given.get("cold", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"Medicine {name}: {error} is missing or not known.") from None
        if name in found:
            raise ValueError(f"Medicine {name} stands twice.")
        if made.dmd and not is_code(made.dmd):
            raise ValueError(f"Medicine {name}: {made.dmd} is no dm+d code; its check digit is wrong.")
        if not 0 < made.quantity <= made.most:
            raise ValueError(f"Medicine {name}: its usual quantity is more than its most.")
        found[name] = made
    return found


@lru_cache(maxsize=1)
def formulary() -> dict[str, Medicine]:
    """The formulary of this deployment."""
    return read_formulary(_FILE.read_text(encoding="utf-8"))


def is_code(code: str) -> bool:
    """Whether this can be a code of SNOMED CT: six to eighteen digits, the last of which is Verhoeff's of the others."""
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return False
    row, check = list(range(10)), 0
    for place, digit in enumerate(reversed(code)):
        if place:
            row = [_TURNS[each] for each in row]
        check = _TIMES[check][row[int(digit)]]
    return check == 0
