"""Whose data may be over, and what of one person is: from structure alone, but for the days of birth and death (LAW-6.6)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import models

from troth.consent import selectors as consents
from troth.gate import facts, linking
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.people import selectors as people
from troth.rights.models import (
    Appraisal,
    Arrival,
    CaseStep,
    EmergencyReview,
    RightsCase,
    State,
    StepKind,
)
from troth.rights.models.deceased import Death
from troth.rights.rules import COMPLAINT_FILE, Held
from troth.rights.rules.ending import (
    ELSEWHERE,
    Key,
    Over,
    closed_by_rule,
    ends_by_word,
    held_back,
    list_over,
    longest,
    runs_from_a_day_said,
    shortest,
    what_is_over,
)
from troth.rights.selectors.keeping import files_of, survey_as_kept
from troth.rights.selectors.needing import without_the_needed
from troth.rights.selectors.places import compartment_of, holding_models
from troth.rights.selectors.planning import born_on, retention_rules, situation_of
from troth.vault.compartments import get_compartment

#: A run a night, and one that may fail; and how long an officer's look may wait.
RUNS_WITHIN, LOOKED_AT_WITHIN = timedelta(days=2), timedelta(days=31)
_OPEN = ~models.Q(state=State.DONE)


def who_may_be_over(at: datetime) -> list[UUID]:
    """
    Everybody of whom something was last changed as long ago as the shortest time that its rule keeps anything, and who took back a
    consent that something of theirs rests on.
    """
    rules_by_id, found = retention_rules(at), set[UUID]()
    took_back = {UUID(fact.subject) for fact in facts.of_kind(FactKind.CONSENT) if fact.ended is not None}
    for model in holding_models():
        name = compartment_of(model)
        if not name or name in ELSEWHERE:
            continue
        rows = model._base_manager.order_by().values_list("subject_id", flat=True).distinct()
        for rule in {get_compartment(name).retention, *({COMPLAINT_FILE} if model is RightsCase else ())}:
            if rule not in rules_by_id:
                continue
            if ends_by_word(rules_by_id[rule]):
                found.update(set(rows) & took_back)
            if runs_from_a_day_said(name, rules_by_id[rule]):
                found.update(rows)
            days = shortest(rules_by_id[rule])
            if days is not None:
                found.update(rows.filter(changed_at__lt=at - timedelta(days=days)))
    # The stranger is nobody: without that account a known address would take another time than an unknown one.
    return sorted(found - {people.strangers_number()})


def list_what_is_over(subject: UUID, at: datetime, *, born: date | None, died: date | None) -> list[Over]:
    """
    Everything of a person whose time has ended. Nothing, while something stands in the way of any destruction: a request or
    complaint that is open, a restriction, an account as staff, or what another room says (LAW-6.7, DPA 2018 section 173).
    """
    if why_held(subject, at=at):
        return []
    held = [each for each in survey_as_kept(subject) if each.compartment not in ELSEWHERE]
    known = retention_rules(at)
    person = situation_of(subject, held, at=at, born_on=born, died_on=died)
    deaths = Death.objects.filter(subject_id=subject).values_list("pk", flat=True)
    lasting = {("rights.answers", row.hex) for row in deaths}
    closed = closed_by_rule(linking.subjects_of(subject, at=at), known)
    over = {
        **{(each.compartment, each.scope): closed[each.retention] for each in held if each.retention in closed},
        **what_is_over(subject, held),
        **_closed_files(subject, held, at=at),
    }
    found = list_over(held, known, person, over, lasting=lasting)
    return that_nothing_needs(subject, found)


def why_held(subject: UUID, *, at: datetime) -> str:
    """Why nothing of a person may be destroyed for now, or ""."""
    persons = linking.subjects_of(subject, at=at)
    if RightsCase.objects.filter(_OPEN, subject_id__in=persons).exists():
        return "An open request, complaint or claim"
    known = [fact for each in persons for kind in _KEEPING for fact in facts.of(each, kind, at=at)]
    if known:
        return "They work here" if known[0].kind == FactKind.ROLE else "Its use is restricted"
    if EmergencyReview.objects.filter(subject_id__in=persons, closed=False).exclude(
        note__in=EmergencyReview.objects.filter(closed=True).values("note")
    ):
        return "An emergency that is not reviewed"
    return next(iter(held_back(persons, at).values()), "")


_KEEPING = (FactKind.ROLE, FactKind.RESTRICTION)


def days_of_life(subject: UUID, opened: Opened, *, at: datetime) -> tuple[date | None, date | None]:
    """
    A person's day of birth and of death, where they are held under any record of theirs and this context may open them. Of two that
    differ the later counts, by which more is kept.
    """
    persons = linking.subjects_of(subject, at=at)
    born = max((day for each in persons if (day := born_on(each, opened)) is not None), default=None)
    deaths = [death.died_on for death in Death.objects.filter(subject_id__in=persons)]
    if deaths:
        return born, max(deaths)
    now = facts.micros(at)
    known = [
        fact.since for fact in linking.facts_of(subject, at=at) if fact.kind == FactKind.DIED and fact.holds(now)
    ]
    return born, facts.moment(max(known)).date() if known else None


class Approved(NamedTuple):
    """Up to which day an officer agreed that something goes, and when."""

    up_to: date
    at: datetime


def approved_up_to() -> Mapping[str, Approved]:
    """For each rule at whose end somebody looks first, what an officer agreed to and no run has carried out yet."""
    agreed = Appraisal.objects.values_list("rule", "approved_up_to", "approved_at")
    return {rule: Approved(day, when) for rule, day, when in agreed if day is not None and when is not None}


def may_be_over(subject: UUID, at: datetime) -> bool:
    """
    Whether anything of a person can be over at all. It opens nothing: it reckons as of somebody grown up, of whom everything ends
    soonest, unless we know that they died.
    """
    persons = linking.subjects_of(subject, at=at)
    if linking.has_died(subject, at=at) or Death.objects.filter(subject_id__in=persons).exists():
        return True
    return bool(list_what_is_over(subject, at, born=date.min, died=None))


@dataclass(frozen=True)
class Looked:
    """One rule at whose end somebody looks first: what the last run found, and what an officer agreed to."""

    rule: str
    people: int
    oldest: date | None
    looked_at: datetime | None
    approved_up_to: date | None
    approved_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether something waits and no officer has agreed since the last run counted it."""
        if not self.people:
            return False
        return not (self.approved_at and self.looked_at and self.approved_at >= self.looked_at)


