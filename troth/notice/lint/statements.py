"""Rules on other statements: disclaimers, claims, links, and wording that the law has left behind (LAW-0.6)."""

import re
from collections.abc import Iterator
from typing import Any

from troth.notice.findings import Path
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.schema import Notice
from troth.notice.schema.words import About, ClaimKind, Section

_DATA = frozenset({About.SENDING_DATA, About.STORED_DATA})
_ABSOLUTE = frozenset({ClaimKind.COMPLIANCE, ClaimKind.SUPERLATIVE})


def _article(number: int) -> re.Pattern[str]:
    """`Article 22`, `Art. 22(1)`, `Articles 15 to 22`, `arts 20, 21 and 22`; and not `Article 22A`."""
    before = r"(?:[0-9]+[A-D]?(?:\([0-9]+\))*\s*(?:,|;|&|-|–|and|or|to|,\s*and)\s*)*"
    return re.compile(rf"\bart(?:icle)?s?\.?\s*{before}{number}\b(?!\s?[A-D]\b)", re.IGNORECASE)


# The only rules over words: LAW-0.6 lists texts that the law has overtaken.
_STALE = (
    ("S01", _article(22), "Article 22"),
    ("S02", _article(77), "Article 77"),
    (
        "S04",
        re.compile(
            r"(?:£|\bGBP)\s?(?:500[,. ]?000\b|500\s?k\b|0?\.5\s?m)|\b500,?000 pounds\b|\bhalf a million pounds\b",
            re.IGNORECASE,
        ),
        "£500,000",
    ),
    (
        "S05",
        re.compile(r"\bessentially[\s-]+equivalent\b|\bessential\s+equivalence\b", re.IGNORECASE),
        "essential equivalence",
    ),
    (
        "S06",
        re.compile(
            r"\b(?:six|6)\s+(?:(?:lawful|legal|different|possible|available|statutory)\s+)*(?:bases|grounds)\b",
            re.IGNORECASE,
        ),
        "six lawful bases",
    ),
)
# Every Data Protection Act of the last century is gone (F-01).
_OLD_ACT = re.compile(r"\b(?:data\s+protection\s+act|DPA),?\s*\(?(?:of\s+)?(19[0-9]{2})\b", re.IGNORECASE)
# What a template leaves to be filled in (F-43).
_UNFILLED = re.compile(
    r"\[\s*(?:insert|enter|add|your|name|date|clinic|company|address|tbc|to be|\.\.\.|…|_)[^\]]*\]"
    r"|\b(?:TBC|TBD|TODO|XX+)\b|\blorem ipsum\b|_{3,}|(?i:\bto be confirmed\b)",
)
# An address on the web, a path on this site, an email or a telephone number.
_LEADS = re.compile(
    r"(?:https?://[^\s/]+\.\S+|/\S+|#\S+|(?:mailto|tel):\S+|[^\s/@]+@\S+\.\S+|[\w-]+(?:\.[\w-]+)+\S*)"
)
_THIRTY_DAYS = re.compile(r"\b(?:30|thirty)(?:\s*\(30\))?[\s-]+(?:calendar\s+|working\s+)?days?\b", re.IGNORECASE)


def words_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a notice, with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from words_of(part, (*path, str(name)))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from words_of(part, (*path, place))


def law_is_not_stale(draft: Draft) -> Iterator[Found]:
    for path, text in words_of(draft.notice.model_dump(exclude_defaults=True)):
        for code, pattern, words in _STALE:
            if pattern.search(text):
                yield Found(code, path, f"The text speaks of {words}.")
        if path[0] == "rights" and _THIRTY_DAYS.search(text):
            yield Found("S03", path, "The text promises thirty days for a request about data.")


def text_is_whole(draft: Draft) -> Iterator[Found]:
    for path, text in words_of(draft.notice.model_dump(exclude_defaults=True)):
        if old := _OLD_ACT.search(text):
            yield Found("F-01", path, f"The text cites the Data Protection Act {old[1]}, which is no longer law.")
        if left := _UNFILLED.search(text):
            yield Found("F-43", path, f"'{left[0]}' was never filled in.")


def no_risk_is_shifted(draft: Draft) -> Iterator[Found]:
    for place, disclaimer in enumerate(draft.notice.security.disclaimers):
        if disclaimer.at_own_risk and disclaimer.about in _DATA:
            yield Found(
                "F-39", ("security", "disclaimers", place), "People are told that their data is at their own risk."
            )
    for place, measure in enumerate(draft.notice.security.measures):
        if measure.of != "us" and measure.first_person:
            yield Found("F-11", ("security", "measures", place), f"`{measure.of}` does this, and the text says 'we'.")


def claims_can_be_shown(draft: Draft) -> Iterator[Found]:
    for place, claim in enumerate(draft.notice.claims):
        path = ("claims", place)
        if claim.kind in _ABSOLUTE:
            yield Found("F-40", path, f"'{claim.name}' claims more than anyone can show.")
        elif not claim.number or claim.dated is None:
            yield Found("F-40", path, f"'{claim.name}' has no number, or no date.")
        elif claim.dated > draft.on:
            yield Found("F-40", path, f"'{claim.name}' is dated {claim.dated:%-d %B %Y}, which is to come.")
        elif claim.expires is not None and claim.expires < draft.on:
            yield Found("F-40", path, f"'{claim.name}' ran out on {claim.expires:%-d %B %Y}.")


def _stands(notice: Notice, section: Section) -> bool:
    parts: dict[Section, object] = {
        Section.PURPOSES: notice.purposes,
        Section.LAWFUL_BASES: notice.bases.listed,
        Section.TABLE_OF_GROUNDS: notice.purposes and all(len(row.basis) == 1 for row in notice.purposes),
        Section.RECIPIENTS: notice.recipients,
        Section.RETENTION: notice.retention.rules,
        Section.RIGHTS: notice.rights,
        Section.CONTACTS: notice.controller and notice.controller.contacts,
        Section.COOKIES: notice.cookies and (notice.cookies.none or notice.cookies.stored),
        Section.MARKETING: notice.marketing,
        Section.TRANSFERS: notice.transfers.none or notice.transfers.routes,
        Section.COMPLAINTS: notice.complaints.own or notice.complaints.regulator,
    }
    return bool(parts[section])


def text_leads_somewhere(draft: Draft) -> Iterator[Found]:
    for place, link in enumerate(draft.notice.links):
        if not _LEADS.fullmatch(link.to.strip()):
            yield Found("F-43", ("links", place), f"The link '{link.words}' leads nowhere.")
    for place, pointer in enumerate(draft.notice.pointers):
        if not _stands(draft.notice, pointer.to):
            yield Found("F-43", ("pointers", place), f"'{pointer.words}' points to a part that is not there.")
    for place, matter in enumerate(draft.notice.speaks_of):
        if not matter.because:
            yield Found("F-47", ("speaks_of", place), f"The text speaks of {matter.matter}, and not why.")


RULES: tuple[Rule, ...] = (
    law_is_not_stale,
    text_is_whole,
    no_risk_is_shifted,
    claims_can_be_shown,
    text_leads_somewhere,
)
