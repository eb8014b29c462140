"""
The catalogue: every promise that a pack's notice makes or answers for, and how it is kept. Read from troth/assurance/catalogue/.

A promise is kept in one of five ways, and an entry says which: `checks` look at the running deployment; `corrected` names the
faults that the words which it replaces had, and that ours must be free of; `people` keep it, and prove it from time to time;
`unlawful` cites what forbids it; `missing` says what is not built. A test holds ids and counts to those that were surveyed.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from troth.law.calendar import months_after

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"
#: The ids of a pack's promises begin with its letters.
LETTERS = {"online-prescribing": "OC", "wellness-clinic": "KL", "medico-legal": "CX"}
Keeping = Literal["checked", "corrected", "people", "unlawful", "missing"]
KINDS = frozenset(
    {
        "cookies",
        "data-category",
        "feature",
        "governance",
        "lawful-basis",
        "marketing",
        "notice",
        "purpose",
        "recipient",
        "retention",
        "right",
        "security",
        "transfer",
    }
)


@dataclass(frozen=True)
class Control:
    """What keeps a promise: its name, where it lives, what is shown as evidence, and which role answers for it."""

    id: str
    name: str
    lives: str  # a path of the repository, or the room that is still to be built
    shows: str
    owner: str  # a role of the notice
    built: bool

    @property
    def described(self) -> str:
        """As one line: the name, and where it lives."""
        return f"{self.name} ({self.lives})" if self.built else f"{self.name} (not built: room {self.lives})"


@dataclass(frozen=True)
class Promised:
    """One promise of the catalogue, in our words."""

    id: str
    pack: str
    kind: str
    says: str
    control: Control
    keeping: Keeping
    checks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()  # codes of the linter: what was wrong with the words that were surveyed
    because: str = ""  # the law that forbids it, or what is not built, or what was corrected
    every_months: int = 0  # how often people prove it

    @property
    def section(self) -> str:
        """The number that stands for it in its notice, such as `8.4`."""
        return self.id.partition("-")[2]

    def due_on(self, last: date | None) -> date | None:
        """When people must prove it again, counted from the last proof; None when they never have."""
        if last is None:
            return None
        return months_after(last, self.every_months)


class CatalogueFaulty(ValueError):
    """An entry of the catalogue contradicts itself; the message names it."""


@lru_cache(maxsize=1)
def controls() -> dict[str, Control]:
    """Every control, by id."""
    return {
        name: Control(
            name,
            each["name"],
            each["lives"],
            each["shows"],
            each.get("owner", "Privacy officer"),
            _is_path(each["lives"]),
        )
        for name, each in _read("controls").items()
    }


@lru_cache(maxsize=8)
def promises_of(pack: str) -> tuple[Promised, ...]:
    """
    Every promise of a pack, in the order of its notice.

    :raises LookupError: no pack of that name has a catalogue.
    :raises CatalogueFaulty: an entry contradicts itself.
    """
    if pack not in LETTERS:
        raise LookupError(f"There is no catalogue for the pack {pack}; there are {', '.join(sorted(LETTERS))}.")
    return tuple(_promised(pack, each) for each in _read(pack))


def get_promise(promise: str) -> Promised:
    """
    One promise by its id, of whatever pack.

    :raises LookupError: there is none.
    """
    for pack, letters in LETTERS.items():
        if promise.startswith(f"{letters}-"):
            for each in promises_of(pack):
                if each.id == promise:
                    return each
    raise LookupError(f"There is no promise {promise}.")


def _promised(pack: str, each: dict[str, Any]) -> Promised:
    ways = {"corrected", "people", "unlawful", "missing"} & set(each)
    if len(ways) > 1 or not (ways or each.get("checks")):
        raise CatalogueFaulty(
            f"{each['id']} must be kept in one way: by checks, corrected, people, unlawful or missing."
        )
    unknown = set(each) - {"id", "kind", "says", "control", "checks", "faults", "every", *ways}
    if unknown or each["kind"] not in KINDS or ("people" in ways) != ("every" in each):
        raise CatalogueFaulty(
            f"{each['id']}: {', '.join(unknown) or 'its kind, or how often it is proved, is wrong'}."
        )
    keeping: Any = next(iter(ways), "checked")
    checks = tuple(each.get("checks", ()))
    faults = tuple(each.get("faults", ()))
    if keeping == "corrected" and not (checks or faults):
        raise CatalogueFaulty(f"{each['id']} is corrected and nothing looks whether it stays so.")
    if faults:
        checks = ("notice.faults", *checks)
    return Promised(
        each["id"],
        pack,
        each["kind"],
        each["says"],
        controls()[each["control"]],
        keeping,
        checks if keeping in ("checked", "corrected", "unlawful") else (),
        faults,
        str(each.get(keeping, "")),
        int(each.get("every", 0)),
    )


def _is_path(lives: str) -> bool:
    return "/" in lives


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
