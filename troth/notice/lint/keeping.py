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
CHILD_AGE = 25
_NOT_BY_CARE = frozenset({Trigger.BIRTH, Trigger.DEATH, Trigger.WITHDRAWN, Trigger.OTHER})
_CARE = frozenset({Purpose.CARE, Purpose.PRESCRIBING})
_OWN_PERIOD = frozenset(
    {Category.CCTV, Category.CALL_RECORDING, Category.IDENTITY_DOCUMENT, Category.PHOTOGRAPH, Category.ACCIDENT}
)
# What arises beside care, and does not share the long life of a care record.
_NO_CARE_RECORD = frozenset({Category.CCTV, Category.CALL_RECORDING, Category.IDENTITY_DOCUMENT})
# LAW-6.9: these words say nothing unless the facts that decide follow.
_EMPTY = frozenset(
    re.findall(
        "[a-z]+",
        """
        a about above accordance according accounting achieve all allowed always amount an and any applicable
        applies apply appropriate are as at bases basis be been believe below best both business by case cases
        certain circumstances clinic collect collected commercial commercially comply confidentiality consent
        consider considered continue criteria data decide deem deemed depending described determine different
        disclosure duties duty each ever expired factors fit fixed for forever from fulfil full function
        functions future good guidance guidelines harm have history hold importance in including indefinite
        indefinitely industry information interests internal is it its justifiable justification justified keep
        kept kind kinds law lawful laws legal legitimate length life lifetime likelihood line long longer may
        means meet minimum must nature necessary need needed needs no norms not notice obligation obligations
        of on ongoing only operational or other otherwise our out particular period periods permanently
        permitted perpetuity personal policies policy possible potential practicable practical practice
        practices procedures process processed processing properly provide provided prudent purpose purposes
        reason reasonable reasonably reasons record records regulation regulations regulatory relation
        relevance relevant remain reporting require required requirement requirements requires retain retained
        retention risk risks satisfy schedule sector see sensible sensitivity service services set severity
        size specific standard stated statutory stored strictly such suitable terms than that the their them
        there these they think this those time timescale timescales to type types unauthorised under unless
        until us use used useful usual value various volume was we were what whatever when whenever where
        whether which while whole why will with you your
        better consistency consistent deliver delivering effective efficient enable enabling enhance ensure ensuring
        excellence excellent experience give giving high higher highest improve improving maintain maintaining
        providing quality satisfaction smooth support supporting
        """,
    )
)
_WORD = re.compile(r"[a-z]+|[0-9]+")
_TAKES_LATEST = re.compile(r"\b(?:later|latest|longer|longest)\b", re.IGNORECASE)
_NO_CHOICE = re.compile(r"\W*(?:either|any|or|whichever|both|depends|varies|as appropriate)\W*", re.IGNORECASE)


def days(span: str) -> float:
    """A span such as `8 years` in days, near enough to compare."""
    number, unit = span.split()
    return int(number) * _DAYS[unit.removesuffix("s")]


def says_nothing(words: str) -> bool:
    """Whether a text holds no word that tells this case from any other."""
    return not set(_WORD.findall(words.lower())) - _EMPTY


def _vague(rule: RetentionRule) -> str:
    """Why nobody can tell from this rule how long; empty if they can."""
    timed = [limb for limb in rule.limbs if limb.period or limb.until_age is not None]
    if not timed and not rule.criteria:
        return "gives no period and no criteria"
    if not timed and says_nothing(rule.criteria):
        return "says 'as long as necessary' and not what decides that"
    if not rule.source and says_nothing(rule.reason):
        return "gives neither a source for its period nor a reason of its own"
    return ""


def _joined_by_or(rule: RetentionRule) -> bool:
    told_apart = all(limb.words for limb in rule.limbs) and len({limb.words for limb in rule.limbs}) == len(
        rule.limbs
    )
    undecided = not rule.whichever or _NO_CHOICE.fullmatch(rule.whichever)
    return len(rule.limbs) > 1 and bool(undecided) and not told_apart


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
    if limb.until_age is not None:
        return limb.trigger is Trigger.BIRTH and limb.until_age < CHILD_AGE
    return limb.trigger not in _NOT_BY_CARE and bool(limb.period and days(limb.period) < CARE_DAYS)


def _too_short(rule: RetentionRule) -> bool:
    """Whether a care record goes early. Where the latest counts, one period that is long enough is enough (LAW-6.2)."""
    # The childrens' limb is its own case: eight years after a visit at five end before adulthood.
    for_adults = [limb for limb in rule.limbs if limb.trigger not in _NOT_BY_CARE]
    if any(_short(limb) for limb in rule.limbs if limb.trigger is Trigger.BIRTH):
        return True
    latest = _TAKES_LATEST.search(rule.whichever) and not all(_short(limb) for limb in for_adults)
    return not latest and any(_short(limb) for limb in for_adults)


def _care_rules(draft: Draft) -> set[str | None]:
    """The rules by which health records are kept for care."""
    return {
        row.rule_for(Category.HEALTH) or draft.notice.retention.default
        for _, row in draft.rows
        if row.id in _CARE and Category.HEALTH in row.covers
    }


def care_records_last(draft: Draft) -> Iterator[Found]:
    care = _care_rules(draft)
    for place, rule in enumerate(draft.notice.retention.rules):
        if rule.id in care and _too_short(rule):
            yield Found(
                "F-35",
                ("retention", "rules", place),
                f"Care records go under `{rule.id}` sooner than is usual: eight years, and at 25 for children.",
            )


def every_purpose_has_a_period(draft: Draft) -> Iterator[Found]:
    default = draft.notice.retention.default
    care = _care_rules(draft)
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
            elif category in _NO_CARE_RECORD and row.rule_for(category) in care:
                yield Found("F-36", path, f"'{name}' keeps {category} as long as a care record.")
        if row.id is Purpose.ENQUIRIES and row.retention is None:
            yield Found("F-36", path, f"'{name}' gives enquiries no period of their own.")
        elif row.id is Purpose.ENQUIRIES and row.rule_for(Category.CORRESPONDENCE) in care:
            yield Found("F-36", path, f"'{name}' keeps questions as long as a care record.")


def anonymity_is_tested(draft: Draft) -> Iterator[Found]:
    keeping = draft.notice.retention
    made = keeping.anonymising
    by_rule = any(rule.end is EndAction.ANONYMISE for rule in keeping.rules)
    if ((made and (made.on_request or made.kept_for_ever)) or by_rule) and not (made and made.test):
        yield Found(
            "F-37", ("retention", "anonymising"), "Data is made anonymous, and nothing says how that is tested."
        )


RULES: tuple[Rule, ...] = (rules_say_how_long, care_records_last, every_purpose_has_a_period, anonymity_is_tested)
