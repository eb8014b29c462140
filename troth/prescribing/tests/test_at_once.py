"""Several windows at one moment: every choice about a GP stands, in an order; and of what excludes each other one thing is done."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import connections

from conftest import publish_pack
from troth.billing.selectors import State
from troth.billing.tests.conftest import firm  # noqa: F401 - a fixture
from troth.billing.tests.firm import LocalFirm
from troth.delivery.models import Message
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.refusals import Refused
from troth.people.tests import factories
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import (
    GpChoice,
    GpState,
    MedicationRequest,
    Outcome,
    Prescription,
    RequestStatus,
    SupplyStatus,
)
from troth.prescribing.rules import NotPossible
from troth.prescribing.tests.conftest import PRACTICE, Clinic, agree, ask, look, prescribe, send, verify
from troth.records.tests import factories as staff

WINDOWS = 6


def test_choices_at_one_moment_follow_each_other_and_none_is_lost(committed_db: None) -> None:
    publish_pack()
    subject = make_patient(at=factories.NOW)
    at, said, begin = factories.LATER + timedelta(minutes=1), [], threading.Barrier(WINDOWS)

    def choose(number: int) -> None:
        try:
            begin.wait(30)
            state = GpState.GIVEN if number % 2 else GpState.REFUSED
            with boundary():
                services.choose_gp(
                    subject,
                    state=state,
                    practice=PRACTICE if state is GpState.GIVEN else None,
                    by=actors.person(subject, at=at),
                    at=at,
                )
            said.append("done")
        except BaseException as error:
            said.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=choose, args=(number,)) for number in range(WINDOWS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert said == ["done"] * WINDOWS
    numbers = GpChoice.objects.filter(subject_id=subject).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, WINDOWS + 1))


def _at_once(*acts: Callable[[], object]) -> list[str]:
    """Each of these in a window of its own at one moment; what became of each, in their order."""
    said, begin = [""] * len(acts), threading.Barrier(len(acts))

    def one(place: int) -> None:
        try:
            begin.wait(30)
            with boundary():
                acts[place]()
            said[place] = "done"
        except (NotPossible, Refused) as refused:
            said[place] = type(refused).__name__
        except BaseException as error:
            said[place] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def _clinic() -> Clinic:
    publish_pack()
    subject = make_patient(at=staff.NOW)
    roles = ("prescriber", "prescriber", "healthcare_assistant", "patient_support", "finance", "pharmacist")
    ann = actors.person(subject, at=staff.LATER)
    return Clinic(ann, subject, ask(ann), *(staff.staff(role) for role in roles))


def _ready(clinic: Clinic) -> UUID:
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    return request


def test_of_two_windows_that_sign_and_one_that_takes_it_back_one_is_done(committed_db: None) -> None:
    clinic = _clinic()
    request, soon = _ready(clinic), staff.LATER + timedelta(minutes=5)
    read = look(clinic, request)
    said = _at_once(
        lambda: prescribe(clinic, request, review=read),
        lambda: prescribe(clinic, request, review=read),
        lambda: services.withdraw_request(request, by=clinic.ann, at=soon),
    )
    # Once it is taken back nothing connects the prescriber with it any more: the gate may say so before the rule does.
    assert said.count("done") == 1 and set(said) <= {"done", "NotPossible", "Refused"}
    taken_back = said[2] == "done"
    assert Prescription.objects.count() == (0 if taken_back else 1)
    status = MedicationRequest.objects.get(pk=request).status
    assert status == (RequestStatus.WITHDRAWN if taken_back else RequestStatus.DECIDED)


def test_a_parcel_does_not_leave_while_its_person_stops_it(committed_db: None) -> None:
    clinic = _clinic()
    made, soon = prescribe(clinic, _ready(clinic)), staff.LATER + timedelta(minutes=9)
    services.release_prescription(made, words="Compared", by=clinic.pharmacist, at=soon)
    said = _at_once(
        lambda: services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=soon),
        lambda: services.cancel_prescription(made, words="I do not want it.", by=clinic.ann, at=soon),
    )
    assert "done" in said and said.count("done") == 1
    status = Prescription.objects.get().status
    assert status == (SupplyStatus.DISPATCHED if said[0] == "done" else SupplyStatus.CANCELLED)


def test_an_answer_that_changes_while_somebody_signs_is_read_or_comes_too_late(committed_db: None) -> None:
    clinic = _clinic()
    request, soon = _ready(clinic), staff.LATER + timedelta(minutes=5)
    read = look(clinic, request)
    said = _at_once(
        lambda: prescribe(clinic, request, review=read),
        lambda: services.change_answers(request, {"where": "temples"}, by=clinic.ann, at=soon),
    )
    assert sorted(said) == ["NotPossible", "done"]
    assert Prescription.objects.count() == (1 if said[0] == "done" else 0)


def test_of_two_prescribers_and_who_passes_it_from_one_to_the_other_one_decides(committed_db: None) -> None:
    """One signs what they read, while it is passed on to a colleague who read it before, and refuses."""
    clinic = _clinic()
    request, soon = _ready(clinic), staff.LATER + timedelta(minutes=5)

    def pass_to(prescriber: Actor) -> None:
        services.assign_request(request, prescriber=prescriber.id, by=clinic.support, at=staff.LATER)

    pass_to(clinic.colleague)
    theirs = look(clinic, request, by=clinic.colleague)
    pass_to(clinic.prescriber)
    read = look(clinic, request)
    said = _at_once(
        lambda: prescribe(clinic, request, review=read),
        lambda: pass_to(clinic.colleague),
        lambda: services.decide_request(
            request, outcome=Outcome.REFUSED, words="No.", review=theirs, by=clinic.colleague, at=soon
        ),
    )
    signed, passed, refused = (each == "done" for each in said)
    assert set(said) <= {"done", "NotPossible", "Refused"}
    assert signed is not passed, "whoever comes second finds it gone"
    assert not (refused and not passed), "nobody decides what was not passed to them"
    row = MedicationRequest.objects.get(pk=request)
    assert (
        Prescription.objects.filter(prescriber=clinic.prescriber.id).count() == Prescription.objects.count() == signed
    )
    assert row.status == (RequestStatus.DECIDED if signed or refused else RequestStatus.ASSIGNED)
    assert row.prescriber == (clinic.prescriber.id if signed else clinic.colleague.id)


def test_of_two_who_hear_at_one_moment_that_the_money_is_gone_one_writes_to_its_person(
    committed_db: None,
    firm: LocalFirm,  # noqa: F811
) -> None:
    clinic = _clinic()
    request = _ready(clinic)
    payment = MedicationRequest.objects.values_list("payment", flat=True).get(pk=request)
    assert payment is not None
    assert (
        _at_once(*[lambda: services.hear_of(request, payment, State.FAILED, at=staff.LATER) for _ in range(WINDOWS)])
        == ["done"] * WINDOWS
    )
    assert Message.objects.filter(subject_id=clinic.subject, kind="request_news").count() == 1
