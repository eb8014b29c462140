"""
Pure decisions about rights: until when a rule keeps something, what an erasure does to it, and what a copy leaves out.

Decided for each purpose, never for a person as a whole (LAW-3.5). Nothing here reads a clock or a database.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from troth.law.bases import Basis, Condition
from troth.law.calendar import age_on, birthday, months_after, years_after
from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredPurpose, Register
from troth.notice.schema.keeping import Limb, RetentionRule
from troth.notice.schema.words import Trigger
from troth.rights.rules.packing import COPIES
from troth.vault.categories import Category

CHILD_UNTIL, SEVENTEEN = 18, 17
RELEASED = "released"
PRIVACY_OFFICER = "privacy_officer"
#: Purposes that use what is there and give nobody a reason to keep it: finding, emergencies, answering, handing over.
_ONLY_USING = frozenset(
    {
        Purpose.FIND,
        Purpose.EMERGENCY,
        Purpose.LEGAL_CLAIMS,
        Purpose.LEGAL_DUTIES,
        Purpose.CLINICAL_AUDIT,
        Purpose.SERVICE_STATISTICS,
        Purpose.COMPLAINTS,
        Purpose.SAFEGUARDING,
    }
)
#: An objection to these stands, whatever the clinic would say against it (UK GDPR Article 21(3)).
NEVER_WEIGHED = frozenset({Purpose.MARKETING})
#: The proof of each consent: kept by its own rule, whoever asks for the rest to go.
_CONSENT_WORDS = "consent.words"
#: The file of a complaint is kept longer than that of a request (LAW-6, R9 and R12).
COMPLAINT_FILE = "complaint_file"
_RIGHTS_FILE = frozenset({Category.RIGHTS, Category.REPRESENTATIVE})


@dataclass(frozen=True)
class Held:
    """One key's worth of what is held: rows under one compartment and scope, and the days on which they began and changed."""

    compartment: str
    scope: str
    category: Category
    retention: str
    rows: int
    first_on: date
    last_on: date


NO_CASE = date.min


@dataclass(frozen=True)
class Situation:
    """What decides about a person besides the data itself."""

    on: date
    health_last_on: date | None  # None: never treated, so there is no care record to keep
    last_contact_on: date
    money_held: bool
    close_account: bool
    born_on: date | None = None
    year_ends: tuple[int, int] = (4, 5)  # month and day on which the clinic's financial year ends
    holds: tuple[str, ...] = ()  # what stops destruction for now, in words (LAW-4.13)
    health_holds: tuple[str, ...] = ()  # the same, of data about health alone
    overruled: bool = False  # the privacy officer found that no ground to keep anything holds
    died_on: date | None = None
    #: By rule: when the last case in another room that all of this hangs on was closed. NO_CASE: they never had one; None: one is
    #: under way, so that nobody can say yet when any of it goes.
    closed: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True)
class PurposeFate:
    """What an erasure means for one purpose's use of one kind of data."""

    purpose: Purpose
    title: str
    stays: bool
    why: str
    law: str
    until: date | None = None
    words: str = ""  # the retention rule as the notice words it


