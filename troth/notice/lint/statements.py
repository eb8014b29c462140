"""Rules on other statements: disclaimers, claims, links, and wording that the law has left behind (LAW-0.6)."""

import re
from collections.abc import Iterator
from typing import Any

from troth.notice.findings import Path
from troth.notice.lint.draft import Draft, Found, Rule, sentences
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
# Every Data Protection Act of the last century is gone, and so are these (F-01).
_OLD_ACT = re.compile(
    r"\bdata\s+protection\s+acts?,?\s*\(?(?:of\s+)?(?:19[0-9]{2}(?:\s*(?:,|and|to)\s*)?)+"
    r"|\b19[0-9]{2}\s+(?:UK\s+)?data\s+protection\s+acts?\b"
    r"|\b(?:data\s+protection\s+acts?|DPA),?\s*\(?[\u2019'\u2018]?(?:19)?(?:84|88|98)\b"
    r"|\b(?:EU|EEC|EC)?\s*(?:data\s+protection\s+)?directive\s+95/46(?:/EC)?|\b95/46/EC\b"
    r"|\b(?:privacy\s+shield|safe\s+harbou?r)\b"
    r"|\bprivacy\s+and\s+electronic\s+communications\s+\(EC\s+directive\)\s+regulations\s+1999\b",
    re.IGNORECASE,
)
# A sentence that says so itself is history, and lawful.
_SAID_TO_BE_GONE = re.compile(
    r"\b(?:repeal\w*|replac\w*|supersed\w*|revok\w*|no\s+longer|former(?:ly)?|previous(?:ly)?|used\s+to|struck\s+down|invalid\w*"
    r"|ended\s+in|(?:until|before|up\s+to)\s+(?:[0-9]{1,2}\s+)?(?:[A-Z][a-z]+\s+)?[0-9]{4})\b",
    re.IGNORECASE,
)
# Clauses of the EU carry nothing out of the UK by themselves (LAW-0.6, LAW-9.11).
_EU_CLAUSES = re.compile(
    r"(?<!UK )\b(?:EU\s+)?(?:SCCs|standard\s+(?:contractual|data\s+protection)\s+clauses|model\s+clauses)\b",
    re.IGNORECASE,
)
# The clauses of Article 46(2)(d) are the Commissioner's own, by whatever name.
_FOR_THE_UK = re.compile(
    r"\b(?:addendum|IDTA|international\s+data\s+transfer|Commissioner|ICO|Secretary\s+of\s+State)\b", re.IGNORECASE
)
# What a template leaves to be filled in (F-43).
_UNFILLED = re.compile(
    r"\[\s*(?:(?:insert|enter|add|your|name|date|dd|clinic|practice|company|business|organisation|firm|doctor|address|email|e-mail"
    r"|telephone|phone|number|website|url|link|tbc|tbd|to be|x+|\.\.\.|…|_|●|•)[^\]]*)?\]"
    r"|<\s*(?:insert|enter|add|your|name|date|clinic|practice|company|address|email|url|link)\b[^>]*>|\{\{[^}]*\}\}"
    r"|\b(?:tbc|tbd)\b|\blorem ipsum\b|\bto be (?:confirmed|determined|decided|completed|added|advised)\b"
    r"|\b(?:dd|xx)[/.-](?:mm|xx)[/.-](?:yy|xx)|\bcoming soon\b|\bunder construction\b",
    re.IGNORECASE,
)
_UNFILLED_IN_CAPITALS = re.compile(r"\b(?:TODO|FIXME|XX+)\b|_{3,}|\?{3,}")
# A risk put on the reader, in whatever field it stands (F-39).
_OWN_RISK = re.compile(
    r"\b(?:at|is|entirely|wholly)\s+(?:at\s+)?(?:your|their|his\s+or\s+her|the\s+(?:sender|user|patient|person)[\u2019']s)"
    r"\s+(?:own|sole)\s+risk\b",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\b(?:we|the clinic)\s+(?:can\s?not|can't|will not|do(?:es)? not|don't|won't|shall not)"
    r"\s+(?:be\s+(?:held\s+)?(?:liable|responsible|answerable)"
    r"|accept\s+(?:any\s+)?(?:liability|responsibility))|\b(?:accepts?|takes?)\s+no\s+(?:liability|responsibility)\b"
    r"|\b(?:we|the clinic)\s+(?:are|is)\s+not\s+(?:liable|responsible|answerable)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"^\s*(?:we|our)\b", re.IGNORECASE)
_NOT_SO = re.compile(r"\b(?:not|never|nothing|no|none)\b[^.;]{0,40}$", re.IGNORECASE)
# An address on the web, a path on this site, an email or a telephone number.
_LEADS = re.compile(
    r"(?:https?://[^\s/]+\.\S+|/\S+|#\S+|(?:mailto|tel):\S+|[^\s/@]+@\S+\.\S+|[\w-]+(?:\.[\w-]+)+\S*)"
)
_SITE = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE)
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
        for sentence in sentences(text):
            if (old := _OLD_ACT.search(sentence)) and not _SAID_TO_BE_GONE.search(sentence):
                yield Found("F-01", path, f"The text cites '{old[0].strip(' ,(')}', which is no longer law.")
                break
        if (clauses := _EU_CLAUSES.search(text)) and not (_FOR_THE_UK.search(text) or _SAID_TO_BE_GONE.search(text)):
            yield Found(
                "F-38", path, f"The text rests on {clauses[0]} and names neither the UK Addendum nor the IDTA."
            )
        if left := _UNFILLED.search(text) or _UNFILLED_IN_CAPITALS.search(text):
            yield Found("F-43", path, f"'{left[0]}' was never filled in.")


def _shifts_risk(words: str) -> bool:
    """Whether a text puts a risk on the reader, and does not deny it."""
    risk = _OWN_RISK.search(words)
    return bool(risk and not _NOT_SO.search(words[: risk.start()])) or bool(_NO_ANSWER.search(words))


def no_risk_is_shifted(draft: Draft) -> Iterator[Found]:
    for place, disclaimer in enumerate(draft.notice.security.disclaimers):
        if disclaimer.about in _DATA and (disclaimer.at_own_risk or _shifts_risk(disclaimer.words)):
            yield Found(
                "F-39", ("security", "disclaimers", place), "People are told that their data is at their own risk."
            )
    if _shifts_risk(draft.notice.security.words):
        yield Found("F-39", ("security", "words"), "People are told that their data is at their own risk.")
    for place, measure in enumerate(draft.notice.security.measures):
        if measure.of != "us" and (measure.first_person or _FIRST_PERSON.search(measure.words)):
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
    controller, regulator = draft.notice.controller, draft.notice.complaints.regulator
    for path, site in (
        (("controller", "website"), controller.website if controller else ""),
        (("complaints", "regulator", "website"), regulator.website if regulator else ""),
    ):
        if site and not _SITE.fullmatch(site.strip()):
            yield Found("F-43", path, f"'{site[:60]}' is no address of a site.")
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
