"""Every act on a request, and the reasons that follow from it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from troth.gate import reasons
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.gate.refusals import CANNOT_OPEN, Check, Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.prescribing import selectors, services
from troth.prescribing.models import MedicationRequest, Outcome, RequestStatus
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import reviewing
from troth.prescribing.tests.conftest import Clinic, ask
from troth.records.tests.factories import LATER, NOW, patient
from troth.vault import inventory
from troth.vault.categories import Category

DAY = timedelta(days=1)


def may(
    actor: Actor,
    clinic: Clinic,
    purpose: Purpose = Purpose.PRESCRIBING,
    category: Category = Category.HEALTH,
    *,
    at=LATER,
) -> bool:
    with processing(purpose, by=actor, at=at) as opened:
        return opened.decision(clinic.subject, category).allowed


def assign(clinic: Clinic, to: Actor | None = None, by: Actor | None = None) -> None:
    services.assign_request(clinic.request, prescriber=(to or clinic.prescriber).id, by=by or clinic.support, at=NOW)


def decide(clinic: Clinic, by: Actor, *, at=LATER) -> None:
    services.decide_request(
        clinic.request,
        outcome=Outcome.REFERRED,
        words="See your GP this week",
        review=ticket(clinic.request, clinic, by, at=at),
        by=by,
        at=at,
    )


def ticket(request: UUID, clinic: Clinic, by: Actor, *, at=LATER) -> str:
    """As the page of the review hands it out; here to whoever asks, so that the act is what refuses."""
    return reviewing.open_review(request, reviewing.mark_of(request, clinic.subject, None), by=by, at=at)


def test_every_column_is_sealed_or_declared(db: None) -> None:
    assert [fault for fault in inventory.undeclared() if ".prescribing_" in fault] == []
    assert [fault for fault in inventory.misfiled() if fault.startswith("prescribing.")] == []


def test_support_passes_a_request_on_without_a_key_to_the_answers(clinic: Clinic) -> None:
    assert may(clinic.support, clinic, category=Category.IDENTITY)
    assert not may(clinic.support, clinic)
    assign(clinic)
    event = LedgerEvent.objects.get(event="prescribing:assigned")
    assert (event.subject, event.actor, event.purpose, event.reason) == (
        clinic.subject.hex,
        clinic.support.id.hex,
        "prescribing",
        "a request to pass on",
    )
    with pytest.raises(Refused), processing(Purpose.PRESCRIBING, by=clinic.support, at=LATER):
        _ = MedicationRequest.objects.get().answers


def test_the_prescriber_given_it_may_look_and_a_colleague_may_not(clinic: Clinic) -> None:
    assert not may(clinic.prescriber, clinic)
    assign(clinic)
    for purpose in (Purpose.PRESCRIBING, Purpose.CARE):
        assert may(clinic.prescriber, clinic, purpose)
        with processing(purpose, by=clinic.colleague, at=LATER) as opened:
            decision = opened.decision(clinic.subject, Category.HEALTH)
        assert (decision.check, decision.sentence) == (Check.REASON, CANNOT_OPEN)
    assign(clinic, to=clinic.colleague)
    assert may(clinic.colleague, clinic)
    assert not may(clinic.prescriber, clinic)


def test_the_reason_ends_fourteen_days_after_the_decision(clinic: Clinic) -> None:
    assign(clinic)
    decide(clinic, clinic.prescriber, at=NOW + DAY)
    for days, expected in ((1, True), (14, True), (15, False), (400, False)):
        assert may(clinic.prescriber, clinic, at=NOW + days * DAY) is expected
    assert not may(clinic.support, clinic, category=Category.IDENTITY, at=NOW + DAY)


def test_an_assistant_looks_while_they_prepare_it(clinic: Clinic) -> None:
    assert not may(clinic.assistant, clinic)
    services.assign_assistant(clinic.request, assistant=clinic.assistant.id, by=clinic.support, at=NOW)
    assert may(clinic.assistant, clinic) and may(clinic.assistant, clinic, Purpose.CARE)
    with pytest.raises(NotPossible, match="healthcare assistant"):
        services.assign_assistant(clinic.request, assistant=clinic.support.id, by=clinic.support, at=NOW)
    with pytest.raises(NotPossible, match="themself"):  # let in to prepare it, and not to take it back
        services.withdraw_request(clinic.request, by=clinic.assistant, at=NOW)
    with pytest.raises(NotPossible, match="themself"):
        services.change_answers(clinic.request, {}, by=clinic.assistant, at=NOW)
    services.withdraw_request(clinic.request, by=clinic.ann, at=NOW)
    assert not may(clinic.assistant, clinic)


def test_only_who_may_prescribe_is_given_a_request(clinic: Clinic) -> None:
    for wrong in (clinic.support, clinic.assistant, clinic.finance, clinic.ann):
        with pytest.raises(NotPossible, match="Choose a prescriber"):
            assign(clinic, to=wrong)
    assert MedicationRequest.objects.get().status == RequestStatus.REQUESTED


def test_nobody_takes_a_strangers_request(clinic: Clinic) -> None:
    for wrong in (clinic.prescriber, clinic.assistant, clinic.finance):
        with pytest.raises(Refused):
            assign(clinic, by=wrong)


def test_only_its_prescriber_decides_and_once(clinic: Clinic) -> None:
    with pytest.raises(Refused):
        decide(clinic, clinic.prescriber)
    assign(clinic)
    with pytest.raises(Refused):
        decide(clinic, clinic.colleague)
    decide(clinic, clinic.prescriber)
    with pytest.raises(NotPossible, match="not waiting"):
        decide(clinic, clinic.prescriber)
    with pytest.raises(NotPossible, match="closed"):
        services.withdraw_request(clinic.request, by=clinic.ann, at=LATER)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=LATER) as opened:
        (found,) = selectors.requests_of(clinic.subject, opened)
    assert (found.outcome, found.outcome_words, found.decided_at) == (
        Outcome.REFERRED,
        "See your GP this week",
        LATER,
    )
    assert found.answers[0].question == "Do you smoke?"


def test_a_prescriber_who_has_another_request_of_hers_cannot_decide_this_one(clinic: Clinic) -> None:
    assign(clinic)
    other = ask(clinic.ann)
    services.assign_request(other, prescriber=clinic.colleague.id, by=clinic.support, at=NOW)
    with pytest.raises(NotPossible, match="Another prescriber"):
        decide(clinic, clinic.colleague)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.REFERRED])
def test_no_decision_is_made_without_having_read_it_as_it_stands(clinic: Clinic, outcome: Outcome) -> None:
    assign(clinic)
    before = ticket(clinic.request, clinic, clinic.prescriber)
    services.answer_question(clinic.request, words="It hurts since Monday.", by=clinic.ann, at=LATER)
    for review in ("", "made up", before, ticket(clinic.request, clinic, clinic.colleague)):
        with pytest.raises(NotPossible, match=r"read it"):
            services.decide_request(
                clinic.request, outcome=outcome, words="x", review=review, by=clinic.prescriber, at=LATER
            )
    assert MedicationRequest.objects.get(pk=clinic.request).status == RequestStatus.ASSIGNED
    decide(clinic, clinic.prescriber)
    assert MedicationRequest.objects.values_list("seconds", flat=True).get(pk=clinic.request) == 0  # and is flagged


def test_a_request_that_does_not_exist_is_answered_like_a_strangers(clinic: Clinic) -> None:
    said = set()
    for which in (clinic.request, uuid4()):
        with pytest.raises(Refused) as refused:
            review = ticket(which, clinic, clinic.colleague)
            services.decide_request(
                which, outcome=Outcome.REFUSED, words="x", review=review, by=clinic.colleague, at=LATER
            )
        said.add((refused.value.decision.sentence, refused.value.decision.spoken))
    assert said == {(CANNOT_OPEN, None)}


def test_each_reason_is_one_query_for_fifty_people_as_for_five(clinic: Clinic) -> None:
    people = [patient() for _ in range(50)]
    for person in people:
        services.assign_request(ask(person), prescriber=clinic.prescriber.id, by=clinic.support, at=NOW)
    counts = []
    for size in (5, 50):
        with CaptureQueriesContext(connections["default"]) as captured:
            found = reasons.answer_for(
                clinic.prescriber, [person.id for person in people[:size]], Purpose.PRESCRIBING, at=LATER
            )
        assert set(found.values()) == {"a request assigned to you"} and len(found) == size
        counts.append(len(captured))
    assert counts == [2, 2]  # whether they have a task about them, and whether a request is theirs


def test_queues_open_nothing(clinic: Clinic) -> None:
    """A queue shows where a request waits, to people who could not open it."""
    assert [line.id for line in selectors.list_to_pass_on()] == [clinic.request]
    assign(clinic)
    assert selectors.list_to_pass_on() == []
    assert [line.status for line in selectors.list_waiting_for(clinic.prescriber.id)] == [RequestStatus.ASSIGNED]
    assert selectors.list_waiting_for(clinic.colleague.id) == []
    assert not LedgerEvent.objects.filter(event="gate:opened").exists()
