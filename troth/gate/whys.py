"""
Why something is visible: what stands beside every piece of data. Taken from the gate's decision and the notice in force,
never written by hand, so that what a page says is what was enforced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from troth.gate.contexts import Opened
from troth.gate.refusals import Check, Decision
from troth.law.calendar import age_on, birthday, months_after, years_after
from troth.notice import selectors as notices
from troth.notice.schema.keeping import Limb, RetentionRule
from troth.notice.schema.words import Trigger
from troth.vault.categories import Category

ADULT_AT = 18
SEVENTEEN = 17
Triggers = Mapping[Trigger, date]


@dataclass(frozen=True)
class Why:
    """For what, because of what, and how long: one purpose, one person, one category."""

    purpose: str  # the title of the purpose in the notice
    because: str  # what connects the viewer with the person
    keeping: str  # the rule of keeping in the notice's words
    until: date | None = None  # the day it falls due, where what starts the period is known

    @property
    def kept_until(self) -> str:
        """The day, or the notice's own words where no day can be named yet."""
        return f"{self.until:%-d %B %Y}" if self.until else self.keeping


def why(opened: Opened, subject: UUID, category: Category, *, triggers: Triggers | None = None) -> Why:
    """
    Why this category of a person's data may be seen in the context that is open. `triggers`: what starts periods, and when.

    :raises LookupError: the notice does not declare the purpose, or keeps the category by no rule: nothing to say.
    """
    if opened.declared is None:
        raise LookupError(f"The notice in force does not declare {opened.purpose}.")
    rule = notices.retention_rules(opened.register)[opened.declared.retention[category]]
    return Why(opened.declared.title, opened.reason_for(subject), rule.words, kept_until(rule, triggers or {}))


def kept_until(rule: RetentionRule, triggers: Triggers) -> date | None:
    """
    The day on which the period of a rule ends, or None where that is not known yet (LAW-6.6, LAW-6.8).

    A death replaces every other limb; of the others the latest counts. An age counts only for who was treated as a child,
    and who was seventeen then is kept to the latest age that the rule names.
    """
    dead = [limb for limb in rule.limbs if limb.trigger is Trigger.DEATH]
    if dead and Trigger.DEATH in triggers:
        return _latest(dead, triggers)
    limbs = [limb for limb in rule.limbs if limb.trigger is not Trigger.DEATH]
    ages = sorted(limb.until_age for limb in limbs if limb.until_age is not None)
    if ages:
        seen, born = triggers.get(Trigger.LAST_CONTACT), triggers.get(Trigger.BIRTH)
        if seen is None or born is None:
            return None
        age = age_on(born, seen)
        wanted = None if age >= ADULT_AT else ages[-1] if age == SEVENTEEN else ages[0]
        limbs = [limb for limb in limbs if limb.until_age in (None, wanted)]
    return _latest(limbs, triggers)


def _latest(limbs: list[Limb], triggers: Triggers) -> date | None:
    ends = [_end(limb, triggers) for limb in limbs]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _end(limb: Limb, triggers: Triggers) -> date | None:
    start = triggers.get(limb.trigger)
    if start is None:
        return None
    if limb.until_age is not None:
        return birthday(start, limb.until_age)
    number, _, unit = (limb.period or "").partition(" ")
    many = int(number) if number else 0
    match unit.removesuffix("s"):
        case "year":
            return years_after(start, many)
        case "month":
            return months_after(start, many)
        case "week":
            return start + timedelta(weeks=many)
        case "day":
            return start + timedelta(days=many)
    return None


@dataclass(frozen=True)
class Step:
    """One of the six checks as it may be told to the person refused: passed, failed or not asked, and in a few words why."""

    name: str
    state: Literal["passed", "failed", "not_asked"]
    words: str


_PASSED = {
    Check.PURPOSE: "In the notice",
    Check.CATEGORY: "Covered by the purpose",
    Check.ROLE: "Your role may",
    Check.REASON: "Something connects you",
    Check.BASIS: "The lawful basis holds",
    Check.RESTRICTION: "None stands",
}
_FAILED = {
    Check.PURPOSE: "Not in the notice",
    Check.CATEGORY: "Not covered by the purpose",
    Check.ROLE: "Not for your role",
    Check.REASON: "Nothing connects you today",
    Check.BASIS: "The lawful basis does not hold",
    Check.RESTRICTION: "They asked us to restrict it",
}


def steps(decision: Decision) -> tuple[Step, ...]:
    """
    The six checks of a refusal, as far as this person may be told of them; none where only the one sentence may be said.

    A check that stopped because of the person asked for is not told to somebody who has no reason to know them.
    """
    stopped = decision.spoken
    if decision.allowed or stopped is None:
        return ()
    return tuple(
        Step(check.value.capitalize(), "failed", _FAILED[check])
        if check is stopped
        else Step(check.value.capitalize(), "passed", _PASSED[check])
        if check.number < stopped.number
        else Step(check.value.capitalize(), "not_asked", f"Not asked: it stopped at {stopped.value}")
        for check in Check
    )
