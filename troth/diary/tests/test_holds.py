"""Rooms, machines, preparation and clean-down; times that are kept for a while; and what a colleague may override."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from troth.diary import rules, selectors, services
from troth.diary.models import Appointment, Ended, Figure, Hold, ResourceKind
from troth.diary.rules import Lost, NotPossible, Taken
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.gate import actors
from troth.ledger.models import LedgerEvent

HALF = timedelta(minutes=30)


def keep_rooms(clinic: Clinic, *, rooms: int = 1, machines: int = 1) -> UUID:
    """A place with rooms and machines, and a service that needs one of each, ten minutes before and five after."""
    by = clinic.actor(clinic.manager)
    place = services.keep_place(name="Quarry Steps", by=by, at=NOW)
    for kind, number in ((ResourceKind.ROOM, rooms), (ResourceKind.MACHINE, machines)):
        for each in range(number):
            services.keep_resource(
                kind=kind, name=f"sentinel-{kind}-{each}", sort=f"a {kind}", place=place, by=by, at=NOW
            )
    return services.offer_service(
        name="sentinel-laser",
        minutes=30,
        before=10,
        after=5,
        room_sort="a room",
        machine_sort="a machine",
        price_pence=9_000,
        by=by,
        at=NOW,
    )


def book(clinic: Clinic, subject: UUID, practitioner: UUID, service: UUID, starts: object, **more: object) -> UUID:
    return services.book(
        subject,
        practitioner=practitioner,
        service=service,
        starts_at=starts,  # type: ignore[arg-type]
        by=clinic.actor(subject),
        at=NOW,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("rooms", "machines"), [(1, 2), (2, 1)])
def test_one_room_or_one_machine_serves_one_at_a_time(clinic: Clinic, rooms: int, machines: int) -> None:
    laser = keep_rooms(clinic, rooms=rooms, machines=machines)
    book(clinic, clinic.ann, clinic.orla, laser, TEN)
    # Thirty minutes, ten before and five after: the next can begin three quarters of an hour later, and not five minutes sooner.
    for sooner in (TEN, TEN + HALF, TEN + timedelta(minutes=40)):
        with pytest.raises(Taken, match="No room or machine"):
            book(clinic, clinic.bob, clinic.dev, laser, sooner)
    book(clinic, clinic.bob, clinic.dev, laser, TEN + timedelta(minutes=45))
    assert Appointment.objects.count() == 2


def test_two_rooms_and_two_machines_serve_two(clinic: Clinic) -> None:
    laser = keep_rooms(clinic, rooms=2, machines=2)
    book(clinic, clinic.ann, clinic.orla, laser, TEN)
    book(clinic, clinic.bob, clinic.dev, laser, TEN)
    # Practitioner, room and machine hold what comes before and after too; the person only the visit.
    spans = [(hold.last - hold.first) for hold in Hold.objects.all()]
    assert sorted(spans) == [30, 30, 45, 45, 45, 45, 45, 45]


def test_which_room_it_is_stands_nowhere_in_the_clear(clinic: Clinic) -> None:
    laser = keep_rooms(clinic)
    book(clinic, clinic.ann, clinic.orla, laser, TEN)
    with connection.cursor() as cursor:
        for table in ("diary_appointment", "diary_hold"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = repr(cursor.fetchall()).replace("-", "")
            for resource in selectors.list_resources():
                assert resource.id.hex not in stored and laser.hex not in stored


def test_a_service_that_needs_what_there_is_not_cannot_be_booked(clinic: Clinic) -> None:
    laser = keep_rooms(clinic, machines=0)
    assert selectors.search_free(laser, NOW.date(), 5, at=NOW) == {clinic.orla: [], clinic.dev: []}
    with pytest.raises(NotPossible, match="has not got"):
        book(clinic, clinic.ann, clinic.orla, laser, TEN)


def test_whoever_does_not_do_it_is_not_found_and_not_booked(clinic: Clinic) -> None:
    services.set_hours(
        clinic.dev,
        hours={0: (36, 72)},
        services=[clinic.long],
        by=clinic.actor(clinic.administrator),
        at=NOW,
    )
    assert set(selectors.search_free(clinic.short, NOW.date(), 5, at=NOW)) == {clinic.orla}
    with pytest.raises(NotPossible, match="do not do that"):
        book(clinic, clinic.ann, clinic.dev, clinic.short, TEN)


def hold(clinic: Clinic, at: object = NOW, **more: object) -> UUID:
    return services.hold_time(
        practitioner=clinic.orla,
        service=clinic.short,
        starts_at=TEN,
        by=actors.NOBODY,
        at=at,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def confirm(clinic: Clinic, pending: UUID, subject: UUID, at: object = NOW) -> UUID:
    return services.confirm(
        pending,
        subject,
        practitioner=clinic.orla,
        service=clinic.short,
        starts_at=TEN,
        by=clinic.actor(subject),
        at=at,  # type: ignore[arg-type]
    )


def test_a_time_that_is_kept_is_nobody_elses_until_it_is_over(clinic: Clinic) -> None:
    pending = hold(clinic)
    over = NOW + rules.HELD_FOR
    with pytest.raises(Taken):
        clinic.book(clinic.bob, clinic.orla, TEN)
    assert rules.minutes_of(TEN) not in selectors.search_free(clinic.short, NOW.date(), 1, at=NOW)[clinic.orla]
    assert rules.minutes_of(TEN) in selectors.search_free(clinic.short, NOW.date(), 1, at=over)[clinic.orla]
    # Over to the second: it confirms nothing, and stands in nobody's way.
    with pytest.raises(Lost):
        confirm(clinic, pending, clinic.ann, over)
    clinic.book(clinic.bob, clinic.orla, TEN, at=over)
    with pytest.raises(Lost):
        confirm(clinic, pending, clinic.ann, over - timedelta(seconds=1))
    assert [row.subject_id for row in Appointment.objects.all()] == [clinic.bob]


def test_a_time_that_is_kept_becomes_one_visit_once(clinic: Clinic) -> None:
    pending = hold(clinic)
    assert confirm(clinic, pending, clinic.ann, NOW + rules.HELD_FOR - timedelta(seconds=1)) == pending
    with pytest.raises(Lost):
        confirm(clinic, pending, clinic.bob)
    services.hold_time(
        practitioner=clinic.dev,
        service=clinic.short,
        starts_at=TEN,
        instead=pending,  # what is booked is given back by no other choice
        by=actors.NOBODY,
        at=NOW,
    )
    services.clear_over(by=actors.NOBODY, at=NOW + rules.HELD_FOR)
    assert {(row.thing, row.until) for row in Hold.objects.all()} == {(clinic.orla, None), (clinic.ann, None)}
    assert LedgerEvent.objects.filter(event="diary:visit_booked", subject=clinic.ann.hex).count() == 1


def test_another_choice_lets_the_first_go_and_what_is_over_is_cleared_away(clinic: Clinic) -> None:
    first = hold(clinic)
    second = hold(clinic, instead=first)
    assert {row.appointment for row in Hold.objects.all()} == {second}
    assert services.clear_over(by=actors.NOBODY, at=NOW) == 0
    assert services.clear_over(by=actors.NOBODY, at=NOW + rules.HELD_FOR) == 1


def test_a_colleague_books_past_hours_and_what_is_taken_with_a_reason_and_an_event(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    clinic.book(clinic.bob, clinic.dev, TEN)

    def push(subject: UUID, who: UUID, override: str, starts: object = TEN) -> UUID:
        return services.book(
            subject,
            practitioner=clinic.orla,
            service=clinic.short,
            starts_at=starts,  # type: ignore[arg-type]
            override=override,
            by=clinic.actor(who),
            at=NOW,
        )

    for who, override in ((clinic.manager, "because"), (clinic.bob, "agreed"), (clinic.dev, "agreed")):
        with pytest.raises(NotPossible, match="past what the diary allows"):
            push(clinic.bob, who, override)
    # The person themselves is in one place at a time, whoever says so.
    with pytest.raises(Taken, match="another visit"):
        push(clinic.bob, clinic.manager, "agreed")
    made = push(clinic.bob, clinic.manager, "agreed", TEN + HALF)
    night = push(clinic.ann, clinic.manager, "extra", NOW.replace(hour=20, minute=0))
    events = LedgerEvent.objects.filter(event="diary:visit_overridden").order_by("id")
    assert [(event.actor, event.subject) for event in events] == [
        (clinic.manager.hex, clinic.bob.hex),
        (clinic.manager.hex, clinic.ann.hex),
    ]
    # Where nothing was in the way the database still lets nobody come near.
    assert {row.beside for row in Hold.objects.filter(appointment__in=[made, night])} == {UUID(int=0)}
    assert [Appointment.objects.get(pk=each).override for each in (made, night)] == ["agreed", "extra"]
    with pytest.raises(Taken):  # what was pushed in holds its person's time like any other
        clinic.book(clinic.bob, clinic.dev, TEN + timedelta(minutes=45))


def test_two_come_together_past_the_rule_and_a_third_does_not_without_it(clinic: Clinic) -> None:
    clinic.book(clinic.ann, clinic.orla, TEN)
    clinic.book(clinic.bob, clinic.dev, TEN + timedelta(days=1))  # the manager arranges his visits by now
    services.book(
        clinic.bob,
        practitioner=clinic.orla,
        service=clinic.short,
        starts_at=TEN,
        override="together",
        by=clinic.actor(clinic.manager),
        at=NOW,
    )
    with pytest.raises(Taken):
        services.book(
            clinic.cass,
            practitioner=clinic.orla,
            service=clinic.short,
            starts_at=TEN,
            by=clinic.actor(clinic.cass),
            at=NOW,
        )


def test_days_away_and_a_fortnight_are_heeded(clinic: Clinic) -> None:
    by = clinic.actor(clinic.administrator)
    away = services.set_day_off(clinic.orla, first_on=TEN.date(), last_on=TEN.date(), by=by, at=NOW)
    with pytest.raises(NotPossible, match="do not work"):
        clinic.book(clinic.ann, clinic.orla, TEN)
    services.end_day_off(away, by=by, at=NOW)
    clinic.book(clinic.ann, clinic.orla, TEN)
    services.set_hours(
        clinic.dev, hours={0: [(36, 44)]}, other_hours={1: [(36, 44)]}, from_monday=NOW.date(), by=by, at=NOW
    )
    clinic.book(clinic.bob, clinic.dev, TEN)
    with pytest.raises(NotPossible, match="do not work"):
        clinic.book(clinic.bob, clinic.dev, TEN + timedelta(days=7))
    clinic.book(clinic.bob, clinic.dev, TEN + timedelta(days=8))
    with pytest.raises(NotPossible, match="Monday"):
        services.set_hours(clinic.dev, hours={}, other_hours={}, by=by, at=NOW)


@pytest.mark.parametrize("who", ["ann", "orla", "reception", "marketing"])
def test_nobody_else_keeps_the_settings(clinic: Clinic, who: str) -> None:
    by = clinic.actor(getattr(clinic, who))
    for change in (
        lambda: services.offer_service(name="x", minutes=30, by=by, at=NOW),
        lambda: services.keep_place(name="x", by=by, at=NOW),
        lambda: services.keep_resource(kind=ResourceKind.ROOM, name="x", sort="x", place=clinic.ann, by=by, at=NOW),
    ):
        with pytest.raises(NotPossible, match="Only an administrator"):
            change()


def test_several_visits_are_booked_together_or_not_at_all(clinic: Clinic) -> None:
    weeks = [TEN + timedelta(weeks=number) for number in range(4)]
    clinic.book(clinic.bob, clinic.orla, weeks[2])

    def series() -> list[UUID]:
        return services.book_series(
            clinic.ann,
            practitioner=clinic.orla,
            service=clinic.short,
            starts=weeks,
            by=clinic.actor(clinic.ann),
            at=NOW,
        )

    with pytest.raises(NotPossible, match="Monday 7 December, 10:00: That time"):
        series()
    assert Appointment.objects.count() == 1
    services.cancel(Appointment.objects.get().pk, by=clinic.actor(clinic.bob), at=NOW)
    assert len(series()) == 4
    assert len({row.series for row in Appointment.objects.filter(subject=clinic.ann)}) == 1


def test_a_person_moves_until_the_day_before_and_cancels_late_on_the_day(clinic: Clinic) -> None:
    ahead = TEN + timedelta(days=2)
    visit = clinic.book(clinic.ann, clinic.orla, ahead)
    ann, moment = clinic.actor(clinic.ann), ahead - rules.FREE_UNTIL
    services.move(visit, starts_at=ahead + HALF, by=ann, at=moment)
    services.move(visit, starts_at=ahead, by=ann, at=moment)
    with pytest.raises(NotPossible, match="less than a day"):
        services.move(visit, starts_at=ahead + HALF, by=ann, at=moment + timedelta(seconds=1))
    services.move(visit, starts_at=ahead + HALF, by=clinic.actor(clinic.reception), at=moment + HALF)
    services.cancel(visit, by=ann, at=moment + HALF)
    assert not Appointment.objects.get(pk=visit).late
    again = clinic.book(clinic.ann, clinic.orla, ahead)
    services.cancel(again, because=Ended.OTHER_TIME, by=ann, at=moment + timedelta(seconds=1))
    assert Appointment.objects.get(pk=again).late
    ours = clinic.book(clinic.ann, clinic.orla, ahead)
    services.cancel(ours, because=Ended.BY_US, by=clinic.actor(clinic.reception), at=moment + HALF)
    assert not Appointment.objects.get(pk=ours).late
    assert Figure.objects.get(kind="attended", word="cancelled_late").number == 1
    assert Figure.objects.get(kind="attended", word="cancelled").number == 2
    assert Figure.objects.get(kind="reason", word="by_us").number == 1


def test_what_was_done_is_counted_and_leads_back_to_nobody(clinic: Clinic) -> None:
    laser = keep_rooms(clinic)
    visit = book(clinic, clinic.ann, clinic.orla, laser, TEN)
    services.arrive(visit, by=clinic.actor(clinic.reception), at=TEN)
    services.complete(visit, by=clinic.actor(clinic.orla), at=TEN + HALF)
    cells = {(row.kind, row.word): (row.number, row.minutes, row.pence) for row in Figure.objects.all()}
    assert cells == {("booked", "desk"): (1, 0, 0), ("attended", "came"): (1, 30, 0), ("done", ""): (1, 0, 9_000)}
    names = {field.name for field in Figure._meta.get_fields()}
    assert not names & {"subject", "practitioner", "appointment", "starts_at"}
    with pytest.raises(NotPossible):
        services.complete(visit, by=clinic.actor(clinic.orla), at=TEN + HALF)
    assert Figure.objects.get(kind="done").number == 1
