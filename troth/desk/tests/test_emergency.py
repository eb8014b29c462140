"""Breaking the glass: for health professionals, with a fresh second factor and a reason that says something, for thirty minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.tests.conftest import Clinic
from troth.gate import actors
from troth.gate.models import EmergencyNote
from troth.ledger.models import LedgerEvent
from troth.people import services as people
from troth.records import services as records
from troth.records.models import TemplateKind

NOTE = "Found collapsed in the waiting room; need to know what they take"
Proven = Callable[..., Client]


@pytest.fixture
def proven(clinic: Clinic) -> Proven:
    """A browser whose owner showed a second factor some minutes ago."""

    def client(subject: UUID, *, minutes_ago: int = 1) -> Client:
        now = timezone.now()
        made = Client()
        made.cookies["troth_session"] = people.sign_in(
            subject,
            by=actors.person(subject, at=now),
            at=now,
            device="tests",
            second_factor_at=now - timedelta(minutes=minutes_ago),
        )
        return made

    return client


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_it_opens_the_card_for_thirty_minutes_and_is_told(
    clinic: Clinic, proven: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, card = (reverse(name, args=[clinic.subject]) for name in ("desk_emergency", "desk_emergency_card"))
    colleague = proven(clinic.colleague)
    assert colleague.get(card).status_code == 403
    now = {"by": clinic.actor(clinic.prescriber), "at": timezone.now()}
    records.publish_template(TemplateKind.CONSENT, title="sentinel-consent", body="x", **now)
    said = {
        "key": "sentinel-consent",
        "version": 1,
        "ticked": "I agree",
        "name": "x",
        "drawn": "",
        "consent": (signed := uuid4()),
    }
    records.sign_consent(clinic.subject, **said, **now)
    question = colleague.get(ask).content.decode()
    assert "Open this record in an emergency?" in question and "Oddie" not in question
    assert colleague.post(ask, {"note": NOTE}).headers["Location"] == card
    page = colleague.get(card).content.decode()
    assert "30 minutes left" in page and "sentinel-medicine" in page and "Write a note" not in page
    assert "sentinel-consent" in page and reverse("desk_agreement", args=[signed]) not in page
    assert EmergencyNote.objects.count() == 1
    assert LedgerEvent.objects.filter(event="gate:glass_broken", subject=clinic.subject.hex).count() == 1
    # Asking again leads back to what is open, and nobody else got anything.
    assert colleague.get(ask).headers["Location"] == card
    assert proven(clinic.assistant).get(card).status_code == 403
    person = proven(clinic.subject).get("/my-data/history/").content.decode()
    assert "in an emergency" in person
    at(monkeypatch, timezone.now() + timedelta(minutes=27))
    late = colleague.get(card).content.decode()
    assert "3 minutes left" in late and "tag-close" in late
    at(monkeypatch, timezone.now() + timedelta(minutes=4))
    assert proven(clinic.colleague).get(card).status_code == 403


@pytest.mark.parametrize(
    "note", ["", "help", "aaaaaaaaaaaaaaaaaaaaaaaa", "asdf asdf asdf asdf", "... ... ... ... ... ..."]
)
def test_a_reason_that_says_nothing_opens_nothing(clinic: Clinic, proven: Proven, note: str) -> None:
    ask = reverse("desk_emergency", args=[clinic.subject])
    answer = proven(clinic.colleague).post(ask, {"note": note})
    assert answer.status_code == 422 and "One thing needs mending" in answer.content.decode()
    assert not EmergencyNote.objects.exists()


def test_without_a_fresh_second_factor_it_says_so_and_opens_nothing(clinic: Clinic, proven: Proven) -> None:
    ask = reverse("desk_emergency", args=[clinic.subject])
    answer = proven(clinic.colleague, minutes_ago=6).post(ask, {"note": NOTE})
    assert "second factor" in answer.content.decode() and answer.status_code != 302
    assert not EmergencyNote.objects.exists()


@pytest.mark.parametrize("who", ["assistant", "support", "finance"])
def test_only_health_professionals_are_asked(clinic: Clinic, proven: Proven, who: str) -> None:
    ask = reverse("desk_emergency", args=[clinic.subject])
    client = proven(getattr(clinic, who))
    assert client.get(ask).status_code == 403 and client.post(ask, {"note": NOTE}).status_code == 403
    assert not EmergencyNote.objects.exists()


def test_the_question_is_the_same_for_somebody_who_does_not_exist(clinic: Clinic, proven: Proven) -> None:
    client = proven(clinic.colleague)
    known, unknown = (
        client.get(reverse("desk_emergency", args=[subject])).content.decode()
        for subject in (clinic.subject, uuid4())
    )

    def bare(page: str) -> str:
        import re

        return re.sub(r'value="[^"]{30,}"', "", page)

    assert bare(known) == bare(unknown)
    assert client.post(reverse("desk_emergency", args=[uuid4()]), {"note": NOTE}).status_code == 404


def test_the_refused_card_offers_it_to_a_health_professional_alone(clinic: Clinic, proven: Proven) -> None:
    card = reverse("desk_card", args=[clinic.subject])
    words = "Break the glass in an emergency"
    assert words in proven(clinic.colleague).get(card).content.decode()
    assert words not in proven(clinic.support).get(card).content.decode()
    assert words not in proven(clinic.finance).get(card).content.decode()
