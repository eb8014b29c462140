"""Classes: several come to one time, never more than it has places; and what becomes of them all when it is cancelled."""

from datetime import timedelta
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from troth.assurance.rules.evidence import Question
from troth.delivery.models import Message
from troth.diary import answers, jobs, selectors, services
from troth.diary.models import Appointment, ClassTime, Figure, Hold, ResourceKind, Wish
from troth.diary.rules import NotPossible, Taken
from troth.diary.tests.conftest import NOW, TEN, Clinic
from troth.gate import actors
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = TEN + DAY


def offer(clinic: Clinic, *, places: int = 2, **more: object) -> UUID:
    """A class of an hour in the one room of its sort."""
    by = clinic.actor(clinic.manager)
    place = services.keep_place(name="Quarry Steps", by=by, at=NOW)
    services.keep_resource(kind=ResourceKind.ROOM, name="sentinel-room", sort="studio", place=place, by=by, at=NOW)
    return services.offer_service(
        name="sentinel-class", minutes=60, room_sort="studio", places=places, by=by, at=NOW, **more
    )  # type: ignore[arg-type]


def plan(clinic: Clinic, service: UUID, *starts: object, whom: UUID | None = None) -> list[UUID]:
    return services.plan_classes(
        service=service,
        practitioner=whom or clinic.orla,
        starts=starts or (TOMORROW,),  # type: ignore[arg-type]
        by=clinic.actor(clinic.reception),
        at=NOW,
    )


