"""A clinic with real sign-ins: two patients, two prescribers, an assistant, support and finance. One request, passed on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.people.tests.factories import browser_of, make_patient, make_staff
from troth.prescribing import services as prescribing

PLANTED = (
    "sentinel-substance",
    "sentinel-medicine",
    "sentinel-answer",
    "sentinel-note",
    "sentinel-title",
    "sentinel-dose",
)


@dataclass
class Clinic:
    subject: UUID
    other: UUID
    request: UUID
    prescriber: UUID
    colleague: UUID
    assistant: UUID
    support: UUID
    finance: UUID
    at: datetime

    def actor(self, subject: UUID) -> Actor:
        """As they stand now."""
        return actors.person(subject, at=timezone.now())


@pytest.fixture
def clinic(notice_in_force: None) -> Iterator[Clinic]:
    at = timezone.now() - timedelta(hours=1)
    subject, other = (
        make_patient(at=at),
        make_patient(at=at, given_name="Petroc", family_name="Vane", email="petroc@vane.example"),
    )
    staff = [
        make_staff(role, at=at, name=name, email=f"{number}@clinic.example")
        for number, (role, name) in enumerate(
            (
                ("prescriber", "Dr Sorcha Dunleavy"),
                ("prescriber", "Dr Abel Quist"),
                ("healthcare_assistant", "Wren Tully"),
                ("patient_support", "Idris Marl"),
                ("finance", "Una Pell"),
            )
        )
    ]
    later = at + timedelta(minutes=1)
    asked = prescribing.request_treatment(
        subject,
        medicine="sentinel-medicine",
        answers=[{"question": "Do you smoke?", "answer": "sentinel-answer"}],
        by=actors.person(subject, at=later),
        at=later,
    )
    prescriber, colleague, assistant, support, finance = staff
    made = Clinic(subject, other, asked.pk, prescriber, colleague, assistant, support, finance, at=later)
    prescribing.assign_request(
        made.request, prescriber=made.prescriber, by=actors.person(made.support, at=later), at=later
    )
    yield made


@pytest.fixture
def signed_in(clinic: Clinic) -> Callable[[UUID], Client]:
    """A browser in which this person has signed in."""

    return browser_of
