"""What questions and conversations tell: who has a reason to look at who wrote, and since when one is over."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from troth.contact import rules, selectors
from troth.contact.models import About
from troth.contact.rules import FOUND_FOR
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.rights.rules.ending import ends
from troth.vault.categories import Category


@reasons.reason("a question to answer", serves={Purpose.ENQUIRIES}, told="you asked us something")
def asked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Staff have a reason while a question waits and for fourteen days after; which roles answer is the notice's to say."""
    return selectors.with_question(subjects, at=at) if actor.kind == "person" and actor.roles else set()


@ends("contact.questions")
def answered(subject: UUID) -> Mapping[str, date]:
    """A question is over on the day on which it was answered."""
    return selectors.answered_on(subject)


#: Tells people by email that a message waits in their account.
actors.declare_service(
    "message-notices", purposes={Purpose.MESSAGES}, categories={Category.CONTACT}, modules={"troth.contact.services"}
)


@reasons.reason("a message to answer", serves={Purpose.MESSAGES}, told="you wrote to us")
def wrote(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever answers about visits has a reason while such a conversation is open, and for fourteen days after."""
    if not actor.roles & rules.RECEPTION:
        return set()
    return selectors.with_conversation(subjects, About.VISITS, at=at)


@reasons.reason(
    "a message that nobody may read",
    serves={Purpose.MESSAGES},
    told="you wrote about your treatment, and nobody treats you who could read it",
)
def unheard(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever answers about visits sees that such a message waits, and from whom; its words stay closed to them by the notice."""
    if not actor.roles & rules.RECEPTION:
        return set()
    return selectors.with_unheard(notices.register_in_force(at), among=subjects, at=at)


@reasons.reason("a search for whom to write to", serves={Purpose.MESSAGES}, told="we were going to write to you")
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever answers about visits may write to somebody whom they found by name in the last half hour."""
    if not actor.roles & rules.RECEPTION or actor.id is None:
        return set()
    return people.found_by(actor.id, subjects, since=at - FOUND_FOR)


@reasons.reason("a message that waits", serves={Purpose.MESSAGES}, told="we told you that a message waits")
def telling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that tells of messages has this reason for whoever one was written to."""
    return set(subjects) if actor.kind == "service" and actor.name == "message-notices" else set()


@ends("contact.visit_words")
def closed(subject: UUID) -> Mapping[str, date]:
    """What was written about visits is over when its conversation was closed, or was answered and left at that."""
    return selectors.closed_on(subject)