def come(clinic: Clinic, who: UUID, service: UUID, *, at: object = NOW, **more: object) -> UUID:
    return services.book(
        who,
        practitioner=clinic.orla,
        service=service,
        starts_at=more.pop("starts", TOMORROW),  # type: ignore[arg-type]
        by=clinic.actor(who),
        at=at,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def left(clinic: Clinic, service: UUID) -> list[int | None]:
    return [each.left for each in selectors.free_on(service, TOMORROW.date(), None, at=NOW)]


def told(subject: UUID) -> list[str]:
    return list(Message.objects.filter(subject_id=subject).order_by("recorded_at").values_list("kind", flat=True))


def test_as_many_come_as_there_are_places_and_no_more(clinic: Clinic) -> None:
    yoga = offer(clinic)
    (planned,) = plan(clinic, yoga)
    assert left(clinic, yoga) == [2]
    first = come(clinic, clinic.ann, yoga)
    with pytest.raises(Taken, match="another visit"):  # nobody takes two places
        come(clinic, clinic.ann, yoga)
    assert left(clinic, yoga) == [1]
    come(clinic, clinic.bob, yoga)
    assert left(clinic, yoga) == [] and selectors.open_days(yoga, NOW.date(), 9, practitioner=None, at=NOW) == {
        clinic.orla: [],
        clinic.dev: [],
    }
    with pytest.raises(Taken, match="full"):
        come(clinic, clinic.cass, yoga)
    with pytest.raises(NotPossible, match="nobody past that"):
        services.book(
            clinic.ann,
            practitioner=clinic.orla,
            service=yoga,
            starts_at=TOMORROW,
            override="agreed",
            by=clinic.actor(clinic.manager),
            at=NOW,
        )
    services.cancel(first, by=clinic.actor(clinic.ann), at=NOW)
    come(clinic, clinic.cass, yoga)
    # The practitioner and the room are held once, by the class; whoever comes holds themselves and a place.
    assert sorted(Hold.objects.values_list("appointment", flat=True)) == sorted(
        [planned] * 2 + [row.pk for row in Appointment.objects.exclude(state="cancelled") for _ in range(2)]
    )
    shown = selectors.get_class(planned)
    assert shown is not None and (shown.taken, shown.places, shown.name) == (2, 2, "sentinel-class")
    assert selectors.count_clashes(at=NOW) == selectors.Clashes(6, 0, 0, True)


def test_the_database_itself_gives_a_place_to_one(clinic: Clinic) -> None:
    (planned,) = plan(clinic, offer(clinic))

    @act(Event.TIME_HELD, purpose=Purpose.BOOKING, unasked="a test")
    def take(who: UUID, *, by: actors.Actor, at: object) -> None:
        Hold.objects.create(subject_id=who, thing=selectors.seat_of(planned, 0), first=1, last=9, appointment=uuid4())

    take(clinic.ann, by=clinic.actor(clinic.ann), at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        take(clinic.bob, by=clinic.actor(clinic.bob), at=NOW)


def test_a_class_takes_its_practitioner_and_room_and_is_booked_at_its_times_alone(clinic: Clinic) -> None:
    yoga = offer(clinic)
    plan(clinic, yoga)
    with pytest.raises(Taken):
        clinic.book(clinic.ann, clinic.orla, TOMORROW + HOUR / 2)
    for starts in (TOMORROW + HOUR / 4, TEN):
        with pytest.raises(NotPossible, match="no class"):
            come(clinic, clinic.ann, yoga, starts=starts)
    # All or none of a row of classes, and every one that cannot be is said.
    clinic.book(clinic.bob, clinic.dev, TEN + 2 * DAY)
    with pytest.raises(NotPossible, match=r"Tuesday.*No room.*Wednesday.*taken.*None of them"):
        plan(clinic, yoga, TOMORROW, TEN + 2 * DAY, TEN + 3 * DAY, whom=clinic.dev)
    assert ClassTime.objects.count() == 1
    for who in (clinic.orla, clinic.finance, clinic.ann):
        with pytest.raises(NotPossible, match="Only reception"):
            services.plan_classes(
                service=yoga, practitioner=clinic.orla, starts=[TEN + 3 * DAY], by=clinic.actor(who), at=NOW
            )
    with pytest.raises(NotPossible, match="no class"):
        plan(clinic, clinic.short)


def test_a_place_is_kept_moved_and_offered_as_a_time_is(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    yoga = offer(clinic, places=2)
    plan(clinic, yoga, TOMORROW, TOMORROW + DAY)
    chosen = {"practitioner": clinic.orla, "service": yoga, "starts_at": TOMORROW}
    pending = services.hold_time(**chosen, by=actors.NOBODY, at=NOW)  # type: ignore[arg-type]
    assert left(clinic, yoga) == [1]
    moved = come(clinic, clinic.bob, yoga)
    with pytest.raises(Taken, match="full"):
        come(clinic, clinic.cass, yoga)
    # Cass waits for that day, and gets the place that comes free; with it she is told of the time and nothing else.
    services.join_list(
        clinic.cass,
        service=yoga,
        first_on=TOMORROW.date(),
        last_on=TOMORROW.date(),
        by=clinic.actor(clinic.cass),
        at=NOW,
    )
    services.confirm(pending, clinic.ann, **chosen, by=clinic.actor(clinic.ann), at=NOW)  # type: ignore[arg-type]
    services.move(moved, starts_at=TOMORROW + DAY, by=clinic.actor(clinic.bob), at=NOW)
    row = Appointment.objects.get(pk=moved)
    assert ClassTime.objects.get(pk=row.class_time).starts_at == row.starts_at == TOMORROW + DAY
    monkeypatch.setattr(jobs.timezone, "now", lambda: NOW)
    jobs.offer_times()
    assert Wish.objects.get().offered_at == TOMORROW and left(clinic, yoga) == []
    services.take_offer(selectors.token_of(Wish.objects.get().pending), by=actors.NOBODY, at=NOW)
    assert Appointment.objects.get(subject_id=clinic.cass).class_time is not None


def test_a_class_that_is_cancelled_is_cancelled_for_all_and_who_was_offered_a_place_waits_on(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    yoga = offer(clinic, places=3)
    (planned,) = plan(clinic, yoga)
    come(clinic, clinic.ann, yoga)
    stays = come(clinic, clinic.bob, yoga)
    days = {"first_on": TOMORROW.date(), "last_on": TOMORROW.date()}
    services.join_list(clinic.cass, service=yoga, **days, by=clinic.actor(clinic.cass), at=NOW)  # type: ignore[arg-type]
    monkeypatch.setattr(jobs.timezone, "now", lambda: NOW)
    jobs.offer_times()
    record_fact(clinic.bob, FactKind.RESTRICTION, by=clinic.actor(clinic.manager), at=NOW)
    desk = clinic.actor(clinic.reception)
    with pytest.raises(NotPossible, match="Only reception"):
        services.cancel_class(planned, by=clinic.actor(clinic.orla), at=NOW)
    assert services.cancel_class(planned, by=desk, at=NOW + HOUR) == 1
    ann = Appointment.objects.get(subject_id=clinic.ann)
    assert (ann.state, ann.late) == ("cancelled", False) and "visit_cancelled" in told(clinic.ann)
    assert Wish.objects.get().state == "waiting"
    # One whose data may not be used keeps the visit until somebody may see to it, and the others are not kept from theirs.
    assert Appointment.objects.get(pk=stays).state == "booked"
    # The block of the class is gone from the diary, so theirs stands there as a visit.
    with processing(Purpose.BOOKING, by=desk, at=NOW + HOUR) as opened:
        shown = selectors.list_visits(TOMORROW.date(), 1, opened)
        assert [(each.id, each.withheld) for each in shown] == [(stays, True)]
    assert selectors.list_classes(TOMORROW.date(), 1) == []
    assert set(Hold.objects.values_list("appointment", flat=True)) == {stays}
    with pytest.raises(NotPossible, match="already"):
        services.cancel_class(planned, by=desk, at=NOW + HOUR)
    with pytest.raises(NotPossible, match="no class"):
        come(clinic, clinic.ann, yoga, at=NOW + HOUR)
    clinic.book(clinic.ann, clinic.orla, TOMORROW, at=NOW + HOUR)


def test_a_class_for_which_somebody_is_here_is_not_cancelled(clinic: Clinic) -> None:
    yoga = offer(clinic)
    (planned,) = plan(clinic, yoga)
    visit, desk, early = come(clinic, clinic.ann, yoga), clinic.actor(clinic.reception), TOMORROW - HOUR / 4
    services.arrive(visit, by=desk, at=early)
    with pytest.raises(NotPossible, match="here already"):
        services.cancel_class(planned, by=desk, at=early)
    assert selectors.list_classes(TOMORROW.date(), 1) and Appointment.objects.get(pk=visit).state == "arrived"


def test_a_class_that_is_cancelled_holds_its_visits_before_whoever_gives_it(clinic: Clinic) -> None:
    yoga = offer(clinic)
    (planned,) = plan(clinic, yoga)
    come(clinic, clinic.ann, yoga)
    with CaptureQueriesContext(connection) as seen:
        services.cancel_class(planned, by=clinic.actor(clinic.reception), at=NOW)
    froms = [each["sql"].split(" FROM ")[1].split()[0] for each in seen if " FROM " in each["sql"]]
    # As whoever moves a visit does, so that neither waits for the other for ever.
    assert froms.index('"diary_appointment"') < froms.index('"diary_practitioner"')


def test_places_are_counted_in_as_many_queries_as_the_database_takes_parameters_for(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    yoga = offer(clinic, places=3)
    plan(clinic, yoga, TOMORROW, TOMORROW + DAY)
    come(clinic, clinic.ann, yoga)
    monkeypatch.setattr(import_module("troth.diary.selectors.held"), "MOST_AT_ONCE", 2)
    with CaptureQueriesContext(connection) as seen:
        places = selectors.places_left(
            next(each for each in selectors.list_services() if each.id == yoga), NOW.date(), 9, at=NOW
        )
    assert sorted(places.values()) == [2, 3]
    assert sum('FROM "diary_hold"' in each["sql"] for each in seen) == 3


def test_of_each_who_comes_only_what_the_viewer_may_see_and_an_hour_counts_once(clinic: Clinic) -> None:
    yoga = offer(clinic, places=3)
    (planned,) = plan(clinic, yoga)
    visits = [come(clinic, who, yoga) for who in (clinic.ann, clinic.bob, clinic.cass)]
    record_fact(clinic.bob, FactKind.RESTRICTION, by=clinic.actor(clinic.manager), at=NOW)
    with processing(Purpose.BOOKING, by=clinic.actor(clinic.reception), at=NOW) as opened:
        shown = selectors.visits_to(planned, opened)
        assert [each.subject for each in shown if each.withheld] == [clinic.bob]
        assert all(bool(each.name and each.service) is not each.withheld for each in shown)
    # Once nobody has a reason to look any more, a look at the class asks about nobody.
    later, before = TOMORROW + 20 * DAY, LedgerEvent.objects.count()
    with processing(Purpose.BOOKING, by=clinic.actor(clinic.orla, later), at=later) as opened:
        assert all(each.withheld for each in selectors.visits_to(planned, opened))
    assert LedgerEvent.objects.count() == before
    with processing(Purpose.BOOKING, by=clinic.actor(clinic.reception), at=NOW) as opened:
        # The week shows one block for all of them.
        assert selectors.list_visits(TOMORROW.date(), 1, opened) == []
    assert [each.taken for each in selectors.list_classes(TOMORROW.date(), 1)] == [3]
    desk, during = clinic.actor(clinic.reception), TOMORROW + HOUR
    for visit in (visits[0], visits[2]):
        services.arrive(visit, by=desk, at=during)
        services.complete(visit, by=desk, at=during)
    came = Figure.objects.get(kind="attended", word="came")
    assert (came.number, came.minutes) == (2, 60)


def test_a_class_with_more_visits_than_places_breaks_the_promise(clinic: Clinic) -> None:
    (planned,) = plan(clinic, yoga := offer(clinic, places=3))
    for who in (clinic.ann, clinic.bob, clinic.cass):
        come(clinic, who, yoga)
    assert answers.clashes(Question(at=NOW)).holds
    with connection.cursor() as cursor:
        cursor.execute("UPDATE diary_classtime SET places = 2")
    found = answers.clashes(Question(at=NOW))
    assert not found.holds and found.counts["overfull"] == 1
    services.cancel_class(planned, by=clinic.actor(clinic.reception), at=NOW)
    assert answers.clashes(Question(at=NOW)).holds
