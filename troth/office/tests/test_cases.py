"""The office: an officer answers a request, nobody else gets in, and the list opens nothing."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.people import services as people
from troth.people.models import Identity
from troth.people.tests.factories import browser_of
from troth.rights import services
from troth.rights.models import ErasureCertificate, RightsCase
from troth.rights.tests.conftest import _quick_hashes, clinic  # noqa: F401 - fixtures
from troth.rights.tests.factories import PASSWORD, make_officer


def ask(given: str = "Maureen", email: str = "maureen@oddie.example") -> tuple[actors.Actor, str]:
    at = timezone.now()
    subject = people.register_patient(
        by=actors.NOBODY,
        at=at,
        given_name=given,
        family_name="Oddie",
        born_on=date(1971, 3, 9),
        email=email,
        telephone="07700 900 214",
        address="3 Tannery Row",
        postcode="NE46 1AA",
        password=PASSWORD,
    )
    person = actors.person(subject, at=at)
    return person, str(services.ask_erasure(subject, by=person, at=at, words="Forget <i>me</i>"))


def signed_in(email: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def officer(clinic: Home) -> Client:  # noqa: F811
    who = make_officer(at=timezone.now()).id
    assert who is not None
    return browser_of(who)


def test_the_list_opens_nobodys_data(officer: Client) -> None:
    person, case = ask()
    before = LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count()
    page = officer.get("/office/").content.decode()
    assert f"/office/cases/{case}/" in page and "Oddie" not in page
    assert LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count() == before


def test_an_officer_reads_decides_and_gets_the_certificate(officer: Client) -> None:
    person, case = ask()
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Forget &lt;i&gt;me&lt;/i&gt;" in page and "A request about their data" in page
    assert officer.get(f"/office/cases/{case}/history/").status_code == 200
    assert officer.post(f"/office/cases/{case}/", {}).status_code == 422
    answer = officer.post(f"/office/cases/{case}/", {"extent": "everything"})
    assert answer.status_code == 302
    assert "Gone" in officer.get(answer.headers["Location"]).content.decode()
    assert not Identity.objects.filter(subject_id=person.id).exists()
    assert (
        officer.post(f"/office/cases/{case}/", {"extent": "everything"}).headers["Location"]
        == answer.headers["Location"]
    )
    assert ErasureCertificate.objects.filter(case_id=case).count() == 1


def test_other_roles_and_patients_stay_out(clinic: Home) -> None:  # noqa: F811
    _, case = ask()
    support = make_officer("patient_support", at=timezone.now()).id
    assert support is not None
    for client in (browser_of(support), signed_in("maureen@oddie.example")):
        for path in ("/office/", f"/office/cases/{case}/", f"/office/cases/{case}/history/"):
            assert client.get(path).status_code == 403
        assert client.post(f"/office/cases/{case}/", {"extent": "everything"}).status_code == 403
    assert RightsCase.objects.get(pk=case).state == "asked"
