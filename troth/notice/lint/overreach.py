"""
Rules on what a text takes that the law does not give: a consent by silence, a regulator who is not ours, claims that nobody can
keep, and hurdles that are worded and not declared.
"""

import re
from collections.abc import Iterator

from troth.law.bases import Basis
from troth.notice.findings import Path
from troth.notice.lint.bases import PROMOTING
from troth.notice.lint.draft import Draft, Found, Rule, sentences
from troth.notice.lint.keeping import days, says_nothing
from troth.notice.purposes import Purpose
from troth.notice.schema.words import RequiredBy, RightName, Trigger
from troth.vault.categories import Category

_COMMISSIONER = re.compile(r"\binformation\s+commission(?:er)?\b|\bICO\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not?|never|nothing|nobody|none|cannot|can[\u2019']t|don[\u2019']t)\b", re.IGNORECASE)
_JUST_DENIED = re.compile(r"\b(?:no|not|never|nobody|none)\s+(?:\w+\s+)?$", re.IGNORECASE)
# Silence, a box that is ticked already, or the use of a site is no consent (UK GDPR Article 4(11)).
_SILENCE = re.compile(
    r"\bby\s+(?:\w+\s+){0,2}(?:using|us(?:e|ing)\s+of|visiting|browsing|continuing|reading|registering|booking|submitting|entering)\b"
    r"[^.;]{0,60}\byou\b[^.;]{0,40}?\b"
    r"(?:consent\b|agree\s+to\s+(?:our|us|the|this)\s+(?:terms\s+of\s+(?:this|our)\s+)?"
    r"(?:use|using|collection|collecting|processing|sharing|contacting|sending|(?:privacy\s+)?(?:notice|policy)))"
    r"|\b(?:deemed|taken|assumed|considered|presumed)\s+to\s+(?:have\s+)?(?:given\s+(?:your\s+)?)?(?:consent|agree)"
    r"|\bpre-?(?:ticked|checked|selected)\b|\b(?:box|tick|option)\s+is\s+(?:already\s+)?(?:ticked|checked|selected|on)\s+(?:for\s+you|by\s+default)"
    r"|\b(?:implied|implicit|opt-out)\s+consent\b",
    re.IGNORECASE,
)
_UNTOLD = re.compile(
    r"\bwithout\s+(?:(?:any|prior|further|giving|first)\s+)*(?:notice|notification|notifying|telling|informing|warning)\b"
    r"|\b(?:continu\w+|your)\s+(?:to\s+)?use\b[^.;]{0,60}\b(?:accept|agree|acceptance|agreement|consent)",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(
    r"\b(?:100|hundred)\s?(?:%|per\s?cent)\s+(?:safe|secure|protected|confidential|compliant)"
    r"|\b(?:completely|totally|absolutely|perfectly|entirely|always|fully)\s+(?:safe|secure)\b"
    r"|\b(?:cannot|can\s?not|can[\u2019']t|never)\s+be\s+(?:hacked|breached|stolen|lost)\b|\bun(?:hackable|breakable)\b|\bhack-?proof\b"
    r"|\bguarantee\w*\s+(?:\w+\s+){0,3}(?:security|safety|confidentiality)\b",
    re.IGNORECASE,
)
_NOT_CLAIMED = re.compile(r"\b(?:no|not|nobody|nothing|none|cannot|can[\u2019']t|never)\b[^.;]*$", re.IGNORECASE)
_US_FIRST = re.compile(
    r"\b(?:must|have\s+to|need\s+to|required\s+to|only)\b[^.;]*\b(?:before|until|after|once|first)\b[^.;]*"
    r"\b(?:commission(?:er)?|ICO|regulator|authority)\b"
    r"|\b(?:commission(?:er)?|ICO|regulator|authority)\b[^.;]*\b(?:only\s+(?:if|after|when|once)|until\s+you\s+have)\b",
    re.IGNORECASE,
)
_FEE = re.compile(
    r"\bwe\s+(?:may\s+)?charge\b|\b(?:administrati(?:on|ve)|handling)\s+(?:fee|charge)\b|\bfee\s+of\b|[£]\s?[0-9]",
    re.IGNORECASE,
)
_LAWFUL_FEE = re.compile(
    r"\b(?:no|not|free|never|nothing|without|unfounded|excessive|unreasonable|repeat\w*|further|additional|extra|another|second)\b",
    re.IGNORECASE,
)
_PAPERS = re.compile(
    r"\b(?:passport|driving\s+licence|certified\s+cop(?:y|ies)|photo(?:graphic)?\s+id|proof\s+of\s+(?:your\s+)?identity)\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(r"\b(?:every|each|all|any|always|with\s+(?:your|the))\s*(?:requests?)?\b", re.IGNORECASE)
_IN_DOUBT = re.compile(r"\b(?:doubt\w*|unsure|not\s+sure|where|when|if|unless|may)\b", re.IGNORECASE)
_NO_INTEREST = re.compile(
    r"(?:(?:in|for)\s+)?(?:our|the\s+(?:clinic|business|company)[\u2019']s)?\s*(?:own\s+)?(?:legitimate\s+)?"
    r"(?:(?:business|commercial|general)\s+)?(?:interests?|needs|purposes)\.?",
    re.IGNORECASE,
)
_WITH_NOBODY = re.compile(
    r"\b(?:never|not|don[\u2019']t)\s+(?:sell\s+or\s+)?(?:share|pass\s+on|disclose|give)\b[^.;]{0,60}"
    r"\b(?:any(?:one|body)|any\s+(?:other\s+)?third\s+part(?:y|ies))\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:without|unless|except|but|outside|only|other\s+than|who|for|to)\b", re.IGNORECASE)
_BOOKS_DAYS = days("6 years")


def _sentences(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Those in which a notice says what people agree to."""
    notice = draft.notice
    texts: list[tuple[Path, str]] = [(("summary",), notice.summary), (("scope", "words"), notice.scope.words)]
    texts += [((*path, "words"), row.words) for path, row in draft.rows]
    if notice.marketing:
        texts.append((("marketing", "words"), notice.marketing.words))
    for path, text in texts:
        yield from ((path, sentence) for sentence in sentences(text or ""))


def consent_is_given_by_an_act(draft: Draft) -> Iterator[Found]:
    for path, sentence in _sentences(draft):
        said = _SILENCE.search(sentence)
        if said and not (_DENIED.search(said[0]) or _JUST_DENIED.search(sentence[: said.start()])):
            yield Found("A08", path, f"'{said[0]}' is no consent.")
    for path, row in draft.rows:
        required = row.withholding is not None and row.withholding.required_by is not RequiredBy.CHOICE
        if Basis.CONSENT in row.basis and required and row.id not in PROMOTING:
            yield Found("A02", (*path, "basis"), f"'{row.title or row.id}' asks for consent to what is required.")


def a_basis_is_one_that_can_hold(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        name = row.title or row.id
        if Basis.VITAL_INTERESTS in row.basis and row.id is not Purpose.EMERGENCY:
            yield Found("A06", (*path, "basis"), f"'{name}' rests on vital interests, which are for emergencies.")
        if row.interest and _NO_INTEREST.fullmatch(row.interest.strip()):
            yield Found("N05", (*path, "interest"), f"'{name}' names no interest: '{row.interest}' may be anything.")


def the_regulator_is_ours(draft: Draft) -> Iterator[Found]:
    complaints = draft.notice.complaints
    if complaints.regulator and not _COMMISSIONER.search(complaints.regulator.name or ""):
        yield Found(
            "N11", ("complaints", "regulator"), "In the UK complaints about data go to the Information Commissioner."
        )
    for sentence in sentences(complaints.own.words if complaints.own else ""):
        if _US_FIRST.search(sentence) and not _DENIED.search(sentence):
            yield Found(
                "F-32", ("complaints", "own", "words"), "Nobody has to come to the clinic before the regulator."
            )
            return


def changes_are_told(draft: Draft) -> Iterator[Found]:
    for sentence in sentences(draft.notice.changes.words if draft.notice.changes else ""):
        if (said := _UNTOLD.search(sentence)) and not _DENIED.search(sentence):
            yield Found(
                "F-48", ("changes", "words"), f"'{said[0]}': nobody is bound by a change that they were not told of."
            )
            return


def claims_in_words_can_be_kept(draft: Draft) -> Iterator[Found]:
    for path, text in ((("summary",), draft.notice.summary), (("security", "words"), draft.notice.security.words)):
        for said in _ABSOLUTE.finditer(text or ""):
            if not _NOT_CLAIMED.search(text[: said.start()]):
                yield Found("F-40", path, f"'{said[0]}' claims more than anyone can show.")


def sharing_is_not_denied(draft: Draft) -> Iterator[Found]:
    if not draft.notice.recipients:
        return
    for path, sentence in _sentences(draft):
        if (said := _WITH_NOBODY.search(sentence)) and not _BUT.search(sentence):
            yield Found("F-08", path, f"'{said[0]}', it says; yet there are recipients.")


def periods_are_told(draft: Draft) -> Iterator[Found]:
    for place, rule in enumerate(draft.notice.retention.rules):
        if rule.words and any(limb.period for limb in rule.limbs) and says_nothing(rule.words):
            yield Found("F-33", ("retention", "rules", place, "words"), f"The words of `{rule.id}` name no period.")


def rights_have_no_worded_hurdle(draft: Draft) -> Iterator[Found]:
    for place, right in enumerate(draft.notice.rights):
        path = ("rights", place, "words")
        for sentence in sentences(right.words):
            # Of a copy a fee is looked for in `rights`.
            asked = right.right is not RightName.ACCESS and _FEE.search(sentence)
            if asked and not _LAWFUL_FEE.search(sentence):
                yield Found("F-29", path, f"The text asks for money for `{right.right}`.")
            if (
                _PAPERS.search(sentence)
                and _ALWAYS.search(sentence)
                and not (_IN_DOUBT.search(sentence) or _DENIED.search(sentence))
            ):
                yield Found("F-29", path, f"The text asks everybody who uses `{right.right}` for their papers.")


def books_are_kept_as_the_law_asks(draft: Draft) -> Iterator[Found]:
    row = draft.purposes.get(Purpose.ACCOUNTING)
    if row is None or Category.FINANCIAL not in row.covers:
        return
    kept = row.rule_for(Category.FINANCIAL) or draft.notice.retention.default
    for place, rule in enumerate(draft.notice.retention.rules):
        periods = [days(limb.period) for limb in rule.limbs if limb.period and limb.trigger is not Trigger.DEATH]
        if rule.id == kept and periods and max(periods) < _BOOKS_DAYS:
            yield Found(
                "F-35", ("retention", "rules", place), f"The books go under `{rule.id}` sooner than six years."
            )


RULES: tuple[Rule, ...] = (
    consent_is_given_by_an_act,
    a_basis_is_one_that_can_hold,
    the_regulator_is_ours,
    changes_are_told,
    claims_in_words_can_be_kept,
    sharing_is_not_denied,
    periods_are_told,
    rights_have_no_worded_hurdle,
    books_are_kept_as_the_law_asks,
)
