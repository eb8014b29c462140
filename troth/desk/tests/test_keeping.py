"""The diary's settings: who may keep them, that each form writes what it says, and that what was typed stays."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.billing.models import Price, VatRate
from troth.diary import rules, selectors, services
from troth.diary.models import DayOff, Place, Resource, Service
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


LISTS = ("desk_services", "desk_places", "desk_resources")


def test_who_does_not_keep_the_diary_is_turned_away(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    paths = [reverse(name) for name in (*LISTS, "desk_service_new", "desk_place_new", "desk_resource_new")]
    for path in [*paths, reverse("desk_workers"), reverse("desk_worker", args=[clinic.orla])]:
        assert Client().get(path).headers["Location"] == reverse("sign_in")
        for who in (clinic.ann, clinic.orla, clinic.reception, clinic.marketing):
            assert signed_in(who).get(path).status_code == 403
            assert signed_in(who).post(path, {"name": "x", "form": "hours"}).status_code == 403
    assert signed_in(clinic.manager).get(reverse("desk_workers")).status_code == 403
    assert {signed_in(clinic.manager).get(path).status_code for path in paths} == {200}


def test_a_place_a_room_and_a_service_are_added_and_changed(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    desk = signed_in(clinic.administrator)
    assert "Nothing stands here yet" in desk.get(reverse("desk_places")).content.decode()
    assert "Enter a name" in desk.post(reverse("desk_place_new"), {"name": "", "address": "1 Row"}).content.decode()
    added = desk.post(reverse("desk_place_new"), {"name": "Quarry Steps", "address": "1 Row"})
    assert added.headers["Location"] == reverse("desk_places") + "?done=setting-kept"
    place = Place.objects.get()
    room = {"kind": "room", "name": "Room 4", "sort": "treatment room (IPL)", "place": str(place.pk)}
    assert desk.post(reverse("desk_resource_new"), {**room, "place": str(clinic.ann)}).status_code == 422
    assert desk.post(reverse("desk_resource_new"), room).status_code == 302
    assert "Treatment room (IPL)" in desk.get(reverse("desk_resources")).content.decode()
    twin = desk.post(reverse("desk_resource_new"), room)
    assert twin.status_code == 422 and "has that name" in twin.content.decode()
    form = {
        "name": "Peel",
        "words": "Gentle",
        "minutes": "40",
        "places": "1",
        "before": "5",
        "after": "10",
        "price_pence": "£145.50",
        "deposit_pence": "30",
        "room_sort": "treatment room (IPL)",
        "colour": "plum",
        "online": "on",
    }
    slips: list[dict[str, str]] = [
        {"minutes": "42"},
        {"before": "9" * 400},
        {"price_pence": "much"},
        {"deposit_pence": "146"},
    ]
    for wrong in (*slips, {"room_sort": "x"}):
        answer = desk.post(reverse("desk_service_new"), {**form, **wrong})
        assert answer.status_code == 422 and "Gentle" in answer.content.decode(), wrong
    assert desk.post(reverse("desk_service_new"), form).status_code == 302
    made = Service.objects.get(name="Peel")
    assert (made.minutes, made.before, made.after, made.price_pence, made.deposit_pence) == (40, 5, 10, 14_550, 3_000)
    assert "Treatment room (IPL)" in desk.get(reverse("desk_services")).content.decode()
    shown = desk.get(reverse("desk_service", args=[made.pk])).content.decode()
    assert 'value="145.50"' in shown
    assert "no line of the price list is called “Peel”" in shown and reverse("desk_prices") not in shown
    Price.objects.create(name="Peel", pence=14_550, rate=VatRate.EXEMPT)
    shown = desk.get(reverse("desk_service", args=[made.pk])).content.decode()
    assert "as the line “Peel” of the price list is" in shown and "no line of" not in shown
    closed = desk.post(reverse("desk_service", args=[made.pk]), {**form, "name": "Peel two", "closed": "on"})
    assert closed.status_code == 302 and Service.objects.get(pk=made.pk).closed
    assert "Peel two" in desk.get(reverse("desk_services") + "?q=peel").content.decode()
    assert "Nothing fits" in desk.get(reverse("desk_services") + "?q=zz").content.decode()
    assert "Peel two" not in {each.name for each in selectors.list_services()}
    desk.post(reverse("desk_resource", args=[Resource.objects.get().pk]), {**room, "closed": "on"})
    assert Resource.objects.get().closed
    # A room is not closed for good by being saved while its place is.
    desk.post(reverse("desk_place", args=[place.pk]), {"name": "Quarry Steps", "closed": "on"})
    kept = reverse("desk_resource", args=[Resource.objects.get().pk])
    desk.post(kept, room)
    (box,) = re.findall(r'<input[^>]*name="closed"[^>]*>', desk.get(kept).content.decode())
    assert "checked" not in box and not Resource.objects.get().closed
    for name in ("desk_service", "desk_place", "desk_resource"):
        assert desk.get(reverse(name, args=[clinic.ann])).status_code == 404


def test_hours_of_two_weeks_and_days_away(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    desk, path = signed_in(clinic.administrator), reverse("desk_worker", args=[clinic.orla])
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    form = {
        "form": "hours",
        "all_services": "no",
        "services": [str(clinic.short)],
        "two_weeks": "on",
        "from_monday_day": str(monday.day),
        "from_monday_month": str(monday.month),
        "from_monday_year": str(monday.year),
        "a0": "9-13, 14:00 to 18:00",
        "b1": "10:15 – 12",
    }
    for wrong, because in (
        ({"a0": "nine"}, "Write hours as"),
        ({"a0": "9:10 to 12"}, "quarter of an hour"),
        ({"a0": "9-13, 12-14"}, "lie over each other"),
        ({"services": []}, "at least one"),
        ({"from_monday_day": ""}, "Enter a Monday"),
    ):
        answer = desk.post(path, {**form, **wrong})
        assert answer.status_code == 422 and because in answer.content.decode(), wrong
    assert desk.post(path, form).headers["Location"] == path + "?done=hours-set"
    known = selectors.workers(at=None)[clinic.orla]
    week = selectors.working([known], monday, monday + timedelta(days=14))[clinic.orla]
    assert rules.stretches_on(week, monday) == [(36, 52), (56, 72)]
    assert rules.stretches_on(week, monday + timedelta(days=8)) == [(41, 48)]
    assert known.does(clinic.short) and not known.does(clinic.long)
    shown = desk.get(path).content.decode()
    assert 'value="09:00 to 13:00, 14:00 to 18:00"' in shown and 'value="10:15 to 12:00"' in shown
    ahead = timezone.localdate() + timedelta(days=10)
    days = {
        f"away-{name}_{part}": str(getattr(ahead, part))
        for name in ("first_on", "last_on")
        for part in ("day", "month", "year")
    }
    assert "Enter the first day" in desk.post(path, {"form": "away"}).content.decode()
    assert desk.post(path, {"form": "away", **days}).headers["Location"] == path + "?done=away-set"
    row = DayOff.objects.get()
    assert (row.subject_id, row.first_on, row.stretches) == (clinic.orla, ahead, [])
    assert desk.post(path, {"form": "back", "away": str(row.pk)}).headers["Location"] == path + "?done=away-ended"
    assert not DayOff.objects.exists()


def test_who_keeps_services_and_the_books_is_led_from_a_deposit_to_the_price_list(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    at = timezone.now()
    by = clinic.actor(clinic.administrator, at)
    service = services.offer_service(name="Peel", minutes=30, price_pence=9000, deposit_pence=2000, by=by, at=at)
    page = reverse("desk_service", args=[service])
    link = f'href="{reverse("desk_prices")}"'
    shown = signed_in(clinic.administrator).get(page).content.decode()
    assert "no line of the price list" in shown and link not in shown
    record_fact(clinic.administrator, FactKind.ROLE, value="finance", by=by, at=at)
    assert link in signed_in(clinic.administrator).get(page).content.decode()
    Price.objects.create(name="Peel", rate=VatRate.STANDARD, pence=9000)
    assert link not in signed_in(clinic.administrator).get(page).content.decode()
