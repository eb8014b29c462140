"""What a search reads past the rows: the same checks, the same refusals, the same traces."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connections

from bench.specimens.models import Name, Person
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.reasons import FindReason
from troth.gate.refusals import Refused
from troth.gate.tests.conftest import LATER, NOW, Clinic, clinic, register  # noqa: F401
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.vault import keystore, search
from troth.vault.errors import Damaged, SealedMisuse, Unopened
from troth.vault.models import Subject

FIND = search.by_name("specimen_name")


def make(name: str, born_on: date | None = None) -> UUID:
    subject = Subject.objects.create(kind="patient")
    register(subject.id, by=actors.enquirer(subject.id), at=NOW, name=name, born_on=born_on)
    return subject.id


def finding(by: actors.Actor) -> processing:
    return processing(Purpose.FIND, by=by, at=LATER, find_reason=FindReason.ON_THE_TELEPHONE)


def test_candidates_are_read_as_their_rows_would_be(clinic: Clinic) -> None:  # noqa: F811
    ann, bee = make("Ánna Lee", date(1980, 2, 29)), make("Annabel Bee")
    with finding(clinic.support) as opened:
        found = opened.scan_fields(Name, ["name", "born_on"], search.candidate_subjects(FIND, "ann"))
        opened.shown([], discarded=len(found))
    assert {(ann.hex, "Ánna Lee", date(1980, 2, 29)), (bee.hex, "Annabel Bee", None)} <= set(found)
    assert len(found) == 3  # and the Ann of the clinic


def test_whoever_was_scanned_is_recorded_unless_it_is_said_who_is_shown(clinic: Clinic) -> None:  # noqa: F811
    seen, passed = make("Ottoline"), make("Ottokar")
    with finding(clinic.support) as opened:
        opened.scan_fields(Name, ["name"], [seen.hex, passed.hex])
        opened.shown([seen], discarded=1)
    assert set(LedgerEvent.objects.filter(event="gate:opened").values_list("subject", flat=True)) == {seen.hex}
    with finding(clinic.support) as opened:
        opened.scan_fields(Name, ["name"], [passed.hex])
    assert passed.hex in LedgerEvent.objects.filter(event="gate:opened").values_list("subject", flat=True)


def test_only_find_may_scan_and_only_what_find_covers(clinic: Clinic) -> None:  # noqa: F811
    subject = clinic.ann.subject_id.hex
    with processing(Purpose.CARE, by=clinic.prescriber, at=LATER) as opened, pytest.raises(ValueError, match="find"):
        opened.scan_fields(Name, ["name"], [subject])
    with pytest.raises(Refused), finding(clinic.support) as opened:
        opened.scan_fields(Person, ["allergies"], [subject])
    with pytest.raises(Refused), finding(clinic.ann_self) as opened:
        opened.scan_fields(Name, ["name"], [subject])


def test_a_closed_context_scans_nothing(clinic: Clinic) -> None:  # noqa: F811
    with finding(clinic.support) as opened:
        pass
    with pytest.raises(Unopened):
        opened.scan_fields(Name, ["name"], [clinic.ann.subject_id.hex])


def test_open_columns_are_not_scanned(clinic: Clinic) -> None:  # noqa: F811
    with pytest.raises((Refused, SealedMisuse)), finding(clinic.support) as opened:
        opened.scan_fields(Name, ["recorded_by"], [clinic.ann.subject_id.hex])


@pytest.mark.parametrize("table", ["data", "keys"])
def test_what_was_swapped_between_people_does_not_open(clinic: Clinic, table: str) -> None:  # noqa: F811
    one, other = make("Wilhelmina"), make("Wilfred")
    if table == "data":
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT name FROM specimens_name WHERE subject_id = %s",
                [Name.subject.field.get_db_prep_value(one, connections["default"])],
            )
            blob = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE specimens_name SET name = %s WHERE subject_id = %s",
                [blob, Name.subject.field.get_db_prep_value(other, connections["default"])],
            )
    else:
        with connections["keys"].cursor() as cursor:
            cursor.execute(
                "SELECT wrapped FROM vault_datakey WHERE subject = %s AND compartment = 'specimens.names'", [one.hex]
            )
            wrapped = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE vault_datakey SET wrapped = %s WHERE subject = %s AND compartment = 'specimens.names'",
                [wrapped, other.hex],
            )
    with finding(clinic.support) as opened:
        assert opened.scan_fields(Name, ["name"], [one.hex]) == [(one.hex, "Wilhelmina")]
        with pytest.raises(Damaged):
            opened.scan_fields(Name, ["name"], [other.hex])


def test_whose_key_is_gone_is_not_found(clinic: Clinic) -> None:  # noqa: F811
    gone = make("Zebedee")
    keystore.destroy(gone, ["specimens.names"])
    with finding(clinic.support) as opened:
        assert opened.scan_fields(Name, ["name"], search.candidate_subjects(FIND, "zeb")) == []
