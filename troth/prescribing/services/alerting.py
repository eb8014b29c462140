"""
Telling somebody that there is something new about their request: asked, decided, sent, cancelled, to be paid again. Never what, and
never of which.

Whoever does not look by themself learns it in no other way: a question would wait for an answer, and a parcel for somebody at home.
"""

from datetime import datetime
from uuid import UUID

from troth.delivery import selectors as outbox
from troth.delivery import services as delivery
from troth.delivery.rules import Kind
from troth.gate import actors, features
from troth.gate.actors import Actor
from troth.gate.acts import acting
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.people import services as people
from troth.vault.categories import Category

NAME = "request-notices"
FOR = Purpose.SERVICE_MESSAGES
actors.declare_service(NAME, purposes={FOR}, categories={Category.CONTACT}, modules={__name__})


def _tell(subject: UUID, *, by: Actor, at: datetime) -> None:
    """
    Write to somebody within the act that made something new. Nobody is written to of what they did themself, nor by a clinic whose
    notice declares no such messages; and whoever asked us to stop finds it in their account all the same.
    """
    if by.id != subject:
        _write(subject, actors.service(NAME, on_behalf_of=by.id), acting().register, at=at)


def _tell_of_money(subject: UUID, *, at: datetime) -> None:
    """Write to somebody because nothing is held for their request any more: the firm says it, and nobody here did anything."""
    _write(subject, actors.service(NAME), notices.register_in_force(at), at=at)


def _write(subject: UUID, service: Actor, register: Register, *, at: datetime) -> None:
    if not features.declared_of((FOR,), register):
        return
    reached = people.contact_for(subject, FOR, by=service, at=at)
    if reached is not None and reached.email and outbox.may_reach(subject, FOR, "email", at=at):
        delivery.send_email(subject, kind=Kind.REQUEST_NEWS, to=reached.email, by=service, at=at)
