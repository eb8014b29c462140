"""Acts by which a clinic says what it offers, where, and when its people work. All of it is published."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import Model

from troth.diary import rules
from troth.diary.models import DayOff, Place, Practitioner, Resource, ResourceKind, Service
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched_thing
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category
from troth.vault.models import Subject

#: Whoever keeps the diary's settings does so under the first of these that their role may serve.
KEEPING = (Purpose.STAFF, Purpose.BOOKING)
_HOURS = Mapping[int, Sequence[int] | Sequence[Sequence[int]]]
_Row = TypeVar("_Row", bound=Model)
_SAME_NAME = "Another has that name. Choose another one."


@act(Event.SERVICE_OFFERED, purpose=KEEPING)
def offer_service(
    *,
    name: str,
    minutes: int,
    words: str = "",
    before: int = 0,
    after: int = 0,
    price_pence: int = 0,
    deposit_pence: int = 0,
    room_sort: str = "",
    machine_sort: str = "",
    form: str = "",
    colour: str = "seal",
    online: bool = True,
    closed: bool = False,
    places: int = 1,
    service: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Offer something that can be booked, or change how it is offered: `service`, or else the one of that name. It is about nobody,
    so the gate is asked about no person; visits that are booked stay as they are. With several `places` it is a
    class, which is booked at the times that are set for it (`plan_classes`).

    :raises NotPossible: its length or price cannot be, another has its name, there is none of that id, or the actor keeps no diary.
    """
    rules.check_keeps(by)
    rules.check_service(minutes, before, after, price_pence, deposit_pence, places)
    clean = name.strip()
    row = _known(Service, service) if service else Service.objects.filter(name=clean).first()
    if Service.objects.filter(name=clean).exclude(pk=row.pk if row else uuid4()).exists():
        raise rules.NotPossible(_SAME_NAME)
    row = row or Service()
    row.name, row.minutes, row.words, row.before, row.after = clean, minutes, words.strip(), before, after
    row.price_pence, row.deposit_pence = price_pence, deposit_pence
    row.room_sort, row.machine_sort, row.form = room_sort.strip(), machine_sort.strip(), form.strip()
    row.colour, row.online, row.closed, row.places = colour, online, closed, places
    _save(row)
    touched_thing(f"diary.service/{row.pk.hex}")
    found: UUID = row.pk
    return found


@act(Event.PLACE_KEPT, purpose=KEEPING)
def keep_place(
    *,
    name: str,
    address: str = "",
    closed: bool = False,
    place: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Add a place of the clinic, or change one.

    :raises NotPossible: another has its name, there is none of that id, or the actor keeps no diary.
    """
    rules.check_keeps(by)
    clean = name.strip()
    if Place.objects.filter(name=clean).exclude(pk=place or uuid4()).exists():
        raise rules.NotPossible(_SAME_NAME)
    row = _known(Place, place) if place else Place()
    row.name, row.address, row.closed = clean, address.strip(), closed
    _save(row)
    touched_thing(f"diary.place/{row.pk.hex}")
    found: UUID = row.pk
    return found


@act(Event.RESOURCE_KEPT, purpose=KEEPING)
def keep_resource(
    *,
    kind: ResourceKind,
    name: str,
    sort: str,
    place: UUID,
    closed: bool = False,
    resource: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Add a room or a machine, or change one. What is booked in it stays booked there.

    :raises NotPossible: another has its name, there is none of that id, no such place, or the actor keeps no diary.
    """
    rules.check_keeps(by)
    clean = name.strip()
    if Resource.objects.filter(name=clean).exclude(pk=resource or uuid4()).exists():
        raise rules.NotPossible(_SAME_NAME)
    there = _known(Place, place)
    row = _known(Resource, resource) if resource else Resource()
    row.kind, row.name, row.sort, row.place, row.closed = kind, clean, sort.strip(), there, closed
    _save(row)
    touched_thing(f"diary.resource/{row.pk.hex}")
    found: UUID = row.pk
    return found


@act(Event.HOURS_SET, purpose=Purpose.STAFF)
def set_hours(
    practitioner: UUID,
    *,
    hours: _HOURS,
    other_hours: _HOURS | None = None,
    from_monday: date | None = None,
    services: Collection[UUID] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Set when a member of staff sees people, and for what: for each weekday (0 is Monday) the quarters of the day of beginning and
    end, as one pair or several. `other_hours` are those of every second week, counted from `from_monday`. `services`: what they
    do, all that is offered where it is None.

    :raises NotPossible: a stretch ends before it begins, two of a day touch, or a fortnight does not say from when.
    :raises Refused: the actor may not change what is held of this member of staff's post.
    """
    acting().require(practitioner, Category.EMPLOYMENT)
    # Who sends the first hours twice at once waits, and then changes the row that the other made.
    list(Subject.objects.select_for_update().filter(pk=practitioner).values_list("pk"))
    stored = rules.stored_hours(hours)
    other = rules.stored_hours(other_hours) if other_hours is not None else None
    if other is not None and (from_monday is None or from_monday.weekday() != 0):
        raise rules.NotPossible("Where two weeks differ, say from which Monday on the first of them counts.")
    row = Practitioner.objects.filter(subject_id=practitioner).first() or Practitioner(subject_id=practitioner)
    row.hours, row.other_hours = stored, other
    row.from_monday = from_monday if other is not None else None
    row.services = None if services is None else sorted(each.hex for each in services)
    row.save()


@act(Event.DAY_OFF_SET, purpose=Purpose.STAFF)
def set_day_off(
    practitioner: UUID,
    *,
    first_on: date,
    last_on: date,
    stretches: Sequence[tuple[int, int]] = (),
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Note days on which a member of staff is away, or works at other hours. Why is not asked: an illness would be health data.

    Visits that are booked then stay booked, and somebody moves them.

    :raises NotPossible: the last day is before the first, or the hours cannot be.
    :raises Refused: the actor may not change what is held of this member of staff's post.
    """
    acting().require(practitioner, Category.EMPLOYMENT)
    if last_on < first_on:
        raise rules.NotPossible("The last day comes before the first.")
    row = DayOff(
        subject_id=practitioner,
        first_on=first_on,
        last_on=last_on,
        stretches=[list(each) for each in rules.check_stretches(stretches)],
    )
    row.save()
    found: UUID = row.pk
    return found


@act(Event.DAY_OFF_ENDED, purpose=Purpose.STAFF)
def end_day_off(away: UUID, *, by: Actor, at: datetime) -> None:
    """
    Take such days back: the hours of other weeks count again.

    :raises Refused: the actor may not, or there are no such days.
    """
    row = DayOff.objects.filter(pk=away).first()
    acting().require(row.subject_id if row else away, Category.EMPLOYMENT)
    if row is None:
        raise nothing_there()
    row.delete()


def _known(kind: type[_Row], key: UUID) -> _Row:
    """
    The row of an id that a page sent.

    :raises NotPossible: there is none.
    """
    found = kind._default_manager.filter(pk=key).first()
    if found is None:
        raise rules.NotPossible("There is no such entry any more. Choose one of the list.")
    return found


def _save(row: Service | Place | Resource) -> None:
    """
    Write it. The act ends with a name that somebody else wrote in the same moment.

    :raises NotPossible: another has its name.
    """
    try:
        row.save()
    except IntegrityError:
        raise rules.NotPossible(_SAME_NAME) from None
