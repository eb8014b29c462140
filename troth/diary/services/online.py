"""
Booking by whoever comes to the site, and what can be done with a visit by the link of its message.

A stranger becomes a patient of their own, whoever they turn out to be: an address is no proof. Two records of one person are found
and linked afterwards, by people.
"""

from datetime import date, datetime
from uuid import UUID

from troth.diary import rules, selectors
from troth.diary.models import Ended, How
from troth.diary.selectors import token_of
from troth.diary.services.visits import cancel, confirm, move
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people

_HOLDS_LINK = "visit-links"
_ROUTES = "it finds a visit by the link of its message; the acts within ask the gate for what they write"


@act(Event.ONLINE_BOOKED, purpose=Purpose.BOOKING)
def book_kept(
    kept: selectors.Kept, subject: UUID, *, note: str = "", told: bool = True, by: Actor, at: datetime
) -> str:
    """
    Book the time that was kept for somebody we know, tell them, and give the link's token.

    :raises Lost: it is kept no longer.
    :raises NotPossible: the visit cannot be.
    """
    return _book(kept, subject, note=note, told=told, by=by, at=at)


@act(Event.ONLINE_BOOKED, purpose=Purpose.BOOKING)
def book_as_stranger(
    kept: selectors.Kept,
    *,
    given_name: str,
    family_name: str,
    born_on: date,
    email: str,
    telephone: str,
    note: str = "",
    told: bool = True,
    by: Actor,
    at: datetime,
) -> str:
    """
    Book it for somebody new: they become a patient and were given the notice in force, which stands beside the form.

    :raises Lost: the time is kept no longer; then nobody was registered either.
    :raises NotPossible: the visit cannot be.
    """
    subject = people.register_patient(
        given_name=given_name,
        family_name=family_name,
        born_on=born_on,
        email=email,
        telephone=telephone,
        address="",
        postcode="",
        by=actors.NOBODY,
        at=at,
    )
    acting().created.add(subject)
    return _book(kept, subject, note=note, told=told, by=actors.enquirer(subject), at=at)


def _book(kept: selectors.Kept, subject: UUID, *, note: str, told: bool, by: Actor, at: datetime) -> str:
    made = confirm(
        kept.pending,
        subject,
        practitioner=kept.practitioner,
        service=kept.service,
        starts_at=kept.starts_at,
        note=note,
        how=How.ONLINE,
        told=told,
        by=by,
        at=at,
    )
    return token_of(made)


@act(Event.LINK_USED, purpose=Purpose.BOOKING, unasked=_ROUTES)
def cancel_by_link(token: str, *, because: Ended = Ended.UNSAID, by: Actor, at: datetime) -> None:
    """
    Cancel the visit of a link, and tell them.

    :raises NotPossible: there is no such visit, or it is over.
    """
    found = _found(token, at=at)
    cancel(found.id, because=because, by=actors.service(_HOLDS_LINK), at=at)


@act(Event.LINK_USED, purpose=Purpose.BOOKING, unasked=_ROUTES)
def move_by_link(token: str, *, starts_at: datetime, by: Actor, at: datetime) -> None:
    """
    Move the visit of a link, until the day before it, and tell them.

    :raises NotPossible: there is no such visit, it is too late, or the time is not free.
    """
    found = _found(token, at=at)
    if starts_at < at + rules.NEWEST:
        raise rules.NotPossible("That time is too near. Choose a later one.")
    move(found.id, starts_at=starts_at, by=actors.service(_HOLDS_LINK), at=at)


def _found(token: str, *, at: datetime) -> selectors.LinkedVisit:
    found = selectors.visit_by_link(token, at=at)
    if found is None:
        raise rules.NotPossible("This link is over. Ring us, and we help.")
    return found
