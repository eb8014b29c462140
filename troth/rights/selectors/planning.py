"""What an erasure would do, before anybody asks for it: kind by kind and purpose by purpose (LAW-3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from troth.gate import linking
from troth.gate.contexts import Opened
from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.notice.schema.keeping import RetentionRule
from troth.people import selectors as people
from troth.rights import rules
from troth.rights.models import CASES, About
from troth.rights.rules.ending import closed_by_rule, counted_elsewhere, held_back, last_seen
from troth.rights.selectors.cases import copies_that_wait
from troth.rights.selectors.holdings import survey
from troth.rights.selectors.keeping import survey_as_kept
from troth.rights.selectors.needing import without_the_needed
from troth.rights.selectors.places import Places, places_of
from troth.rights.selectors.wording import notice_now, words_of
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment

#: An open request to see or move data holds its destruction: what it is about may not go before it is answered.
_WAITS = ("You have asked for a copy, and it is not answered yet. We may not destroy what it must hold.",)


@dataclass(frozen=True)
class KindFate:
    """What becomes of one kind of data. A kind may be in both halves: last year's invoices stay, older ones go."""

    category: Category
    title: str
    rows: int
    stays: bool
    until: date | None
    purposes: tuple[rules.PurposeFate, ...]

    @property
    def why(self) -> str:
        """One sentence: the ground that lasts longest, or why nothing holds it back."""
        said = [each for each in self.purposes if each.stays == self.stays]
        said.sort(key=lambda each: (each.until is not None, each.until or date.max), reverse=True)
        return said[0].why if said else "Nothing in our notice needs it any more."

    @property
    def laws(self) -> str:
        """The rules that decide, each once."""
        return "; ".join(dict.fromkeys(each.law for each in self.purposes if each.stays == self.stays))


@dataclass(frozen=True)
class ErasurePlan:
    """What goes and what stays, decided at a moment under one version of the notice."""

    subject: UUID
    at: datetime
    notice: int
    fates: tuple[rules.Fate, ...]
    close_account: bool
    titles: Mapping[Category, str] = field(default_factory=dict)

    @property
    def going(self) -> tuple[KindFate, ...]:
        """The kinds that go now."""
        return self._by_kind([fate for fate in self.fates if not fate.stays])

    @property
    def staying(self) -> tuple[KindFate, ...]:
        """The kinds that must stay for now."""
        return self._by_kind([fate for fate in self.fates if fate.stays])

    @property
    def scopes(self) -> tuple[tuple[str, str], ...]:
        """The compartments and scopes whose keys go."""
        return tuple((fate.held.compartment, fate.held.scope) for fate in self.fates if not fate.stays)

    def narrowed_to(self, shown: "ErasurePlan") -> "ErasurePlan":
        """This plan without what would go and was not in the one that somebody agreed to."""
        agreed = set(shown.scopes)
        return replace(
            self,
            fates=tuple(
                fate for fate in self.fates if fate.stays or (fate.held.compartment, fate.held.scope) in agreed
            ),
        )

    def _by_kind(self, fates: list[rules.Fate]) -> tuple[KindFate, ...]:
        kinds: dict[Category, list[rules.Fate]] = {}
        for fate in fates:
            kinds.setdefault(fate.held.category, []).append(fate)
        found = []
        for category in (each for each in Category if each in kinds):
            of_kind = kinds[category]
            ends = [fate.until for fate in of_kind]
            known = [end for end in ends if end is not None]
            until = max(known) if len(known) == len(ends) and known else None
            found.append(
                KindFate(
                    category,
                    self.titles.get(category, category.value),
                    sum(fate.held.rows for fate in of_kind),
                    of_kind[0].stays,
                    until,
                    rules.merge_reasons(of_kind),
                )
            )
        return tuple(found)