def list_appraisals() -> list[Looked]:
    """What the last run found that waits for an officer, the longest first. Nothing of anybody is opened for it."""
    return [
        Looked(row.rule, row.people, row.oldest, row.looked_at, row.approved_up_to, row.approved_at)
        for row in Appraisal.objects.order_by(models.F("oldest").asc(nulls_last=True), "rule")
    ]


def last_run() -> datetime | None:
    """When the run that destroys what is over last came to its end, or None where it never has."""
    last: datetime | None = Appraisal.objects.aggregate(last=models.Max("looked_at"))["last"]
    return last


def is_run_late(at: datetime) -> bool:
    """Whether the run has not come to its end for longer than it may: not where it had no chance yet, or never had to write."""
    last = last_run()
    return last is not None and last < at - RUNS_WITHIN


def count_overdue(at: datetime) -> int:
    """
    Of how many people something should have gone two nights ago, and is there. It opens nothing: where a day of birth decides,
    which is where somebody looks first, the last run counted. What an officer agreed to since the last run goes by the next.
    """
    approved, overdue = approved_up_to(), 0
    approved = {rule: agreed for rule, agreed in approved.items() if agreed.at < at - RUNS_WITHIN}
    for subject in who_may_be_over(at):
        over = list_what_is_over(subject, at, born=None, died=None)
        overdue += any(
            each.on < (at - RUNS_WITHIN).date()
            and (not each.looked_at_first or (each.rule in approved and each.on <= approved[each.rule].up_to))
            for each in over
        )
    return overdue


def count_left_elsewhere(at: datetime) -> int:
    """How many rows that a job of their own room destroys are there two nights after the notice's rule ended the last of them."""
    rules_by_id, left = retention_rules(at), 0
    for model in holding_models():
        name = compartment_of(model)
        rule = rules_by_id.get(get_compartment(name).retention) if name in ELSEWHERE else None
        days = longest(rule) if rule else None
        if days is not None:
            left += model._base_manager.filter(changed_at__lt=at - timedelta(days=days) - RUNS_WITHIN).count()
    return left


def count_not_looked_at(at: datetime) -> int:
    """How many kinds of records wait longer for an officer's look than a look may take."""
    last = (at - LOOKED_AT_WITHIN).date()
    return sum(each.waits and each.oldest is not None and each.oldest < last for each in list_appraisals())


def _closed_files(subject: UUID, held: Iterable[Held], *, at: datetime) -> dict[Key, date]:
    """
    The day on which each part of the file of rights was over: a case's with the case, an authority's when it ended, and what hangs
    on nothing when it was last written.
    """
    held = list(held)
    kept = [each for each in held if each.retention in ("rights_file", COMPLAINT_FILE)]
    over: dict[Key, date] = {
        (each.compartment, each.scope): each.last_on
        for each in kept
        if each.compartment in ("rights.answers", "rights.reviews", "gate.emergencies", "sharing.disclosures")
    }
    closed: dict[UUID, date] = {}
    steps = CaseStep.objects.filter(case__subject_id=subject, case__state=State.DONE, kind=StepKind.CLOSED)
    for case, on in steps.values_list("case_id", "on"):
        closed[case] = max(on, closed.get(case, on))
    for key, case in files_of(RightsCase.objects.filter(subject_id=subject)).items():
        over.pop(key, None)
        if case in closed:
            over[key] = closed[case]
    for row, settled in Arrival.objects.filter(subject_id=subject, state=Arrival.SETTLED).values_list(
        "pk", "changed_at"
    ):
        over["rights.arrivals", row.hex] = settled.date()
    for authority, on in people.authorities_over(subject, at=at).items():
        over["people.representation", authority.hex] = on
    for word, on in consents.words_over(subject).items():
        over["consent.words", word.hex] = on
    # Nobody who holds a role comes here, so whatever roles are known have ended.
    left = [fact.ended_at() for fact in facts.about([subject])[subject.hex] if fact.kind == FactKind.ROLE]
    for each in held:
        if each.compartment == "people.staff_contact":
            over[each.compartment, each.scope] = max([end.date() for end in left if end], default=each.last_on)
    return over


def that_nothing_needs(subject: UUID, over: Collection[Over]) -> list[Over]:
    """Without what a row refers to that has to stay: the two go together, when the later of them is over."""
    free = set(without_the_needed(subject, [each.key for each in over]))
    return [each for each in over if each.key in free]


__all__ = [
    "approved_up_to",
    "count_not_looked_at",
    "count_overdue",
    "days_of_life",
    "is_run_late",
    "last_run",
    "list_appraisals",
    "list_what_is_over",
    "may_be_over",
    "that_nothing_needs",
    "who_may_be_over",
    "why_held",
]
