"""
Evidence: what a live check looked at, what it found, and whether the promise holds by it. Rooms declare their checks:

    @evidence.check("rights.certificates", looks_at="erasures that are done, and their certificates", page="office_home")
    def certified(question: Question) -> Finding: ...

`assurance` looks at the rooms below it by itself; a room above it declares its checks in its `answers.py`. A check reads
counts and settings, opens no sealed field (but where a file lies: decision 0303) and writes nothing that anybody sees. It takes
less than a second, or says `scheduled`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Counts = Mapping[str, int | str]


@dataclass(frozen=True)
class Question:
    """What is asked of a check: does it hold at this moment, with the faults that the promise's words must be free of."""

    at: datetime
    faults: tuple[str, ...] = ()  # codes of the notice's linter


@dataclass(frozen=True)
class Finding:
    """The answer. `words` are one plain sentence; `counts` never hold anything of a person."""

    holds: bool
    words: str
    counts: Counts = field(default_factory=dict)


Ask = Callable[[Question], Finding]


@dataclass(frozen=True)
class Check:
    """A declared check. `page` names a route at which more can be seen; `scheduled`: too slow to be asked for by a page."""

    name: str
    looks_at: str
    ask: Ask
    page: str = ""
    scheduled: bool = False


@dataclass(frozen=True)
class Look:
    """A check as it ran: what it looked at, and what it found."""

    check: str
    looked_at: str
    holds: bool
    words: str
    counts: Counts
    page: str = ""
    failed_at: str = ""  # where in our code it raised, when it did

    def values(self) -> dict[str, Any]:
        """As it is stored and printed."""
        return {
            "check": self.check,
            "looked_at": self.looked_at,
            "holds": self.holds,
            "words": self.words,
            "counts": dict(self.counts),
            "page": self.page,
            "failed_at": self.failed_at,
        }


class NoSuchCheck(LookupError):
    """The catalogue names a check that no room has declared."""


_checks: dict[str, Check] = {}


def check(name: str, *, looks_at: str, page: str = "", scheduled: bool = False) -> Callable[[Ask], Ask]:
    """
    Declare a live check. `looks_at` is said to people: "backups at every destination".

    :raises ValueError: the name is taken by another function.
    """

    def declare(ask: Ask) -> Ask:
        known = _checks.get(name)
        if known is not None and known.ask.__qualname__ != ask.__qualname__:
            raise ValueError(f"The check {name} is declared twice: give one of them another name.")
        _checks[name] = Check(name, looks_at, ask, page, scheduled)
        return ask

    return declare


def get_check(name: str) -> Check:
    """
    The check of that name.

    :raises NoSuchCheck: nobody declared it.
    """
    try:
        return _checks[name]
    except KeyError:
        raise NoSuchCheck(f"No room has declared the check {name}: see docs/how-to/contributor.md.") from None


def list_checks() -> tuple[Check, ...]:
    """Every declared check, by name."""
    return tuple(_checks[name] for name in sorted(_checks))


def digest_of(values: Any) -> str:
    """SHA-256 over the canonical JSON of what was found, in hexadecimal: two looks that found the same have the same digest."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def counted(number: int, one: str, many: str = "") -> str:
    """`3 people`, `1 person`, `no people`: a number with its noun."""
    several = many or f"{one}s"
    return f"no {several}" if number == 0 else f"{number:,} {one if number == 1 else several}"
