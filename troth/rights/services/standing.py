"""
Standing wishes of a person: restriction and objection. The gate reads each at every decision, in every process.

Saying a thing twice changes nothing: there is one fact, and its first date stays.
"""

from datetime import datetime
from uuid import UUID

from troth.delivery.services.suppressing import suppress
from troth.gate import facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.selectors.patients import addresses_of
from troth.vault.categories import Category


@act(Event.RESTRICTED, purpose=Purpose.RIGHTS)
def restrict(subject: UUID, *, by: Actor, at: datetime, ground: str = "accuracy_contested") -> None:
    """
    Stop every use of a record but storage and the five that the law leaves (LAW-3.6).

    :raises Refused: the actor may not do this for that person.
    """
    _begin(subject, FactKind.RESTRICTION, at=at, value=ground)


@act(Event.RESTRICTION_LIFTED, purpose=Purpose.RIGHTS)
def lift_restriction(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Let a record be used again. Whoever lifts it tells the person first (LAW-3.6).

    :raises Refused: the actor may not do this for that person.
    """
    _end(subject, FactKind.RESTRICTION, at=at)


@act(Event.OBJECTED, purpose=Purpose.RIGHTS)
def object_to(subject: UUID, purpose: Purpose, *, by: Actor, at: datetime) -> None:
    """
    Stop one use that rests on the clinic's interests, at once and until a person has weighed it; marketing for ever (LAW-3.9).

    :raises Refused: the actor may not do this for that person.
    """
    _begin(subject, FactKind.OBJECTION, at=at, purpose=purpose)
    if purpose is Purpose.MARKETING:
        suppress(_addresses(subject, by=by, at=at), at=at)


@act(Event.OBJECTION_WITHDRAWN, purpose=Purpose.RIGHTS)
def withdraw_objection(subject: UUID, purpose: Purpose, *, by: Actor, at: datetime) -> None:
    """
    Let that use go on (LAW-3.9).

    :raises Refused: the actor may not do this for that person.
    """
    _end(subject, FactKind.OBJECTION, at=at, purpose=purpose)


def _addresses(subject: UUID, *, by: Actor, at: datetime) -> list[str]:
    """An act only writes, so the addresses that a wish is about are read apart."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        return addresses_of(subject, opened)


def _begin(subject: UUID, kind: FactKind, *, at: datetime, purpose: Purpose | None = None, value: str = "") -> None:
    acting().require(subject, Category.RIGHTS)
    hold(subject)  # of two words at once the second finds the first
    for fact in facts.of(subject, kind, at=at):
        if fact.purpose == (purpose.value if purpose else ""):
            return
    facts.record(subject, kind, at=at, purpose=purpose, value=value)


def _end(subject: UUID, kind: FactKind, *, at: datetime, purpose: Purpose | None = None) -> None:
    """End it, and where the person themself says so, what they said about their linked records too: one word of theirs is one."""
    by = acting().by
    themself = by.id == subject and not (by.roles or by.held_back)
    for each in linking.subjects_of(subject, at=at) if themself else (subject,):
        acting().require(each, Category.RIGHTS)
        facts.end(each, kind, at=at, purpose=purpose)
