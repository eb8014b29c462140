"""A clinic of two: a prescriber with a reason to see Ann, a receptionist, and Ann herself."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bench.specimens.models import Name, Person
from troth.gate import actors, facts, reasons
from troth.gate.actors import Actor
from troth.gate.acts import act, new_subject
from troth.gate.models import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.models import Subject, SubjectKind

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
booked_with: dict[UUID, set[UUID]] = {}


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def register(subject_id: UUID, *, by: Actor, at: datetime, version: str = "1", **fields: object) -> Name:
    facts.record(subject_id, FactKind.NOTICE_GIVEN, at=at, value=version)
    facts.record(subject_id, FactKind.CONTRACT, at=at)
    return Name.objects.create(subject_id=subject_id, **fields)


@act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
def note_allergies(person: Person, text: str, *, by: Actor, at: datetime) -> None:
    person.allergies = text
    person.save()


@act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
def record_fact(subject: UUID, kind: FactKind, *, by: Actor, at: datetime, **more: object) -> None:
    facts.record(subject, kind, at=at, **more)


@act(Event.FACT_ENDED, purpose=Purpose.RIGHTS)
def end_fact(subject: UUID, kind: FactKind, *, by: Actor, at: datetime, **more: object) -> int:
    return facts.end(subject, kind, at=at, **more)


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF)
def hire(role: str, *, by: Actor, at: datetime) -> Subject:
    made = new_subject(SubjectKind.STAFF)
    facts.record(made.id, FactKind.ROLE, at=at, value=role)
    return made


@dataclass
class Clinic:
    ann: Person
    ann_name: Name
    ann_self: Actor
    prescriber: Actor
    support: Actor
    officer: Actor


@pytest.fixture
def clinic(notice_in_force: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    monkeypatch.setattr(reasons, "_reasons", [known for known in reasons._reasons if known.label == "an emergency"])
    booked_with.clear()

    @reasons.reason("a booking", serves={Purpose.CARE, Purpose.PRESCRIBING}, told="your booking")
    def booked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
        assert actor.id
        return booked_with.get(actor.id, set()) & set(subjects)

    ann = make_person("Ann Lee", allergies="penicillin")
    staff = {
        role: actors.person(hire(role, by=actors.NOBODY, at=NOW).id, at=LATER)
        for role in ("prescriber", "patient_support", "privacy_officer")
    }
    booked_with[staff["prescriber"].id] = {ann.subject_id}
    yield Clinic(
        ann,
        Name.objects.get(subject=ann.subject),
        actors.person(ann.subject_id, at=LATER),
        staff["prescriber"],
        staff["patient_support"],
        staff["privacy_officer"],
    )


def make_person(name: str, *, allergies: str | None = None, at: datetime = NOW) -> Person:
    subject = Subject.objects.create(kind="patient")
    register(subject.id, by=actors.enquirer(subject.id), at=at, name=name)
    return Person.objects.get(pk=ask(subject.id, allergies, by=actors.enquirer(subject.id), at=at).pk)


@act(Event.TREATMENT_REQUESTED, purpose=Purpose.PRESCRIBING)
def ask(subject: UUID, allergies: str | None, *, by: Actor, at: datetime) -> Person:
    return Person.objects.create(subject_id=subject, allergies=allergies)
