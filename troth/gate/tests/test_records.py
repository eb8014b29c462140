"""What was written below the gate is named, row by row (pitfalls B15)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import pytest
from django.db import connection

from bench.specimens.models import Person
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.models import Fact
from troth.gate.tests.conftest import LATER, Clinic, clinic, end_fact, note_allergies  # noqa: F401
from troth.ledger import records
from troth.ledger.names import Event
from troth.ledger.records import check_records
from troth.notice.purposes import Purpose


def kinds() -> set[tuple[str, str]]:
    return {(finding.reference.partition("/")[0], finding.kind) for finding in check_records()}


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_what_acts_wrote_is_found_in_order(clinic: Clinic) -> None:  # noqa: F811
    note_allergies(clinic.ann, "none", by=clinic.prescriber, at=LATER)
    end_fact(clinic.ann.subject_id, "contract", by=clinic.ann_self, at=LATER)
    assert check_records() == []


def test_yesterdays_ciphertext_put_back_is_named(clinic: Clinic) -> None:  # noqa: F811
    sql("CREATE TEMPORARY TABLE yesterday AS SELECT id, allergies FROM specimens_person")
    note_allergies(clinic.ann, "penicillin and latex", by=clinic.prescriber, at=LATER)
    sql(
        "UPDATE specimens_person SET allergies = (SELECT allergies FROM yesterday WHERE yesterday.id = specimens_person.id)"
    )
    assert kinds() == {("specimens.person", "changed")}


def test_an_act_in_the_middle_of_the_check_is_no_finding(
    clinic: Clinic,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Events are read first and rows after: what an act writes in between would look like tampering."""
    real, acts = records._stored, iter(["none", "latex"])

    def busy() -> Iterator[tuple[str, str]]:
        for words in islice(acts, 1):
            note_allergies(clinic.ann, words, by=clinic.prescriber, at=LATER)
        yield from real()

    monkeypatch.setattr(records, "_stored", busy)
    assert check_records() == []
    assert next(acts, None) is None
    sql("UPDATE specimens_person SET seen = 99")
    assert kinds() == {("specimens.person", "changed")}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE specimens_person SET seen = 99", ("specimens.person", "changed")),
        ("DELETE FROM specimens_name", ("specimens.name", "vanished")),
        ("DELETE FROM gate_fact WHERE kind = 'contract'", ("gate.fact", "vanished")),
        ("UPDATE gate_fact SET ended = since WHERE kind = 'contract'", ("gate.fact", "changed")),
    ],
)
def test_changes_by_sql_alone_are_named(clinic: Clinic, statement: str, found: tuple[str, str]) -> None:  # noqa: F811
    sql(statement)
    assert found in kinds()


def test_a_row_added_below_and_one_brought_back_are_named(clinic: Clinic) -> None:  # noqa: F811
    fact = Fact.objects.first()
    assert fact
    fact.pk = "0" * 32
    fact.save(force_insert=True)
    assert ("gate.fact", "added") in kinds()
    assert Person.objects.count() == 1


@act(Event.NOTE_CHANGED, purpose=Purpose.CARE)
def _note_twice(person: Person, *, takes_away: bool, by: Actor, at: datetime) -> None:
    """As one act that has another write, or take away, what it has just written."""
    row = Person.objects.get(pk=person.pk)
    row.seen = 1
    row.save(update_fields=["seen"])
    if takes_away:
        _take_away(person, by=by, at=at)
    else:
        note_allergies(person, "latex", by=by, at=at)


@act(Event.NOTE_CHANGED, purpose=Purpose.CARE)
def _take_away(person: Person, *, by: Actor, at: datetime) -> None:
    Person.objects.get(pk=person.pk).delete()


@pytest.mark.parametrize("takes_away", [False, True])
def test_what_an_inner_act_did_to_the_same_row_is_the_last_of_it(clinic: Clinic, takes_away: bool) -> None:  # noqa: F811
    _note_twice(clinic.ann, takes_away=takes_away, by=clinic.prescriber, at=LATER)
    assert check_records() == []
