"""A practitioner's calendar: times alone, at an address that ends."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary import selectors, services
from troth.diary.models import Feed
from troth.diary.tests.conftest import Clinic, open_clinic


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


def test_a_calendar_reads_times_alone_until_its_address_ends(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    on += timedelta(days=on.weekday() == 6)
    own = selectors.free_on(clinic.short, on, clinic.orla, at=now)
    clinic.book(clinic.ann, clinic.orla, own[0].at, at=now)
    gone = clinic.book(clinic.bob, clinic.orla, own[4].at, at=now)
    services.cancel(gone, by=clinic.actor(clinic.bob, now), at=now)
    clinic.book(clinic.bob, clinic.dev, own[6].at, at=now)
    desk, path = signed_in(clinic.orla), reverse("desk_calendar")
    assert "No address yet" in desk.get(path).content.decode()

    def make() -> str:
        found = re.search(r"(/calendar/[^/<]+/)", desk.post(path, {}).content.decode())
        assert found
        return found[1]

    first = make()
    text = Client().get(first).content.decode()
    assert text.count("BEGIN:VEVENT") == 1 and f"DTSTART:{own[0].at:%Y%m%dT%H%M%SZ}" in text
    assert not re.search("sentinel|oddie|maureen|vane|pettifer|ann", text, re.IGNORECASE)
    assert first not in desk.get(path).content.decode() and first.split("/")[2] not in Feed.objects.get().token_hash
    second = make()
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    desk.post(path, {"act": "end"})
    assert Client().get(second).status_code == 404 and Client().get("/calendar/none/").status_code == 404
    assert signed_in(clinic.reception).post(path, {}).status_code == 422
    assert not Feed.objects.exclude(subject_id=clinic.orla).exists()
