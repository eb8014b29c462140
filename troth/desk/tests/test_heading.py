"""The head of a card: death, childhood, who acts for somebody, and a worry about them; before anything else, by role."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.heading import NOBODY_ACTS
from troth.desk.tests.conftest import Clinic
from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.facts import FactKind
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.selectors import PersonIdentity
from troth.prescribing import selectors
from troth.prescribing import services as prescribing
from troth.prescribing.selectors import reviewing


@act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
def _fact(subject: UUID, kind: FactKind, other: UUID | None = None, *, by: Actor, at: datetime) -> None:
    facts.record(subject, kind, at=at, other=other, value="0" * 32 if other else "")


def test_a_card_says_first_what_must_not_be_missed_and_worries_to_clinicians_alone(
    clinic: Clinic, signed_in: Callable[[UUID], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = reverse("desk_card", args=[clinic.subject])
    doctor, support = signed_in(clinic.prescriber), signed_in(clinic.support)
    plain = doctor.get(card).content.decode()
    for words in ("They have died", "A child, aged", "acts for them", "worries about their safety"):
        assert words not in plain
    now = timezone.now()
    prescribing.raise_concern(
        clinic.subject, words="sentinel-worry", harm="", by=clinic.actor(clinic.prescriber), at=now
    )
    warned = doctor.get(card).content.decode()
    assert "worries about their safety" in warned and "sentinel-worry" not in warned
    assert reverse("desk_concerns", args=[clinic.subject]) in warned
    assert "worries about their safety" not in support.get(card).content.decode()

    monkeypatch.setattr(PersonIdentity, "age", lambda self, on: 12)
    child = support.get(card).content.decode()
    assert "A child, aged 12" in child and NOBODY_ACTS in child
    herself = clinic.actor(clinic.subject)
    _fact(clinic.subject, FactKind.REPRESENTATIVE, clinic.other, by=herself, at=now)
    acted = doctor.get(card).content.decode()
    assert "A child, aged 12" in acted and "acts for them since" in acted and NOBODY_ACTS not in acted
    monkeypatch.undo()
    assert "Somebody acts for them" in doctor.get(card).content.decode()
    _fact(clinic.subject, FactKind.DIED, by=herself, at=now)
    assert "They have died" in support.get(card).content.decode()


def test_a_worry_is_told_to_nobody_whom_the_gate_would_refuse_it(
    clinic: Clinic, signed_in: Callable[[UUID], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prescriber who sees a record because it is like another one, and one who opens their own."""
    card = reverse("desk_card", args=[clinic.subject])
    prescribing.raise_concern(
        clinic.subject, words="x", harm="", by=clinic.actor(clinic.prescriber), at=timezone.now()
    )
    monkeypatch.setattr(selectors, "alike_to", lambda prescriber, subjects: {clinic.subject} & set(subjects))
    answer = signed_in(clinic.colleague).get(card)
    assert answer.status_code == 200 and "worries about their safety" not in answer.content.decode()
    assert "worries about their safety" in signed_in(clinic.prescriber).get(card).content.decode()
    # Looking at a card is no attempt on what stands under its concerns.
    assert not LedgerEvent.objects.filter(outcome="refused", purpose="safeguarding").exists()
    monkeypatch.setattr(reviewing, "has_concern", lambda subject: True)
    own = signed_in(clinic.prescriber).get(reverse("desk_card", args=[clinic.prescriber]))
    assert "worries about their safety" not in own.content.decode()
    assert not LedgerEvent.objects.filter(outcome="refused", purpose="safeguarding").exists()
