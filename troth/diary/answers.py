"""What the diary tells the gate: who has a reason to see whom. One query each, however many people are asked about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.diary import rules, selectors
from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.people import selectors as people


@reasons.reason("a booking", serves={Purpose.CARE, Purpose.BOOKING, Purpose.PHOTOGRAPHY}, told="your visit to them")
def booked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A practitioner has a reason from seven days before a visit to them until fourteen days after it."""
    if not actor.roles or actor.id is None:
        return set()
    return selectors.booked_with(actor.id, subjects, since=at - rules.DAYS_AFTER, until=at + rules.DAYS_BEFORE)


@reasons.reason(
    "a visit to arrange", serves={Purpose.BOOKING, Purpose.SERVICE_MESSAGES}, told="your visit was to be arranged"
)
def arranging(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Who arranges visits has a reason while one is ahead, and for fourteen days after it."""
    if not actor.roles & rules.ARRANGING:
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER)


@reasons.reason("a visit to tell them of", serves={Purpose.SERVICE_MESSAGES}, told="we wrote to you about your visit")
def telling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that writes about visits has a reason while one is ahead, and for a fortnight after it."""
    if actor.kind != "service" or actor.name != "visit-messages":
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER)


@reasons.reason("the link to their visit", serves={Purpose.BOOKING}, told="somebody used the link to your visit")
def linked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever has the link of a message looks after that visit through a service, until a fortnight after it."""
    if actor.kind != "service" or actor.name != "visit-links":
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER)


@reasons.reason("they asked you for a visit", serves={Purpose.BOOKING}, told="you asked for a visit")
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Who arranges visits may book whom they have found by name, with a reason, in the last half hour."""
    if not actor.roles & rules.ARRANGING or actor.id is None:
        return set()
    return people.found_by(actor.id, subjects, since=at - rules.FOUND_FOR)
