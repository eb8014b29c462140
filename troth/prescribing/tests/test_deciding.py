"""Asking, checking, prescribing and supplying; and each way round the rules, tried."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger import signing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.prescribing import selectors, services
from troth.prescribing.models import (
    GpNotice,
    GpState,
    Matter,
    MedicationRequest,
    Method,
    Outcome,
    Prescription,
    RequestStatus,
    SupplyStatus,
    Verified,
)
from troth.prescribing.rules import NotPossible, gates
from troth.prescribing.selectors import reviewing, supplies
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records.tests.factories import LATER
from troth.sharing import selectors as sharing

SOON = LATER + timedelta(minutes=10)
REASON = "Told by video why, and followed up here in two weeks."


def ready(clinic: Clinic, treatment: str = "hair-loss") -> UUID:
    request = send(clinic, treatment)
    verify(clinic, request)
    agree(clinic)
    return request


def supply(clinic: Clinic, prescription: UUID) -> supplies.SupplyLine:
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        return supplies.get_supply(prescription, opened)


def passed_on(clinic: Clinic) -> list[tuple[str, str]]:
    with processing(Purpose.RIGHTS, by=clinic.ann, at=SOON) as opened:
        return [(each.recipient, each.what) for each in sharing.list_disclosures(clinic.subject, opened)]


def test_a_prescription_is_signed_checked_by_another_sent_and_followed_up(clinic: Clinic) -> None:
    request = ready(clinic)
    made = prescribe(clinic, request)
    row = MedicationRequest.objects.get(pk=request)
    assert (row.status, row.seconds) == (RequestStatus.DECIDED, 300)
    assert not gates.is_too_fast(row.seconds)
    services.query_prescription(made, words="Is twelve weeks meant?", by=clinic.pharmacist, at=SOON)
    with pytest.raises(NotPossible):
        services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    services.answer_query(made, words="Yes, twelve.", by=clinic.prescriber, at=SOON)
    assert passed_on(clinic) == []
    services.release_prescription(made, words="No interaction found.", by=clinic.pharmacist, at=SOON)
    assert passed_on(clinic) == [("pharmacy", "A prescription, to be sent to your address")]
    services.dispatch(made, tracking="TN-4711-22", by=clinic.pharmacist, at=SOON)
    services.deliver(made, by=clinic.ann, at=SOON)
    services.follow_up(made, words="Takes it, no harm.", by=clinic.prescriber, at=SOON)
    found = supply(clinic, made)
    assert (found.status, found.pharmacist, found.tracking) == (
        SupplyStatus.CLOSED,
        clinic.pharmacist.id,
        "TN-4711-22",
    )
    # What staff wrote to each other stands in the conversation for staff; what they told the person is the decision.
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        assert reviewing.list_messages(request, opened, staff=False) == []


def test_the_document_is_what_was_signed(clinic: Clinic) -> None:
    made = prescribe(clinic, ready(clinic))
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        document = b"".join(supplies.open_document(made, opened).read())
    row = Prescription.objects.get(pk=made)
    assert document.startswith(b"%PDF") and sha256(document).hexdigest() == row.file_hash
    text = signing.signer().public.check(row.signature)
    assert row.number in text and row.file_hash in text
    standing = supplies.find_standing(row.number.lower())
    assert standing is not None and standing.prescriber == clinic.prescriber.id
    assert supplies.find_standing("ABCD-EFGH-JKLM") is None


@pytest.mark.parametrize("treatment", ["hair-loss"])
def test_each_missing_thing_closes_its_gate_in_the_act(clinic: Clinic, treatment: str) -> None:
    request = send(clinic, treatment)
    with pytest.raises(NotPossible, match="Identity"):
        prescribe(clinic, request)
    verify(clinic, request)
    with pytest.raises(NotPossible, match="GP"):
        prescribe(clinic, request)
    agree(clinic, GpState.REFUSED)
    with pytest.raises(NotPossible, match="do not want"):
        prescribe(clinic, request)
    with pytest.raises(NotPossible, match="one of this treatment"):
        prescribe(clinic, request, medicine="sildenafil-50", reasons={"gp": REASON})
    with pytest.raises(NotPossible, match="formulary"):
        prescribe(clinic, request, medicine="leeches")
    with pytest.raises(NotPossible, match="between 1 and 168"):
        prescribe(clinic, request, quantity=169)
    assert not Prescription.objects.exists()
    prescribe(clinic, request, reasons={"gp": REASON})
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON):
        assert MedicationRequest.objects.get(pk=request).grounds == {"gp": REASON}
    with processing(Purpose.PRESCRIBING, by=clinic.pharmacist, at=SOON) as opened:
        assert supplies.reasons_for(request, opened) == [REASON], "who checks reads why a rule was overruled"


def test_a_questionnaire_alone_is_not_enough_for_losing_weight(clinic: Clinic) -> None:
    request = ready(clinic, "weight-management")
    with pytest.raises(NotPossible, match="questionnaire alone"):
        prescribe(clinic, request, medicine="semaglutide-0.25")
    verify(clinic, request, Matter.HISTORY)
    with pytest.raises(NotPossible, match="questionnaire alone"):
        prescribe(clinic, request, medicine="semaglutide-0.25")
    verify(clinic, request, Matter.BODY)
    prescribe(clinic, request, medicine="semaglutide-0.25")


def test_monitored_medicines_need_the_regular_prescriber_where_the_gp_is_not_told(clinic: Clinic) -> None:
    request = send(clinic, "weight-management")
    verify(clinic, request)
    verify(clinic, request, Matter.BODY)
    agree(clinic, GpState.NO_GP)
    with pytest.raises(NotPossible, match="regular prescriber"):
        prescribe(clinic, request, medicine="semaglutide-0.25", reasons={"gp": REASON})
    verify(clinic, request, Matter.REGULAR_PRESCRIBER)
    prescribe(clinic, request, medicine="semaglutide-0.25", reasons={"gp": REASON})


def test_what_contradicts_blocks_and_a_later_check_does_not_undo_it(clinic: Clinic) -> None:
    request = ready(clinic, "weight-management")
    verify(clinic, request, Matter.BODY, Verified.CONTRADICTED)
    verify(clinic, request, Matter.BODY, Verified.VERIFIED, at=SOON)
    with pytest.raises(NotPossible, match="contradicts"):
        prescribe(clinic, request, medicine="semaglutide-0.25", review=look(clinic, request, at=SOON), at=SOON)


def test_a_stop_rule_goes_on_only_by_the_person_and_then_by_a_written_reason(clinic: Clinic) -> None:
    with pytest.raises(NotPossible, match="A rule stops"):
        send(clinic, answers={"mood": True})
    request = send(clinic, answers={"mood": True}, asks_review=True)
    verify(clinic, request)
    agree(clinic)
    with pytest.raises(NotPossible, match="Stop rules"):
        prescribe(clinic, request)
    prescribe(clinic, request, reasons={"stops": REASON})


def test_a_changed_answer_makes_what_was_read_stale(clinic: Clinic) -> None:
    request = ready(clinic)
    before = look(clinic, request)
    services.change_answers(request, {"where": "temples"}, by=clinic.ann, at=SOON)
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, request, review=before)
    prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)


def test_consent_withdrawn_in_flight_makes_what_was_read_stale_and_closes_the_gate(clinic: Clinic) -> None:
    request = ready(clinic)
    before = look(clinic, request)
    agree(clinic, GpState.WITHDRAWN, at=SOON)
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, request, review=before)
    with pytest.raises(NotPossible, match="took back"):
        prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)


def test_nobody_decides_without_having_opened_it(clinic: Clinic) -> None:
    request, other = ready(clinic), send(clinic)
    for review in ("", "made-up", look(clinic, other)):
        with pytest.raises(NotPossible):
            prescribe(clinic, request, review=review)
    services.assign_request(request, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    services.assign_request(other, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    with pytest.raises(NotPossible, match="another request"):
        prescribe(clinic, request, review=look(clinic, other, by=clinic.colleague), by=clinic.colleague)
    services.assign_request(request, prescriber=clinic.prescriber.id, by=clinic.support, at=SOON)
    theirs = look(clinic, request)
    services.assign_request(request, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    with pytest.raises(NotPossible, match="run out"):  # a ticket is its holder's
        prescribe(clinic, request, review=theirs, by=clinic.colleague)
    with pytest.raises(NotPossible, match="run out"):
        late = SOON + timedelta(hours=13)
        prescribe(clinic, request, review=look(clinic, request, by=clinic.colleague), by=clinic.colleague, at=late)


def test_of_two_prescribers_the_one_who_has_it_decides_and_once(clinic: Clinic) -> None:
    request = ready(clinic)
    mine = look(clinic, request)
    services.assign_request(request, prescriber=clinic.colleague.id, by=clinic.support, at=SOON)
    with pytest.raises((NotPossible, Refused)):
        prescribe(clinic, request, review=mine)
    theirs = look(clinic, request, by=clinic.colleague, at=SOON)
    prescribe(clinic, request, review=theirs, by=clinic.colleague, at=SOON)
    with pytest.raises(NotPossible, match="not waiting"):
        prescribe(clinic, request, review=theirs, by=clinic.colleague, at=SOON)
    assert Prescription.objects.count() == 1


def test_a_question_waits_for_its_answer_and_comes_back(clinic: Clinic) -> None:
    request = ready(clinic)
    services.ask_patient(request, words="Which shampoo do you use?", by=clinic.prescriber, at=SOON)
    with pytest.raises(NotPossible, match="not waiting"):
        prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)
    with pytest.raises(NotPossible, match="Only the person"):
        services.answer_question(request, words="x", by=clinic.prescriber, at=SOON)
    services.answer_question(request, words="An ordinary one.", by=clinic.ann, at=SOON)
    with processing(Purpose.PRESCRIBING, by=clinic.ann, at=SOON) as opened:
        lines = reviewing.list_messages(request, opened, staff=False)
    assert [(each.by_staff, each.words) for each in lines] == [
        (True, "Which shampoo do you use?"),
        (False, "An ordinary one."),
    ]
    prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)


def test_who_withdraws_is_not_decided_on_and_what_has_not_left_can_be_stopped(clinic: Clinic) -> None:
    request = ready(clinic)
    read = look(clinic, request)
    services.withdraw_request(request, by=clinic.ann, at=SOON)
    with pytest.raises((NotPossible, Refused)):
        prescribe(clinic, request, review=read)
    other = ready(clinic)
    made = prescribe(clinic, other)
    services.cancel_prescription(made, words="I do not want it any more.", by=clinic.ann, at=SOON)
    with pytest.raises((NotPossible, Refused)):
        services.release_prescription(made, words="x", by=clinic.pharmacist, at=SOON)


def test_however_much_was_written_its_person_can_stop_what_has_not_left(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("troth.prescribing.services.deciding.MOST_MESSAGES", 2)
    request = ready(clinic)
    services.ask_patient(request, words="Which shampoo do you use?", by=clinic.prescriber, at=SOON)
    services.answer_question(request, words="An ordinary one.", by=clinic.ann, at=SOON)
    with pytest.raises(NotPossible, match="too many messages"):
        services.ask_patient(request, words="Which one?", by=clinic.prescriber, at=SOON)
    made = prescribe(clinic, request, review=look(clinic, request, at=SOON), at=SOON)
    services.cancel_prescription(made, words="I do not want it.", by=clinic.ann, at=SOON)
    assert Prescription.objects.get().status == SupplyStatus.CANCELLED


def test_early_repeats_stop_and_each_goes_back_to_a_prescriber(clinic: Clinic) -> None:
    prescribe(clinic, ready(clinic))
    with pytest.raises(NotPossible, match="A rule stops"):
        send(clinic, at=SOON)
    again = send(clinic, at=SOON, asks_review=True)
    with pytest.raises(NotPossible, match="Stop rules"):
        prescribe(clinic, again, review=look(clinic, again, at=SOON), at=SOON)


def test_of_two_requests_at_once_a_page_opened_before_the_first_was_prescribed_gives_no_second_supply(
    clinic: Clinic,
) -> None:
    first = ready(clinic)
    second = send(clinic, answers={"mood": True}, asks_review=True)
    verify(clinic, second)
    why = {"stops": "Spoke by video: it was years ago, and they know what to watch for."}
    before = look(clinic, second)
    prescribe(clinic, first)
    with pytest.raises(NotPossible, match="added since"):
        prescribe(clinic, second, review=before, reasons=why)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        assert "early" in {each.rule for each in reviewing.get_review(second, opened).found}


def test_after_the_approval_no_answer_is_changed(clinic: Clinic) -> None:
    request = ready(clinic)
    prescribe(clinic, request)
    with pytest.raises(NotPossible, match="closed"):
        services.change_answers(request, {"where": "temples"}, by=clinic.ann, at=SOON)


def test_the_check_is_a_pharmacists_and_never_the_signers(clinic: Clinic) -> None:
    made = prescribe(clinic, ready(clinic))
    for wrong in (clinic.prescriber, clinic.assistant, clinic.ann):
        with pytest.raises((NotPossible, Refused)):
            services.release_prescription(made, words="x", by=wrong, at=SOON)
    # Somebody who is both prescriber and pharmacist does not check what they signed.
    both = Actor("person", clinic.prescriber.id, roles=frozenset({"prescriber", "pharmacist"}))
    with pytest.raises(NotPossible, match="You signed"):
        services.release_prescription(made, words="x", by=both, at=SOON)
    with pytest.raises(NotPossible):
        services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    assert Prescription.objects.get().status == SupplyStatus.SIGNED


def test_the_database_lets_nothing_leave_unchecked(clinic: Clinic) -> None:
    made = prescribe(clinic, ready(clinic))
    for pharmacist in (None, clinic.prescriber.id):
        with pytest.raises(IntegrityError), transaction.atomic():
            _spoil(made, pharmacist, by=clinic.prescriber, at=SOON)


@act(Event.SUPPLY_SENT, purpose=Purpose.PRESCRIBING)
def _spoil(prescription: UUID, pharmacist: UUID | None, *, by: Actor, at) -> None:  # type: ignore[no-untyped-def]
    row = Prescription.objects.get(pk=prescription)
    row.status, row.pharmacist, row.checked_at = SupplyStatus.RELEASED, pharmacist, at
    row.save()


def test_a_pharmacist_looks_from_signing_until_it_is_received(clinic: Clinic) -> None:
    request = ready(clinic)

    def may(at=SOON) -> bool:  # type: ignore[no-untyped-def]
        with processing(Purpose.PRESCRIBING, by=clinic.pharmacist, at=at) as opened:
            return opened.decision(clinic.subject, selectors.Category.HEALTH).allowed

    assert not may()
    made = prescribe(clinic, request)
    assert may()
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    services.deliver(made, by=clinic.ann, at=SOON)
    # The letter to the GP is still to be sent; then the GP may answer for four weeks.
    assert may()
    services.post_gp_letter(GpNotice.objects.get().pk, by=clinic.pharmacist, at=SOON)
    assert may(SOON + timedelta(days=27)) and not may(SOON + timedelta(days=28))


def test_a_refusal_keeps_its_reason_and_the_next_review_shows_it(clinic: Clinic) -> None:
    request = send(clinic)
    review = look(clinic, request, at=SOON)
    services.decide_request(
        request,
        outcome=Outcome.REFUSED,
        words="Not safe beside what you take.",
        review=review,
        by=clinic.prescriber,
        at=SOON,
    )
    assert gates.is_too_fast(MedicationRequest.objects.get(pk=request).seconds)
    other = send(clinic)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=SOON) as opened:
        seen = reviewing.get_review(other, opened)
    assert [words for _, words in seen.refusals] == ["Not safe beside what you take."]
    with pytest.raises(NotPossible, match="Choose the medicine"):
        services.decide_request(
            other, outcome=Outcome.PRESCRIBED, words="x", review="", by=clinic.prescriber, at=SOON
        )


def test_nobody_checks_or_chooses_for_somebody_else(clinic: Clinic) -> None:
    request = send(clinic)
    with pytest.raises(NotPossible):
        services.record_verification(
            request,
            matter=Matter.IDENTITY,
            method=Method.VIDEO,
            result=Verified.VERIFIED,
            note="It is me",
            by=clinic.ann,
            at=SOON,
        )
    with pytest.raises(NotPossible, match="evidence"):
        services.record_verification(
            request,
            matter=Matter.IDENTITY,
            method=Method.VIDEO,
            result=Verified.VERIFIED,
            note=" ",
            by=clinic.prescriber,
            at=SOON,
        )
    with pytest.raises(NotPossible, match="Only the person"):
        services.choose_gp(clinic.subject, state=GpState.GIVEN, practice={"name": "x"}, by=clinic.prescriber, at=SOON)
    with pytest.raises(NotPossible, match="Say which practice"):
        services.choose_gp(clinic.subject, state=GpState.GIVEN, by=clinic.ann, at=SOON)
