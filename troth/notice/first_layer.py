"""The first layer of the notice: six short answers, each with the part that has the rest (UK GDPR Article 12(1))."""

from collections.abc import Iterable
from dataclasses import dataclass

from troth.notice.comparison import Change
from troth.notice.schema import Notice
from troth.notice.schema.keeping import RetentionRule
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category

_NAMED = 3  # how many of a list the first layer names before it counts the rest
#: The kinds whose keeping people ask about first. A notice that holds none of one says nothing of it.
_ASKED_ABOUT = (Category.HEALTH, Category.PHOTOGRAPH, Category.ACCIDENT, Category.CONTACT, Category.FINANCIAL)


@dataclass(frozen=True)
class Answer:
    """One question that people ask, its answer in a sentence or two, and the id of the part that has the rest."""

    question: str
    words: str
    part: str


def first_layer(notice: Notice, changes: Iterable[Change] | None) -> tuple[Answer, ...]:
    """
    Say in short what is held, why, who gets it, how long, what people can do, and what changed (LAW-9.2).

    `changes`: from the version before, or None when there was none.
    """
    answers = (
        Answer("What do we hold?", _held(notice), "held"),
        Answer("Why?", _why(notice), "purposes"),
        Answer("Who else gets it?", _with_whom(notice), "recipients"),
        Answer("For how long?", _how_long(notice), "retention"),
        Answer("What can you do?", _can_do(notice), "rights"),
        Answer("What changed?", _changed(changes), "versions"),
    )
    return tuple(answer for answer in answers if answer.words)


def _some(words: list[str], rest: str, *, names: bool = False) -> str:
    """The first few as a list in a sentence; `rest` names the others in the plural. `names` keep their capitals."""
    named, more = words[:_NAMED], len(words) - _NAMED
    listed = named if names else [*named[:1], *(each[:1].lower() + each[1:] for each in named[1:])]
    if more > 0:
        return f"{', '.join(listed)}, and {more} {rest if more > 1 else rest.removesuffix('s')}."
    if len(listed) > 1:
        return f"{', '.join(listed[:-1])} and {listed[-1]}."
    return f"{listed[0]}." if listed else ""


def _held(notice: Notice) -> str:
    return _some([row.words or row.id.replace("_", " ") for row in notice.categories], "other kinds of information")


def _own(notice: Notice) -> list[PurposeRow]:
    """What the clinic itself uses data for: the uses that every notice must have come in the second layer."""
    return [row for row in notice.purposes if not row.id.of_the_kernel] or list(notice.purposes)


def _why(notice: Notice) -> str:
    rows = _own(notice)
    return _some([row.title or row.id.replace("_", " ") for row in rows], "other uses")


def _with_whom(notice: Notice) -> str:
    names = [each.name or each.words for each in notice.recipients]
    abroad = (
        "Nothing leaves the United Kingdom."
        if notice.transfers.none
        else f"Some of it goes to {_countries(len({route.country for route in notice.transfers.routes}))}."
        if notice.transfers.routes
        else ""
    )
    return " ".join(filter(None, (_some(names, "others", names=True) if names else "Nobody.", abroad)))


def _countries(number: int) -> str:
    return "another country, protected as the law asks" if number == 1 else f"{number} other countries"


def _rule_for(notice: Notice, category: Category) -> RetentionRule | None:
    names = [row.rule_for(category) for row in _own(notice) if category in row.covers]
    wanted = next(filter(None, names), notice.retention.default)
    return next((rule for rule in notice.retention.rules if rule.id == wanted), None)


def _how_long(notice: Notice) -> str:
    held = {row.id: row.words for row in notice.categories}
    said = []
    for category in _ASKED_ABOUT:
        rule = _rule_for(notice, category) if category in held else None
        if rule is not None and (rule.words or rule.criteria):
            first = (rule.words or rule.criteria or "").split(", or ")[0].split(";")[0].rstrip(".")
            said.append(f"{held[category]}: {first[:1].lower()}{first[1:]}.")
    return " ".join(said)


def _can_do(notice: Notice) -> str:
    words = {
        "access": "get a copy",
        "rectification": "have something put right",
        "erasure": "have something erased",
        "restriction": "have its use stopped",
        "objection": "object",
        "portability": "take it elsewhere",
        "withdrawal": "take back a consent",
    }
    names = {right.right.value for right in notice.rights}
    offered = [said for name, said in words.items() if name in names]
    if not offered:
        return ""
    listed = f"{', '.join(offered[:-1])} and {offered[-1]}" if len(offered) > 1 else offered[0]
    own = " Complain to us, and to the regulator." if notice.complaints.regulator else ""
    return f"{listed[:1].upper()}{listed[1:]}.{own}"


def _changed(changes: Iterable[Change] | None) -> str:
    if changes is None:
        return "This is the first version."
    material = [change.words for change in changes if change.material]
    if not material:
        return "Nothing that matters to you; some of it is worded anew."
    more = len(material) - _NAMED
    return " ".join([*material[:_NAMED], *([f"And {more} more."] if more > 0 else [])])
