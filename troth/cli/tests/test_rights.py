"""`troth rights` as a process of its own, on a clinic that was made through the front door."""

import json
import stat
import zipfile
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home
from troth.gate import actors
from troth.gate.actors import Actor
from troth.people import services as people
from troth.people.models import Contact
from troth.rights import services as rights
from troth.rights.models import Asked, RightsCase, Route, Waits
from troth.rights.rules.deceased import DeathShownBy
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


def asked_by_letter(subject: str, asked: Asked, officer: Actor, *, proof: str = "") -> UUID:
    at = timezone.now()
    given = {"name": "Bill", "email": "bill@oddie.example"} if asked is Asked.DECEASED else None
    (case,) = rights.take_in(
        UUID(subject), {asked}, words="Send it all", route=Route.LETTER, received_on=timezone.localdate(at), proof=proof,
        applicant=given, by=officer, at=at,
    )  # fmt: skip
    return case


def test_no_copy_is_written_before_it_is_settled_who_asked_for_it_and_then_it_answers_that_request(
    clinic: Home, run_troth, tmp_path: Path
) -> None:
    subject, officer = patient(), make_officer(at=timezone.now())
    case = asked_by_letter(subject, Asked.ACCESS, officer, proof="seen_document")
    given = ("rights", "export", "--subject", subject, "--by", officer.id.hex, "--to", str(tmp_path / "copy.zip"))
    refused = run_troth(*given, home=clinic)
    assert refused.returncode == 1 and "Proof was asked for" in refused.stderr and "[LAW-1.15]" in refused.stderr
    assert not (tmp_path / "copy.zip").exists() and RightsCase.objects.count() == 1
    at = timezone.now()
    rights.record_came(case, Waits.IDENTITY, on=timezone.localdate(at), by=officer, at=at)
    rights.judge_proof(case, Waits.IDENTITY, holds=True, words="A passport", by=officer, at=at)
    said = run_troth(*given, home=clinic)
    assert said.returncode == 0, said.stderr
    assert [(row.pk, row.state) for row in RightsCase.objects.all()] == [(case, "done")]


def test_nothing_is_erased_before_it_is_settled_who_asked_for_it(clinic: Home, run_troth) -> None:
    subject, officer = patient(), make_officer(at=timezone.now())
    asked_by_letter(subject, Asked.ERASURE, officer, proof="seen_document")
    said = run_troth("rights", "erase", "--subject", subject, "--by", officer.id.hex, "--yes", home=clinic)
    assert said.returncode == 1 and "Proof was asked for" in said.stderr, said.stdout + said.stderr
    assert Contact.objects.filter(subject_id=subject).exists()


def test_of_somebody_who_died_no_copy_is_written_and_nothing_is_erased(
    clinic: Home, run_troth, tmp_path: Path
) -> None:
    subject, officer = patient(), make_officer(at=timezone.now())
    case = asked_by_letter(subject, Asked.DECEASED, officer)
    at = timezone.now()
    rights.record_death(
        case, died_on=date(2026, 11, 2), shown_by=DeathShownBy.CERTIFICATE, seen="The certificate", by=officer, at=at
    )
    who = ("--subject", subject, "--by", officer.id.hex)
    said = run_troth("rights", "export", *who, "--to", str(tmp_path / "copy.zip"), home=clinic)
    assert said.returncode == 1 and "[LAW-4.10]" in said.stderr, said.stdout + said.stderr
    assert not (tmp_path / "copy.zip").exists()
    said = run_troth("rights", "erase", *who, "--yes", home=clinic)
    assert said.returncode == 1 and "[LAW-4.10]" in said.stderr, said.stdout + said.stderr
    assert Contact.objects.filter(subject_id=subject).exists()


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
