"""Rules on times in words: what people read must be the number that the software keeps, and no longer than the law allows."""

import re
from collections.abc import Iterator

from troth.notice.findings import Path
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.lint.keeping import days
from troth.notice.lint.rights import COMPLAINT_DAYS
from troth.notice.schema.keeping import RetentionRule
from troth.notice.schema.words import RightName, Trigger

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * place for place, word in enumerate(_TENS, start=2)},
    **{
        f"{ten}-{one}": 10 * place + _ONES.index(one)
        for place, ten in enumerate(_TENS, start=2)
        for one in _ONES[1:10]
    },
}
_COMPOUND = rf"(?:{'|'.join(_TENS)})[-\s](?:{'|'.join(_ONES[1:10])})"
_NUMBER = rf"[0-9]{{1,4}}|{_COMPOUND}|{'|'.join([*_ONES, *_TENS])}|(?:a\s+|one\s+)?hundred"
_SPAN = re.compile(
    rf"\b({_NUMBER})(?:\s*\([0-9]+\))?[\s-]+(?:(?:full|whole|calendar|further|more)\s+)?"
    r"(minute|hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_AGE = re.compile(rf"\b({_NUMBER})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_BARE = re.compile(rf"\b(?:and|or)\s+({_NUMBER})\b(?!-)", re.IGNORECASE)
_OF_AGE = re.compile(r"\b(?:birthday|age|aged|turn(?:s|ed)?|reach(?:es|ed)?)\b", re.IGNORECASE)
# Twelve months and a year, three months and ninety days: near enough to be the same promise.
_SLACK = 0.05
# When consent is withdrawn or a person dies, words may speak of the rule alone and leave the day to the limb.
_UNSPOKEN = frozenset({Trigger.WITHDRAWN, Trigger.DEATH, Trigger.BIRTH})
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_ANSWERED = re.compile(
    r"\b(?:within|in|inside|up\s+to|at\s+most|no\s+(?:more|later)\s+than|takes?)\s+(?:the\s+|about\s+)?$",
    re.IGNORECASE,
)
_LONGER = re.compile(r"\b(?:more|further|extend\w*|extension|extra|longer|additional|complex)\b", re.IGNORECASE)
_COPIES = re.compile(r"\bback-?\s?ups?\b|\bkept\b|\bkeep\b", re.IGNORECASE)
_MONTH, _THREE_MONTHS = 31, 92


def _number(words: str) -> int:
    if words.isdigit():
        return int(words)
    spelt = "-".join(words.lower().split())
    return 100 if spelt.endswith("hundred") else _NUMBERS[spelt]


def _spans(words: str) -> list[tuple[float, re.Match[str]]]:
    """Every length of time that a text names, in days, with its place."""
    return [(days(f"{_number(found[1])} {found[2].lower()}"), found) for found in _SPAN.finditer(words)]


def _told(words: str) -> list[float]:
    """The lengths of time that a text may mean: a bare number after one takes its unit, as in 'seven years, or two at least'."""
    spans = _spans(words)
    told = [length for length, _ in spans]
    for length, span in spans:
        one = length / max(_number(span[1]), 1)
        told += [one * _number(bare[1]) for bare in _BARE.finditer(words, span.end())]
    return told


def _among(length: float, told: list[float]) -> bool:
    return any(abs(length - each) <= _SLACK * max(length, each) for each in told)


def _unlike(rule: RetentionRule) -> Iterator[str]:
    """The times that a rule keeps and its words deny."""
    told = _told(rule.words)
    kept = [days(limb.period) for limb in rule.limbs if limb.period]
    if told and kept and not any(_among(length, told) for length in kept):
        yield f"keeps for {' and '.join(limb.period for limb in rule.limbs if limb.period)}"
        return
    for limb in rule.limbs:
        if limb.period:
            own = _told(limb.words)
            said = own or (told if limb.trigger not in _UNSPOKEN else [])
            if said and not _among(days(limb.period), said):
                yield f"keeps for {limb.period}"
        if limb.until_age is not None and _OF_AGE.search(rule.words):
            ages = {_number(found[1]) for found in _AGE.finditer(rule.words)}
            if ages and limb.until_age not in ages:
                yield f"keeps until the age of {limb.until_age}"


def words_say_what_is_kept(draft: Draft) -> Iterator[Found]:
    keeping, own = draft.notice.retention, draft.notice.complaints.own
    for place, rule in enumerate(keeping.rules):
        for what in _unlike(rule):
            yield Found(
                "K08", ("retention", "rules", place), f"The rule `{rule.id}` {what}, and its words name another time."
            )
    # Sooner than the words say breaks no promise.
    told = _told(keeping.words)
    if told and (keeping.master_key_days or 0) > max(told) * (1 + _SLACK):
        yield Found(
            "K08",
            ("retention", "master_key_days"),
            f"Keys go after {keeping.master_key_days} days, and the words name a shorter time.",
        )
    told = _told(own.words) if own else []
    if own and told and (own.acknowledged_within_days or 0) > max(told) * (1 + _SLACK):
        yield Found(
            "K08",
            ("complaints", "own", "acknowledged_within_days"),
            f"A complaint is confirmed within {own.acknowledged_within_days} days, and the words name a shorter time.",
        )
    if told and min(told) > COMPLAINT_DAYS + 1:
        yield Found(
            "F-32", ("complaints", "own", "words"), "The text takes longer than 30 days to confirm a complaint."
        )


def _too_long(words: str, *, extended: bool) -> Iterator[str]:
    """The times in a text on a right that are longer than the law gives."""
    for sentence in _SENTENCE.split(words):
        if _COPIES.search(sentence):
            continue
        limit = _THREE_MONTHS if extended or _LONGER.search(sentence) else _MONTH
        for length, found in _spans(sentence):
            if length > limit and (extended or _ANSWERED.search(sentence[: found.start()])):
                yield found[0]


def requests_are_answered_in_time(draft: Draft) -> Iterator[Found]:
    for place, right in enumerate(draft.notice.rights):
        if right.right is RightName.INFORMED:
            continue
        parts: tuple[tuple[Path, str, bool], ...] = (
            (("rights", place, "words"), right.words, False),
            (("rights", place, "extension"), right.extension, True),
        )
        for path, words, extended in parts:
            for said in _too_long(words, extended=extended):
                yield Found("S07", path, f"The text takes {said} for `{right.right}`.")


RULES: tuple[Rule, ...] = (words_say_what_is_kept, requests_are_answered_in_time)
