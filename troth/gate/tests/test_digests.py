"""What an act's event says of a row is what lies in the table, however the row was saved: else an honest row looks changed."""

from collections.abc import Callable

import pytest

from bench.specimens.models import Person
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.tests.conftest import LATER, Clinic
from troth.ledger.names import Event
from troth.ledger.records import check_records
from troth.notice.purposes import Purpose


@act(Event.NOTE_WRITTEN, purpose=Purpose.CARE)
def change(way: Callable[[Person], object], row: Person, *, by: Actor, at: object) -> None:
    way(row)


def in_part(row: Person) -> None:
    row.allergies, row.seen = "latex", 9
    row.save(update_fields=["allergies"])


def not_loaded_whole(row: Person) -> None:
    part = Person.objects.only("subject", "seen").get(pk=row.pk)
    part.seen = 4
    part.save()


def changed_after_it_was_saved(row: Person) -> None:
    row.allergies = "latex"
    row.save()
    row.seen, row.allergies = 12, "never stored"


def twice(row: Person) -> None:
    for allergies in ("latex", "nickel"):
        row.allergies = allergies
        row.save()


def update_or_create(row: Person) -> None:
    Person.objects.update_or_create(subject_id=row.subject_id, defaults={"seen": 6, "allergies": "latex"})


@pytest.mark.parametrize("way", [in_part, not_loaded_whole, changed_after_it_was_saved, twice, update_or_create])
def test_the_event_holds_the_digest_of_the_row_as_stored(clinic: Clinic, way: Callable[[Person], object]) -> None:
    change(way, clinic.ann, by=clinic.prescriber, at=LATER)
    assert [found for found in check_records() if found.reference == clinic.ann.reference] == []


def test_a_row_saved_in_part_is_stamped_by_who_saved_it(clinic: Clinic) -> None:
    change(in_part, clinic.ann, by=clinic.prescriber, at=LATER)
    stored = Person.objects.get(pk=clinic.ann.pk)
    assert (stored.changed_by, stored.changed_at, stored.seen) == (clinic.prescriber.id.hex, LATER, 0)
