"""
The waiting list: a place on it, a time that is offered to whoever stands first, and what they do with it.

An offer is a hold with an end. It is theirs alone until then, whoever looks at the diary; taken, it becomes the visit of that
number; let pass, it goes to the next, by a job.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError

from troth.delivery.rules import Kind
from troth.diary import rules, selectors
from troth.diary.models import Hold, How, Wish, WishState
from troth.diary.selectors import hash_of, token_of
from troth.diary.services.holding import plan_time, write_holds
from troth.diary.services.telling import tell_offer
from troth.diary.services.visits import book
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.vault.categories import Category

_NAME = "waiting-list"
_ROUTES = "it finds an offer by the link of its message; the acts within ask the gate for what they write"
_OVER = "That time is not offered any more. You keep your place on the list, unless its last day is over."
actors.declare_service(
    _NAME,
    purposes={Purpose.BOOKING},
    categories={Category.CORRESPONDENCE},
    modules={__name__, "troth.diary.jobs"},
)


@act(Event.WISH_MADE, purpose=Purpose.BOOKING)
def join_list(
    subject: UUID,
    *,
    service: UUID,
    first_on: date,
    last_on: date,
    practitioner: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Put somebody on the waiting list of a service, behind whoever is there, and give the place.

    :raises NotPossible: it is not offered, the days cannot be, or they wait for it already.
    :raises Refused: the actor may not arrange visits of this person.
    """
    acting().require(subject, Category.CORRESPONDENCE)
    rules.check_wish(first_on, last_on, at=at)
    offered = selectors.get_service(service)
    if offered is None or offered.closed:
        raise rules.NotPossible("That is not offered any more. Choose another service.")
    row = Wish(
        subject_id=subject,
        service=offered.name,
        service_mark=selectors.mark_of(service),
        practitioner=practitioner,
        first_on=first_on,
        last_on=last_on,
        since=at,
    )
    try:
        row.save()
    except IntegrityError:
        # The act ends with it and is undone.
        raise rules.NotPossible("They are on the waiting list for it already.") from None
    made: UUID = row.pk
    return made


