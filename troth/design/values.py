"""What pages are made of: frozen values that other rooms fill and `design` only draws. No rule is decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CoinState = Literal["joined", "running", "waiting", "slipped", "parted"]
CheckState = Literal["passed", "failed", "not_asked"]
TagKind = Literal["kept", "info", "close", "late", "refused", "plain"]
BannerKind = Literal["info", "caution", "harm", "restriction", "acting", "demo"]

# The order in which a counterpart speaks never changes, so that an eye learns where to look. Labels on one line are
# alternatives. Labels that are not named here may stand anywhere.
TERM_ORDER: tuple[frozenset[str], ...] = (
    frozenset({"For"}),
    frozenset({"Because", "The law lets us because"}),
    frozenset({"Seen by"}),
    frozenset({"Passed to"}),
    frozenset({"Until", "Kept until"}),
)
_PLACE: Mapping[str, int] = {label: place for place, labels in enumerate(TERM_ORDER) for label in labels}

# The words that stand beside each coin when a page gives no better ones.
COIN_WORDS: Mapping[CoinState, str] = {
    "joined": "Kept",
    "running": "Running",
    "waiting": "Waiting",
    "slipped": "Fell short",
    "parted": "Refused",
}


@dataclass(frozen=True)
class Link:
    """A link or an act. `hidden` ends its name for people who hear the page (`More` … `about your health`)."""

    words: str
    href: str
    hidden: str = ""


@dataclass(frozen=True)
class Term:
    """One label and value of a counterpart, such as `Until`, `24 November 2034`."""

    label: str
    value: str


@dataclass(frozen=True)
class Counterpart:
    """
    The strip that says why the data beside it is visible. Filled from the gate's decision, never by hand.

    :raises ValueError: the known terms are not in the order of `TERM_ORDER`.
    """

    title: str
    kind: Literal["joined", "parted"] = "joined"
    terms: tuple[Term, ...] = ()
    link: Link | None = None

    def __post_init__(self) -> None:
        places = [_PLACE[term.label] for term in self.terms if term.label in _PLACE]
        if places != sorted(set(places)):
            given = ", ".join(term.label for term in self.terms)
            raise ValueError(
                f"A counterpart says For, Because, Seen by, Passed to, Until, in that order; it got {given}."
            )

    @property
    def fold(self) -> str:
        """The one line that is left of it on a phone: what for, and until when."""
        said = []
        for term in self.terms:
            if term.label == "For":
                said.append(f"{term.value}.")
            elif term.label in TERM_ORDER[-1]:
                said.append(f"{term.label}{'' if term.value[:1].isdigit() else ':'} {term.value}.")
        return " ".join(said) or " ".join(f"{term.label}: {term.value}." for term in self.terms[:1])


@dataclass(frozen=True)
class Check:
    """One of the gate's six checks, or one item that a rule of work asks for."""

    name: str
    state: CheckState
    sentence: str = ""

    @property
    def words(self) -> str:
        """The state in words, for those who do not see the tick."""
        return {"passed": "passed", "failed": "stopped here", "not_asked": "not asked"}[self.state]


@dataclass(frozen=True)
class Parted:
    """
    A refusal, ready to show. `sentence` is one plain sentence of cause and never hints at what is hidden.

    `musts` replaces the row of checks where a rule of work blocks (a report that lacks an item). `emergency` is given
    only where a vital interest could apply.
    """

    sentence: str
    counterpart: Counterpart
    checks: tuple[Check, ...] = ()
    musts: tuple[Check, ...] = ()
    remedy: str = ""
    action: Link | None = None
    emergency: Link | None = None
    tag: str = "Refused"

    def __post_init__(self) -> None:
        if self.counterpart.kind != "parted":
            raise ValueError("The counterpart of a refusal is parted.")


@dataclass(frozen=True)
class Tag:
    """A word with a soft fill. At most two stand beside a name."""

    kind: TagKind
    words: str