def plan_erasure(
    subject: UUID,
    *,
    at: datetime,
    close_account: bool = False,
    everything: bool = False,
    born_on: date | None = None,
) -> ErasurePlan:
    """
    Decide what an erasure now would destroy and what it must leave, purpose by purpose (LAW-3.4, LAW-3.5).

    It opens nothing. `everything`: the privacy officer found that no ground to keep anything holds; what shows how the
    request was answered stays even then. What its person may not know of is not in it: see `plan_unseen`.

    :raises NoNotice: no notice is in force.
    """
    register = notices.register_in_force(at)
    held = survey_as_kept(subject, told_at=at)
    waiting = {} if everything else copies_that_wait(subject)
    person = situation_of(
        subject,
        held,
        at=at,
        told_at=at,
        born_on=born_on,
        close_account=close_account,
        holds=_WAITS if About.EVERYTHING in waiting else (),
        health_holds=_WAITS if About.HELD_BACK in waiting else (),
        overruled=everything,
    )
    retention = retention_rules(at)
    fates = _kept_together(subject, [rules.decide_fate(each, register, retention, person) for each in held])
    notice = notice_now(at)
    titles = {each.category: words_of(each.category, notice) for each in held}
    return ErasurePlan(subject, at, register.version, fates, close_account, titles)


def with_the_request(plan: ErasurePlan) -> ErasurePlan:
    """
    The plan as it is shown to whoever would ask: what they ask makes a file of its own, which stays from today for as long as
    the notice says, and so stands among what must stay. It decides nothing.
    """
    on = plan.at.astimezone(LONDON).date()
    file = rules.Held(CASES, "", Category.RIGHTS, get_compartment(CASES).retention, 0, on, on)
    person = situation([file], on=on, born_on=None)
    fate = rules.decide_fate(file, notices.register_in_force(plan.at), retention_rules(plan.at), person)
    titles = {Category.RIGHTS: words_of(Category.RIGHTS, notice_now(plan.at)), **plan.titles}
    return replace(plan, fates=(*plan.fates, fate), titles=titles)


def _kept_together(subject: UUID, fates: list[rules.Fate]) -> tuple[rules.Fate, ...]:
    """What a row that stays refers to stays with it, as long as anything of its kind: an invoice with its credit note."""
    free = set(without_the_needed(subject, [each.key for each in fates if not each.stays]))
    staying = [each for each in fates if each.stays]

    def bound(fate: rules.Fate) -> rules.Fate:
        alike = [each for each in staying if each.held.category is fate.held.category] or staying
        grounds = sorted((each for one in alike for each in one.grounds), key=lambda each: each.until or date.max)
        why = "Something that has to stay refers to it."
        return rules.Fate(fate.held, (replace(grounds[-1], why=why),)) if grounds else fate

    return tuple(each if each.stays or each.key in free else bound(each) for each in fates)


def plan_unseen(subject: UUID, *, at: datetime) -> list[tuple[str, str]]:
    """
    The keys that go besides with everything, under which lies nothing but what its person may not know of. They are in no plan and
    no certificate, and are reckoned whenever they are asked for: a person reads what was decided about them.
    """
    register, retention = notices.register_in_force(at), retention_rules(at)
    places = places_of(subject)
    told = {(each.compartment, each.scope) for each in survey(subject, places, told_at=at)}
    held = survey_as_kept(subject, places)
    person = situation_of(subject, held, at=at, born_on=None, overruled=True)
    fates = [rules.decide_fate(each, register, retention, person) for each in held]
    keys = [(fate.held.compartment, fate.held.scope) for fate in fates if not fate.stays]
    return [key for key in keys if key not in told]


@dataclass(frozen=True)
class KeptUntil:
    """How long the longest-lived part of one kind is kept if nothing else happens, and the rule as the notice words it."""

    until: date | None
    words: str


