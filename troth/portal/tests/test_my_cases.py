"""A claimant's own case: read the report first, say that it is right or what is wrong, and see that it went."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from conftest import publish_pack
from troth.gate import actors
from troth.ledger.models import LedgerEvent
from troth.medicolegal import services
from troth.medicolegal.models import Case, Stage
from troth.medicolegal.tests.conftest import Agency, examined, open_agency, signed
from troth.people import services as people
from troth.people.tests.factories import LATER

BEGUN = LATER - timedelta(days=20)


@pytest.fixture
def agency(db: None, settings: Any) -> Agency:
    settings.TROTH_PACK = "medico-legal"
    publish_pack("medico-legal")
    return open_agency(BEGUN - timedelta(days=30))


def claimant_of(case: UUID) -> UUID:
    found: UUID = Case.objects.get(pk=case).subject_id
    return found


def window(subject: UUID, at: datetime = LATER) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    cookie = people.sign_in(subject, by=actors.person(subject, at=at), at=at, device="tests")
    client.cookies["troth_session"] = cookie
    return client


def test_the_claimant_reads_it_first_and_sees_that_it_went(agency: Agency) -> None:
    case = examined(agency, at=BEGUN)
    other = examined(agency, at=BEGUN, given_name="Petroc", email="p@vane.example")
    claimant, path = window(claimant_of(case)), reverse("my_report", args=[case])
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    assert "No report is signed yet" in claimant.get(path).content.decode()
    for each in (case, other):
        signed(agency, each, BEGUN + timedelta(days=9))
    home = claimant.get(reverse("my_home")).content.decode()
    assert path in home and "The report about you is signed" in home
    page = claimant.get(path).content.decode()
    assert "sentinel-opinion" in page and "sentinel-question" not in page
    theirs = claimant.get(reverse("my_report", args=[other]))
    assert theirs.status_code == 403 and "sentinel" not in theirs.content.decode()
    assert claimant.post(path, {"right": "yes"}).status_code == 302
    assert Case.objects.get(pk=case).stage == Stage.CHECKED
    services.release_report(case, by=agency.actor(agency.handler, LATER), at=LATER)
    assert "The solicitors who instructed us" in claimant.get(reverse("my_data")).content.decode()
    assert "went to who asked for it" in claimant.get(reverse("my_cases")).content.decode()
    again = claimant.post(path, {"right": "yes"})
    assert again.status_code == 422 and "does not go" in again.content.decode()


def test_what_is_wrong_goes_back_to_the_expert(agency: Agency) -> None:
    case = examined(agency, at=BEGUN)
    signed(agency, case, BEGUN + timedelta(days=9))
    claimant, path = window(claimant_of(case)), reverse("my_report", args=[case])
    empty = claimant.post(path, {"wrong": "yes", "words": ""})
    assert empty.status_code == 422 and "Write what is wrong" in empty.content.decode()
    assert claimant.post(path, {"wrong": "yes", "words": "sentinel-wrong"}).status_code == 302
    assert Case.objects.get(pk=case).stage == Stage.EXAMINED
    assert "sentinel-wrong" not in claimant.get(reverse("my_cases")).content.decode()


def test_other_clinics_have_no_such_pages(notice_in_force: None) -> None:
    assert Client().get(reverse("my_cases")).status_code == 404


def test_a_claimant_says_what_to_arrange_for_the_examination(agency: Agency) -> None:
    mine = window(claimant_of(agency.instruct(at=BEGUN)))
    path = reverse("my_adjustments")
    assert mine.post(path, {"group_0": ["step_free"], "language": "", "seen": ""}).status_code == 302
    assert "A way and a room without steps" in mine.get(reverse("my_details")).content.decode()
    event = LedgerEvent.objects.get(event="people:adjustments_stated", outcome="done")
    assert event.purpose == "medical_reporting"
