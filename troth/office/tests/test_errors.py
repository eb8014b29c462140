"""What cannot be shown in the office stands on the office's band, and on the desk's or the portal's for whoever stands there."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.stores import Home
from troth.office.tests.conftest import register
from troth.rights.tests.factories import PASSWORD

NOBODY = "00000000-0000-4000-8000-000000000000"


def face(client: Client, path: str, status: int) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode().partition('<body class="')[2].partition('"')[0]


@pytest.mark.parametrize("path", ["/office/nothing/", f"/office/cases/{NOBODY}/", f"/office/arrivals/{NOBODY}/"])
def test_what_is_not_in_the_office_is_said_on_its_band(officer: Client, path: str) -> None:
    assert face(officer, path, 404) == "office"
    assert "Privacy office" in officer.get(path).content.decode()


def test_a_form_that_is_too_old_is_refused_on_the_same_band(officer: Client) -> None:
    officer.handler.enforce_csrf_checks = True
    answer = officer.post("/office/ledger/", {})
    assert answer.status_code == 403 and '<body class="office"' in answer.content.decode()


def test_an_officer_at_the_desk_stands_at_the_desk(officer: Client) -> None:
    assert face(officer, "/desk/nothing/", 404) == "desk"


def test_who_does_not_work_in_the_office_sees_no_band_of_it(colleague: Callable[[str], Client]) -> None:
    prescriber = colleague("prescriber")
    assert face(prescriber, "/office/", 403) == face(prescriber, "/office/nothing/", 404) == "desk"


def test_a_patient_and_a_visitor_stand_in_the_portal(clinic: Home) -> None:
    assert face(Client(), "/office/nothing/", 404) == "portal"
    register()
    patient = Client()
    patient.post("/sign-in/", {"email": "maureen@oddie.example", "password": PASSWORD})
    assert face(patient, "/nothing/", 404) == "portal"
