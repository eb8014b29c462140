"""Who takes part in the benchmarks: a prescriber, and people booked with them. Made in acts, like anyone."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bench.ground import card_values
from bench.site.middleware import key_of
from bench.site.models import BenchSession, Booking, Permission
from bench.specimens.models import Card, PlainCard, PlainSubject
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, new_subject
from troth.gate.models import Fact, FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.models import Subject, SubjectKind


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF)
def hire(role: str, *, by: Actor, at: datetime) -> UUID:
    """A member of staff with one role."""
    made = new_subject(SubjectKind.STAFF)
    facts.record(made.id, FactKind.ROLE, at=at, value=role)
    return made.id


@act(Event.PERSON_REGISTERED, purpose=Purpose.REGISTRATION)
def register(*, by: Actor, at: datetime) -> UUID:
    """A patient who was given the notice and has an agreement: what a reading for care asks of them."""
    made = new_subject(SubjectKind.PATIENT)
    facts.record(made.id, FactKind.NOTICE_GIVEN, at=at, value="1")
    facts.record(made.id, FactKind.CONTRACT, at=at)
    return made.id


@act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
def save_card(subject: UUID, number: int, *, by: Actor, at: datetime) -> Card:
    """One card of six sealed fields."""
    card = Card(subject_id=subject, **card_values(number))
    card.save()
    return card


def prescriber(at: datetime) -> Actor:
    """Someone who may look after people."""
    return actors.person(hire("prescriber", by=actors.NOBODY, at=at), at=at)


def booked_people(count: int, *, by: Actor, at: datetime) -> list[UUID]:
    """People booked with that actor, and the same in plain."""
    people = [register(by=actors.NOBODY, at=at) for _ in range(count)]
    Booking._default_manager.bulk_create(Booking(practitioner=by.id, subject=subject) for subject in people)
    PlainSubject._default_manager.bulk_create(PlainSubject(id=subject) for subject in people)
    return people


def registered_below(count: int, *, by: Actor, at: datetime) -> list[UUID]:
    """So many people as `register` and a booking leave them, filled in below the acts, since ten thousand acts take minutes."""
    made = [Subject(kind=SubjectKind.PATIENT) for _ in range(count)]
    Subject.objects.bulk_create(made)
    Booking._default_manager.bulk_create([Booking(practitioner=by.id, subject=subject.id) for subject in made])
    rows = []
    for subject in made:
        for kind, value in ((FactKind.NOTICE_GIVEN, "1"), (FactKind.CONTRACT, "")):
            columns = (
                uuid4().hex,
                subject.id.hex,
                str(kind),
                "",
                value,
                "",
                facts.micros(at),
                None,
                None,
                by.reference,
            )
            rows.append(Fact(**dict(zip(facts._COLUMNS.split(", "), (*columns, facts._mark(columns)), strict=True))))
    Fact.objects.bulk_create(rows)
    return [subject.id for subject in made]


def plain_card(subject: UUID, number: int, *, at: datetime, by: str) -> PlainCard:
    """The baseline of a card, not saved."""
    return PlainCard(
        id=uuid4(),
        subject_id=subject,
        recorded_at=at,
        recorded_by=by,
        changed_at=at,
        changed_by=by,
        **card_values(number),
    )


def signed_in(actor: Actor, *, at: datetime) -> str:
    """A session of both halves, and the permission row of the plain one. Gives the cookie."""
    cookie = secrets.token_urlsafe(32)
    BenchSession._default_manager.create(id=key_of(cookie), subject=actor.id, expires_at=at + timedelta(hours=12))
    Permission._default_manager.create(person=actor.id, role="prescriber")
    return cookie
