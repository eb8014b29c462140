"""People of a small clinic for the tests of rooms on the record. Everything is made by acts, as pages would."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, new_subject
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.models import Subject, SubjectKind

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def _register(subject: UUID, *, by: Actor, at: datetime) -> None:
    facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value="1")
    facts.record(subject, FactKind.CONTRACT, at=at)


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF)
def _hire(role: str, *, by: Actor, at: datetime) -> UUID:
    made = new_subject(SubjectKind.STAFF)
    facts.record(made.id, FactKind.ROLE, at=at, value=role)
    return made.id


@act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
def record_fact(subject: UUID, kind: FactKind, *, by: Actor, at: datetime) -> None:
    facts.record(subject, kind, at=at)


@act(Event.FACT_ENDED, purpose=Purpose.RIGHTS)
def end_fact(subject: UUID, kind: FactKind, *, by: Actor, at: datetime) -> None:
    facts.end(subject, kind, at=at)


def patient(*, at: datetime = NOW) -> Actor:
    """Someone who registered and has an agreement with the clinic."""
    subject = Subject.objects.create(kind=SubjectKind.PATIENT)
    _register(subject.id, by=actors.enquirer(subject.id), at=at)
    return actors.person(subject.id, at=at + timedelta(seconds=1))


def staff(role: str, *, at: datetime = NOW) -> Actor:
    """Someone with one role."""
    return actors.person(_hire(role, by=actors.NOBODY, at=at), at=at + timedelta(seconds=1))
