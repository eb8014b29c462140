"""Having a refusal looked at again: by another person than who refused, once, and nothing of the first decision is lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.prescribing import selectors, services
from troth.prescribing.models import EarlierDecision, MedicationRequest, Outcome, Prescription, RequestStatus
from troth.prescribing.rules import CONTESTED_WITHIN, NotPossible
from troth.prescribing.selectors import contesting, reviewing
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, refuse, send, verify
from troth.prescribing.tests.test_telling import second_account
from troth.records.tests import factories

SOON = factories.LATER + timedelta(hours=1)


@pytest.fixture
def refused(clinic: Clinic) -> UUID:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    refuse(clinic, request, "sentinel-no", by=clinic.prescriber)
    return request


def test_it_goes_to_another_who_decides_as_if_for_the_first_time(clinic: Clinic, refused: UUID) -> None:
    services.contest_decision(refused, words="sentinel-why", by=clinic.ann, at=SOON)
    row = MedicationRequest.objects.get(pk=refused)
    assert (row.status, row.prescriber, row.decided_at) == (RequestStatus.REQUESTED, None, None)
    assert not selectors.assigned_to(clinic.prescriber.id, [clinic.subject], at=SOON)
    with pytest.raises(NotPossible, match="decided this request before"):
        services.assign_request(refused, prescriber=clinic.prescriber.id, by=clinic.support, at=SOON)
    services.assign_request(refused, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    with processing(Purpose.PRESCRIBING, by=clinic.colleague, at=SOON) as opened:
        seen = reviewing.get_review(refused, opened)
    assert seen.objection == "sentinel-why" and "sentinel-no" in [words for _, words in seen.refusals]
    review = look(clinic, refused, by=clinic.colleague, at=SOON)
    supply = prescribe(clinic, refused, review=review, by=clinic.colleague, at=SOON + timedelta(minutes=9))
    assert Prescription.objects.get(pk=supply).prescriber == clinic.colleague.id
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        before = contesting.contest_of(refused, opened)
    assert before is not None
    assert (before.outcome, before.outcome_words, before.objection) == (
        Outcome.REFUSED,
        "sentinel-no",
        "sentinel-why",
    )
    with pytest.raises(NotPossible, match="It was prescribed"):
        services.contest_decision(refused, words="More.", by=clinic.ann, at=SOON + timedelta(hours=1))


def test_the_database_gives_it_to_nobody_who_decided_it(clinic: Clinic, refused: UUID) -> None:
    services.contest_decision(refused, words="sentinel-why", by=clinic.ann, at=SOON)
    first = clinic.prescriber.id
    assert first is not None
    value = first.hex if connection.vendor == "sqlite" else first
    key = refused.hex if connection.vendor == "sqlite" else refused
    by_the_database = pytest.raises(IntegrityError, match="contested_request_goes_to_another")
    with by_the_database, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE prescribing_medicationrequest SET prescriber = %s, status = 'assigned' WHERE id = %s",
            [value, key],
        )


def test_it_is_asked_once_in_time_with_a_reason_and_by_the_person_alone(clinic: Clinic, refused: UUID) -> None:
    late = SOON + CONTESTED_WITHIN + timedelta(days=1)
    for words, by, at in (
        (" ", clinic.ann, SOON),
        ("x", clinic.prescriber, SOON),
        ("x", clinic.support, SOON),
        ("x", second_account(clinic).ann, SOON),
        ("x", clinic.ann, late),
    ):
        with pytest.raises((NotPossible, Refused)):
            services.contest_decision(refused, words=words, by=by, at=at)
    assert not EarlierDecision.objects.exists()
    services.contest_decision(refused, words="sentinel-why", by=clinic.ann, at=SOON)
    with pytest.raises(NotPossible, match="not decided"):  # the form of a stale tab
        services.contest_decision(refused, words="sentinel-why", by=clinic.ann, at=SOON)
    services.assign_request(refused, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    refuse(clinic, refused, "No again.", by=clinic.colleague, at=SOON)
    with pytest.raises(NotPossible, match="looked at it again already"):
        services.contest_decision(refused, words="Again.", by=clinic.ann, at=SOON + timedelta(hours=1))
    assert EarlierDecision.objects.count() == 1


def test_a_refusal_that_was_contested_is_not_shaken_off_by_a_new_account(clinic: Clinic, refused: UUID) -> None:
    services.contest_decision(refused, words="sentinel-why", by=clinic.ann, at=SOON)
    services.withdraw_request(refused, by=clinic.ann, at=SOON)
    request = send(second_account(clinic))
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        (found,) = reviewing.get_review(request, opened).alike
    assert found.refusals == ("sentinel-no",)
