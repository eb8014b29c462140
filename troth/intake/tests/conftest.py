"""Two patients of the online clinic, and answers by which nothing is found."""

from typing import Any
from uuid import UUID

import pytest

from troth.gate.actors import Actor
from troth.intake import services
from troth.rights.tests.factories import LATER, make_patient

#: For hair loss.
FINE: dict[str, Any] = {
    "sex": "male",
    "where": "crown",
    "how": "slowly",
    "scalp": False,
    "serious": ["none"],
    "mood": False,
    "sexual": False,
    "partner": False,
    "psa": False,
    "warned": True,
    "takes-medicines": False,
    "allergy": False,
    "understands": True,
}


def begin(by: Actor, treatment: str = "hair-loss") -> UUID:
    """Answers that this person begins."""
    assert by.id
    return services.start_answers(by.id, treatment, by=by, at=LATER)


@pytest.fixture
def ann(notice_in_force: None) -> Actor:
    return make_patient()


@pytest.fixture
def bob(notice_in_force: None) -> Actor:
    return make_patient(given_name="Petroc", email="petroc@vane.example")
