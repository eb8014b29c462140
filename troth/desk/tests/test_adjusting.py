"""What to arrange for a visit, at the desk: whoever books and receives reads it, and none of it is why."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary import selectors
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.rights.selectors.porting import make_portable


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


def test_reception_writes_it_and_reads_it_where_they_book_and_receive(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := selectors.free_on(clinic.short, on, clinic.orla, at=now)):
        on += timedelta(days=1)
    visit = clinic.book(clinic.ann, clinic.orla, free[0].at, at=now)
    desk, path = signed_in(clinic.reception), reverse("desk_adjustments", args=[clinic.ann])
    assert '<option value="Kurdish (Sorani)">' in desk.get(path).content.decode()
    missing = desk.post(path, {"group_0": ["step_free"], "group_1": ["interpreter"]})
    assert missing.status_code == 422 and "Say which language" in missing.content.decode()
    assert desk.post(path, {"group_0": ["pregnant"]}).status_code == 422
    kept = desk.post(path, {"group_0": ["step_free"], "group_1": ["interpreter"], "language": "polish"})
    assert kept.status_code == 302
    words = "A way and a room without steps; an interpreter for Polish"
    day = f"{reverse('desk_diary_day')}?on={on.isoformat()}"
    for page in (day, reverse("desk_visit", args=[visit]), reverse("desk_card", args=[clinic.ann])):
        assert words in desk.get(page).content.decode(), page
        assert words in signed_in(clinic.orla).get(page).content.decode(), page
    assert "an interpreter for Polish" in desk.get(reverse("desk_book", args=[clinic.ann])).content.decode()
    for who in (clinic.reception, clinic.orla):
        assert path in signed_in(who).get(reverse("desk_card", args=[clinic.ann])).content.decode()
    # A colleague's people stand as time that is taken, and so does what they need.
    assert words not in signed_in(clinic.dev).get(day).content.decode()
    for who in (clinic.marketing, clinic.finance, clinic.dev):
        assert signed_in(who).get(path).status_code == 403
    (mark,) = re.findall(r'name="seen" value="([0-9a-f]{32})"', desk.get(path).content.decode())
    desk.post(path, {"language": "", "seen": mark})
    assert words not in desk.get(day).content.decode()


def test_a_day_reads_as_many_queries_for_five_as_for_one(
    clinic: Clinic, signed_in: Callable[[UUID], Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := selectors.free_on(clinic.short, on, clinic.orla, at=now)):
        on += timedelta(days=1)
    day, desk = f"{reverse('desk_diary_day')}?on={on.isoformat()}", signed_in(clinic.reception)
    counted = []
    for subject, slot in zip((clinic.ann, clinic.bob, clinic.cass), free[::3], strict=False):
        people.state_adjustments(subject, wanted=["loop"], language="", by=clinic.actor(subject, now), at=now)
        clinic.book(subject, clinic.orla, slot.at, at=now)
        desk.get(day)
        with django_assert_max_num_queries(1_000) as context:
            assert "A hearing loop" in desk.get(day).content.decode()
        counted.append(len(context))  # type: ignore[arg-type]
    assert counted[1] == counted[2]


def booked(clinic: Clinic, subject: UUID) -> None:
    """A visit ahead, so that reception has a reason to look."""
    now = timezone.now()
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := selectors.free_on(clinic.short, on, clinic.orla, at=now)):
        on += timedelta(days=1)
    clinic.book(subject, clinic.orla, free[0].at, at=now)


def test_who_said_it_and_whether_it_moves_follow_what_stands_and_not_what_stood_before(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    booked(clinic, clinic.ann)
    told = []
    for who, code in ((clinic.reception, "dog"), (clinic.ann, "loop"), (clinic.reception, "quiet")):
        at = timezone.now()
        people.state_adjustments(clinic.ann, wanted=[code], language="", by=clinic.actor(who, at), at=at)
        page = " ".join(signed_in(clinic.ann).get("/my-data/kind/adjustments/").content.decode().split())
        with processing(Purpose.RIGHTS, Action.EXPORT, by=clinic.actor(clinic.ann, at), at=at) as opened:
            moved = make_portable(clinic.ann, opened, at=at).texts["my-data.json"].decode()
        told.append(("You told us, " in page, "Written by" in page, code in moved))
    assert told == [(False, True, False), (True, False, True), (False, True, False)]


def test_a_page_that_was_open_meanwhile_overwrites_nothing_unseen(
    clinic: Clinic, signed_in: Callable[[UUID], Client]
) -> None:
    booked(clinic, clinic.ann)
    desk, path = signed_in(clinic.reception), reverse("desk_adjustments", args=[clinic.ann])
    mine, theirs = signed_in(clinic.ann), "/my-data/details/arrange/"
    assert mine.post(theirs, {"group_1": ["interpreter"], "language": "Polish", "seen": ""}).status_code == 302
    for browser, there in ((desk, path), (mine, theirs)):
        late = browser.post(there, {"group_0": ["dog"], "language": "", "seen": ""})
        page = late.content.decode()
        assert late.status_code == 422 and "an interpreter for Polish" in page
        assert 'value="dog" checked' in " ".join(page.split()), "what they chose stays"
        (mark,) = re.findall(r'name="seen" value="([0-9a-f]{32})"', page)
    kept = desk.post(path, {"group_0": ["dog"], "language": "", "seen": mark}, follow=True).content.decode()
    assert 'value="dog" checked' in " ".join(kept.split()) and 'value="interpreter" checked' not in kept
    # A language is not dropped in silence.
    lone = desk.post(path, {"language": "Welsh", "seen": mark})
    assert lone.status_code == 422 and "Tick “An interpreter” too" in lone.content.decode()
