"""Rules on particulars: numbers, names and words that are there, and are not what they should be."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from troth.law.bases import Basis, Condition
from troth.notice.lint.bases import PROMOTING
from troth.notice.lint.draft import Draft, Found, Rule, sentences
from troth.notice.lint.sharing import code_of
from troth.notice.lint.statements import words_of
from troth.notice.schema.words import RecipientKind, RightName, Trade

# Trades that work for the clinic on its data, whoever says nothing of their kind. Others decide for themselves as often.
_WORKS_FOR_US = frozenset(
    {
        Trade.HOSTING,
        Trade.CLINIC_SOFTWARE,
        Trade.WEBSITE,
        Trade.MAIL,
        Trade.TELEPHONY,
        Trade.ANALYTICS,
        Trade.SUPPLIER,
    }
)
_NUMBER_ALONE = re.compile(r"[A-Z]{0,2}[0-9]{1,12}[A-Z]?")
# As Companies House writes them: eight characters, of which the first two may be letters and the last one may.
_COMPANY = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{5}[0-9A-Z]|R[0-9]{7}")
_REGISTRATION = re.compile(r"Z[A-Z0-9]?[0-9]{5,7}")
_DIGITS = re.compile(r"[0-9]")
_ONE_NUMBER = re.compile(r"0[0-9 ()-]+")
# Numbers of the freephone range may be shorter (0800 1111).
_SHORT_FREEPHONE = re.compile(r"08")
_LEAST_DIGITS = 3
_IN_FULL = frozenset({10, 11})
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[^\s/@]*@\S+|(?:https?://)?[\w-]+(?:\.[\w-]+)+")
_LOOKING_LATIN = ("CYRILLIC", "ARMENIAN", "CHEROKEE")
_LEAVING = (
    r"(?:withdr\w+|tak(?:e|es|ing)\s+(?:\S+\s+){0,4}back|revok\w+|refus\w+|declin\w+|object(?:s|ed|ing)?|opt(?:s|ed|ing)?[\s-]+out"
    r"|unsubscrib\w+|say\w*\s+no|(?:do|does)\s+not\s+(?:agree|consent)|don't\s+(?:agree|consent)|without\s+(?:your\s+|this\s+)?consent)"
)
# What ends a clause, so that `stop your treatment reminders` is none.
_OURS = (
    r"(?:your\s+|the\s+|an?\s+|any\s+)?(?:\w+\s+)?"
    r"(?:accounts?|membership|registration|care|treatments?|services?|appointments?|visits?|consultations?|prescriptions?|orders?)"
    r"(?=\s*(?:[.,;:!?()]|$|(?:and|or|if|when|then|unless|until|with|at|as|in|on|by|to|too|altogether|immediately)\b))"
)
_THREAT = re.compile(
    rf"\b(?:we|the\s+clinic)\s+(?:will|may|shall|must|can|would|might|have\s+to)\s+(?:have\s+to\s+|then\s+|also\s+|immediately\s+)*"
    rf"(?:close|suspend|terminate|end|cancel|stop|delete|refuse|restrict|block|withhold)\s+{_OURS}"
    rf"|\b(?:we|the\s+clinic)\s+(?:can\s?not|can't|will\s+not|won't|may\s+not|can\s+no\s+longer|will\s+no\s+longer)\s+(?:then\s+)?"
    rf"(?:treat|care\s+for|serve|accept)\s+(?:you|patients)\b(?!\s+(?:with|by|for|in|using|under|there)\b)"
    rf"|\byour\s+(?:\w+\s+)?(?:account|membership|registration)\s+(?:will|may|shall)\s+be\s+(?:closed|suspended|terminated|cancelled|deleted|ended)\b"
    rf"|\byou\s+(?:will\s+|may\s+)?(?:lose|forfeit)\s+{_OURS}",
    re.IGNORECASE,
)
_LEAVES = re.compile(rf"\b{_LEAVING}\b", re.IGNORECASE)


def numbers_are_numbers(draft: Draft) -> Iterator[Found]:
    who, officer, regulator = draft.notice.controller, draft.notice.dpo, draft.notice.complaints.regulator
    if who and code_of(who.country) == "GB":
        for name, pattern, words in (
            ("company_number", _COMPANY, "a company number has eight characters"),
            ("ico_registration", _REGISTRATION, "a registration begins with Z and six or seven more characters"),
        ):
            # Some write a sentence around it, which may hold more than one number.
            told = "".join(getattr(who, name).split()).upper()
            if _NUMBER_ALONE.fullmatch(told) and not pattern.fullmatch(told):
                yield Found("N22", ("controller", name), f"'{getattr(who, name)}' cannot be right: {words}.")
    for part, said in (
        (("controller",), who and who.telephone),
        (("dpo",), officer and officer.telephone),
        (("complaints", "regulator"), regulator and regulator.telephone),
    ):
        if said and (problem := _no_telephone(said)):
            yield Found("F-43", (*part, "telephone"), f"'{said[:60]}' {problem}.")


def _no_telephone(said: str) -> str:
    """Why this leads to no telephone; empty if it may."""
    digits = len(_DIGITS.findall(said))
    if digits < _LEAST_DIGITS:
        return "holds no number that could be called"
    if _ONE_NUMBER.fullmatch(said) and digits not in _IN_FULL and not _SHORT_FREEPHONE.match(said):
        return f"has {digits} digits, and a number in the United Kingdom has ten or eleven"
    return ""


def contracts_stand(draft: Draft) -> Iterator[Found]:
    for place, recipient in enumerate(draft.notice.recipients):
        said = "kind" in recipient.model_fields_set or recipient.trade in _WORKS_FOR_US
        if recipient.kind is RecipientKind.PROCESSOR and said and not recipient.contract:
            yield Found(
                "N25", ("recipients", place), f"`{recipient.id}` works on data for us, and no contract is named."
            )


def kinds_have_pieces(draft: Draft) -> Iterator[Found]:
    for place, held in enumerate(draft.notice.categories):
        if held.words and not held.items:
            yield Found("N24", ("categories", place), f"{held.id} is held, and none of its pieces is listed.")


def cookies_end(draft: Draft) -> Iterator[Found]:
    for place, cookie in enumerate(draft.notice.cookies.stored if draft.notice.cookies else []):
        if not cookie.life:
            yield Found("E05", ("cookies", "stored", place), f"Nothing says how long `{cookie.name}` stays.")


def what_is_begun_is_written(draft: Draft) -> Iterator[Found]:
    notice = draft.notice
    kinds: tuple[tuple[str, Sequence[Any]], ...] = (
        ("categories", notice.categories),
        ("purposes", notice.purposes),
        ("rights", notice.rights),
    )
    for name, parts in kinds:
        for place, part in enumerate(parts):
            # Words left out altogether may stand in the title or the pieces; words begun and left empty stand nowhere.
            if "words" in part.model_fields_set and not part.words:
                yield Found("F-43", (name, place, "words"), "`words` is there, and nothing is written in it.")


def letters_are_what_they_seem(draft: Draft) -> Iterator[Found]:
    for path, text in words_of(draft.notice.model_dump(exclude_defaults=True)):
        if not text.isascii() and (odd := _disguised(text)):
            yield Found("F-43", path, f"'{odd[0]}' is written with {odd[1]}, which only looks like ours.")


def _disguised(text: str) -> tuple[str, str] | None:
    """The first word with a letter of another alphabet among Latin ones, and the name of that letter."""
    for word in _WORD.findall(text):
        names = [unicodedata.name(letter, "") for letter in word]
        strange = next((name for name in names if name.startswith(_LOOKING_LATIN)), "")
        if strange and any(name.startswith("LATIN") for name in names):
            return word, strange.capitalize()
    # Greek stands in honest words, such as a unit of measurement, and in no address of ours.
    for address in _ADDRESS.findall(text):
        names = [unicodedata.name(letter, "") for letter in address]
        strange = next((name for name in names if name.startswith((*_LOOKING_LATIN, "GREEK"))), "")
        if strange and any(name.startswith("LATIN") for name in names):
            return address, strange.capitalize()
    return None


def saying_no_costs_nothing(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        asks = Basis.CONSENT in row.basis or Condition.EXPLICIT_CONSENT in row.condition
        for name, said, tied in (
            (("withholding", "if_not"), row.withholding.if_not if row.withholding else "", True),
            (("words",), row.words, False),
        ):
            # What follows from saying no needs no word for it: the field itself asks that.
            if asks and (threat := _threatened(said, tied=tied)):
                yield Found(
                    "F-50" if row.id in PROMOTING else "A02", (*path, *name), f"Who says no is told: '{threat}'."
                )
    for place, right in enumerate(draft.notice.rights):
        if right.right is RightName.WITHDRAWAL and (threat := _threatened(right.words)):
            yield Found("A02", ("rights", place, "words"), f"Who takes a consent back is told: '{threat}'.")
        if right.right is RightName.MARKETING_OBJECTION and (threat := _threatened(right.words)):
            yield Found("F-20", ("rights", place, "words"), f"Who stops marketing is told: '{threat}'.")


def _threatened(text: str, *, tied: bool = False) -> str:
    """What a text threatens whoever says no with; empty if nothing."""
    for sentence in sentences(text):
        threat = _THREAT.search(sentence)
        if threat and (tied or _LEAVES.search(sentence)):
            return threat[0]
    return ""


RULES: tuple[Rule, ...] = (
    numbers_are_numbers,
    contracts_stand,
    kinds_have_pieces,
    cookies_end,
    what_is_begun_is_written,
    letters_are_what_they_seem,
    saying_no_costs_nothing,
)
