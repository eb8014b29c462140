"""Booking and what becomes of it; who has a reason to look, and for how long; nobody in two places at once."""

import re
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.delivery.models import Message
from troth.diary import apps, jobs, rules, selectors, services
from troth.diary.models import Appointment, Feed, Figure, Hold, Place, VisitState, guards
from troth.diary.rules import NotPossible
from troth.diary.tests.conftest import NOW, TEN, Clinic, open_clinic
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.reasons import FindReason
from troth.gate.refusals import Check, Refused
from troth.law.calendar import LONDON
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services as services_of_people
from troth.rights.rules.ending import held_back, last_seen
from troth.vault.categories import Category

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


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


def test_nobody_who_died_is_reminded(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.book(clinic.bob, clinic.orla, TEN + timedelta(days=3))
    clinic.book(clinic.ann, clinic.dev, TEN + timedelta(days=3))
    before = set(Message.objects.values_list("pk", flat=True))
    _record_death(clinic.ann, by=clinic.actor(clinic.reception), at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: TEN + timedelta(days=2, hours=4))
    jobs.remind()
    written = Message.objects.exclude(pk__in=before).values_list("subject_id", flat=True)
    assert set(written) == {clinic.bob}


@act(Event.CONTACT_CHANGED, purpose=Purpose.BOOKING)
def _record_death(subject: UUID, *, by: Actor, at: datetime) -> None:
    acting().require(subject, Category.IDENTITY)
    facts.record(subject, FactKind.DIED, at=at)


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


def test_who_has_left_is_booked_no_more_and_whom_they_had_is_moved(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN + DAY)
    services_of_people.leave_staff(clinic.orla, by=clinic.actor(clinic.administrator), at=NOW)
    assert (
        set(selectors.workers(at=NOW))
        == {clinic.dev}
        == {each.subject for each in selectors.list_practitioners(at=NOW)}
    )
    assert set(selectors.search_free(clinic.short, TEN.date(), 3, at=NOW)) == {clinic.dev}
    for starts in (TEN, TEN + DAY + timedelta(hours=2)):
        with pytest.raises(NotPossible, match="see nobody"):
            clinic.book(clinic.bob, clinic.orla, starts)
    by = clinic.actor(clinic.reception)
    with processing(Purpose.BOOKING, by=by, at=NOW) as opened:
        shown = selectors.columns(TEN.date(), 2, selectors.list_visits(TEN.date(), 2, opened), at=NOW)
        assert [(line[0].practitioner.subject, bool(line[0].worked)) for line in shown] == [
            (clinic.dev, True),
            (clinic.orla, False),
        ]
    services.move(visit, starts_at=TEN + DAY, practitioner=clinic.dev, by=by, at=NOW)
    with processing(Purpose.BOOKING, by=by, at=NOW) as opened:
        assert len(selectors.columns(TEN.date(), 2, selectors.list_visits(TEN.date(), 2, opened), at=NOW)) == 1


def test_what_touches_and_a_visit_without_its_time_are_counted(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    clinic.book(clinic.bob, clinic.orla, TEN + DAY)
    assert selectors.count_clashes(at=NOW) == selectors.Clashes(held=4, touching=0, unheld=0, guarded=True)

    @act(Event.VISIT_MOVED, purpose=Purpose.BOOKING)
    def spoil(hold: Hold, *, by: Actor, at: object) -> None:
        Hold.objects.exclude(pk=hold.pk).filter(thing=clinic.bob).delete()
        hold.thing = clinic.dev
        hold.save()

    spoil(Hold.objects.get(thing=clinic.orla, first=rules.minutes_of(TEN)), by=clinic.actor(clinic.ann), at=NOW)
    found = selectors.count_clashes(at=NOW)
    assert (found.held, found.touching, found.unheld) == (3, 0, 1)


def test_one_person_has_one_address_of_their_calendar(clinic: Clinic) -> None:
    """The database says so: who asks twice at once ends the first."""
    by = clinic.actor(clinic.orla)

    @act(Event.FEED_MADE, purpose=Purpose.BOOKING)
    def another(*, by: Actor, at: object) -> None:
        Feed.objects.create(subject_id=clinic.orla, token_hash="b" * 64)

    services.make_feed(by=by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        another(by=by, at=NOW)


def test_what_is_kept_is_changed_by_its_own_id_or_not_at_all(clinic: Clinic) -> None:
    by, place = clinic.actor(clinic.manager), {"name": "Quarry Steps"}
    with pytest.raises(NotPossible, match="no such entry"):
        services.keep_place(**place, place=uuid4(), by=by, at=NOW)
    with pytest.raises(NotPossible, match="no such entry"):
        services.offer_service(name="zq", minutes=30, service=uuid4(), by=by, at=NOW)
    services.keep_place(**place, by=by, at=NOW)
    assert Place.objects.count() == 1


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


def test_those_that_follow_in_a_series_are_moved_and_cancelled_with_it_and_none_else(clinic: Clinic) -> None:
    desk = clinic.actor(clinic.reception)
    clinic.book(clinic.ann, clinic.dev, TEN + 5 * HOUR)  # so that reception has a reason to look
    what = {"practitioner": clinic.orla, "service": clinic.short, "by": desk, "at": NOW}
    weeks = [TEN + timedelta(weeks=number) for number in range(4)]
    clinic.book(clinic.bob, clinic.orla, weeks[1])
    clinic.book(clinic.cass, clinic.orla, weeks[3])
    # Every clash is said before anything is made.
    with pytest.raises(NotPossible, match=r"30 November.*taken.*14 December.*taken.*None of them is booked"):
        services.book_series(clinic.ann, starts=weeks, **what)
    made = services.book_series(clinic.ann, starts=[each + HOUR for each in weeks], **what)
    # From the second on, by a day and half an hour; the first stays. Tuesday the 15th is somebody's.
    taken = clinic.book(clinic.cass, clinic.orla, weeks[3] + timedelta(days=1, hours=1, minutes=30))
    to = weeks[1] + timedelta(days=1, hours=1, minutes=30)
    with pytest.raises(NotPossible, match=r"^Tuesday 15 December.*None of them is moved"):
        services.move_following(made[1], starts_at=to, by=desk, at=NOW)
    assert Appointment.objects.get(pk=made[1]).starts_at == weeks[1] + HOUR
    services.cancel(taken, by=clinic.actor(clinic.cass), at=NOW)
    assert services.move_following(made[1], starts_at=to, by=desk, at=NOW) == 3
    starts = list(Appointment.objects.filter(pk__in=made).order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [weeks[0] + HOUR, *(to + timedelta(weeks=number) for number in range(3))]
    services.cancel(made[2], by=clinic.actor(clinic.ann), at=NOW)
    assert services.cancel_following(made[1], by=desk, at=NOW) == 2
    assert [Appointment.objects.get(pk=each).state for each in made] == ["booked", *["cancelled"] * 3]
    assert selectors.count_clashes(at=NOW).unheld == 0


def test_one_of_a_series_that_was_cancelled_meanwhile_is_not_moved_with_the_others(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = clinic.actor(clinic.reception)
    clinic.book(clinic.ann, clinic.dev, TEN + 5 * HOUR)
    weeks = [TEN + timedelta(weeks=number) for number in range(3)]
    what = {"practitioner": clinic.orla, "service": clinic.short, "by": desk, "at": NOW}
    made = services.book_series(clinic.ann, starts=weeks, **what)
    services.cancel(made[1], by=clinic.actor(clinic.ann), at=NOW)
    # As whoever read which follow before that was written, and waited for it.
    monkeypatch.setattr(selectors, "that_follow", lambda *_, **__: made[1:])
    assert services.move_following(made[0], starts_at=TEN + HOUR, by=desk, at=NOW) == 2
    row = Appointment.objects.get(pk=made[1])
    assert (row.state, row.starts_at) == ("cancelled", weeks[1])
    assert services.cancel_following(made[0], by=desk, at=NOW) == 2


def test_of_several_visits_practitioners_and_figures_are_held_in_one_order(clinic: Clinic) -> None:
    desk = clinic.actor(clinic.reception)
    clinic.book(clinic.ann, clinic.dev, TEN + 5 * HOUR)
    weeks = [TEN + timedelta(weeks=number) for number in range(3)]
    what = {"practitioner": clinic.orla, "service": clinic.short, "by": desk, "at": NOW}
    made = services.book_series(clinic.ann, starts=weeks, **what)
    services.move(made[1], starts_at=weeks[1], practitioner=clinic.dev, by=desk, at=NOW)
    with CaptureQueriesContext(connection) as seen:
        services.move_following(made[0], starts_at=TEN + HOUR, by=desk, at=NOW)
    first = next(each["sql"] for each in seen if 'FROM "diary_practitioner"' in each["sql"])
    assert all(f"{who.hex}" in first.replace("-", "") for who in (clinic.orla, clinic.dev)) and "ORDER BY" in first
    with CaptureQueriesContext(connection) as seen:
        services.cancel_following(made[0], by=desk, at=NOW)
    cells = [
        (found[1], found[2], found[3])
        for each in seen
        if (found := re.search(r"INTO diary_figure .* VALUES \('(\w+)', '([\d-]+)'.*?, '\w*', '(\w*)'", each["sql"]))
    ]
    # Each is held once in order before the first is counted: three weeks, and the months of their reasons.
    distinct = list(dict.fromkeys(cells))
    assert distinct == sorted(distinct) == cells[: len(distinct)] and len(distinct) > 3
    assert not Figure.objects.filter(number=0).exists()


def test_a_series_that_is_moved_keeps_the_time_on_the_wall_when_clocks_change() -> None:
    before, after = datetime(2027, 3, 26, 10, tzinfo=LONDON), datetime(2027, 4, 2, 10, tzinfo=LONDON)
    moved = rules.moved_alike([before, after], datetime(2027, 3, 25, 14, 30, tzinfo=LONDON))
    assert [f"{each.astimezone(LONDON):%d %H:%M}" for each in moved] == ["25 14:30", "01 14:30"]
    assert (moved[1] - moved[0].astimezone(UTC)) == timedelta(days=7, hours=-1)


def test_a_visit_counts_as_a_contact_and_one_that_is_to_come_holds_everything(clinic: Clinic) -> None:
    visit = clinic.book(clinic.ann, clinic.orla, TEN)
    assert held_back([clinic.ann, clinic.bob], NOW) == {clinic.ann: "A visit that is booked"}
    assert held_back([clinic.ann], NOW + timedelta(days=1)) == {}
    assert last_seen([clinic.ann]) == TEN.date()
    assert last_seen([clinic.bob]) is None
    services.cancel(visit, by=clinic.actor(clinic.ann), at=NOW)
    assert held_back([clinic.ann], NOW) == {}
    assert last_seen([clinic.ann]) is None
