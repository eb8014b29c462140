"""Many people at once, and acts inside open contexts: quicker, and never by asking less than must be asked."""

from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bench.specimens.models import Card, Person
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.models import FactKind
from troth.gate.refusals import Refused
from troth.gate.tests.conftest import LATER, Clinic, booked_with, make_person, note_allergies, record_fact
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.notice.purposes import Purpose


@act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
def write_cards(subjects: list[UUID], *, by: Actor, at: object) -> None:
    Card.objects.bulk_create([Card(subject_id=subject, name="x") for subject in subjects])


def known_people(clinic: Clinic, count: int) -> list[UUID]:
    made = [make_person(f"Person {number}").subject_id for number in range(count)]
    booked_with[clinic.prescriber.id] |= set(made)
    return made


def test_an_act_inside_a_context_reads_the_facts_anew(clinic: Clinic) -> None:
    with pytest.raises(Refused), processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        opened.require(clinic.ann.subject_id)
        record_fact(clinic.ann.subject_id, FactKind.RESTRICTION, by=clinic.officer, at=LATER)
        note_allergies(clinic.ann, "none", by=clinic.prescriber, at=LATER)


def test_an_act_inside_a_context_keeps_its_reason(clinic: Clinic) -> None:
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        opened.admit([clinic.ann])
        note_allergies(clinic.ann, "latex", by=clinic.prescriber, at=LATER)
    assert LedgerEvent.objects.get(event=Event.NOTE_WRITTEN, actor=clinic.prescriber.id.hex).reason == "a booking"


def test_the_reason_of_another_actor_or_purpose_is_not_kept(clinic: Clinic) -> None:
    with pytest.raises(Refused), processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        opened.admit([clinic.ann])
        other = actors.person(clinic.support.id, at=LATER)
        note_allergies(Person.objects.get(pk=clinic.ann.pk), "latex", by=other, at=LATER)


def test_a_bulk_write_asks_about_its_people_at_once(clinic: Clinic) -> None:
    counts = []
    for count in (10, 40):  # PostgreSQL takes fewer than eight events by INSERT, more by COPY
        people = known_people(clinic, count)
        with CaptureQueriesContext(connections["default"]) as data:
            write_cards(people, by=clinic.prescriber, at=LATER)
        counts.append(len([query for query in data.captured_queries if "INSERT INTO" not in query["sql"]]))
    assert counts[0] == counts[1]


def test_one_stranger_among_many_stops_the_whole_bulk_write(clinic: Clinic) -> None:
    people = [*known_people(clinic, 5), make_person("Nobody's patient").subject_id]
    with pytest.raises(Refused):
        write_cards(people, by=clinic.prescriber, at=LATER)
    assert not Card.objects.filter(subject_id__in=people).exists()


def test_one_restricted_among_people_alike_is_withheld(clinic: Clinic) -> None:
    people = known_people(clinic, 6)
    record_fact(people[3], FactKind.RESTRICTION, by=clinic.officer, at=LATER)
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened:
        admitted, withheld = opened.admit(people)
    assert (set(withheld), admitted) == ({people[3]}, [*people[:3], *people[4:]])
