"""What is passed on is asked for first, written down with it, and read by whom it is about."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.people.tests.factories import LATER, PASSWORD, make_patient, make_staff
from troth.prescribing import services as prescribing
from troth.sharing import selectors, services
from troth.sharing.models import Disclosure
from troth.sharing.rules import NotNamed
from troth.vault.categories import Category

KINDS = (Category.IDENTITY, Category.HEALTH)


@pytest.fixture
def clinic(notice_in_force: None):
    patient = make_patient(email="maureen@oddie.example", password=PASSWORD)
    prescriber = make_staff("prescriber", at=LATER, name="Dr Sorcha Dunleavy", email="s@clinic.example")
    support = make_staff("patient_support", at=LATER, name="Kit", email="k@clinic.example")
    person = actors.person(patient, at=LATER)
    request = prescribing.request_treatment(patient, medicine="x", answers=[], by=person, at=LATER)
    prescribing.assign_request(request.pk, prescriber=prescriber, by=actors.person(support, at=LATER), at=LATER)
    return patient, prescriber, support


def pass_on(patient, who, *, recipient: str = "pharmacy", purpose: Purpose = Purpose.PRESCRIBING) -> None:
    services.record_disclosure(
        patient,
        recipient=recipient,
        purpose=purpose,
        categories=KINDS,
        what="sentinel-prescription",
        by=actors.person(who, at=LATER),
        at=LATER,
    )


def browser_of(patient) -> Client:
    client = Client()
    client.cookies["troth_session"] = people.sign_in(
        patient, by=actors.person(patient, at=LATER), at=LATER, device="tests"
    )
    return client


def test_no_one_so_far_is_derived_and_becomes_a_name(clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: LATER)
    patient, prescriber, _ = clinic
    page = browser_of(patient).get("/my-data/").content.decode()
    assert "No one so far" in page and "Harbottle" not in page
    pass_on(patient, prescriber)
    page = browser_of(patient).get("/my-data/").content.decode()
    assert (
        "Harbottle Dispensing Ltd" in page
        and "sentinel-prescription" in page
        and "company or person we passed it to" in page
    )
    with processing(Purpose.RIGHTS, by=actors.person(patient, at=LATER), at=LATER) as opened:
        (passed,) = selectors.list_disclosures(patient, opened)
    assert (passed.who, passed.kinds) == ("Harbottle Dispensing Ltd", (Category.HEALTH, Category.IDENTITY))
    assert passed.at.astimezone(UTC) == LATER and isinstance(passed.at, datetime)


def test_the_ledger_names_who_passed_it_on_and_for_what(clinic) -> None:
    patient, prescriber, _ = clinic
    pass_on(patient, prescriber)
    written = LedgerEvent.objects.get(event="sharing:written")
    assert (written.actor, written.on_behalf_of, written.subject) == ("disclosure-log", prescriber.hex, patient.hex)


def test_nothing_goes_to_whom_the_notice_does_not_name(clinic) -> None:
    patient, prescriber, _ = clinic
    with pytest.raises(NotNamed):
        pass_on(patient, prescriber, recipient="lawyers")
    assert not Disclosure.objects.exists()


def test_who_may_not_disclose_passes_nothing_on(clinic) -> None:
    patient, prescriber, support = clinic
    with pytest.raises(Refused):
        pass_on(patient, support)
    other = make_patient(email="petroc@vane.example", password=PASSWORD)
    with pytest.raises(Refused):
        pass_on(other, prescriber)  # nothing connects them
    assert not Disclosure.objects.exists()
