"""A patient with a request, two prescribers, an assistant, support and finance."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from troth.gate.actors import Actor
from troth.prescribing import services
from troth.records.tests import factories

ANSWERS: list[dict[str, Any]] = [{"question": "Do you smoke?", "answer": "sentinel-answer-no"}]


@dataclass
class Clinic:
    ann: Actor
    subject: UUID
    request: UUID
    prescriber: Actor
    colleague: Actor
    assistant: Actor
    support: Actor
    finance: Actor


def ask(by: Actor) -> UUID:
    """A request of this person's."""
    assert by.id
    return services.request_treatment(
        by.id, medicine="sentinel-medicine", answers=ANSWERS, by=by, at=factories.NOW
    ).pk


@pytest.fixture
def clinic(notice_in_force: None) -> Clinic:
    ann = factories.patient()
    assert ann.id
    return Clinic(
        ann,
        ann.id,
        ask(ann),
        *(
            factories.staff(role)
            for role in ("prescriber", "prescriber", "healthcare_assistant", "patient_support", "finance")
        ),
    )
