"""
Which subjects are one person. A link is a pair of standing facts, one about each of two subjects, recorded in one act: nothing
is merged or re-keyed, and ending the two facts leaves nothing behind (pitfalls A11).

It is read in two ways. What opens follows a link only where both ends carry it, whole: `subjects_of`. What keeps shut follows
one that either end carries: restriction, objection, a consent taken back, one's own record. Nothing here opens anything to staff.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.facts import StandingFact
from troth.gate.models import FactKind
from troth.gate.rules import Relation, Standing
from troth.notice.purposes import Purpose

#: Why a person may use their rights over a record of theirs that lies under another subject.
LINKED = "your own record that is linked"
#: A person with more subjects than this is a mistake that nobody should add to.
MOST = 8


class Person(NamedTuple):
    """One person. Both sets hold subjects (hexadecimal), the one asked about among them."""

    joined: frozenset[str]  # by links that both ends carry
    near: frozenset[str]  # by links that either end carries
    others: tuple[StandingFact, ...] = ()  # every fact about the others in `near`

    @property
    def is_linked(self) -> bool:
        """Whether there is another subject at all."""
        return len(self.near) > 1

    def includes(self, actor: UUID | None) -> bool:
        """Whether it is the actor, under whichever subject: what is one's own is for a colleague to open."""
        return actor is not None and actor.hex in self.near


def persons(known: Mapping[str, Collection[StandingFact]], *, at: int) -> dict[str, Person]:
    """
    Who each of these subjects is, from the facts about them that were read already; one more query for each step to others.

    Whoever has no link costs nothing. A fact whose mark is not right counts as no link, and its subject opens to nobody.
    """
    every = dict(known)
    ends = {subject: _ends(of, at) for subject, of in every.items()}
    if not any(ends.values()):
        return {subject: Person(frozenset((subject,)), frozenset((subject,))) for subject in known}
    reached = set(ends)
    while missing := {other for of in ends.values() for other in of} - reached:
        found = facts.about(UUID(other) for other in missing)
        every.update(found)
        ends.update((subject, _ends(of, at)) for subject, of in found.items())
        reached |= missing
    either = _both_ways(ends)
    both = {subject: {other for other in of if subject in ends[other]} for subject, of in ends.items()}
    made = {}
    for subject in known:
        near = _reach(subject, either)
        others = tuple(fact for other in sorted(near - {subject}) for fact in every[other])
        made[subject] = Person(_reach(subject, both), near, others)
    return made


def subjects_of(subject: UUID, *, at: datetime) -> tuple[UUID, ...]:
    """
    All subjects that are this person, the one asked about first: what their rights reach. Only links that both ends carry.

    The gate opens the others to the person themself for the purpose `rights` alone, and to nobody else for being linked.
    """
    joined = person_of(subject, at=at).joined - {subject.hex}
    return (subject, *(UUID(other) for other in sorted(joined)))


def person_of(subject: UUID, *, at: datetime) -> Person:
    """Who a subject is, read anew."""
    return persons(facts.about([subject]), at=facts.micros(at))[subject.hex]


def facts_of(subject: UUID, *, at: datetime) -> list[StandingFact]:
    """Every fact about a subject and about all that are the same person: what a person's wishes are read from."""
    known = facts.about([subject])
    return [*known[subject.hex], *persons(known, at=facts.micros(at))[subject.hex].others]


def has_died(subject: UUID, *, at: datetime) -> bool:
    """Whether we know that a person died, under whichever of their records: nothing is sent to them, and they use nothing."""
    now = facts.micros(at)
    return any(fact.kind == FactKind.DIED and fact.holds(now) for fact in facts_of(subject, at=at))


def pairs(*, at: datetime) -> list[tuple[str, str]]:
    """
    Everybody who holds a role or held one, with each other subject that is the same person: what the alarm over records of
    one's own looks for. Both in hexadecimal.
    """
    when = facts.micros(at)
    linked = {fact.subject for fact in facts.of_kind(FactKind.SAME_PERSON) if fact.holds(when)}
    known = facts.about(UUID(subject) for subject in linked)
    return [
        (subject, other)
        for subject, person in persons(known, at=when).items()
        if any(fact.kind == FactKind.ROLE for fact in known[subject])
        for other in sorted(person.near - {subject})
    ]


def relation_of(actor: Actor, subject: UUID, person: Person, standing: Standing, purpose: Purpose) -> Relation:
    """
    What an actor is to a subject. Whoever is the same person under another subject is themself for their rights alone, and never
    while they hold a role or only write: the link joins for rights, and keeps apart for staff (pitfalls A11).
    """
    if actor.kind == "service":
        return Relation.SERVICE
    if actor.kind == "nobody" or actor.id is None:
        return Relation.NOBODY
    if subject == actor.id:
        return Relation.ENQUIRER if actor.enquirer else Relation.SELF
    bound = bool(actor.roles) or actor.held_back or actor.enquirer
    if purpose is Purpose.RIGHTS and actor.id.hex in person.joined and not bound:
        return Relation.SELF
    if standing.represented and not actor.roles:
        return Relation.REPRESENTATIVE
    return Relation.STAFF if actor.roles else Relation.NOBODY


def _ends(of: Iterable[StandingFact], at: int) -> set[str]:
    return {fact.other for fact in of if fact.kind == FactKind.SAME_PERSON and fact.sound and fact.holds(at)}


def _both_ways(ends: Mapping[str, set[str]]) -> dict[str, set[str]]:
    made = {subject: set(of) for subject, of in ends.items()}
    for subject, of in ends.items():
        for other in of:
            made[other].add(subject)
    return made


def _reach(subject: str, ways: Mapping[str, set[str]]) -> frozenset[str]:
    reached, waiting = {subject}, [subject]
    while waiting:
        new = ways[waiting.pop()] - reached
        reached |= new
        waiting += new
    return frozenset(reached)
