"""Rules on how long data is kept (LAW-6)."""

import re
from collections.abc import Iterator

from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.purposes import Purpose
from troth.notice.schema.keeping import Limb, RetentionRule
from troth.notice.schema.words import EndAction, Trigger
from troth.vault.categories import Category

_DAYS = {"minute": 0.0, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
CARE_DAYS = 8 * _DAYS["year"]
_CARE = frozenset({Purpose.CARE, Purpose.PRESCRIBING})
_OWN_PERIOD = frozenset(
    {Category.CCTV, Category.CALL_RECORDING, Category.IDENTITY_DOCUMENT, Category.PHOTOGRAPH, Category.ACCIDENT}
)
# LAW-6.9: these words say nothing unless the facts that decide follow.
_GENERAL = re.compile(
    r"\b(for )?(no longer than|only )?(as )?(long as|is|it is)?( is)? ?(strictly |reasonably )?"
    r"(necessary|needed|required)\b( by law)?",
    re.IGNORECASE,
)
_FEW_WORDS = 5


def days(span: str) -> float:
    """A span such as `8 years` in days, near enough to compare."""
    number, unit = span.split()
    return int(number) * _DAYS[unit.removesuffix("s")]


def _says_nothing(criteria: str) -> bool:
    return bool(_GENERAL.search(criteria)) and len(_GENERAL.sub(" ", criteria).split()) < _FEW_WORDS


def _vague(rule: RetentionRule) -> str:
    """Why nobody can tell from this rule how long; empty if they can."""
    timed = [limb for limb in rule.limbs if limb.period or limb.until_age is not None]
    if not timed and not rule.criteria:
        return "gives no period and no criteria"
    if not timed and _says_nothing(rule.criteria):
        return "says 'as long as necessary' and not what decides that"
    if not rule.reason and not rule.source:
        return "gives neither a reason nor a source for its period"
    return ""


def _joined_by_or(rule: RetentionRule) -> bool:
    told_apart = all(limb.words for limb in rule.limbs) and len({limb.words for limb in rule.limbs}) == len(
        rule.limbs
    )
    return len(rule.limbs) > 1 and not rule.whichever and not told_apart


def rules_say_how_long(draft: Draft) -> Iterator[Found]:
    if draft.notice.purposes and not draft.notice.retention.rules:
        yield Found("F-33", ("retention",), "Nothing is said on how long data is kept.")
    for place, rule in enumerate(draft.notice.retention.rules):
        path = ("retention", "rules", place)
        if problem := _vague(rule):
            yield Found("F-33", path, f"The rule `{rule.id}` {problem}.")
        if _joined_by_or(rule) or any(limb.trigger is Trigger.OTHER for limb in rule.limbs):
            yield Found(
                "F-34", path, f"The rule `{rule.id}` joins periods by 'or', or runs from an event it does not name."
            )
        if rule.end is EndAction.DEACTIVATE:
            yield Found("F-35", path, f"Under `{rule.id}` data is deactivated and never goes.")


def _short(limb: Limb) -> bool:
    return limb.trigger in {Trigger.LAST_CONTACT, Trigger.TREATMENT_END, Trigger.CONTRACT_END} and bool(
        limb.period and days(limb.period) < CARE_DAYS
    )


def care_records_last(draft: Draft) -> Iterator[Found]:
    care = {
        row.rule_for(category) or draft.notice.retention.default
        for _, row in draft.rows
        if row.id in _CARE
        for category in row.covers
        if category is Category.HEALTH
    }
    for place, rule in enumerate(draft.notice.retention.rules):
        if rule.id in care and any(_short(limb) for limb in rule.limbs):
            yield Found(
                "F-35",
                ("retention", "rules", place),
                f"Care records go under `{rule.id}` sooner than the eight years that are usual for adults.",
            )


def every_purpose_has_a_period(draft: Draft) -> Iterator[Found]:
    default = draft.notice.retention.default
    for path, row in draft.rows:
        kept = [category for category in sorted(row.covers) if row.rule_for(category) or default]
        without = [category for category in sorted(row.covers) if category not in kept]
        name = row.title or row.id
        if (row.categories == "all" and not kept) or (row.categories != "all" and without):
            lacking = "its data" if row.categories == "all" else ", ".join(without)
            yield Found("N08", path, f"'{name}' does not say how long {lacking} is kept.")
        if row.categories == "all":
            continue
        for category in sorted(row.covers & _OWN_PERIOD):
            by_name = isinstance(row.retention, dict) and category in row.retention
            if not by_name and not (row.retention and row.covers == {category}):
                yield Found("F-36", path, f"'{name}' gives {category} no period of its own.")
        if row.id is Purpose.ENQUIRIES and row.retention is None:
            yield Found("F-36", path, f"'{name}' gives enquiries no period of their own.")


def anonymity_is_tested(draft: Draft) -> Iterator[Found]:
    keeping = draft.notice.retention
    made = keeping.anonymising
    by_rule = any(rule.end is EndAction.ANONYMISE for rule in keeping.rules)
    if ((made and (made.on_request or made.kept_for_ever)) or by_rule) and not (made and made.test):
        yield Found(
            "F-37", ("retention", "anonymising"), "Data is made anonymous, and nothing says how that is tested."
        )


RULES: tuple[Rule, ...] = (rules_say_how_long, care_records_last, every_purpose_has_a_period, anonymity_is_tested)