@act(Event.WISH_MADE, purpose=Purpose.BOOKING)
def join_as_stranger(
    *,
    service: UUID,
    first_on: date,
    last_on: date,
    practitioner: UUID | None = None,
    given_name: str,
    family_name: str,
    born_on: date,
    email: str,
    telephone: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    The same for somebody new: they become a patient and were given the notice in force, which stands beside the form.

    :raises NotPossible: as above; then nobody was registered either.
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
    return join_list(
        subject,
        service=service,
        first_on=first_on,
        last_on=last_on,
        practitioner=practitioner,
        by=actors.enquirer(subject),
        at=at,
    )


@act(Event.TIME_OFFERED, purpose=Purpose.BOOKING)
def offer_time(wish: UUID, service: UUID, *, by: Actor, at: datetime) -> bool:
    """
    Offer somebody the first time that suits them: it is held for them, and they are told. False: nothing is free, or they wait no
    longer.

    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(wish)
    if row.state != WishState.WAITING:
        return False
    found = selectors.first_free(
        service, row.practitioner, row.first_on, row.last_on, row.after, subject=row.subject_id, at=at
    )
    offered = selectors.get_service(service)
    if found is None or offered is None or row.service_mark != selectors.mark_of(service):
        return False
    whom, starts_at = found
    until, pending = rules.offered_until(starts_at, at=at), uuid4()
    planned = plan_time(offered, whom, starts_at, subject=row.subject_id, at=at)
    write_holds(planned, owner=row.subject_id, appointment=pending, until=until)
    row.state, row.pending, row.link_hash = WishState.OFFERED, pending, hash_of(token_of(pending))
    row.offered_with, row.offered_at, row.offered_until = whom, starts_at, until
    row.save()
    tell_offer(row, Kind.VISIT_OFFERED, by=by, at=at)
    return True


@act(Event.OFFER_PASSED, purpose=Purpose.BOOKING)
def pass_offer(wish: UUID, *, by: Actor, at: datetime) -> None:
    """
    Give back the time that is offered, or let it go since nobody took it: whoever let it pass stands last from now on, and is
    offered later times. A place whose last day is over ends.

    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(wish)
    if row.state == WishState.OFFERED and row.pending is not None:
        Hold.objects.filter(appointment=row.pending, until__isnull=False).delete()
        row.state, row.since, row.after = WishState.WAITING, at, row.offered_at
        _clear(row)
    if row.state == WishState.WAITING and not rules.is_bookable(row.last_on, at=at):
        row.state = WishState.ENDED
    row.save()


@act(Event.OFFER_WITHDRAWN, purpose=Purpose.BOOKING)
def withdraw_offer(wish: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take back a time that is offered, since there is none then any more. Whoever waits keeps their place.

    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(wish)
    if row.state == WishState.OFFERED and row.pending is not None:
        Hold.objects.filter(appointment=row.pending, until__isnull=False).delete()
        row.state = WishState.WAITING
        _clear(row)
        row.save()


@act(Event.WISH_ENDED, purpose=Purpose.BOOKING)
def leave_list(wish: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take somebody off the list; what was offered to them is free at once.

    :raises NotPossible: they are on it no longer.
    :raises Refused: the actor may not arrange visits of this person.
    """
    row = _locked(wish)
    if row.state not in {WishState.WAITING, WishState.OFFERED}:
        raise rules.NotPossible("They are on the list no longer.")
    if row.pending is not None:
        Hold.objects.filter(appointment=row.pending, until__isnull=False).delete()
    row.state = WishState.ENDED
    _clear(row)
    row.save()


@act(Event.OFFER_TAKEN, purpose=Purpose.BOOKING, unasked=_ROUTES)
def take_offer(token: str, *, by: Actor, at: datetime) -> str:
    """
    Book the time of a link, and give the token of the visit's link. Where it has a deposit, that is paid first.

    :raises NotPossible: it is offered no longer.
    """
    return _take(_found(token, at=at).wish, token, by=actors.service(_NAME), at=at)


@act(Event.LINK_USED, purpose=Purpose.BOOKING, unasked=_ROUTES)
def answer_offer(token: str, *, stay: bool, by: Actor, at: datetime) -> None:
    """
    Let the time of a link pass, and stay on the list or leave it.

    :raises NotPossible: it is offered no longer.
    """
    found = _found(token, at=at)
    (pass_offer if stay else leave_list)(found.wish, by=actors.service(_NAME), at=at)


@act(Event.TIME_CONFIRMED, purpose=Purpose.BOOKING)
def _take(wish: UUID, token: str, *, by: Actor, at: datetime) -> str:
    row = _locked(wish)
    offered = next(
        (each for each in selectors.list_services() if selectors.mark_of(each.id) == row.service_mark), None
    )
    until, pending, whom, starts_at = row.offered_until, row.pending, row.offered_with, row.offered_at
    if until is None or until <= at or offered is None or hash_of(token) != row.link_hash:
        raise rules.NotPossible(_OVER)
    assert pending is not None and whom is not None and starts_at is not None
    Hold.objects.filter(appointment=pending, until__isnull=False).delete()
    made = book(
        row.subject_id,
        practitioner=whom,
        service=offered.id,
        starts_at=starts_at,
        how=How.OFFER,
        number=pending,
        pays_first=True,
        by=by,
        at=at,
    )
    row.state = WishState.BOOKED
    _clear(row)
    row.save()
    return token_of(made)


def _clear(row: Wish) -> None:
    row.pending = row.offered_with = row.offered_at = row.offered_until = None
    row.link_hash = ""


def _locked(wish: UUID) -> Wish:
    """The place, held against a second hand, when the gate lets the actor arrange visits of its person."""
    row: Wish | None = Wish.objects.select_for_update().filter(pk=wish).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else wish, Category.CORRESPONDENCE)
    if row is None:
        raise nothing_there()
    return row


def _found(token: str, *, at: datetime) -> selectors.Offer:
    found = selectors.offer_by_link(token, at=at)
    if found is None:
        raise rules.NotPossible(_OVER)
    return found
