"""The part of a card that is about money: for who keeps the books besides, and for nobody else."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.billing import services
from troth.billing.selectors import Means, VatRate
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.reasons import FindReason
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people.tests.factories import browser_of

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clinic(db: None, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    publish_pack("wellness-clinic")
    return open_clinic(NOW - timedelta(days=30))


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF, unasked="a test gives a role")
def also_keeps_the_books(subject: UUID, *, by: Actor, at: datetime) -> None:
    facts.record(subject, FactKind.ROLE, at=at, value="finance")


def test_the_card_says_what_is_owed_to_who_keeps_the_books_and_nothing_of_it_to_others(clinic: Clinic) -> None:
    keeper = clinic.actor(clinic.finance, NOW)
    clinic.book(clinic.ann, clinic.orla, NOW + timedelta(days=3), at=NOW)
    with processing(Purpose.FIND, by=keeper, at=NOW, find_reason=FindReason.ON_THE_TELEPHONE) as opened:
        assert people.find_people("oddie", opened).people
    price = services.set_price(name="sentinel-physio", pence=6500, rate=VatRate.EXEMPT, by=keeper, at=NOW)
    invoice = services.issue(clinic.ann, lines=[(price, 1)], key=uuid4(), by=keeper, at=NOW)
    services.settle(invoice, pence=2000, means=Means.CASH, key=uuid4(), by=keeper, at=NOW)
    package = services.set_package(
        name="sentinel-six", price=price, many=6, pence=30_000, months=12, by=keeper, at=NOW
    )
    services.sell_package(clinic.ann, package=package, key=uuid4(), by=keeper, at=NOW)
    card, path = reverse("desk_card", args=[clinic.ann]), reverse("desk_bill", args=[clinic.ann])

    def shown(browser: Client) -> str:
        answer = browser.get(card)
        assert answer.status_code == 200
        return answer.content.decode()

    before = shown(browser_of(clinic.orla, at=NOW))
    assert path not in before and "sentinel-six" not in before and "£345" not in before
    also_keeps_the_books(clinic.orla, by=clinic.actor(clinic.administrator, NOW), at=NOW)
    after = shown(browser_of(clinic.orla, at=NOW))
    assert path in after and "£345" in after and "sentinel-six: 6 left" in after
    assert path not in shown(browser_of(clinic.reception, at=NOW))
