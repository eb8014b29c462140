"""Consents to treatments on pages: asked for by a visit, signed at the desk or by the person, seen on the card, taken back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary import selectors as diary
from troth.diary import services as keeping
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import actors
from troth.records import selectors as records
from troth.records import services
from troth.records.models import TemplateKind, TreatmentConsent

SignedIn = Callable[[UUID], Client]


@pytest.fixture
def clinic(db: None) -> Clinic:
    """A clinic whose service asks for a consent, and somebody who comes for it soon."""
    publish_pack("wellness-clinic")
    made = open_clinic(timezone.now() - timedelta(days=30))
    now = timezone.now()
    orla, manager = actors.person(made.orla, at=now), actors.person(made.manager, at=now)
    services.publish_template(
        TemplateKind.CONSENT, title="Light treatment", body="sentinel-words.\n\nSome are red.", by=orla, at=now
    )
    keeping.offer_service(
        name="sentinel-short", minutes=30, form="light-treatment", service=made.short, by=manager, at=now
    )
    on = timezone.localdate(now) + timedelta(days=1)
    while not (free := diary.free_on(made.short, on, made.orla, at=now)):
        on += timedelta(days=1)
    made.book(made.ann, made.orla, free[0].at, at=now)
    return made


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def signing(page: str) -> dict[str, str]:
    found = {name: hidden(page, name) for name in ("use", "version", "signing")}
    return {**found, "name": "Maureen Oddie", "drawn": "[[[10,20],[30,40]]]", "agreed": "on"}


def test_a_consent_is_signed_at_the_desk_shown_printed_and_taken_back(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.orla)
    card = reverse("desk_card", args=[clinic.ann])
    assert "Consent not signed: Light treatment" in desk.get(card).content.decode()
    path = reverse("desk_agreement_new", args=[clinic.ann])
    assert "Light treatment" in desk.get(path).content.decode()
    shown = desk.post(path, {"use": "light-treatment"}).content.decode()
    assert "sentinel-words." in shown and "data-pad" in shown
    said = signing(shown)
    unticked = desk.post(path, {**said, "agreed": "", "name": ""})
    assert unticked.status_code == 422 and "Tick the box" in unticked.content.decode()
    stale = desk.post(path, {**said, "version": "7"})
    assert stale.status_code == 422 and hidden(stale.content.decode(), "version") == "1"
    assert desk.post(path, said).headers["Location"] == f"{card}?done=consent-signed"
    again = desk.post(path, said)
    assert "signed already" in again.content.decode() and TreatmentConsent.objects.count() == 1
    row = TreatmentConsent.objects.get()
    drawn = desk.get(card).content.decode()
    assert "Consent not signed" not in drawn and reverse("desk_agreement", args=[row.pk]) in drawn
    printed = desk.get(reverse("desk_print", args=[clinic.ann])).content.decode()
    assert "Light treatment" in printed and "<p>sentinel-words.</p>" in printed
    reading = desk.get(reverse("desk_agreement", args=[row.pk])).content.decode()
    assert "sentinel-words." in reading and 'd="M10 20L30 40"' in reading
    paper = desk.get(reverse("desk_agreement_paper", args=[row.pk]))
    assert paper.content.startswith(b"%PDF-") and "light" not in paper.headers["Content-Disposition"]
    for who in (clinic.reception, clinic.dev, clinic.marketing):
        for other in (path, reverse("desk_agreement", args=[row.pk]), reverse("desk_agreement_paper", args=[row.pk])):
            assert signed_in(who).get(other).status_code in (403, 404)
        assert signed_in(who).post(reverse("desk_agreement", args=[row.pk]), {}).status_code in (403, 404)
    back = desk.post(reverse("desk_agreement", args=[row.pk]), {"because": "sentinel-why"})
    assert back.status_code == 302
    shown = desk.get(reverse("desk_agreement", args=[row.pk])).content.decode()
    assert "sentinel-why" in shown and "They took it back" not in shown
    assert "Consent not signed: Light treatment" in desk.get(card).content.decode()


def test_the_person_reads_signs_and_takes_back_at_home(clinic: Clinic, signed_in: SignedIn) -> None:
    home = signed_in(clinic.ann)
    assert "needs your consent" in home.get(reverse("my_home")).content.decode()
    listed = home.get(reverse("my_agreements")).content.decode()
    assert "Light treatment" in listed and "You have signed none" in listed
    sign = reverse("my_agreement_sign")
    assert home.post(sign, {"use": "other"}).status_code == 404
    shown = home.post(sign, {"use": "light-treatment"}).content.decode()
    said = signing(shown)
    assert home.post(sign, {**said, "agreed": ""}).status_code == 422
    stale = home.post(sign, {**said, "version": "7"})
    # Other words are agreed to anew: the tick that stood under the earlier ones does not stand under these.
    (box,) = re.findall(r'<input[^>]*name="agreed"[^>]*>', stale.content.decode())
    assert stale.status_code == 422 and "checked" not in box
    assert home.post(sign, said).status_code == 302
    row = TreatmentConsent.objects.get()
    path = reverse("my_agreement", args=[row.pk])
    assert "sentinel-words." in home.get(path).content.decode()
    assert "needs your consent" not in home.get(reverse("my_home")).content.decode()
    assert home.get(reverse("my_agreement_paper", args=[row.pk])).content.startswith(b"%PDF-")
    other = signed_in(clinic.bob)
    for stranger in (path, reverse("my_agreement_paper", args=[row.pk])):
        assert other.get(stranger).status_code in (403, 404)
    assert other.post(path).status_code in (403, 404)
    assert home.post(path).headers["Location"] == f"{path}?done=agreement-back"
    assert home.post(path).status_code == 200  # a second press finds it taken back already
    row.refresh_from_db()
    assert row.withdrawn_at is not None and "Taken back" in home.get(path).content.decode()


def test_taken_back_in_another_window_it_is_taken_back(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, sign = signed_in(clinic.ann), reverse("my_agreement_sign")
    home.post(sign, signing(home.post(sign, {"use": "light-treatment"}).content.decode()))
    path = reverse("my_agreement", args=[TreatmentConsent.objects.get().pk])
    home.post(path)
    # This window read it before the other one had ended.
    read = records.get_consent
    monkeypatch.setattr(records, "get_consent", lambda *given: replace(read(*given), withdrawn_at=None))
    assert home.post(path).headers["Location"] == f"{path}?done=agreement-back"


def test_the_manager_says_which_consent_a_service_needs(clinic: Clinic, signed_in: SignedIn) -> None:
    page = signed_in(clinic.manager).get(reverse("desk_service", args=[clinic.short])).content.decode()
    assert '<option value="light-treatment" selected>Light treatment</option>' in page
