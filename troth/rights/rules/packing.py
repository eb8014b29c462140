"""What has to be decided before a copy may go, entry by entry (LAW-4.2 to LAW-4.9). Nothing here reads a clock or a database."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from troth.law.calendar import months_after
from troth.law.exemptions import Exemption
from troth.notice.schema import Notice
from troth.notice.schema.words import RightName

#: A copy of everything goes with an erasure, whatever has to keep what it is a copy of.
COPIES = frozenset({"rights.packs"})
#: For how long a released copy can be fetched.
FETCHED_WITHIN = timedelta(days=30)
#: For how many months a health professional's opinion stands (LAW-4.4).
OPINION_MONTHS = 6
#: Fewer words than these do not say what cannot be understood without an entry from before the Act.
FEWEST_WORDS = 3
NO_HARM, HARM = "no_harm", "harm"


#: A rectangle on a page: left, top, width and height, each in thousandths of the page.
Box = tuple[int, int, int, int]
#: Of one file: the rectangles on each of its pages, counted from one.
Boxes = Mapping[int, tuple[Box, ...]]
MOST_BOXES = 500  # in one file


class Stands(StrEnum):
    """Where one entry stands in a review."""

    OPEN = "open"  # nobody has decided
    CHANGED = "changed"  # somebody did, and the entry was changed since
    ASK = "ask"  # a health professional has to say first whether it could do serious harm
    GOES = "goes"
    CUT = "cut"  # it goes, without what is about somebody else
    WITHHELD = "withheld"


def called(*, of_dead: bool) -> str:
    """What a pack is in a sentence: nobody is given a copy of their own data of somebody who died."""
    return "record" if of_dead else "copy"


@dataclass(frozen=True)
class Decided:
    """
    What was decided about one entry. `words` are removed from it, `fields` and `files` go from it whole; `boxes` are blackened in
    files that stay. `needed_because` says of an entry from before the Act what cannot be understood without it, and of no other.
    """

    withheld: bool = False
    exemption: Exemption | None = None
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    boxes: Mapping[str, Boxes] = field(default_factory=dict)
    note: str = ""
    needed_because: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def mark(self) -> str:
        """What stands for it on a page: another decision has another mark."""
        said = (self.withheld, self.exemption, self.words, self.fields, self.files, self.note, self.needed_because)
        boxes = sorted((name, sorted(pages.items())) for name, pages in self.boxes.items())
        return hashlib.sha256(repr((said, boxes)).encode()).hexdigest()[:24]

    @property
    def cuts(self) -> bool:
        """Whether something is removed from it."""
        return bool(self.words or self.fields or self.files or self.boxes)


@dataclass(frozen=True)
class Entry:
    """
    What of an entry decides: is it about health that was not released to whoever reads it yet, and when was it last changed.
    `before_the_act`: it is of the record of somebody who died, and older than what the law gives of that (LAW-4.10).
    """

    id: str
    about_health: bool
    known_to_them: bool
    changed_at: datetime
    before_the_act: bool = False


@dataclass(frozen=True)
class Opinions:
    """What health professionals found of entries, each with its day: `no_harm` or `harm`."""

    found: Mapping[str, tuple[str, date]] = field(default_factory=dict)

    def of(self, item: str, on: date) -> str:
        """What stands of an entry on a day, or "": an opinion of six months ago does no longer (LAW-4.4)."""
        finding, given_on = self.found.get(item, ("", on))
        return finding if finding and on < months_after(given_on, OPINION_MONTHS) else ""


def where_it_stands(entry: Entry, decided: Decided | None, opinions: Opinions, *, on: date) -> Stands:
    """
    Say where an entry stands. Health data that the person does not know goes only when a health professional found that it
    does no serious harm, and is withheld for that only when one found that it would (LAW-4.3).
    """
    if decided is None:
        needs = entry.about_health and not entry.known_to_them and not opinions.of(entry.id, on)
        return Stands.ASK if needs else Stands.OPEN
    if decided.at is None or entry.changed_at > decided.at:
        return Stands.CHANGED
    if decided.withheld:
        if decided.exemption is Exemption.SERIOUS_HARM and opinions.of(entry.id, on) != HARM:
            return Stands.ASK
        return Stands.WITHHELD
    if entry.about_health and not entry.known_to_them and opinions.of(entry.id, on) != NO_HARM:
        return Stands.ASK
    return Stands.CUT if decided.cuts else Stands.GOES


def check_can_decide(entry: Entry, decided: Decided, opinions: Opinions, *, on: date) -> str:
    """Say why an entry may not be decided so, or "" when it may."""
    opinion = opinions.of(entry.id, on)
    if decided.withheld:
        if decided.exemption is None:
            return "Choose the ground on which it is withheld: without one it goes (LAW-4.9)."
        if decided.exemption is Exemption.SERIOUS_HARM and opinion != HARM:
            return "It is withheld for serious harm only when a health professional found that (LAW-4.3). Ask one."
        return ""
    if entry.before_the_act and len(decided.needed_because.split()) < FEWEST_WORDS:
        return (
            "It was made before 1 November 1991. Withhold it on that ground, or say on its own page which later entries cannot be "
            "understood without it (LAW-4.10)."
        )
    if not entry.about_health or entry.known_to_them:
        return ""
    if opinion == HARM:
        return "A health professional found that letting this go could do serious harm. Withhold it on that ground (LAW-4.3)."
    if opinion != NO_HARM:
        return "A health professional has to say first that it does no serious harm (LAW-4.3). Ask one."
    return ""


def check_can_blacken(boxes: Boxes) -> str:
    """Say why these rectangles cannot be blackened in a file, or "" when they can."""
    if sum(map(len, boxes.values())) > MOST_BOXES:
        return f"More than {MOST_BOXES} rectangles in one file: remove it whole instead."
    for page, found in boxes.items():
        for left, top, width, height in found:
            if page < 1 or min(left, top) < 0 or min(width, height) < 1 or max(left + width, top + height) > 1000:
                return "A rectangle lies on the page: its left and width come to 100 at most, and so do its top and height."
    return ""


NOTHING_HELD = "Nothing of it is held here, so there is nothing to build. Answer and close the request, and say so."


def check_can_build(stands: Iterable[Stands]) -> str:
    """Say what has to be decided before the copy is built, or "" when all is."""
    counted = list(stands)
    if not counted:
        return NOTHING_HELD
    waiting = sum(each in {Stands.OPEN, Stands.CHANGED} for each in counted)
    asking = sum(each is Stands.ASK for each in counted)
    said = []
    if waiting:
        said.append(f"{waiting} {'entry is' if waiting == 1 else 'entries are'} not decided.")
    if asking:
        said.append(f"{asking} {'waits' if asking == 1 else 'wait'} for a health professional (LAW-4.3).")
    return " ".join(said)


def second_look(notice: Notice | None) -> bool:
    """Whether the notice has somebody else release a copy out of which something was left (LAW-4.8)."""
    return any(each.right is RightName.ACCESS and each.second_look for each in notice.rights) if notice else False


def check_can_release(
    *,
    faults: Iterable[str],
    left_out: bool,
    reviewers: Iterable[str],
    by: str,
    second: bool,
    fee_due: bool,
    called: str = "copy",
) -> str:
    """
    Say why a copy may not go now, or "" when it may. `second`: somebody else has to look where something was left out. `called` is
    what it is: a copy, or the record of somebody who died.
    """
    first = next(iter(faults), "")
    if first:
        return f"The {called} is not complete: {first}"
    if fee_due:
        return "The fee for this extra copy has not arrived (LAW-1.16)."
    if second and left_out and set(reviewers) <= {by}:
        return "Something was left out, and you decided that yourself. A colleague has to release it."
    return ""
