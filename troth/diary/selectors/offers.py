"""What is offered and where, who does it and when they work: published, and read without opening anything."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connections
from django.db.models import Exists

from troth.diary import rules
from troth.diary.models import Appointment, Colour, DayOff, Place, Practitioner, Resource, ResourceKind, Service
from troth.people import selectors as people


@dataclass(frozen=True)
class Offered:
    """A service as it is published. Lengths in minutes, money in pence."""

    id: UUID
    name: str
    minutes: int
    words: str
    before: int = 0
    after: int = 0
    price_pence: int = 0
    deposit_pence: int = 0
    room_sort: str = ""
    machine_sort: str = ""
    form: str = ""
    colour: str = Colour.SEAL.value
    online: bool = True
    closed: bool = False
    places: int = 1

    @property
    def is_class(self) -> bool:
        """Whether several come to it together, at times that were set for it."""
        return self.places > 1

    @property
    def need(self) -> rules.Need:
        """The time it takes with what comes before and after."""
        return rules.Need(self.minutes, self.before, self.after)

    @property
    def deposit(self) -> str:
        """As people read it."""
        return pounds(self.deposit_pence)

    @property
    def price(self) -> str:
        """As people read it, or nothing where none is set."""
        return pounds(self.price_pence) if self.price_pence else ""


@dataclass(frozen=True)
class Location:
    """A place of the clinic."""

    id: UUID
    name: str
    address: str
    closed: bool


@dataclass(frozen=True)
class Thing:
    """A room or a machine."""

    id: UUID
    kind: ResourceKind
    name: str
    sort: str
    place: UUID
    place_name: str
    closed: bool
    place_closed: bool


@dataclass(frozen=True)
class Away:
    """Days on which somebody works otherwise: at the hours in `words`, or not at all."""

    id: UUID
    first_on: date
    last_on: date
    stretches: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Worker:
    """A practitioner with what they do and when. `services` is None where they do all that is offered."""

    subject: UUID
    hours: rules.Hours
    other_hours: rules.Hours | None
    from_monday: date | None
    services: frozenset[UUID] | None

    def does(self, service: UUID) -> bool:
        """Whether they may do this."""
        return self.services is None or service in self.services


def pounds(pence: int) -> str:
    """Money as people read it: £149, or £12.50."""
    whole, rest = divmod(pence, 100)
    return f"£{whole:,}" + (f".{rest:02}" if rest else "")


def list_services(*, closed: bool = False) -> list[Offered]:
    """What can be booked, by name; with `closed` also what is not offered any more."""
    rows = Service.objects.order_by("name")
    return [_offered(row) for row in (rows if closed else rows.filter(closed=False))]


def services_by_name() -> dict[str, Offered]:
    """Each service by its name in small letters; one that is still offered before one of the same name that is not."""
    return {
        each.name.casefold(): each for each in sorted(list_services(closed=True), key=lambda each: not each.closed)
    }


def lasts(offered: Offered | None) -> int | None:
    """How many minutes one takes that can be booked; None for any other."""
    return None if offered is None or offered.closed else offered.minutes


def get_service(service: UUID) -> Offered | None:
    """One service, or None."""
    row = Service.objects.filter(pk=service).first()
    return _offered(row) if row else None


def list_places() -> list[Location]:
    """Every place, by name."""
    return [Location(row.pk, row.name, row.address, row.closed) for row in Place.objects.order_by("name")]


def list_resources() -> list[Thing]:
    """Every room and machine, by place and name."""
    rows = Resource.objects.select_related("place").order_by("place__name", "kind", "name")
    return [
        Thing(
            row.pk,
            ResourceKind(row.kind),
            row.name,
            row.sort,
            row.place_id,
            row.place.name,
            row.closed,
            row.place.closed,
        )
        for row in rows
    ]


def list_practitioners(*, at: datetime | None) -> list[people.StaffMember]:
    """Who sees people, by name; with None also those who did and have left. Their profiles and hours are published."""
    ids = set(Practitioner.objects.values_list("subject_id", flat=True))
    ids = ids if at is None else people.on_staff(ids, at=at)
    return [member for member in people.list_staff() if member.subject in ids]


def workers(of: Collection[UUID] | None = None, *, at: datetime | None) -> dict[UUID, Worker]:
    """
    Practitioners with what they do and when: those asked for, or all. Whoever holds no role at that moment sees nobody; with None
    they are found too.
    """
    rows = list(Practitioner.objects.all() if of is None else Practitioner.objects.filter(subject_id__in=list(of)))
    if at is not None:
        here = people.on_staff([row.subject_id for row in rows], at=at)
        rows = [row for row in rows if row.subject_id in here]
    return {
        row.subject_id: Worker(
            row.subject_id,
            row.hours,
            row.other_hours,
            row.from_monday,
            None if row.services is None else frozenset(UUID(each) for each in row.services),
        )
        for row in rows
    }


def working(of: Sequence[Worker], first: date, last: date) -> dict[UUID, rules.Working]:
    """When these work, with the days on which it is otherwise. One query."""
    otherwise: dict[UUID, list[tuple[date, date, list[rules.Stretch]]]] = {}
    rows = DayOff.objects.filter(
        subject_id__in=[each.subject for each in of], first_on__lte=last, last_on__gte=first
    ).order_by("recorded_at", "id")
    for row in rows:
        otherwise.setdefault(row.subject_id, []).append(
            (row.first_on, row.last_on, [(begins, ends) for begins, ends in row.stretches])
        )
    return {
        each.subject: rules.Working(each.hours, each.other_hours, each.from_monday, otherwise.get(each.subject, ()))
        for each in of
    }


def list_away(practitioner: UUID, *, since: date) -> list[Away]:
    """The days on which somebody works otherwise that are not over, the next first."""
    rows = DayOff.objects.filter(subject_id=practitioner, last_on__gte=since).order_by("first_on", "recorded_at")
    return [
        Away(row.pk, row.first_on, row.last_on, tuple((begins, ends) for begins, ends in row.stretches))
        for row in rows
    ]


def is_kept() -> bool:
    """Whether there is a diary at all: somebody's hours were set, or a visit was booked once."""
    hours, visits = Practitioner._meta.db_table, Appointment._meta.db_table
    with connections["default"].cursor() as cursor:  # every page asks, for its band
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {hours}) OR EXISTS (SELECT 1 FROM {visits})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def has_anything() -> bool:
    """Whether anything can be booked online: a service that is offered, and somebody who works."""
    return Service.objects.filter(Exists(Practitioner.objects.all()), closed=False, online=True).exists()


def _offered(row: Service) -> Offered:
    return Offered(
        row.pk,
        row.name,
        row.minutes,
        row.words,
        row.before,
        row.after,
        row.price_pence,
        row.deposit_pence,
        row.room_sort,
        row.machine_sort,
        row.form,
        row.colour,
        row.online,
        row.closed,
        row.places,
    )
