"""The waiting list on the site and at the desk: asking, being offered, taking, letting pass, and what a stale tab does."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.delivery.models import Message
from troth.diary import jobs, selectors
from troth.diary.models import Appointment, Hold, Wish
from troth.diary.tests.conftest import Clinic
from troth.people.models import Identity
from troth.portal.tests.test_booking import WHO, clinic, signed_in

__all__ = ["clinic"]


def days(first: int = 1, last: int = 9) -> dict[str, str]:
    found = {}
    for name, ahead in (("first_on", first), ("last_on", last)):
        on = timezone.localdate() + timedelta(days=ahead)
        found |= {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}
    return found


def wait(browser: Client, clinic: Clinic, **more: str) -> int:
    path = reverse("book_wait", args=[clinic.short])
    status: int = browser.post(path, {**days(), "whom": "any", **WHO, **more}).status_code
    return status


def offered(browser: Client, wish: UUID) -> str:
    link = reverse("offer_link", args=[selectors.token_of(Wish.objects.get(pk=wish).pending)])
    assert browser.get(link).headers["Location"] == reverse("offer")
    return browser.get(reverse("offer")).content.decode()


def test_a_stranger_waits_is_offered_a_time_and_takes_it(clinic: Clinic) -> None:
    browser, path = Client(), reverse("book_wait", args=[clinic.short])
    assert "Be told when a time is free" in browser.get(reverse("book_time", args=[clinic.short])).content.decode()
    known = Identity.objects.count()
    wrong = browser.post(path, {**days(5, 2), "whom": "any", **WHO})
    assert wrong.status_code == 422 and "zq-post" in wrong.content.decode()
    assert (Identity.objects.count(), Wish.objects.count()) == (known, 0)
    assert wait(browser, clinic, first_on_year="9999", last_on_year="9999") == 422
    assert wait(browser, clinic) == 200
    wish = Wish.objects.get()
    jobs.offer_times()
    page = offered(browser, wish.pk)
    assert "A time is free for you" in page and "sentinel" not in page
    assert browser.post(reverse("offer"), {"do": "nonsense"}).status_code == 200 and not Appointment.objects.exists()
    assert browser.post(reverse("offer"), {"do": "take"}).headers["Location"] == reverse("visit")
    assert [row.how for row in Appointment.objects.all()] == ["offer"]
    # A second click, or the same address in another tab: it leads to the visit, and nothing is booked twice.
    assert browser.post(reverse("offer"), {"do": "take"}).headers["Location"] == reverse("visit")
    assert Appointment.objects.count() == 1
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["visit_booked", "visit_offered"]


@pytest.mark.parametrize(("said", "state"), [("pass", "waiting"), ("leave", "ended")])
def test_who_does_not_want_it_stays_or_leaves(clinic: Clinic, said: str, state: str) -> None:
    browser = signed_in(clinic.ann)
    page = browser.get(reverse("book_wait", args=[clinic.short])).content.decode()
    assert 'name="email"' not in page
    assert browser.post(reverse("book_wait", args=[clinic.short]), {**days(), "whom": "any"}).status_code == 200
    again = browser.post(reverse("book_wait", args=[clinic.short]), {**days(), "whom": "any"})
    assert again.status_code == 422 and "already" in again.content.decode()
    jobs.offer_times()
    wish = Wish.objects.get()
    offered(browser, wish.pk)
    assert browser.post(reverse("offer"), {"do": said}).status_code == 200
    wish.refresh_from_db()
    assert wish.state == state and not Hold.objects.exists() and not Appointment.objects.exists()
    assert browser.get(reverse("offer")).status_code == 410


def test_the_desk_sees_who_waits_and_takes_them_off(clinic: Clinic) -> None:
    assert wait(Client(), clinic) == 200
    desk, path = signed_in(clinic.reception), reverse("desk_waiting")
    page = desk.get(path).content.decode()
    assert "Zq-Aspinall" in page and "sentinel-short" in page
    assert "Nobody of that name waits" in desk.post(path, {"q": "nobody"}).content.decode()
    for who in (clinic.marketing, clinic.finance, clinic.ann):
        answer = signed_in(who).get(path)
        assert "Zq-Aspinall" not in answer.content.decode() and answer.status_code in {302, 403, 404}
    (one,) = re.findall(r'href="([^"]+/waiting/[^"]+/)"', page)
    assert signed_in(clinic.marketing).post(one).status_code in {403, 404}
    assert desk.post(one).headers["Location"] == path + "?done=wish-ended"
    assert Wish.objects.get().state == "ended" and "Nobody waits" in desk.get(path).content.decode()
    assert desk.post(one).status_code == 404
    form = {**days(), "service": str(clinic.long), "practitioner": "any"}
    put = reverse("desk_wait", args=[Wish.objects.get().subject_id])
    assert desk.post(put, {**form, "service": ""}).status_code == 422
    assert desk.post(put, form).headers["Location"] == path + "?done=wish-made"
    assert desk.post(put, form).status_code == 422
