"""What a person may move: what they gave or what was measured, by consent or contract, in three forms, and no opinion."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from bench.specimens.models import Note
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.rights.selectors import porting
from troth.rights.tests.factories import LATER, make_officer, make_patient, write
from troth.vault.categories import Category

SOON = LATER + timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("notice_in_force")


def take(person, *, of=None) -> zipfile.ZipFile:
    with processing(Purpose.RIGHTS, Action.EXPORT, by=person, at=SOON) as opened:
        made = porting.make_portable(of or person.id, opened, at=SOON)
    return zipfile.ZipFile(io.BytesIO(b"".join(made.pieces())))


def test_what_they_gave_and_what_was_measured_goes_in_three_forms_and_no_opinion() -> None:
    ann, bob = make_patient(), make_patient(email="bob@oddie.example")
    write(Note(subject_id=ann.id, text="ann-told-us"), by=ann, at=LATER)
    write(Note(subject_id=bob.id, text="bob-told-us"), by=bob, at=LATER)
    observation = apps.get_model("records", "Observation")
    write(
        observation(
            subject_id=ann.id,
            measure="weight",
            value=Decimal("84.2"),
            taken_on=date(2026, 11, 3),
            source="clinic",
            release="released",
        ),
        by=ann,
        at=LATER,
    )
    archive = take(ann)
    assert sorted(archive.namelist()) == ["my-data.csv", "my-data.fhir.json", "my-data.json"]
    document = json.loads(archive.read("my-data.json"))
    assert {"people.identity", "people.contact", "records.observation"} <= {each["type"] for each in document["held"]}
    bundle = json.loads(archive.read("my-data.fhir.json"))
    resources = {each["resource"]["resourceType"]: each["resource"] for each in bundle["entry"]}
    assert bundle["resourceType"] == "Bundle" and resources["Patient"]["birthDate"]
    assert resources["Observation"]["valueQuantity"]["value"] == 84.2
    assert resources["Observation"]["code"]["coding"][0]["code"] == "29463-7"
    rows = list(csv.reader(io.StringIO(archive.read("my-data.csv").decode("utf-8-sig"))))
    assert any("84.2" in row for row in rows)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"bob-told-us" not in everything and bob.id.hex.encode() not in everything


def test_the_kinds_are_those_that_the_notice_uses_by_consent_or_contract() -> None:
    register = notices.register_in_force(SOON)
    movable = porting.kinds_to_move(register)
    assert {Category.CONTACT, Category.HEALTH} <= movable and Category.RIGHTS not in movable
    assert Category.NETWORK not in movable


@pytest.mark.parametrize(
    ("source", "own", "provided"),
    [("You told us", True, True), ("They told us", False, True), ("Seen or measured here", False, False)],
)
def test_what_counts_as_provided(source: str, own: bool, provided: bool) -> None:
    thing = type("Thing", (), {"source": source, "by_themself": own, "model": "records.clinicalnote"})()
    assert porting.is_provided(thing) is provided


def test_nobody_moves_anothers() -> None:
    ann, officer = make_patient(), make_officer()
    with pytest.raises(Refused):
        take(officer, of=ann.id)