@dataclass(frozen=True)
class Fate:
    """What becomes of one key's worth of data: it stays if any purpose must keep it, and until the last of them ends."""

    held: Held
    purposes: tuple[PurposeFate, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Its compartment and scope."""
        return self.held.compartment, self.held.scope

    @property
    def grounds(self) -> tuple[PurposeFate, ...]:
        """The purposes that must keep it."""
        return tuple(each for each in self.purposes if each.stays)

    @property
    def stays(self) -> bool:
        """Whether any purpose must keep it."""
        return bool(self.grounds)

    @property
    def until(self) -> date | None:
        """The last day of the last ground, or None when one of them has no end yet."""
        ends = [each.until for each in self.grounds]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


def kept_until(rule: RetentionRule | None, held: Held, person: Situation) -> date | None:
    """
    Return the day on which a rule of the notice ends for this data, or None while it has no end (LAW-6.6).

    Of several limbs the latest that fits counts; those of childhood fit who was a child when last treated (LAW-6.8).
    """
    if rule is None:
        return None
    days = days_of(held, person)
    if rule.id in person.closed:
        closed = person.closed[rule.id]
        if closed is None:
            return None
        days[Trigger.CASE_CLOSED] = closed if closed > NO_CASE else None
    ends = [end for limb in rule.limbs if (end := end_of(limb, days, person)) is not None]
    return max(ends) if ends else None


def days_of(held: Held, person: Situation) -> dict[Trigger, date | None]:
    """The day of each event that a rule may count from, as the data itself shows it."""
    treated = held.category.special or held.category is Category.IDENTITY
    contact = person.health_last_on if treated and person.health_last_on else person.last_contact_on
    year_end = date(held.last_on.year, *person.year_ends)
    if held.last_on > year_end:
        year_end = years_after(year_end, 1)
    return {
        Trigger.LAST_CONTACT: contact,
        Trigger.TREATMENT_END: contact,
        Trigger.CREATED: held.last_on,
        Trigger.CASE_CLOSED: held.last_on,
        Trigger.FINANCIAL_YEAR_END: year_end,
        Trigger.WITHDRAWN: person.on,
        Trigger.CONTRACT_END: person.on,
    }


def end_of(limb: Limb, days: Mapping[Trigger, date | None], person: Situation) -> date | None:
    """Return the day on which one limb of a rule ends for a person, or None where it does not fit them."""
    if limb.until_age is not None:
        last, born = days[Trigger.LAST_CONTACT], person.born_on
        if limb.trigger is not Trigger.BIRTH or born is None or last is None or age_on(born, last) >= CHILD_UNTIL:
            return None
        was_seventeen = age_on(born, last) == SEVENTEEN
        return birthday(born, limb.until_age) if was_seventeen == (limb.until_age > 25) else None
    start = days.get(limb.trigger)
    return None if start is None or not limb.period else add_span(start, limb.period)


def add_span(start: date, span: str) -> date:
    """
    Return the day a span such as `8 years` after a day. Hours and minutes end on the next day.

    :raises ValueError: it is no span.
    """
    found = re.fullmatch(r"(\d+) (minute|hour|day|week|month|year)s?", span)
    if found is None:
        raise ValueError("A span is a number and a unit, such as `8 years`.")
    number, unit = int(found[1]), found[2]
    if unit == "year":
        return years_after(start, number)
    if unit == "month":
        return months_after(start, number)
    return start + timedelta(days={"week": 7 * number, "day": number}.get(unit, 1))


def decide_fate(
    held: Held,
    register: Register,
    retention: Mapping[str, RetentionRule],
    person: Situation,
) -> Fate:
    """Decide, purpose by purpose, whether this data goes at an erasure or stays, with ground, law and date (LAW-3.5)."""
    fates = [
        _for_purpose(declared, held, register, retention, person)
        for declared in register.purposes.values()
        if held.category in declared.categories and declared.purpose not in _ONLY_USING
    ]
    found = [fate for fate in fates if fate is not None]
    if held.compartment in COPIES:
        return Fate(held, ())  # a copy of what is held goes with any erasure, whatever has to stay of what it copies
    found += [
        PurposeFate(
            Purpose.RIGHTS,
            "Answering when you use your rights",
            stays=True,
            why=hold,
            law="DPA 2018 section 173, LAW-4.13",
        )
        for hold in (*person.holds, *(person.health_holds if held.category.special else ()))
    ]
    if person.overruled and held.category not in _RIGHTS_FILE:
        found = [
            PurposeFate(
                fate.purpose,
                fate.title,
                stays=False,
                law="UK GDPR Article 17(1)(d), LAW-3.4",
                why="Our privacy officer found no ground to keep it.",
            )
            for fate in found
        ]
    return Fate(held, tuple(found))


def _for_purpose(
    declared: DeclaredPurpose,
    held: Held,
    register: Register,
    retention: Mapping[str, RetentionRule],
    person: Situation,
) -> PurposeFate | None:
    category = held.category
    named = declared.retention.get(category, held.retention)
    rule = retention.get(COMPLAINT_FILE if held.retention == COMPLAINT_FILE else named)
    until = kept_until(rule, held, person)
    words = rule.words if rule else ""

    def stays(why: str, law: str) -> PurposeFate:
        if until is not None and until <= person.on:
            return goes("The time for which we had to keep it has ended.", "UK GDPR Article 17(1)(a), LAW-3.4")
        return PurposeFate(declared.purpose, declared.title, stays=True, why=why, law=law, until=until, words=words)

    def goes(why: str, law: str) -> PurposeFate:
        return PurposeFate(declared.purpose, declared.title, stays=False, why=why, law=law)

    if declared.purpose is Purpose.RIGHTS:
        if held.compartment == _CONSENT_WORDS:
            return stays(
                "It shows what you agreed to, and that you took it back.",
                "UK GDPR Articles 7(1) and 17(3)(e), LAW-3.5",
            )
        if category in _RIGHTS_FILE:
            return stays(
                "It shows what you asked and how we answered.", "UK GDPR Articles 5(2) and 17(3)(e), LAW-3.5"
            )
        return None
    if declared.purpose is Purpose.ACCOUNT_SECURITY:
        if category is not Category.ACCOUNT:
            return None
        if person.close_account:
            return goes(
                "You close your account, so there is nothing left to sign in to.", "UK GDPR Article 17(1)(a), LAW-3.4"
            )
        return PurposeFate(
            declared.purpose,
            declared.title,
            stays=True,
            law="UK GDPR Article 6(1)(b), LAW-3.5",
            why="You keep your sign-in, so that you can see what stays.",
        )
    if declared.purpose is Purpose.SECURITY_LOG and category is not Category.NETWORK:
        return None  # the log is of machines; an account is not kept for it
    if declared.basis is Basis.CONSENT:
        return goes("It rests on your consent, which you take back with this.", "UK GDPR Article 17(1)(b), LAW-3.4")
    if declared.purpose is Purpose.STAFF or held.retention == "staff_file":
        if held.retention != "staff_file":
            return None
        return stays(
            "It may be needed if there is a claim about your employment.", "UK GDPR Article 17(3)(e), LAW-3.5"
        )
    if declared.basis is Basis.LEGAL_OBLIGATION:
        if category is Category.IDENTITY and not person.money_held:
            return None
        return stays(
            f"The law makes us keep it: {declared.title[:1].lower()}{declared.title[1:]}.",
            "UK GDPR Article 17(3)(b), LAW-3.5",
        )
    if _part_of_the_care_record(declared, category) and person.health_last_on is not None:
        return stays(
            "It is part of the record of your treatment, which safe care and later questions need.",
            "UK GDPR Articles 9(2)(h) and 17(3)(c), LAW-3.5, LAW-6.2",
        )
    if declared.basis is Basis.CONTRACT:
        return goes("It served our agreement with you, which ends with this.", "UK GDPR Article 17(1)(a), LAW-3.4")
    return goes("It rests on our interests, and they do not outweigh your wish.", "UK GDPR Article 17(1)(c), LAW-3.4")


def _part_of_the_care_record(declared: DeclaredPurpose, category: Category) -> bool:
    """Health data used for care is; so is what this purpose keeps by the same rule, such as the name on the record."""
    if declared.basis is not Basis.CONTRACT or declared.condition is not Condition.HEALTH_CARE:
        return False
    return category.special or declared.retention.get(category) in {
        rule for kind, rule in declared.retention.items() if kind.special
    }


def is_released(category: Category, *, release: str | None, recorded_by_themself: bool) -> bool:
    """
    Say whether a copy that a person takes by themselves holds this (LAW-4.5, pitfalls A10).

    What is not about health is. Of health data: what the row says, or, where it says nothing, what they told us themselves.
    """
    if not category.special:
        return True
    return recorded_by_themself if release is None else release == RELEASED


#: How long telling somebody may be put off before it is looked at again.
LONGEST_DELAY = timedelta(days=30)


def check_can_review(*, broke: UUID, reviewer: UUID | None, closed: bool, words: str) -> str:
    """Say why an emergency may not be judged now, or "" when it may: by somebody else, once, in words (pitfalls B14)."""
    if reviewer == broke:
        return "You opened this record yourself. A colleague has to review it."
    if closed:
        return "This was reviewed already. What was found stays as it was written."
    if len({word.casefold() for word in words.split()}) < 3:
        return "Write in a sentence what you found: at least three different words."
    return ""


def check_can_delay(*, look_again_on: date, on: date) -> str:
    """Say why telling the person may not be put off until that day, or "" when it may."""
    if look_again_on <= on:
        return "Choose a day after today on which this is looked at again."
    if look_again_on > on + LONGEST_DELAY:
        return f"Look at it again within {LONGEST_DELAY.days} days."
    return ""


def check_can_weigh(purpose: Purpose, *, upheld: bool, words: str) -> str:
    """Say why an objection may not be decided so, or "" when it may (LAW-3.9)."""
    if not words.strip():
        return "Write which grounds you weighed, and why they do or do not outweigh theirs."
    if not upheld and purpose in NEVER_WEIGHED:
        return "An objection to marketing always stands: nothing outweighs it (UK GDPR Article 21(3))."
    return ""


def check_can_announce(lifts_on: date, *, on: date, words: str) -> str:
    """Say why a person may not be told that a restriction ends then, or "" when they may (UK GDPR Article 18(3), LAW-3.6)."""
    if lifts_on <= on:
        return "Choose a day after today: they are told before it is lifted (UK GDPR Article 18(3))."
    return "" if words.strip() else "Write in a sentence why it ends: they read it."


def merge_reasons(fates: Iterable[Fate]) -> tuple[PurposeFate, ...]:
    """The fates of several keys' worth of one kind as one list: each purpose once, the latest date of each ground."""
    found: dict[Purpose, PurposeFate] = {}
    for fate in fates:
        for each in fate.purposes:
            known = found.get(each.purpose)
            if known is None or (each.stays and (not known.stays or _later(each.until, known.until))):
                found[each.purpose] = each
    return tuple(found.values())


def _later(one: date | None, other: date | None) -> bool:
    return other is not None and (one is None or one > other)
