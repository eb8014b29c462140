"""What this room tells the kernel: the services that write a word down for somebody."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.people.rules import TELLING_APART
from troth.vault.categories import Category

_WRITES = {Category.RIGHTS, Category.PREFERENCES, Category.CONTACT, Category.ACCOUNT}
#: Writes down what somebody said at reception, by telephone or on paper, for whoever heard it.
actors.declare_service(
    "consent-desk", purposes={Purpose.RIGHTS}, categories=_WRITES, modules={"troth.consent.services"}
)
#: Takes back what the link of a message is about, for whoever has that message.
actors.declare_service(
    "consent-link", purposes={Purpose.RIGHTS}, categories=_WRITES, modules={"troth.consent.services"}
)


@reasons.reason("what they told us to do", serves={Purpose.RIGHTS}, told="you told us what we may do with your data")
def writing_a_word(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A word is written for whoever said it: by a link of a message, or by whoever serves people here and heard it."""
    if actor.kind != "service":
        return set()
    if actor.name == "consent-link":
        return set(subjects)
    if actor.name != "consent-desk" or actor.on_behalf_of is None:
        return set()
    return set(subjects) if actors.person(actor.on_behalf_of, at=at).roles & TELLING_APART else set()
