"""What is signed runs out, and nobody has a part in what is for themself; each way round, tried."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import MedicationRequest, Outcome, Prescription, SupplyStatus
from troth.prescribing.rules import NotPossible, dispensing
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records.tests.factories import LATER

SOON = LATER + timedelta(minutes=10)
#: Signed on 24 November 2026, so that 23 May 2027 is the last of six months that begin with that day.
LAST = LATER.replace(year=2027, month=5, day=23)


def ready(clinic: Clinic) -> UUID:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    return request


@pytest.mark.parametrize(
    ("signed", "controlled", "last"),
    [
        (date(2026, 11, 24), False, date(2027, 5, 23)),
        (date(2026, 8, 31), False, date(2027, 2, 27)),
        (date(2026, 11, 24), True, date(2026, 12, 22)),
    ],
)
def test_six_months_begin_with_the_day_of_signing_and_a_controlled_drug_has_28_days(
    signed: date, controlled: bool, last: date
) -> None:
    assert dispensing.last_day(signed, controlled=controlled) == last


def test_what_ran_out_is_neither_released_nor_sent_and_can_be_cancelled(clinic: Clinic) -> None:
    made = prescribe(clinic, ready(clinic))
    with pytest.raises(NotPossible, match="until 23 May 2027"):
        services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=LAST + timedelta(days=1))
    services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=LAST)
    with pytest.raises(NotPossible, match="regulation 217"):
        services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=LAST + timedelta(days=1))
    assert Prescription.objects.get().status == SupplyStatus.RELEASED
    services.cancel_prescription(made, words="It ran out", by=clinic.pharmacist, at=LAST + timedelta(days=1))


def test_on_its_last_day_it_still_leaves(clinic: Clinic) -> None:
    made = prescribe(clinic, ready(clinic))
    services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=SOON)
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=LAST)
    assert Prescription.objects.get().status == SupplyStatus.DISPATCHED


@act(Event.STAFF_JOINED, purpose=Purpose.STAFF)
def _hire(person: UUID, role: str, *, by: Actor, at: datetime) -> None:
    facts.record(person, FactKind.ROLE, at=at, value=role)


@act(Event.REQUEST_ASSIGNED, purpose=Purpose.PRESCRIBING)
def _take_over(request: UUID, prescriber: UUID, *, by: Actor, at: datetime) -> None:
    row = MedicationRequest.objects.get(pk=request)
    row.prescriber = prescriber
    row.save()


def test_nobody_is_passed_decides_checks_or_sends_what_they_asked_for_themself(clinic: Clinic) -> None:
    request = ready(clinic)
    for role in ("prescriber", "pharmacist", "healthcare_assistant"):
        _hire(clinic.subject, role, by=actors.NOBODY, at=LATER)
    ann = actors.person(clinic.subject, at=SOON)
    with pytest.raises(NotPossible, match="for themself"):
        services.assign_request(request, prescriber=clinic.subject, by=clinic.support, at=SOON)
    with pytest.raises(NotPossible, match="for themself"):
        services.assign_assistant(request, assistant=clinic.subject, by=clinic.support, at=SOON)
    # Had it come to them all the same, they would decide nothing.
    _take_over(request, clinic.subject, by=ann, at=SOON)
    read = look(clinic, request, by=ann, at=SOON)
    with pytest.raises(NotPossible, match="for themself"):
        prescribe(clinic, request, review=read, by=ann, at=SOON)
    with pytest.raises(NotPossible, match="for themself"):
        services.decide_request(request, outcome=Outcome.REFERRED, words="x", review=read, by=ann, at=SOON)
    assert clinic.prescriber.id
    _take_over(request, clinic.prescriber.id, by=ann, at=SOON)
    made = prescribe(clinic, request)
    for step in (services.release_prescription, services.query_prescription):
        with pytest.raises(NotPossible, match="for themself"):
            step(made, words="Fine", by=ann, at=SOON)
    services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=SOON)
    with pytest.raises(NotPossible, match="for themself"):
        services.dispatch(made, tracking="TN-4711", by=ann, at=SOON)
