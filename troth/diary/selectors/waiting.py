"""Who waits for which service, in order; and the time that is offered to somebody, by the link of its message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from troth.diary import rules
from troth.diary.models import Wish, WishState
from troth.diary.selectors.held import mark_of
from troth.diary.selectors.holds import search_free
from troth.diary.selectors.links import hash_of
from troth.diary.selectors.offers import list_services
from troth.gate.contexts import Opened
from troth.law.calendar import LONDON
from troth.people import selectors as people
from troth.rights import selectors as rights
from troth.vault.categories import Category
from troth.vault.openable import openable

_JUST_NOW = timedelta(days=1)
_LIVING = (WishState.WAITING, WishState.OFFERED)


@dataclass(frozen=True)
class Waiting:
    """One line of the list at the desk; whose it is and what for is empty where the viewer may not see it."""

    id: UUID
    subject: UUID
    name: str
    service: str
    practitioner: UUID | None
    first_on: date
    last_on: date
    since: datetime
    offered_at: datetime | None
    offered_until: datetime | None
    withheld: bool = False


@dataclass(frozen=True)
class Offer:
    """A time that is offered, as whoever has its link sees it: when and with whom, and nothing of what for."""

    wish: UUID
    starts_at: datetime
    practitioner: UUID
    until: datetime


def with_wish(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those who wait for a time, or did until yesterday: whoever sends a page twice is told so."""
    some = Q(state__in=_LIVING) | Q(changed_at__gt=at - _JUST_NOW)
    return set(Wish.objects.filter(some, subject_id__in=subjects).values_list("subject_id", flat=True))


def services_waited_for(*, at: datetime) -> list[UUID]:
    """The services for which somebody waits whom no time is offered to."""
    on = at.astimezone(LONDON).date()
    marks = set(
        Wish.objects.filter(state=WishState.WAITING, last_on__gte=on)
        .values_list("service_mark", flat=True)
        .distinct()
    )
    return [each.id for each in list_services() if mark_of(each.id) in marks]


def who_waits_for(service: UUID, *, at: datetime) -> list[UUID]:
    """Those who wait for it and whom nothing is offered to, whoever came first standing first."""
    rows = Wish.objects.filter(
        state=WishState.WAITING, service_mark=mark_of(service), last_on__gte=at.astimezone(LONDON).date()
    )
    return _unrestricted(rows.order_by("since", "id"), at=at)


def list_over(*, at: datetime) -> list[UUID]:
    """
    Offers that nobody took in time, and places whose last day is over. Whoever restricted the use of their record is passed over:
    what was held for them has ended by itself.
    """
    lapsed = Wish.objects.filter(state=WishState.OFFERED, offered_until__lte=at)
    gone = Wish.objects.filter(state=WishState.WAITING, last_on__lt=at.astimezone(LONDON).date())
    return [*_unrestricted(lapsed, at=at), *_unrestricted(gone, at=at)]


def _unrestricted(rows: QuerySet[Wish], *, at: datetime) -> list[UUID]:
    """Those of them whose people let us use their record: the others are not asked about anew each time."""
    found = list(rows.values_list("id", "subject_id"))
    restricted = rights.restricted_among({subject for _, subject in found}, at=at)
    return [wish for wish, subject in found if subject not in restricted]


def first_free(
    service: UUID,
    practitioner: UUID | None,
    first_on: date,
    last_on: date,
    after: datetime | None,
    *,
    subject: UUID,
    at: datetime,
) -> tuple[UUID, datetime] | None:
    """The first time within those days that suits them, and with whom; None where nothing is free."""
    soonest = max(at + rules.OFFERED_AHEAD, after) if after else at + rules.OFFERED_AHEAD
    first = max(first_on, soonest.astimezone(LONDON).date())
    days = (last_on - first).days + 1
    if days < 1:
        return None
    who = None if practitioner is None else [practitioner]
    found = search_free(service, first, days, at=at, practitioners=who, soonest=soonest, subject=subject)
    some = [(start, key) for key, starts in found.items() for start in starts[:1]]
    if not some:
        return None
    start, key = min(some)
    return key, rules.moment_of(start)


def list_waiting(opened: Opened, *, text: str = "") -> list[Waiting]:
    """
    Everybody who waits, whoever came first standing first; with `text` those in whose name it is. As many queries for fifty as for
    five.
    """
    rows = openable(Wish.objects.filter(state__in=_LIVING).order_by("since", "id"))
    subjects = list(dict.fromkeys(row.subject_id for row in rows))
    admitted = set(opened.admit(subjects, Category.IDENTITY, Category.CORRESPONDENCE).admitted)
    names = people.names_of(admitted, opened)
    found = [_waiting(row, names.get(row.subject_id, ""), row.subject_id in admitted) for row in rows]
    return [each for each in found if text.casefold() in each.name.casefold()]


def get_waiting(wish: UUID, opened: Opened) -> Waiting | None:
    """
    One place on the list, opening nobody else's; None where they wait no longer.

    :raises Refused: it may not be seen, or there never was one: both are answered alike.
    """
    row = Wish.objects.filter(pk=wish).first()
    opened.require(row.subject_id if row else wish, Category.IDENTITY, Category.CORRESPONDENCE)
    if row is None or row.state not in _LIVING:
        return None
    return _waiting(row, people.names_of([row.subject_id], opened).get(row.subject_id, ""), True)


def offer_by_link(token: str, *, at: datetime) -> Offer | None:
    """The time of a link, from open columns alone; None where there is none, or it is offered no longer."""
    if not token:
        return None
    row = Wish.objects.filter(link_hash=hash_of(token), state=WishState.OFFERED, offered_until__gt=at).first()
    return Offer(row.pk, row.offered_at, row.offered_with, row.offered_until) if row else None


def _waiting(row: Wish, name: str, admitted: bool) -> Waiting:
    offered = row.state == WishState.OFFERED
    return Waiting(
        row.pk,
        row.subject_id,
        name,
        (row.service or "") if admitted else "",
        row.practitioner,
        row.first_on,
        row.last_on,
        row.since,
        row.offered_at if offered else None,
        row.offered_until if offered else None,
        not admitted,
    )
