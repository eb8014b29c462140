"""A wellness clinic: a patient and another, two practitioners with hours, reception, a manager and marketing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from conftest import publish_pack
from troth.diary import services
from troth.gate import actors
from troth.gate.actors import Actor
from troth.people.tests.factories import make_patient, make_staff

#: A Monday, half past eight in London.
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TEN = NOW.replace(hour=10, minute=0)
ALL_WEEK = dict.fromkeys(range(6), (36, 72))  # nine to six


@dataclass
class Clinic:
    ann: UUID
    bob: UUID
    cass: UUID
    orla: UUID
    dev: UUID
    reception: UUID
    manager: UUID
    marketing: UUID
    finance: UUID
    administrator: UUID
    short: UUID
    long: UUID

    def actor(self, who: UUID, at: datetime = NOW) -> Actor:
        return actors.person(who, at=at)

    def book(
        self, subject: UUID, practitioner: UUID, starts: datetime, *, long: bool = False, at: datetime = NOW
    ) -> UUID:
        """As the person does it."""
        return services.book(
            subject,
            practitioner=practitioner,
            service=self.long if long else self.short,
            starts_at=starts,
            note="sentinel-note",
            by=self.actor(subject, at),
            at=at,
        )


def open_clinic(at: datetime = NOW - timedelta(days=30)) -> Clinic:
    """Everybody, and two services."""
    staff = [
        make_staff(role, at=at, name=name, email=f"{number}@clinic.example")
        for number, (role, name) in enumerate(
            (
                ("practitioner", "Orla Pettifer"),
                ("practitioner", "Dev Marlowe"),
                ("receptionist", "Callum Hythe"),
                ("clinic_manager", "Ruth Penn"),
                ("marketing", "Sol Brack"),
                ("finance", "Una Pell"),
            )
        )
    ]
    administrator = make_staff("administrator", at=at, email="admin@clinic.example")
    setup = actors.person(administrator, at=at)
    for practitioner in staff[:2]:
        services.set_hours(practitioner, hours=ALL_WEEK, by=setup, at=at)
    manager = actors.person(staff[3], at=at)
    return Clinic(
        make_patient(at=at),
        make_patient(at=at, given_name="Petroc", family_name="Vane", email="petroc@vane.example"),
        make_patient(at=at, given_name="Cass", family_name="Quill", email="cass@quill.example"),
        *staff,
        administrator,
        services.offer_service(name="sentinel-short", minutes=30, by=manager, at=at),
        services.offer_service(name="sentinel-long", minutes=60, by=manager, at=at),
    )


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic()
