"""Writing down a consent at the desk: whoever serves people does, about those whom they may know."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from troth.consent import services as consents
from troth.consent.models import How
from troth.desk.tests.conftest import Clinic
from troth.gate import actors, facts
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient, make_staff

DAY = timezone.localdate()
FORM: dict[str, Any] = {
    "use": "marketing|email",
    "word": "given",
    "how": "reception",
    "said_on_day": str(DAY.day),
    "said_on_month": str(DAY.month),
    "said_on_year": str(DAY.year),
    "proof": "Said it to Idris at the desk",
}


def test_support_writes_a_word_down(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    client = signed_in(clinic.support)
    assert client.get(f"/desk/people/{clinic.subject}/consent/").status_code == 200
    assert client.post(f"/desk/people/{clinic.subject}/consent/", FORM).status_code == 302
    assert facts.of(clinic.subject, FactKind.CONSENT, at=timezone.now())


@pytest.mark.parametrize("role", ["prescriber", "finance"])
def test_nobody_else_writes_one_for_anybody(clinic: Clinic, signed_in: Callable[[UUID], Client], role: str) -> None:
    stranger = make_staff(role, email=f"{role}@outside.example")
    client = signed_in(stranger)
    assert client.get(f"/desk/people/{clinic.subject}/consent/").status_code in (403, 404)
    assert client.post(f"/desk/people/{clinic.subject}/consent/", FORM).status_code in (403, 404)
    now = timezone.now()
    with pytest.raises(Refused):
        consents.say_for(
            clinic.subject,
            Purpose.MARKETING,
            channel="email",
            given=True,
            how=How.RECEPTION,
            said_on=DAY,
            proof=FORM["proof"],
            by=actors.person(stranger, at=now),
            at=now,
        )
    assert not facts.of(clinic.subject, FactKind.CONSENT, at=timezone.now())
    assert "/consent/" not in client.get(f"/desk/people/{clinic.subject}/asked/").content.decode()


def test_it_is_not_written_about_whom_they_may_not_know(clinic: Clinic, signed_in: Callable[[UUID], Client]) -> None:
    unknown = make_patient(email="una@unknown.example")
    client = signed_in(clinic.support)
    assert client.post(f"/desk/people/{unknown}/consent/", FORM).status_code == 403
    assert not facts.of(unknown, FactKind.CONSENT, at=timezone.now())
