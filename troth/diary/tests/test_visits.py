"""Booking and what becomes of it; who has a reason to look, and for how long; nobody in two places at once."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from conftest import publish_pack
from tests.stores import Home
from troth.diary import apps, rules, selectors, services
from troth.diary.models import Appointment, Hold, VisitState, guards
from troth.diary.rules import NotPossible
from troth.diary.tests.conftest import NOW, TEN, Clinic, open_clinic
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Check, Refused
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.vault.categories import Category


def state(visit: UUID) -> str:
    found: str = Appointment.objects.get(pk=visit).state
    return found


def test_a_visit_goes_through_its_life(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    reception = clinic.actor(clinic.reception)
    services.arrive(visit, by=reception, at=TEN)
    assert state(visit) == "arrived"
    services.complete(visit, by=clinic.actor(clinic.orla), at=TEN + timedelta(minutes=30))
    assert state(visit) == "completed"
    told = list(LedgerEvent.objects.filter(event__startswith="diary:visit").order_by("id"))
    assert [event.event for event in told] == ["diary:visit_booked", "diary:visit_arrived", "diary:visit_completed"]
    assert {event.subject for event in told} == {clinic.ann.hex}
    with pytest.raises(NotPossible, match="cannot become"):
        services.cancel(visit, by=reception, at=TEN)


def test_what_for_is_sealed_and_when_is_not(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM diary_appointment")
        stored = repr(cursor.fetchall())
    assert "sentinel" not in stored and clinic.orla.hex in stored.replace("-", "")


def test_nobody_sees_or_is_seen_by_two_at_once(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN, long=True)
    half_past = TEN + timedelta(minutes=30)
    with pytest.raises(NotPossible, match="just been taken"):
        clinic.book(clinic.bob, clinic.orla, half_past)
    with pytest.raises(NotPossible, match="another visit"):
        clinic.book(clinic.ann, clinic.dev, half_past)
    clinic.book(clinic.bob, clinic.dev, half_past)
    clinic.book(clinic.bob, clinic.orla, TEN + timedelta(minutes=60))
    assert Appointment.objects.count() == 3


def test_the_database_itself_refuses_a_second_hold(clinic: Clinic) -> None:
    """Not the acts: whoever writes past them is refused too, by a stretch that touches another in one minute alone."""
    clinic.book(clinic.ann, clinic.orla, TEN)

    @act(Event.VISIT_BOOKED, purpose=Purpose.BOOKING)
    def steal(thing: UUID, first: int, last: int, *, by: Actor, at: object) -> None:
        Hold.objects.create(subject_id=clinic.bob, thing=thing, first=first, last=last, appointment=uuid4())

    @act(Event.VISIT_MOVED, purpose=Purpose.BOOKING)
    def shift(hold: Hold, first: int, *, by: Actor, at: object) -> None:
        hold.first = first
        hold.save()

    begins = rules.minutes_of(TEN)
    for thing in (clinic.orla, clinic.ann):
        for first, last in ((begins - 5, begins + 1), (begins + 29, begins + 60), (begins + 5, begins + 10)):
            with pytest.raises(IntegrityError), transaction.atomic():
                steal(thing, first, last, by=clinic.actor(clinic.bob), at=NOW)
        steal(thing, begins - 5, begins, by=clinic.actor(clinic.bob), at=NOW)
        steal(thing, begins + 30, begins + 35, by=clinic.actor(clinic.bob), at=NOW)
        later = Hold.objects.get(thing=thing, first=begins + 30)
        with pytest.raises(IntegrityError), transaction.atomic():
            shift(later, begins + 29, by=clinic.actor(clinic.bob), at=NOW)


def test_a_guard_that_is_gone_is_found_and_put_back(committed_db: Home) -> None:
    assert apps.check_guards(["default"]) == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER no_two_holds_touch_insert")
        else:
            cursor.execute("ALTER TABLE diary_hold DROP CONSTRAINT no_two_holds_touch")
    found = apps.check_guards(["default"])
    assert [each.id for each in found] == ["diary.E001"]
    guards.make_guards(connection)
    assert guards.guards_missing(connection) == []


def test_two_who_book_the_same_time_at_once_get_one_visit(committed_db: Home) -> None:
    publish_pack("wellness-clinic")
    clinic = open_clinic()
    together, outcomes = threading.Barrier(2), []

    def book(subject: UUID) -> None:
        together.wait()
        try:
            clinic.book(subject, clinic.orla, TEN)
            outcomes.append("booked")
        except NotPossible:
            outcomes.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=(subject,)) for subject in (clinic.ann, clinic.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "taken"]
    assert (Appointment.objects.count(), Hold.objects.count()) == (1, 2)


def test_moving_and_cancelling_free_the_time(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    services.move(visit, starts_at=TEN + timedelta(minutes=15), by=clinic.actor(clinic.manager), at=NOW)
    clinic.book(clinic.bob, clinic.dev, TEN)
    services.move(
        visit,
        starts_at=TEN + timedelta(minutes=60),
        practitioner=clinic.dev,
        by=clinic.actor(clinic.reception),
        at=NOW,
    )
    services.cancel(visit, by=clinic.actor(clinic.ann), at=NOW)
    clinic.book(clinic.bob, clinic.dev, TEN + timedelta(minutes=60))
    assert state(visit) == "cancelled"
    with pytest.raises(NotPossible):
        services.move(visit, starts_at=TEN + timedelta(minutes=90), by=clinic.actor(clinic.ann), at=NOW)


def test_a_booking_lets_its_practitioner_look_and_nobody_else(clinic: Clinic) -> None:
    def stopped_at(who: UUID) -> Check | None:
        with processing(Purpose.CARE, by=clinic.actor(who), at=NOW) as opened:
            return opened.decision(clinic.ann, Category.HEALTH).check

    assert stopped_at(clinic.orla) is Check.REASON
    clinic.book(clinic.ann, clinic.orla, TEN)
    assert stopped_at(clinic.orla) is None
    assert stopped_at(clinic.dev) is Check.REASON
    for who in (clinic.reception, clinic.manager, clinic.finance, clinic.marketing):
        assert stopped_at(who) is Check.ROLE


@pytest.mark.parametrize(("days", "holds"), [(-14, True), (-14.1, False), (7, True), (7.1, False), (0, True)])
def test_the_reason_holds_from_a_week_before_until_a_fortnight_after(
    clinic: Clinic, days: float, holds: bool
) -> None:
    """Asked at a moment from which the visit is so many days ahead (or past)."""
    clinic.book(clinic.ann, clinic.orla, TEN)
    edge = TEN + timedelta(minutes=30) if days < 0 else TEN
    at = edge - timedelta(days=days) + timedelta(seconds=1 if days > 0 else -1)
    with processing(Purpose.CARE, by=clinic.actor(clinic.orla, at), at=at) as opened:
        assert opened.decision(clinic.ann, Category.HEALTH).allowed is holds


def test_a_cancelled_booking_is_no_reason(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    services.cancel(visit, by=clinic.actor(clinic.ann), at=NOW)
    with processing(Purpose.CARE, by=clinic.actor(clinic.orla), at=NOW) as opened:
        assert opened.decision(clinic.ann, Category.HEALTH).check is Check.REASON


def test_reception_books_only_whom_it_found_with_a_reason(clinic: Clinic) -> None:
    reception = clinic.actor(clinic.reception)

    def book(at: object = NOW) -> UUID:
        return services.book(
            clinic.ann,
            practitioner=clinic.orla,
            service=clinic.short,
            starts_at=TEN,
            by=reception,
            at=at,  # type: ignore[arg-type]
        )

    with pytest.raises(Refused):
        book()
    with processing(Purpose.FIND, by=reception, at=NOW, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        assert people.find_people("oddie", opened).people
    with pytest.raises(Refused):
        book(NOW + timedelta(minutes=31))
    book(NOW + timedelta(minutes=29))
    # A colleague did not find her, but her visit is to be arranged by whoever is at the desk.
    services.cancel(Appointment.objects.get().pk, by=clinic.actor(clinic.manager), at=NOW)


def test_the_diary_shows_a_practitioner_their_own_and_reception_all(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    clinic.book(clinic.bob, clinic.dev, TEN)

    def shown(who: UUID) -> list[tuple[str, str]]:
        with processing(Purpose.BOOKING, by=clinic.actor(who), at=NOW) as opened:
            return [(visit.name, visit.service) for visit in selectors.list_visits(NOW.date(), 1, opened)]

    assert sorted(shown(clinic.orla)) == [("", ""), ("Maureen Oddie", "sentinel-short")]
    assert sorted(shown(clinic.reception)) == [("Maureen Oddie", "sentinel-short"), ("Petroc Vane", "sentinel-short")]
    # Colleagues' people are not asked about, so nothing says that somebody tried to see them.
    assert not LedgerEvent.objects.filter(event="gate:refused").exists()


def test_fifty_visits_cost_as_many_queries_as_five(clinic: Clinic) -> None:
    def cost() -> int:
        with (
            CaptureQueriesContext(connection) as asked,
            processing(Purpose.BOOKING, by=clinic.actor(clinic.reception), at=NOW) as opened,
        ):
            selectors.columns(NOW.date(), 6, selectors.list_visits(NOW.date(), 6, opened), at=NOW)
        return len(asked)

    for number in range(3):
        clinic.book(clinic.ann, clinic.orla, TEN + timedelta(days=number))
    few = cost()
    for number in range(15):
        clinic.book(clinic.bob, clinic.dev, TEN + timedelta(days=number % 3, minutes=30 * (number // 3)))
    assert cost() <= few + 2  # the second person's key is fetched with the first's


def test_a_missed_visit_is_missed_only_once_it_has_begun(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    reception = clinic.actor(clinic.reception)
    with pytest.raises(NotPossible):
        services.miss(visit, by=reception, at=NOW)
    services.miss(visit, by=reception, at=TEN + timedelta(minutes=20))
    assert state(visit) == VisitState.MISSED and not Hold.objects.exists()


def test_a_person_books_for_nobody_else(clinic: Clinic) -> None:
    with pytest.raises(Refused):
        services.book(
            clinic.ann,
            practitioner=clinic.orla,
            service=clinic.short,
            starts_at=TEN,
            by=clinic.actor(clinic.bob),
            at=NOW,
        )
