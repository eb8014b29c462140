"""What the diary tells the gate: who has a reason to see whom. One query each, however many people are asked about."""

from calendar import day_name
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check
from troth.billing import selectors as money
from troth.billing import services as billing
from troth.billing.selectors import State
from troth.contact import rules as contact
from troth.diary import rules, selectors, services
from troth.gate import reasons, table
from troth.gate.actors import Actor
from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.rights.rules.ending import holds, seen
from troth.vault.saying import Known, says


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
    """Who arranges visits has a reason while one is ahead, and for fourteen days after it; and while somebody waits for one."""
    if not actor.roles & rules.ARRANGING:
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER) | selectors.with_wish(subjects, at=at)


@reasons.reason("a visit to tell them of", serves={Purpose.SERVICE_MESSAGES}, told="we wrote to you about your visit")
def telling(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that writes about visits has a reason while one is ahead, and for a fortnight after it; and while they wait."""
    if actor.kind != "service" or actor.name != "visit-messages":
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER) | selectors.with_wish(subjects, at=at)


@reasons.reason("a time to offer", serves={Purpose.BOOKING}, told="you are on our waiting list")
def offering(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that offers times has a reason while somebody waits, and for the visit that came of it."""
    if actor.kind != "service" or actor.name != "waiting-list":
        return set()
    return selectors.with_wish(subjects, at=at) | selectors.with_visit(subjects, since=at)


@reasons.reason("the link to their visit", serves={Purpose.BOOKING}, told="somebody used the link to your visit")
def linked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whoever has the link of a message looks after that visit through a service, until a fortnight after it."""
    if actor.kind != "service" or actor.name != "visit-links":
        return set()
    return selectors.with_visit(subjects, since=at - rules.DAYS_AFTER)


@reasons.reason(
    "the deposit for their visit",
    serves={Purpose.BOOKING, Purpose.PAYMENT},
    told="the deposit for your visit was paid, taken or given back",
)
def depositing(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """
    The service of deposits has a reason while a visit is ahead, and until a fortnight after it; and while it has still to hear what
    became of one, as when the invoice that it was taken off is cancelled long after.
    """
    if actor.kind != "service" or actor.name != "visit-deposits":
        return set()
    ahead = selectors.with_visit(subjects, since=at - rules.DAYS_AFTER)
    return ahead | money.with_untold(selectors.DEPOSIT_FOR, subjects)


@billing.follows(selectors.DEPOSIT_FOR)
def paid(thing: UUID, payment: UUID, state: State, *, by: Actor, at: datetime) -> None:
    """What became of a deposit books its visit, or ends it."""
    services.hear_deposit(thing, payment, state, by=selectors.payer(), at=at)


@reasons.reason("a visit within a year", serves={Purpose.MESSAGES}, told="you see them here")
def in_care(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A practitioner answers whoever came to them within a year, or comes in the next two months."""
    if not actor.roles or actor.id is None:
        return set()
    return selectors.booked_with(actor.id, subjects, since=at - rules.IN_CARE, until=at + rules.IN_CARE_AHEAD)


@contact.treats
def treats(subjects: Collection[UUID], *, at: datetime) -> Mapping[UUID, set[UUID]]:
    """The same for whoever asks the other way round: whom these people may write to about their treatment."""
    return selectors.practitioners_of(subjects, since=at - rules.IN_CARE, until=at + rules.IN_CARE_AHEAD)


@reasons.reason("they asked you for a visit", serves={Purpose.BOOKING}, told="you asked for a visit")
def found(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Who arranges visits may book whom they have found by name, with a reason, in the last half hour."""
    if not actor.roles & rules.ARRANGING or actor.id is None:
        return set()
    return people.found_by(actor.id, subjects, since=at - rules.FOUND_FOR)


@seen
def last_here(subjects: Collection[UUID]) -> Mapping[UUID, date]:
    """A visit is a contact on the day on which it ended, whenever anything was written of it."""
    return selectors.last_here(subjects)


@holds("A visit that is booked")
def expected(subjects: Collection[UUID], at: datetime) -> set[UUID]:
    """Of whoever is to come nothing is destroyed before they were here."""
    return selectors.with_visit_ahead(subjects, at=at)


@check(
    "diary.clashes",
    looks_at="all times that are held from now on, and what in the database refuses two that touch",
    page="desk_diary",
)
def clashes(question: Question) -> Finding:
    """Nothing and nobody is in two places at once, every visit that is booked holds its time, no class has more visits than places,
    and the database sees to it."""
    found = selectors.count_clashes(at=question.at)
    counts = {
        "held": found.held,
        "touching": found.touching,
        "visits_without_time": found.unheld,
        "overfull": found.overfull,
    }
    if not found.guarded:
        return Finding(False, "The database would not refuse two visits at one time", counts)
    if found.overfull:
        return Finding(False, f"{found.overfull} classes have more visits than places", counts)
    if found.touching or found.unheld:
        words = f"{found.touching} times touch another, and {found.unheld} visits hold no time"
        return Finding(False, words, counts)
    return Finding(True, f"{found.held} times are held, and none touches another", counts)


@check("diary.pages", looks_at="the pages on which people register and book a visit by themselves", page="desk_diary")
def pages(question: Question) -> Finding:
    """Whoever comes by themselves can register and book: the notice in force has the pages for it on."""
    reverse("book")  # reads the addresses, so that every page has its row
    register = notices.register_in_force(question.at)
    names = ("register", "book", "book_time", "book_details", "desk_diary")
    off = [name for name in names if not table.rows[name].is_on(register)]
    counts = {"pages": len(names), "pages_off": len(off)}
    if off:
        return Finding(False, "People cannot register or book: the notice in force has no such use", counts)
    return Finding(True, "People register and book a visit online, and the desk books for them", counts)


@says("diary.appointment", "detail")
def planned_in_words(row: Any, field: str, known: Known) -> str:
    """Room and machine stand there as our numbers, which the file for machines has."""
    return ""


@says("diary.hold", "first")
def held_time_in_words(row: Any, field: str, known: Known) -> str:
    """From when until when somebody or something is taken for the visit; `first` and `last` are minutes since 1970."""
    first, last = (datetime.fromtimestamp(minute * 60, LONDON) for minute in (row.first, row.last))
    return f"{first:%-d %B %Y, %-H:%M} to {last:%-H:%M}"


@says("diary.practitioner", "hours", "other_hours")
def hours_in_words(row: Any, field: str, known: Known) -> str:
    """The published hours of each day of the week on which somebody works."""
    hours = getattr(row, field)
    return "; ".join(f"{day_name[int(day)]} {rules.say_stretches(hours[day])}" for day in sorted(hours, key=int))


@says("diary.dayoff", "first_on", "stretches")
def away_in_words(row: Any, field: str, known: Known) -> str:
    """On which days, and at which hours of them, if at any."""
    if field == "stretches":
        return rules.say_stretches(row.stretches) or "Away all day"
    return f"{row.first_on:%-d %B %Y}" + (f" to {row.last_on:%-d %B %Y}" if row.last_on > row.first_on else "")


@says("diary.classtime", "starts_at", "places", "cancelled_at")
def class_in_words(row: Any, field: str, known: Known) -> str:
    """When it is, for how many, and whether it was called off."""
    if field == "places":
        return f"{row.places} places"
    if field == "cancelled_at":
        return f"Cancelled on {timezone.localtime(row.cancelled_at):%-d %B %Y}"
    first, last = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    return f"{first:%-d %B %Y, %-H:%M} to {last:%-H:%M}"
