"""Genes and origins: locked, until a service says why it needs one; then for whoever gives it, to people who come for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary import selectors as diary
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.gate.contexts import processing
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.people.tests.factories import browser_of, make_staff
from troth.records.models import EthnicOrigin, Need, Source
from troth.records.rules import NotPossible
from troth.records.selectors.locked import count_without_need
from troth.records.services import declare_need, end_need, record_locked
from troth.records.services import locked as recording
from troth.vault.categories import Category

SignedIn = Callable[[UUID], Client]
WHY = "Darker skin burns more easily under the light that is used."


@pytest.fixture
def clinic(db: None) -> Clinic:
    """Ann comes to Orla for the short service, Bob for the long one."""
    publish_pack("wellness-clinic")
    made = open_clinic(timezone.now() - timedelta(days=30))
    now = timezone.now()
    for who, service in ((made.ann, made.short), (made.bob, made.long)):
        on = timezone.localdate(now) + timedelta(days=1)
        while not (free := diary.free_on(service, on, made.orla, at=now)):
            on += timedelta(days=1)
        made.book(who, made.orla, free[0].at, long=service == made.long, at=now)
    return made


def need(clinic: Clinic, **changed: Any) -> UUID:
    now = timezone.now()
    said = {"service": clinic.short, "category": Category.ETHNIC, "why": WHY, **changed}
    return declare_need(
        said["service"], said["category"], why=said["why"], by=actors.person(clinic.manager, at=now), at=now
    )


def typed(**changed: str) -> dict[str, str]:
    return {"entry": str(uuid4()), "words": "sentinel-origin", "source": "person", "release": "released", **changed}


def test_what_no_treatment_needs_is_locked_and_opens_for_its_own_people_alone(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.orla)
    page, new = (
        reverse("desk_locked", args=[clinic.ann]),
        reverse("desk_locked_new", args=[clinic.ann, "ethnic"]),
    )
    assert page in desk.get(reverse("desk_card", args=[clinic.ann])).content.decode()
    closed = desk.get(page).content.decode()
    assert "Articles 5(1)(c) and 9(1)" in closed and "is locked" in closed and "Record something" not in closed
    assert desk.post(new, typed()).status_code == 403 and not EthnicOrigin.objects.exists()
    assert LedgerEvent.objects.filter(subject=clinic.ann.hex, outcome="refused", what="ethnic").exists()

    manager = signed_in(clinic.manager)
    said = {"service": str(clinic.short), "category": "ethnic", "why": "too short"}
    assert manager.post(reverse("desk_need_new"), said).status_code == 422
    answer = manager.post(reverse("desk_need_new"), {**said, "why": WHY})
    assert answer.headers["Location"] == f"{reverse('desk_needs')}?done=need-kept"
    assert WHY in manager.get(reverse("desk_needs")).content.decode()

    assert desk.post(new, typed()).status_code == 302
    opened = desk.get(page).content.decode()
    assert "sentinel-origin" in opened and WHY in opened
    # What another service needs, what it does not need, and whoever does not give it: all stay locked.
    assert desk.post(reverse("desk_locked_new", args=[clinic.ann, "genetic"]), typed()).status_code == 403
    assert desk.get(reverse("desk_locked_new", args=[clinic.bob, "ethnic"])).status_code == 403
    for who in (clinic.dev, clinic.reception, clinic.manager, clinic.marketing, clinic.bob):
        assert "sentinel-origin" not in signed_in(who).get(page).content.decode()
        assert signed_in(who).post(new, typed()).status_code in (403, 404)
    assert EthnicOrigin.objects.count() == 1 and count_without_need() == (1, 0)

    found = Need.objects.get()
    assert manager.post(reverse("desk_need", args=[found.pk])).status_code == 302
    assert manager.get(reverse("desk_need", args=[found.pk])).status_code == 404
    assert "sentinel-origin" not in desk.get(page).content.decode() and desk.post(new, typed()).status_code == 403
    assert count_without_need() == (1, 0)
    # Locked to staff, and never to the person's own rights.
    now = timezone.now()
    with processing(Purpose.RIGHTS, Action.EXPORT, by=actors.person(clinic.ann, at=now), at=now):
        assert EthnicOrigin.objects.get().words == "sentinel-origin"


def test_a_lock_keeps_nobody_from_the_rest_of_a_card_and_is_asked_for_each(clinic: Clinic) -> None:
    need(clinic)
    now = timezone.now()
    by = actors.person(clinic.orla, at=now)
    with processing(Purpose.CARE, by=by, at=now) as opened:
        admitted, withheld = opened.admit([clinic.ann, clinic.bob])
        assert admitted == [clinic.ann, clinic.bob] and not withheld
        # Both stand alike but for what they come for: that one was decided about says nothing of the other.
        admitted, withheld = opened.admit([clinic.ann, clinic.bob], Category.ETHNIC)
        assert admitted == [clinic.ann] and set(withheld) == {clinic.bob}


def test_a_need_is_said_once_by_whoever_keeps_services_and_within_the_notice(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(clinic)
    now = timezone.now()
    with pytest.raises(NotPossible, match="said already"):
        need(clinic)
    with pytest.raises(NotPossible, match="privacy notice"):
        need(clinic, category=Category.BIOMETRIC)
    with pytest.raises(NotPossible, match="not offered"):
        need(clinic, service=uuid4())
    with pytest.raises(NotPossible, match="manager"):
        declare_need(clinic.long, Category.ETHNIC, why=WHY, by=actors.person(clinic.reception, at=now), at=now)
    with pytest.raises(NotPossible, match="manager"):
        end_need(Need.objects.get().pk, by=actors.person(clinic.reception, at=now), at=now)
    by, entry = actors.person(clinic.orla, at=now), uuid4()
    for _ in range(2):
        try:
            record_locked(clinic.ann, Category.ETHNIC, words="x", source=Source.PERSON, entry=entry, by=by, at=now)
        except NotPossible as again:
            assert "kept already" in str(again)
    assert EthnicOrigin.objects.count() == 1
    # A colleague ended the need after the gate was asked.
    with monkeypatch.context() as patched:
        patched.setattr(recording, "needs_of", lambda *given, **named: {clinic.ann: {}})
        with pytest.raises(NotPossible, match="no more"):
            record_locked(clinic.ann, Category.ETHNIC, words="x", source=Source.PERSON, entry=uuid4(), by=by, at=now)
    # The gate locks nobody out of what is their own, and they come to nobody for it.
    with pytest.raises(NotPossible, match="no more"):
        record_locked(clinic.orla, Category.ETHNIC, words="x", source=Source.PERSON, entry=uuid4(), by=by, at=now)
    assert EthnicOrigin.objects.count() == 1


def test_a_notice_that_lets_no_treatment_need_it_has_no_such_page(notice_in_force: None) -> None:
    desk = browser_of(make_staff("administrator", at=timezone.now() - timedelta(hours=1), email="a@clinic.example"))
    for path in (reverse("desk_needs"), reverse("desk_need_new"), reverse("desk_locked", args=[uuid4()])):
        assert desk.get(path).status_code == 404
