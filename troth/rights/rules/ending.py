"""
When the time of something is over for good, and what stands in the way of its going (LAW-6.2, LAW-6.6, LAW-6.7).

What the notice counts from and only one room knows, such as the day on which a case was closed, that room says in its `answers.py`:

    @ending.ends("contact.questions")
    def answered(subject: UUID) -> Mapping[str, date]: ...    # of each key's worth that is over, by its scope, the day

What nobody says is over is kept. Nothing here reads a clock or a database.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from troth.law.calendar import years_after
from troth.notice.schema.keeping import RetentionRule
from troth.notice.schema.words import EndAction, Trigger
from troth.rights.rules import Held, Situation, days_of, end_of
from troth.vault.categories import Category

Ends = Callable[[UUID], Mapping[str, date]]
Holds = Callable[[Collection[UUID], datetime], set[UUID]]
Seen = Callable[[Collection[UUID]], Mapping[UUID, date]]
Key = tuple[str, str]  # a compartment and a scope

#: These have a job of their own in their room, which destroys them sooner.
ELSEWHERE = frozenset({"delivery.message", "people.network", "people.account_step", "prescribing.documents"})
#: What is of use for as long as anything of the person is there, and goes with the last of it.
WITH_THE_LAST = frozenset({"sharing.disclosures", "rights.obtained"})
#: What shows what somebody agreed to keeps nothing else here.
_PROOFS = frozenset({"consent.words"})
#: What counts from a day that only the room of it knows.
_SAID = frozenset({Trigger.CASE_CLOSED, Trigger.WITHDRAWN, Trigger.CONTRACT_END})

_ends: dict[str, Ends] = {}
_ends_by_rule: dict[str, Ends] = {}
_holds: dict[str, Holds] = {}
_seen: list[Seen] = []


@dataclass(frozen=True)
class Over:
    """One key's worth of data whose time has ended, on which day, by which rule, and whether somebody has to look first."""

    held: Held
    on: date
    rule: str
    looked_at_first: bool

    @property
    def key(self) -> Key:
        """Its compartment and scope."""
        return self.held.compartment, self.held.scope


def ends(*compartments: str) -> Callable[[Ends], Ends]:
    """Let a room say of its compartments what is over, and since when."""

    def declare(answer: Ends) -> Ends:
        _ends.update(dict.fromkeys(compartments, answer))
        return answer

    return declare


def ends_for(rule: str) -> Callable[[Ends], Ends]:
    """
    Let a room say when a case of its own was closed, for what other rooms hold by a rule that counts from that day, such as the
    notes of an examination on which a report rests: of each case that is over, by its scope, the day.
    """

    def declare(answer: Ends) -> Ends:
        _ends_by_rule[rule] = answer
        return answer

    return declare


def seen(answer: Seen) -> Seen:
    """Let a room say when people were last here, which is a contact although nothing was written that day."""
    _seen.append(answer)
    return answer


def last_seen(subjects: Collection[UUID]) -> date | None:
    """The last day on which any room saw one of these, who are one person."""
    return max((on for answer in _seen for on in answer(subjects).values()), default=None)


def holds(words: str) -> Callable[[Holds], Holds]:
    """Let a room say of whom nothing may be destroyed for now, and why in the words of a notice (LAW-6.7)."""

    def declare(answer: Holds) -> Holds:
        _holds[words] = answer
        return answer

    return declare


def what_is_over(subject: UUID, held: Iterable[Held]) -> dict[Key, date]:
    """Ask the rooms about everything that is held of a person."""
    said = {name: _ends[name](subject) for name in {each.compartment for each in held} if name in _ends}
    return {(name, scope): on for name, days in said.items() for scope, on in days.items()}


def closed_by_rule(subjects: Collection[UUID], rules: Mapping[str, RetentionRule]) -> dict[str, date]:
    """For each rule that counts from the closing of a case in another room, the last day on which one of this person was closed."""
    found = {}
    for name in counted_elsewhere(rules):
        days = [on for subject in subjects for on in _ends_by_rule[name](subject).values()]
        if days:
            found[name] = max(days)
    return found


def counted_elsewhere(rules: Mapping[str, RetentionRule]) -> list[str]:
    """The rules that count from the closing of a case of which another room says when it was."""
    return [
        name
        for name in _ends_by_rule
        if name in rules and any(limb.trigger is Trigger.CASE_CLOSED for limb in rules[name].limbs)
    ]


def held_back(subjects: Collection[UUID], at: datetime) -> dict[UUID, str]:
    """Of these people, those of whom nothing may be destroyed for now, each with one reason."""
    return {subject: words for words, answer in _holds.items() for subject in answer(subjects, at)}


