"""A patient, a prescriber and an assistant with a reason to see her, a colleague with none, and support."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.records.tests import factories


@dataclass
class Clinic:
    ann: Actor
    subject: UUID
    prescriber: Actor
    colleague: Actor
    assistant: Actor
    support: Actor
    officer: Actor


@pytest.fixture
def clinic(notice_in_force: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    noting = "the file on their rights"  # the service that notes sources; the rest is left out
    monkeypatch.setattr(reasons, "_reasons", [each for each in reasons._reasons if each.label == noting])
    ann = factories.patient()
    assert ann.id
    made = Clinic(
        ann,
        ann.id,
        *(
            factories.staff(role)
            for role in ("prescriber", "prescriber", "healthcare_assistant", "patient_support", "privacy_officer")
        ),
    )

    @reasons.reason("a request", serves={Purpose.CARE, Purpose.PRESCRIBING}, told="your request")
    def involved(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
        return set(subjects) if actor.id in {made.prescriber.id, made.assistant.id, made.support.id} else set()

    yield made
