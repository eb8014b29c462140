"""`troth rights` as a process of its own, on a clinic that was made through the front door."""

import json
import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.gate import actors
from troth.people import services as people
from troth.people.models import Contact
from troth.rights.tests.factories import PASSWORD, make_officer


@pytest.fixture
def clinic(committed_db: Home) -> Home:
    publish_pack()
    return committed_db


def patient() -> str:
    return people.register_patient(
        by=actors.NOBODY,
        at=timezone.now(),
        given_name="Maureen",
        family_name="Oddie",
        born_on=date(1971, 3, 9),
        email="maureen@oddie.example",
        telephone="07700 900 214",
        address="3 Tannery Row",
        postcode="NE46 1AA",
        password=PASSWORD,
    ).hex


def test_a_copy_is_written_for_its_reader_alone_and_says_that_it_is_in_the_clear(
    clinic: Home, run_troth, tmp_path: Path
) -> None:
    subject, officer = patient(), make_officer(at=timezone.now()).id.hex
    path = tmp_path / "copy.zip"
    given = ("rights", "export", "--subject", subject, "--by", officer, "--to", str(path))
    said = run_troth(*given, home=clinic)
    assert said.returncode == 0, said.stderr
    assert "in the clear" in said.stderr and "Maureen" not in said.stdout + said.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "3 Tannery Row" in zipfile.ZipFile(path).read("my-data.json").decode()
    again = run_troth(*given, home=clinic)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert run_troth("rights", "list", home=clinic).stdout == "No request waits.\n"


def test_an_erasure_is_shown_first_and_then_certified(clinic: Home, run_troth) -> None:
    subject, officer = patient(), make_officer(at=timezone.now()).id.hex
    given = ("rights", "erase", "--subject", subject, "--by", officer, "--json")
    shown = json.loads(run_troth(*given, home=clinic).stdout)
    assert "contact" in {each["category"] for each in shown["goes"]}
    assert Contact.objects.filter(subject_id=subject).exists()
    done = run_troth(*given, "--close-account", "--yes", home=clinic)
    assert done.returncode == 0, done.stderr
    assert "people.contact" in json.loads(done.stdout)["keys"]
    assert not Contact.objects.filter(subject_id=subject).exists()


@pytest.mark.parametrize("wrong", ["nobody", "patient", "support"])
def test_only_for_a_privacy_officer_and_for_people_who_exist(
    clinic: Home, run_troth, tmp_path: Path, wrong: str
) -> None:
    subject, support = patient(), make_officer("patient_support", at=timezone.now()).id.hex
    by = {"nobody": "x", "patient": subject, "support": support}[wrong]
    said = run_troth(
        "rights", "export", "--subject", subject, "--by", by, "--to", str(tmp_path / "copy.zip"), home=clinic
    )
    assert (said.returncode, "privacy officer" in said.stderr) == (2, True)
    unknown = run_troth("rights", "erase", "--subject", "0" * 32, "--by", by, home=clinic)
    assert (unknown.returncode, "no person of that id" in unknown.stderr) == (2, True)
    assert not (tmp_path / "copy.zip").exists()
