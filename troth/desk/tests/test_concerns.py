"""What is kept from somebody and rests on an opinion that runs out: whoever gave it finds the way to it."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from troth.people.tests.factories import browser_of
from troth.prescribing import services
from troth.prescribing.tests.conftest import Clinic, clinic, refuse, send  # noqa: F401 - a fixture
from troth.records.tests.factories import LATER

HARM = "Their partner reads their messages, and would be likely to hurt them."


def _given_days_ago(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rights_withholding SET opinion_at = %s", [timezone.now() - timedelta(days=days)])


def test_an_opinion_that_runs_out_stands_on_the_first_page_and_leads_to_it(clinic: Clinic) -> None:  # noqa: F811
    request = send(clinic)
    services.raise_concern(
        clinic.subject, words="sentinel-worry", harm=HARM, by=clinic.prescriber, at=LATER + timedelta(minutes=1)
    )
    refuse(clinic, request, "Not safe.", by=clinic.prescriber)
    path = f"/desk/people/{clinic.subject}/concerns/"
    prescriber = browser_of(clinic.prescriber.id)
    _given_days_ago(30)
    assert path not in prescriber.get("/desk/").content.decode()
    _given_days_ago(160)
    page = prescriber.get("/desk/").content.decode()
    assert "To look at again" in page and path in page
    assert "sentinel-worry" in prescriber.get(path).content.decode()
    assert path not in browser_of(clinic.colleague.id).get("/desk/").content.decode()