def ends_on(rule: RetentionRule | None, held: Held, person: Situation, over: date | None) -> date | None:
    """
    Return the day on which the time of this ends, or None while nothing says that it does (LAW-6.6).

    Of several limbs the latest that fits counts; a death, or a consent that was taken back, replaces the others. Of whom no date of
    birth is known, the record is kept as long as that of anybody who may have been a child when last treated (LAW-6.8). A day of
    death before the last treatment is mistyped, or the treatment is: the later of the two counts.
    """
    if rule is None:
        return None
    days = days_of(held, person)
    days.update(dict.fromkeys(_SAID, over))
    if over is not None:
        days[Trigger.CREATED] = over  # a recording is older than the day on which it was sent here
    if held.category is Category.ACCOUNT:
        days[Trigger.LAST_CONTACT] = held.last_on  # a sign-in is what is written there
    treated = days[Trigger.LAST_CONTACT]
    days[Trigger.DEATH] = max(person.died_on, treated) if person.died_on and treated else person.died_on
    limbs = rule.limbs
    for instead in (Trigger.DEATH, Trigger.WITHDRAWN):
        alone = [limb for limb in limbs if limb.trigger is instead]
        if alone and days[instead] is not None:
            limbs = alone
            break
    found = [end_of(limb, days, person) for limb in limbs]
    ages = [limb.until_age for limb in limbs if limb.trigger is Trigger.BIRTH and limb.until_age]
    last = days[Trigger.LAST_CONTACT]
    if ages and person.born_on is None and last is not None:
        found.append(years_after(last, max(ages)))
    return max((end for end in found if end is not None), default=None)


def list_over(
    held: Collection[Held],
    rules: Mapping[str, RetentionRule],
    person: Situation,
    over: Mapping[Key, date],
    *,
    lasting: Collection[Key] = (),
) -> list[Over]:
    """Name everything of a person whose time has ended. Who somebody is stays for as long as anything else of them does."""
    own: dict[Key, date | None] = {}
    for each in held:
        key = each.compartment, each.scope
        own[key] = ends_on(rules.get(each.retention), each, person, over.get(key))
    with_the_last = {
        (each.compartment, each.scope)
        for each in held
        if each.category is Category.IDENTITY
        or each.compartment in WITH_THE_LAST
        or (each.compartment, each.scope) in lasting
    }
    others = [
        own[key]
        for each in held
        if (key := (each.compartment, each.scope)) not in with_the_last
        and each.compartment not in ELSEWHERE
        and not (each.compartment in _PROOFS and own[key] is None)
    ]
    found = []
    for each in held:
        key = each.compartment, each.scope
        ended = own[key]
        if each.compartment in ELSEWHERE:
            continue
        if key in with_the_last:
            if any(end is None for end in others):
                continue
            ended = max((end for end in [*others, ended] if end is not None), default=None)
        elif ended is None and each.compartment in _PROOFS and {other.compartment for other in held} <= _PROOFS:
            # A consent to something that nothing is left for counts no more: from then on it is only a proof.
            ended = ends_on(rules.get(each.retention), each, person, person.last_contact_on)
        if ended is not None and ended <= person.on:
            rule = rules[each.retention]
            found.append(Over(each, ended, rule.id, rule.end is EndAction.REVIEW))
    return found


def shortest(rule: RetentionRule) -> int | None:
    """How many days after its last change something under this rule can be over at the earliest, but for a word that ends it."""
    return min(_spans(rule, month=28, year=365), default=None)


def longest(rule: RetentionRule) -> int | None:
    """How many days after its last change everything under a rule of nothing but periods is over at the latest."""
    spans = _spans(rule, month=31, year=366)
    return max(spans) if spans and len(spans) == len(rule.limbs) else None


def _spans(rule: RetentionRule, *, month: int, year: int) -> list[int]:
    days = {"hour": 0, "minute": 0, "day": 1, "week": 7, "month": month, "year": year}
    return [
        int(number) * days[unit.removesuffix("s")]
        for limb in rule.limbs
        if limb.period and (limb.trigger is not Trigger.WITHDRAWN or not ends_by_word(rule))
        for number, unit in [limb.period.split()]
    ]


def runs_from_a_day_said(compartment: str, rule: RetentionRule) -> bool:
    """Whether the time of this runs from a day that its room says, which may be before anything was written here."""
    return compartment in _ends and any(limb.trigger is Trigger.CREATED for limb in rule.limbs)


def ends_by_word(rule: RetentionRule) -> bool:
    """Whether a consent that is taken back ends the time of this sooner than it would end by itself."""
    return len(rule.limbs) > 1 and any(limb.trigger is Trigger.WITHDRAWN for limb in rule.limbs)
