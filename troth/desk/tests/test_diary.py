"""The diary at the desk: who sees what of it, booking and moving by form, and what becomes of a visit."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.design.done import DONE
from troth.desk.views.visit import ACTS
from troth.diary import selectors
from troth.diary.models import Appointment
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate.reasons import FindReason
from troth.ledger.models import LedgerEvent


@pytest.fixture
def clinic(db: None, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)
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
