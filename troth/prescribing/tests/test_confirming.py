"""Until when answers are good: from when their person last said of all of them that they hold."""

from datetime import timedelta

import pytest

from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.intake.models import Answer
from troth.intake.rules import NotPossible as NotAnswered
from troth.notice.purposes import Purpose
from troth.prescribing import services
from troth.prescribing.models import MedicationRequest, RequestStatus
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing, supplies
from troth.prescribing.tests.conftest import Clinic, look, prescribe
from troth.prescribing.tests.test_deciding import SOON, ready
from troth.records.tests.factories import LATER


def test_stale_answers_are_asked_anew(clinic: Clinic) -> None:
    request = ready(clinic)
    later = LATER + timedelta(days=29)
    with pytest.raises(NotPossible, match="Fresh"):
        prescribe(clinic, request, review=look(clinic, request, at=later), at=later)


def test_one_answer_that_is_changed_renews_none_of_the_others(clinic: Clinic) -> None:
    request = ready(clinic)
    later = LATER + timedelta(days=29)
    services.change_answers(request, {"where": "temples"}, by=clinic.ann, at=later)
    with pytest.raises(NotPossible, match="Fresh"):
        prescribe(clinic, request, review=look(clinic, request, at=later), at=later)
    services.confirm_answers(request, by=clinic.ann, at=later)
    assert prescribe(clinic, request, review=look(clinic, request, at=later), at=later + timedelta(minutes=5))
    assert supplies.count_supplies()["stale"] == 0


def test_answers_that_are_as_they_were_are_confirmed_and_go_back_to_who_asked(clinic: Clinic) -> None:
    request = ready(clinic)
    later = LATER + timedelta(days=29)
    services.ask_patient(request, words="Please look through your answers.", by=clinic.prescriber, at=later)
    answers = Answer.objects.count()
    services.confirm_answers(request, by=clinic.ann, at=later)
    assert MedicationRequest.objects.get(pk=request).status == RequestStatus.ASSIGNED
    assert Answer.objects.count() == answers
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=later) as opened:
        seen = reviewing.get_review(request, opened)
    assert seen.sheet and seen.sheet.confirmed_at == later and seen.sheet.sent_at == LATER
    assert [(each.at, each.by_staff) for each in seen.messages][-1] == (later, False)
    assert prescribe(clinic, request, review=look(clinic, request, at=later), at=later + timedelta(minutes=5))


def test_only_its_person_confirms_and_only_while_it_is_open_and_complete(clinic: Clinic) -> None:
    request = ready(clinic)
    for wrong in (clinic.prescriber, clinic.support):
        with pytest.raises((NotPossible, Refused)):
            services.confirm_answers(request, by=wrong, at=SOON)
    services.change_answers(request, {"allergy": True}, by=clinic.ann, at=SOON)
    with pytest.raises(NotAnswered, match="not answered"):
        services.confirm_answers(request, by=clinic.ann, at=SOON)
    services.change_answers(request, {"allergy": False}, by=clinic.ann, at=SOON)
    prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON + timedelta(minutes=5))
    with pytest.raises(NotPossible, match="closed"):
        services.confirm_answers(request, by=clinic.ann, at=SOON)