def dates_kept(
    subject: UUID, *, at: datetime, born_on: date | None = None, places: Places | None = None
) -> dict[Category, KeptUntil]:
    """
    Until when each kind is kept by the rule of its compartment: the dates that people see beside their data (LAW-3.1).

    `places`: where the rows lie, when that was looked up already.
    """
    retention, held = retention_rules(at), survey_as_kept(subject, places, told_at=at)
    person = situation_of(subject, held, at=at, told_at=at, born_on=born_on)
    found: dict[Category, KeptUntil] = {}
    for each in held:
        rule = retention.get(each.retention)
        made = KeptUntil(rules.kept_until(rule, each, person), rule.words if rule else "")
        known = found.get(each.category)
        if known is None or (known.until is not None and (made.until is None or made.until > known.until)):
            found[each.category] = made
    return found


def situation_of(
    subject: UUID, held: list[rules.Held], *, at: datetime, told_at: datetime | None = None, **known: Any
) -> rules.Situation:
    """
    What decides about a person: what `held` says, and when they were last here under any record that is theirs; `told_at` as with
    `survey`.
    """
    persons = linking.subjects_of(subject, at=at)
    others = [each for other in persons[1:] for each in survey(other, told_at=told_at)]
    on = at.astimezone(LONDON).date()
    return situation(held, on=on, others=others, seen_on=last_seen(persons), closed=_closed(persons, at=at), **known)


def _closed(persons: Sequence[UUID], *, at: datetime) -> dict[str, date | None]:
    """When the last case that all of it hangs on was closed, by rule; None while something keeps all of it, as an open one does."""
    retention = retention_rules(at)
    names = counted_elsewhere(retention)
    if not names or held_back(persons, at):
        return dict.fromkeys(names)
    return {**dict.fromkeys(names, rules.NO_CASE), **closed_by_rule(persons, retention)}


def situation(
    held: list[rules.Held],
    *,
    on: date,
    born_on: date | None,
    others: Sequence[rules.Held] = (),
    seen_on: date | None = None,
    close_account: bool = False,
    holds: tuple[str, ...] = (),
    health_holds: tuple[str, ...] = (),
    overruled: bool = False,
    died_on: date | None = None,
    closed: Mapping[str, date | None] | None = None,
) -> rules.Situation:
    """
    What decides about a person besides the data itself, from what is held about them. `others`: what is held under their other
    records; `seen_on`: when they were last here. Both make the last contact later, and neither makes a care record of what is none.
    """
    # The file of a request says nothing of when somebody was last treated, though an opinion in it is about their health.
    files = ("rights_file", rules.COMPLAINT_FILE)
    written = [*held, *others]
    # Nor does it make a patient of anybody that they told us what to arrange for a visit.
    health = [
        each.last_on
        for each in written
        if each.category.special and each.category is not Category.ADJUSTMENTS and each.retention not in files
    ]
    here = [seen_on] if seen_on else []
    return rules.Situation(
        on=on,
        health_last_on=max([*health, *here]) if health else None,
        last_contact_on=max([*(each.last_on for each in written), *here], default=on),
        money_held=any(each.category is Category.FINANCIAL for each in held),
        close_account=close_account,
        born_on=born_on,
        year_ends=settings.TROTH_FINANCIAL_YEAR_END,
        holds=holds,
        health_holds=health_holds,
        overruled=overruled,
        died_on=died_on,
        closed=closed or {},
    )


def born_on(subject: UUID, opened: Opened) -> date | None:
    """A person's date of birth, where one is held and this context may open it: what a child's record is kept by (LAW-6.6)."""
    if not opened.decision(subject, Category.IDENTITY).allowed:
        return None
    known = people.get_identity(subject, opened)
    return known.born_on if known else None


def retention_rules(at: datetime) -> Mapping[str, RetentionRule]:
    """The rules of keeping of the notice in force, by id."""
    version = notices.version_in_force(at)
    return {} if version is None else {rule.id: rule for rule in notices.notice_of(version).retention.rules}


__all__ = [
    "ErasurePlan",
    "KeptUntil",
    "KindFate",
    "born_on",
    "dates_kept",
    "plan_erasure",
    "retention_rules",
    "with_the_request",
]
