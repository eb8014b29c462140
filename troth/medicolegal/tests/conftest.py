"""An agency: two solicitors, an insurer, two handlers, two experts, a clerk and the complaints handler."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from conftest import publish_pack
from troth.gate import actors
from troth.gate.actors import Actor
from troth.medicolegal import services
from troth.medicolegal.models import Stage
from troth.medicolegal.rules import PARTS, STATEMENTS
from troth.people.tests.factories import make_staff

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
INSTRUCTION: dict[str, Any] = {
    "given_name": "Maureen",
    "family_name": "Oddie",
    "born_on": date(1971, 3, 9),
    "email": "maureen@oddie.example",
    "telephone": "07700 900 214",
    "address": "3 Tannery Row, Hexham",
    "postcode": "NE46 1AA",
    "reference": "sentinel-reference",
    "accident_on": date(2026, 8, 1),
    "accident": "sentinel-accident",
    "questions": "sentinel-question",
    "told": True,
}


REPORT: dict[str, str] = {part: f"sentinel-{part.replace('_', '-')}" for part in PARTS}


@dataclass
class Agency:
    solicitor: UUID
    other_solicitor: UUID
    insurer: UUID
    handler: UUID
    other_handler: UUID
    expert: UUID
    other_expert: UUID
    clerk: UUID
    complaints: UUID
    administrator: UUID

    def actor(self, who: UUID, at: datetime = NOW) -> Actor:
        return actors.person(who, at=at)

    def instruct(self, *, at: datetime = NOW, **other: Any) -> UUID:
        return services.instruct(by=self.actor(self.solicitor, at), at=at, **{**INSTRUCTION, **other})


def examined(agency: Agency, **other: Any) -> UUID:
    """A case whose claimant was examined a week after the instruction."""
    case = agency.instruct(**other)
    at = other.get("at", NOW)
    handler, after = agency.actor(agency.handler, at), at + timedelta(days=8)
    services.accept(case, by=handler, at=at)
    services.book_examination(case, expert=agency.expert, when=at + timedelta(days=7), by=handler, at=at)
    services.advance(case, to=Stage.EXAMINED, by=agency.actor(agency.expert, after), at=after)
    return case


def signed(agency: Agency, case: UUID, at: datetime) -> None:
    """Its expert writes the whole report and signs it."""
    expert = agency.actor(agency.expert, at)
    services.write_report(case, parts=REPORT, stated=list(STATEMENTS), by=expert, at=at)
    services.sign_report(case, by=expert, at=at)


ROLES = {"solicitor": "instructing_solicitor", "insurer": "insurer_contact", "handler": "case_handler"}
ROLES |= {"expert": "medical_expert", "clerk": "records_clerk", "complaints": "complaints_handler"}


def open_agency(at: datetime = NOW - timedelta(days=60)) -> Agency:
    """Everybody, by their place."""
    made = {}
    for number, field in enumerate(fields(Agency)):
        name = field.name.removeprefix("other_")
        made[field.name] = make_staff(
            ROLES.get(name, name), at=at, name=field.name.title(), email=f"{number}@agency.example"
        )
    return Agency(**made)


@pytest.fixture
def agency(db: None) -> Agency:
    publish_pack("medico-legal")
    return open_agency()