@dataclass(frozen=True)
class Alert:
    """One of the alerts on a card. `harm` only for what could hurt; `text` says what to do."""

    kind: Literal["harm", "caution", "info"]
    title: str
    text: str = ""


@dataclass(frozen=True)
class Banner:
    """A message over the whole page: a claim in bold, a sentence and at most one action."""

    kind: BannerKind
    claim: str
    text: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Entry:
    """One event of a timeline. `ended` marks a consent taken back or a refusal."""

    when: str
    what: str
    who: str = ""
    state: Literal["past", "today", "ended"] = "past"
    href: str = ""


@dataclass(frozen=True)
class Step:
    """One stage of a path, with what stands under it."""

    name: str
    when: str = ""
    state: Literal["done", "now", "to_come"] = "to_come"


@dataclass(frozen=True)
class Row:
    """A definition row: what it is, its value, and where that came from. `flagged` asks for a second look."""

    label: str
    value: str
    note: str = ""
    link: Link | None = None
    flagged: bool = False
    mono: bool = False  # a hash or a key: compared digit by digit, and broken where the line ends


@dataclass(frozen=True)
class Figure:
    """A number that stands large, and what it counts. `risk` is said in words below it."""

    number: str
    words: str
    risk: str = ""
    kind: Literal["plain", "close", "late"] = "plain"


@dataclass(frozen=True)
class Kept:
    """A promise and what became of it: the coin's state is said by `words` too."""

    promise: str
    state: CoinState
    detail: str = ""
    link: Link | None = None
    words: str = ""

    @property
    def outcome(self) -> str:
        """The state in words."""
        return self.words or COIN_WORDS[self.state]


@dataclass(frozen=True)
class Item:
    """A word of a navigation, of tabs, of a switch or of a side index."""

    words: str
    href: str = ""
    current: bool = False
    count: int | None = None
    counted: str = ""  # what the count counts, for those who do not see where it stands: "unread"
    state: Literal["open", "refused", "other_role"] = "open"


@dataclass(frozen=True)
class Paging:
    """Where a list stands: `1 to 50 of 812`, and its neighbours. Of a list with neither, nothing is drawn."""

    first: int
    last: int
    total: int
    previous: str = ""
    following: str = ""

    @staticmethod
    def asked(text: str, total: int, *, each: int) -> int:
        """The page that an address asks for, the last where there are not so many, and the first where it makes no sense."""
        number = int(text) if text.isdecimal() and 0 < len(text) < 9 else 1
        return max(1, min(number, -(-total // each)))

    @classmethod
    def numbered(cls, number: int, total: int, *, each: int, path: str) -> "Paging":
        """Page `number` of a list of `total`, `each` on a page; its neighbours are `path?page=N`, beside what `path` asks."""
        there = f"{path}{'&' if '?' in path else '?'}page="
        return cls(
            min((number - 1) * each + 1, total),
            min(number * each, total),
            total,
            f"{there}{number - 1}" if number > 1 else "",
            f"{there}{number + 1}" if number * each < total else "",
        )

    @classmethod
    def beginning(cls, start: int, shown: int, total: int, *, each: int, path: str) -> "Paging":
        """The page that begins at row `start`, counted from nothing; its neighbours are `path?from=N`, beside what `path` asks."""
        there = f"{path}{'&' if '?' in path else '?'}from="
        return cls(
            start + 1,
            start + shown,
            total,
            f"{there}{start - each + 1}" if start else "",
            f"{there}{start + each + 1}" if start + each < total else "",
        )


@dataclass(frozen=True)
class Fate:
    """
    What an erasure does to one kind of data: it goes, is gone, or must stay, and why either way.

    `words` say it ("Goes now", "Gone", "Stays until 5 April 2033"); `law` cites the duty that makes it stay.
    """

    what: str
    why: str
    state: Literal["going", "gone", "staying"]
    words: str
    law: str = ""


@dataclass(frozen=True)
class Right:
    """A right that a person can use at once: the link and what will happen."""

    link: Link
    text: str
