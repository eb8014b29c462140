"""People are told by email that there is something new about their request, and never what."""

from datetime import timedelta
from uuid import UUID

import pytest

from troth.delivery.models import Message
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import Outcome
from troth.prescribing.selectors import reviewing, supplies
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records.tests.factories import LATER

SOON = LATER + timedelta(minutes=10)


def told(clinic: Clinic) -> int:
    return Message.objects.filter(subject_id=clinic.subject, kind="request_news").count()


def read_by_ann(clinic: Clinic, prescription: UUID) -> list[str]:
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        request = supplies.get_supply(prescription, opened).request
        return [each.words for each in reviewing.list_messages(request, opened, staff=False)]


def ready(clinic: Clinic) -> UUID:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    return request


def test_a_question_a_decision_and_a_parcel_are_told_and_what_one_did_oneself_is_not(clinic: Clinic) -> None:
    request = ready(clinic)
    assert told(clinic) == 0
    services.ask_patient(request, words="Since when?", by=clinic.prescriber, at=SOON)
    assert told(clinic) == 1
    services.answer_question(request, words="Two years.", by=clinic.ann, at=SOON)
    made = prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)
    assert told(clinic) == 2
    services.query_prescription(made, words="Is twelve weeks meant?", by=clinic.pharmacist, at=SOON)
    services.answer_query(made, words="It is.", by=clinic.prescriber, at=SOON)
    services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=SOON)
    assert told(clinic) == 2, "what staff say to each other is nobody's news"
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    assert told(clinic) == 3


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.REFERRED])
def test_who_is_refused_or_sent_elsewhere_is_told(clinic: Clinic, outcome: Outcome) -> None:
    request = ready(clinic)
    review = look(clinic, request)
    services.decide_request(
        request, outcome=outcome, words="sentinel-why", review=review, by=clinic.prescriber, at=SOON
    )
    assert told(clinic) == 1


def test_a_supply_that_staff_stop_is_told_and_one_that_its_person_stops_is_not(clinic: Clinic) -> None:
    first = prescribe(clinic, ready(clinic))
    services.query_prescription(first, words="Is there another strength?", by=clinic.pharmacist, at=SOON)
    services.answer_query(first, words="No.", by=clinic.prescriber, at=SOON)
    services.cancel_prescription(first, words="Out of stock", by=clinic.pharmacist, at=SOON)
    assert told(clinic) == 2
    assert read_by_ann(clinic, first) == ["Out of stock"], "what is new is why, and not that the pharmacist asked"
    again = ready(clinic)
    second = prescribe(clinic, again)
    services.cancel_prescription(second, words="I do not want it.", by=clinic.ann, at=SOON)
    services.withdraw_request(ready(clinic), by=clinic.ann, at=SOON)
    assert told(clinic) == 3
