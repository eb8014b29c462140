"""The diary at the desk: who sees what of it, booking and moving by form, and what becomes of a visit."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.design.done import DONE
from troth.desk.views.visit import ACTS
from troth.diary import selectors, services
from troth.diary.models import Appointment
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.gate.reasons import FindReason
from troth.law.calendar import LONDON
from troth.ledger.models import LedgerEvent


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


@pytest.fixture
def visit(clinic: Clinic) -> UUID:
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := selectors.free_on(clinic.short, on, clinic.orla, at=now)):
        on += timedelta(days=1)
    return clinic.book(clinic.ann, clinic.orla, free[0].at, at=now)


def _path(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_a_class_is_set_listed_and_cancelled_at_the_desk(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    now = timezone.now()
    yoga = services.offer_service(
        name="sentinel-class", minutes=60, places=3, by=clinic.actor(clinic.manager, now), at=now
    )
    on = timezone.localdate(now) + timedelta(days=8 - timezone.localdate(now).weekday())
    asked = {"service": yoga, "practitioner": clinic.orla, "begins": "10:00", "repeat": "w4"}
    asked |= {"on_day": on.day, "on_month": on.month, "on_year": on.year}
    desk = signed_in(clinic.reception)
    assert desk.post(_path("desk_class_new"), asked | {"begins": "25"}).status_code == 422
    last = desk.post(_path("desk_class_new"), asked | {"on_day": 31, "on_month": 12, "on_year": 9899})
    assert last.status_code == 422 and "a year ahead" in last.content.decode()
    assert signed_in(clinic.orla).post(_path("desk_class_new"), asked).status_code == 403
    page = desk.post(_path("desk_class_new"), asked).headers["Location"].partition("?")[0]
    again = desk.post(_path("desk_class_new"), asked)
    assert again.status_code == 422 and again.content.decode().count("just been taken") >= 4
    made = selectors.list_classes(on, 1)[0]
    for who in (clinic.ann, clinic.bob):
        clinic_books = {"practitioner": clinic.orla, "service": yoga, "starts_at": made.starts_at}
        services.book(who, **clinic_books, by=clinic.actor(who, now), at=now)
    week = f"{_path('desk_diary')}?on={on}"
    assert "2 of 3" in desk.get(week).content.decode() and "Maureen Oddie" not in desk.get(week).content.decode()
    seen = desk.get(page).content.decode()
    assert "Maureen Oddie" in seen and "Petroc Vane" in seen
    assert "Maureen Oddie" in signed_in(clinic.orla).get(page).content.decode()
    # A colleague reads when it is, and nobody's name; and tries nobody's record for it.
    before = LedgerEvent.objects.filter(event="gate:refused").count()
    assert "Maureen Oddie" not in signed_in(clinic.dev).get(page).content.decode()
    assert LedgerEvent.objects.filter(event="gate:refused").count() == before
    visit = Appointment.objects.get(subject_id=clinic.ann)
    early = desk.post(page, {"step": "arrived", "visit": visit.pk})
    assert early.status_code == 422 and "another day" in early.content.decode()
    for sent in ({"step": "sworn", "visit": visit.pk}, {"step": "arrived", "visit": made.id}):
        assert desk.post(page, sent).status_code == 404
    assert signed_in(clinic.dev).post(page, {"step": "arrived", "visit": visit.pk}).status_code == 404
    cancel = _path("desk_class_cancel", made.id)
    assert "2 visits" in desk.get(cancel).content.decode()
    assert desk.post(cancel).headers["Location"] == f"{page}?done=class-cancelled"
    assert {row.state for row in Appointment.objects.all()} == {"cancelled"}
    assert desk.post(cancel).status_code == 422
    assert desk.get(_path("desk_class", visit.pk)).status_code == 404


def test_strangers_and_patients_are_turned_away(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    for path in (_path("desk_diary"), _path("desk_diary_day"), _path("desk_visit", visit)):
        assert Client().get(path).headers["Location"] == reverse("sign_in")
        assert signed_in(clinic.ann).get(path).status_code == 403


def test_a_week_shows_reception_names_and_a_colleague_none(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    on = timezone.localtime(Appointment.objects.get().starts_at).date()
    for name in ("desk_diary", "desk_diary_day"):
        path = f"{_path(name)}?on={on}"
        seen = signed_in(clinic.reception).get(path).content.decode()
        assert "Maureen Oddie" in seen and "sentinel-short" in seen and "min free" in seen
        own = signed_in(clinic.orla).get(path).content.decode()
        assert "Maureen Oddie" in own
        other = signed_in(clinic.dev).get(path).content.decode()
        assert "Maureen Oddie" not in other and "sentinel" not in other and "30 min taken" in other


def test_who_has_no_part_in_booking_sees_taken_times_and_no_visit(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    for who in (clinic.finance, clinic.marketing, clinic.dev):
        answer = signed_in(who).get(_path("desk_visit", visit))
        assert answer.status_code == 403 and "Oddie" not in answer.content.decode()
        missing = signed_in(who).get(_path("desk_visit", clinic.ann)).content.decode()
        assert "Oddie" not in missing


def test_reception_finds_books_and_moves_by_form(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    desk = signed_in(clinic.reception)
    path = _path("desk_book", clinic.ann)
    assert desk.get(path).status_code == 403
    desk.post(_path("desk_find"), {"q": "oddie", "reason": FindReason.ON_THE_TELEPHONE.value})
    on = timezone.localdate() + timedelta(days=1)
    on += timedelta(days=on.weekday() == 6)
    form = {
        "service": str(clinic.short),
        "practitioner": str(clinic.orla),
        "on_day": str(on.day),
        "on_month": str(on.month),
        "on_year": str(on.year),
        "note": "wheelchair",
    }
    assert "Enter the day" in desk.post(path, {**form, "on_day": "", "on_month": "", "on_year": ""}).content.decode()
    shown = desk.post(path, form)
    assert shown.status_code == 200 and "At what time?" in shown.content.decode()
    starts = selectors.free_on(clinic.short, on, clinic.orla, at=timezone.now())[0].at.isoformat()
    far = desk.post(path, {**form, "on_day": "31", "on_month": "12", "on_year": "9899"})
    assert far.status_code == 422 and "Nothing is free" in far.content.decode()
    assert desk.get(_path("desk_diary") + "?on=9999-12-31").status_code == 200
    assert desk.post(path, {**form, "starts": "9999-12-31T12:00:00+00:00"}).status_code == 422
    booked = desk.post(path, {**form, "starts": starts})
    made = Appointment.objects.get()
    assert booked.headers["Location"] == _path("desk_visit", made.pk) + "?done=visit-booked"
    # Nobody is in two places, and the form says so in its own words.
    again = desk.post(path, {**form, "starts": starts})
    assert again.status_code == 422 and "another visit at that time" in again.content.decode()
    later = selectors.free_on(clinic.short, on, clinic.orla, at=timezone.now())[3].at.isoformat()
    moved = desk.post(_path("desk_visit_move", made.pk), {**form, "starts": later})
    assert moved.status_code == 302
    assert Appointment.objects.get().starts_at.isoformat() == later
    assert [event.event for event in LedgerEvent.objects.filter(event__startswith="diary:visit").order_by("id")] == [
        "diary:visit_booked",
        "diary:visit_moved",
    ]


def test_a_step_that_cannot_be_is_refused_in_words(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    desk = signed_in(clinic.reception)
    answer = desk.post(_path("desk_visit", visit), {"step": "arrived"})
    assert answer.status_code == 422 and "on another day" in answer.content.decode()
    assert desk.post(_path("desk_visit", visit), {"step": "eaten"}).status_code == 404
    cancel = _path("desk_visit_cancel", visit)
    assert "Choose why it is cancelled" in desk.post(cancel, {"because": ""}).content.decode()
    assert desk.post(cancel, {"because": "by_us"}).headers["Location"].endswith("?done=visit-cancelled")
    assert Appointment.objects.get().state == "cancelled"


def test_reception_reads_a_card_for_booking_and_its_practitioner_for_care(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    path = _path("desk_card", clinic.ann)
    reception = signed_in(clinic.reception).get(path).content.decode()
    assert "arranging visits" in reception and "Maureen Oddie" in reception
    assert "desk_note_new" not in reception and "Write a note" not in reception
    practitioner = signed_in(clinic.orla).get(path).content.decode()
    assert "treatment and aftercare" in practitioner and "Write a note" in practitioner
    assert signed_in(clinic.dev).get(path).status_code == 403


def test_today_leads_to_the_diary_where_nobody_asks_for_medicines(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    answer = signed_in(clinic.reception).get(_path("desk_home"))
    assert answer.headers["Location"] == _path("desk_diary_day")


def test_every_step_of_a_visit_is_said_when_it_is_done() -> None:
    assert {f"visit-{step.value}" for step in ACTS} <= set(DONE)


def test_a_week_marks_the_one_day_that_a_telephone_shows(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    page = signed_in(clinic.reception).get(f"{_path('desk_diary')}?on=2026-11-25").content.decode()
    rows = page.count("<tr>") - 1
    assert rows > 0 and page.count("diary-shown") == rows
    assert page.count('aria-current="page">Wed 25') == 1


def test_a_sunday_stands_in_the_week_where_somebody_works_it(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    by = actors.person(clinic.administrator, at=now)
    for each in (clinic.orla, clinic.dev):
        services.set_hours(each, hours={0: (36, 68)}, by=by, at=now)
    desk, monday = signed_in(clinic.reception), "2027-03-22"
    assert ">Sun 28" not in desk.get(f"{_path('desk_diary')}?on={monday}").content.decode()
    assert ">Sun 28" in desk.get(f"{_path('desk_diary')}?on=2027-03-28").content.decode()  # it was asked for
    services.set_hours(clinic.orla, hours={6: (36, 68)}, by=by, at=now)
    assert (
        desk.get(f"{_path('desk_diary')}?on={monday}").content.decode().count(">Sun 28") == 2
    )  # in the table, and to tap


def test_a_visit_of_a_series_is_moved_and_cancelled_with_those_that_follow(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    first = Appointment.objects.get(pk=visit).starts_at
    made = services.book_series(
        clinic.ann,
        practitioner=clinic.orla,
        service=clinic.short,
        starts=[first + timedelta(weeks=number) for number in (1, 2, 3)],
        by=clinic.actor(clinic.ann, now),
        at=now,
    )
    desk = signed_in(clinic.reception)
    # Who moves one that stands alone is not asked about others.
    assert "that follow" not in desk.get(_path("desk_visit_move", visit)).content.decode()
    assert "And the 2 visits that follow" in desk.get(_path("desk_visit_move", made[0])).content.decode()
    third = Appointment.objects.get(pk=made[2])
    services.move(
        third.pk, starts_at=third.starts_at, practitioner=clinic.dev, by=clinic.actor(clinic.reception, now), at=now
    )
    to = timezone.localtime(Appointment.objects.get(pk=made[0]).starts_at) + timedelta(hours=2)
    sent = {"practitioner": clinic.orla, "starts": to.isoformat(), "following": "on"}
    sent |= {"on_day": to.day, "on_month": to.month, "on_year": to.year}
    assert desk.post(_path("desk_visit_move", made[0]), sent).status_code == 302
    moved = {timezone.localtime(row.starts_at).hour for row in Appointment.objects.filter(pk__in=made)}
    assert moved == {timezone.localtime(first).hour + 2}
    # Nobody chose a colleague: the last, which was with another, stays with them.
    whom = Appointment.objects.filter(pk__in=made).order_by("starts_at").values_list("practitioner", flat=True)
    assert list(whom) == [clinic.orla, clinic.orla, clinic.dev]
    cancelled = desk.post(_path("desk_visit_cancel", made[1]), {"because": "by_us", "following": "on"})
    assert "visits-cancelled" in cancelled.headers["Location"]
    states = [Appointment.objects.get(pk=each).state for each in (visit, *made)]
    assert states == ["booked", "booked", "cancelled", "cancelled"]


def test_past_what_is_free_nothing_is_repeated_and_nothing_that_follows_is_moved(
    clinic: Clinic, visit: UUID, signed_in: Callable[[UUID], Client]
) -> None:
    """An override is one colleague's word for one time: the others of a series would be booked by nobody's."""
    now, desk = timezone.now(), signed_in(clinic.manager)
    first = timezone.localtime(Appointment.objects.get(pk=visit).starts_at)
    made = services.book_series(
        clinic.ann,
        practitioner=clinic.orla,
        service=clinic.short,
        starts=[first + timedelta(weeks=number) for number in (1, 2)],
        by=clinic.actor(clinic.ann, now),
        at=now,
    )
    past = {"practitioner": clinic.orla, "other_time": "20:15", "override": "agreed"}
    past |= {"on_day": first.day, "on_month": first.month, "on_year": first.year}
    asked = {**past, "service": clinic.short, "note": ""}
    before = Appointment.objects.count()
    refused = desk.post(_path("desk_book", clinic.ann), {**asked, "repeat": "w4"})
    assert refused.status_code == 422 and "one visit is booked at a time" in refused.content.decode()
    assert Appointment.objects.count() == before
    assert desk.post(_path("desk_book", clinic.ann), {**asked, "repeat": "1"}).status_code == 302
    assert Appointment.objects.filter(override="agreed").count() == 1 and Appointment.objects.count() == before + 1
    stood = set(Appointment.objects.filter(pk__in=made).values_list("starts_at", flat=True))
    refused = desk.post(_path("desk_visit_move", made[0]), {**past, "other_time": "21:15", "following": "on"})
    assert refused.status_code == 422 and "one visit is moved at a time" in refused.content.decode()
    assert set(Appointment.objects.filter(pk__in=made).values_list("starts_at", flat=True)) == stood


def test_two_classes_at_one_time_are_each_to_be_chosen_at_the_desk_and_online(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    now, by = timezone.now(), clinic.actor(clinic.manager, timezone.now())
    reception = signed_in(clinic.reception)
    assert "No class is offered yet" in reception.get(reverse("desk_class_new")).content.decode()
    yoga = services.offer_service(name="sentinel-class", minutes=60, places=2, online=True, by=by, at=now)
    assert "No class is offered yet" not in reception.get(reverse("desk_class_new")).content.decode()
    day = timezone.localdate(now) + timedelta(days=9)
    starts = datetime.combine(
        day + timedelta(days=day.weekday() == 6), time(10), tzinfo=LONDON
    )  # nobody works on Sundays
    for each in (clinic.orla, clinic.dev):
        services.plan_classes(service=yoga, practitioner=each, starts=[starts], by=by, at=now)
    page = Client().get(reverse("book_time", args=[yoga])).content.decode()
    assert "with Orla Pettifer" in page and "with Dev Marlowe" in page and page.count("2 places left") == 2
    reception.post(reverse("desk_find"), {"q": "oddie", "reason": "on_the_telephone"})
    book = reverse("desk_book", args=[clinic.ann])
    asked = {
        "service": str(yoga),
        "practitioner": "any",
        "on_day": starts.day,
        "on_month": starts.month,
        "on_year": starts.year,
    }
    page = reception.post(book, asked).content.decode()
    assert "with Orla Pettifer" in page and "with Dev Marlowe" in page
    chosen = f"{starts.isoformat()}|{clinic.dev}"
    assert chosen in page and reception.post(book, {**asked, "starts": chosen}).status_code == 302
    assert Appointment.objects.get().practitioner == clinic.dev
