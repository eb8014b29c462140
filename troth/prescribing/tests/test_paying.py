"""What a request costs: held when it is asked, taken when it is prescribed, let go when it is not; at a firm on this machine."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from troth.billing import selectors as billing
from troth.billing import services as money
from troth.billing.models import Payment
from troth.billing.selectors import Order, State
from troth.billing.tests.conftest import firm  # noqa: F401 - a fixture
from troth.billing.tests.firm import LocalFirm
from troth.delivery.models import Message
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.intake import services as intake
from troth.notice.purposes import Action, Purpose
from troth.prescribing import services
from troth.prescribing.models import MedicationRequest, Outcome, Prescription, RequestStatus
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import IN_HAND, pricing, supplies
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send, verify
from troth.records.tests.factories import LATER

SOON = LATER + timedelta(minutes=10)


@pytest.fixture
def bank(clinic: Clinic, firm: LocalFirm) -> LocalFirm:  # noqa: F811
    return firm


def ready(clinic: Clinic) -> UUID:
    """A request for which everything holds, save that nobody has paid."""
    request = send(clinic)
    verify(clinic, request)
    agree(clinic)
    return request


def payment_of(request: UUID) -> UUID:
    found = MedicationRequest.objects.values_list("payment", flat=True).get(pk=request)
    assert found is not None
    return found


def reference(clinic: Clinic, payment: UUID) -> str:
    with processing(Purpose.PAYMENT, Action.READ, by=clinic.ann, at=LATER):
        return Payment.objects.get(pk=payment).firm_number or ""


def pay(clinic: Clinic, request: UUID, bank: LocalFirm) -> UUID:
    """As the person does it on the page of the payment."""
    payment = services.pay_request(request, by=clinic.ann, at=LATER)
    bank.pay(money.open_at_firm(payment, by=clinic.ann, at=LATER).reference)
    assert money.look(payment, at=LATER) is State.AUTHORISED
    return payment


def test_nobody_prescribes_what_is_not_held_and_what_is_held_is_taken_then(clinic: Clinic, bank: LocalFirm) -> None:
    request = ready(clinic)
    with pytest.raises(NotPossible, match="Payment: Nothing is held"):
        prescribe(clinic, request)
    payment = pay(clinic, request, bank)
    assert payment == payment_of(request)
    made = prescribe(clinic, request)
    assert Payment.objects.values_list("state", "order").get(pk=payment) == (State.AUTHORISED, Order.CAPTURE)
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    with pytest.raises(NotPossible, match="money for it has not come"):
        services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    assert money.look(payment, at=SOON) is State.CAPTURED
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)


@pytest.mark.parametrize("how", ["refused", "referred", "withdrawn", "withdrawn before it was paid"])
def test_what_is_not_prescribed_is_let_go(clinic: Clinic, bank: LocalFirm, how: str) -> None:
    request = ready(clinic)
    payment = payment_of(request)
    if "before" not in how:
        pay(clinic, request, bank)
    if "withdrawn" in how:
        services.withdraw_request(request, by=clinic.ann, at=SOON)
    else:
        services.decide_request(
            request, outcome=Outcome(how), words="No.", by=clinic.prescriber, at=SOON, review=look(clinic, request)
        )
    before = told(clinic)
    assert money.look(payment, at=SOON) in (State.RELEASED, State.FAILED)
    assert told(clinic) == before, "what we let go ourselves asks nothing of them"
    with pytest.raises(NotPossible, match="closed"):
        services.pay_request(request, by=clinic.ann, at=SOON)


def test_what_was_paid_while_it_was_taken_back_is_not_kept(clinic: Clinic, bank: LocalFirm) -> None:
    """The person pays in one tab and takes it back in another; the firm's word comes after."""
    request = ready(clinic)
    payment = services.pay_request(request, by=clinic.ann, at=LATER)
    word = money.open_at_firm(payment, by=clinic.ann, at=LATER)
    services.withdraw_request(request, by=clinic.ann, at=SOON)
    bank.pay(word.reference)
    assert money.look(payment, at=SOON) is State.RELEASED
    assert bank.intents[word.reference]["status"] == "canceled"


def test_a_cancelled_supply_gives_back_what_was_taken_and_what_is_being_taken(
    clinic: Clinic, bank: LocalFirm
) -> None:
    request = ready(clinic)
    payment = pay(clinic, request, bank)
    made = prescribe(clinic, request)
    services.cancel_prescription(made, words="Not wanted.", by=clinic.ann, at=SOON)  # before the firm has taken it
    money.look(payment, at=SOON)
    assert money.look(payment, at=SOON) is State.REFUNDED
    assert [each["amount"] for each in bank.refunds] == [billing_pence(clinic, payment)]


def told(clinic: Clinic) -> int:
    return Message.objects.filter(subject_id=clinic.subject, kind="request_news").count()


def billing_pence(clinic: Clinic, payment: UUID) -> int:
    with processing(Purpose.PAYMENT, Action.READ, by=clinic.ann, at=SOON) as opened:
        return billing.get_payment(payment, opened).pence


def test_a_hold_that_lapsed_before_the_signature_closes_the_gate_and_is_paid_anew(
    clinic: Clinic, bank: LocalFirm
) -> None:
    request = ready(clinic)
    first = pay(clinic, request, bank)
    bank.lapse(reference(clinic, first))
    assert money.look(first, at=SOON) is State.RELEASED
    with pytest.raises(NotPossible, match="Nothing is held"):
        prescribe(clinic, request)
    second = pay(clinic, request, bank)
    assert second != first and payment_of(request) == second
    assert services.pay_request(request, by=clinic.ann, at=SOON) == second
    prescribe(clinic, request)
    assert money.look(second, at=SOON) is State.CAPTURED


def test_what_went_back_at_the_firm_while_it_is_open_is_paid_anew(clinic: Clinic, bank: LocalFirm) -> None:
    request = ready(clinic)
    first = pay(clinic, request, bank)
    pence = billing_pence(clinic, first)
    bank.intents[reference(clinic, first)] |= {
        "status": "succeeded",
        "amount_received": pence,
        "latest_charge": {"id": "ch_1", "object": "charge", "amount_refunded": pence},
    }
    assert money.look(first, at=SOON) is State.REFUNDED
    second = services.pay_request(request, by=clinic.ann, at=SOON)
    assert second != first and payment_of(request) == second


def test_a_hold_that_lapsed_after_the_signature_is_paid_anew_before_the_parcel_leaves(
    clinic: Clinic, bank: LocalFirm
) -> None:
    request = ready(clinic)
    first = pay(clinic, request, bank)
    made = prescribe(clinic, request)
    assert pricing.list_unpaid(clinic.subject) == []
    before = told(clinic)
    bank.lapse(reference(clinic, first))
    assert money.look(first, at=SOON) is State.FAILED
    assert told(clinic) == before + 1, "nobody but them can pay again"
    assert money.look(first, at=SOON) is State.FAILED
    assert told(clinic) == before + 1, "what the firm says again is no news"
    assert pricing.list_unpaid(clinic.subject) == [pricing.Unpaid(request, prescribed=True)]
    assert [each.unpaid for each in supplies.list_supplies(IN_HAND)] == [True]
    services.release_prescription(made, words="Fine", by=clinic.pharmacist, at=SOON)
    with pytest.raises(NotPossible, match="has not come"):
        services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)
    second = pay(clinic, request, bank)  # the room hears that it is held, and has it taken at once
    assert money.look(second, at=SOON) is State.CAPTURED
    assert [each.unpaid for each in supplies.list_supplies(IN_HAND)] == [False]
    services.dispatch(made, tracking="TN-4711", by=clinic.pharmacist, at=SOON)


def test_of_a_hold_that_goes_between_the_gate_and_the_signature_nothing_is_signed(
    clinic: Clinic, bank: LocalFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ready(clinic)
    pay(clinic, request, bank)
    monkeypatch.setattr(money, "fulfil", lambda *_, **__: False)
    with pytest.raises(NotPossible, match="held on their card any more"):
        prescribe(clinic, request)
    assert not Prescription.objects.exists()
    assert MedicationRequest.objects.get(pk=request).status == RequestStatus.ASSIGNED


def test_it_costs_what_the_price_list_says_and_the_books_do_not_learn_what_for(
    clinic: Clinic, bank: LocalFirm
) -> None:
    money.set_price(name="Hair loss in men", pence=4321, rate=billing.VatRate.EXEMPT, by=clinic.finance, at=LATER)
    request = ready(clinic)
    with processing(Purpose.PAYMENT, Action.READ, by=clinic.finance, at=LATER) as opened:
        found = billing.get_payment(payment_of(request), opened)
    assert (found.pence, found.holds) == (4321, True)
    assert "hair" not in found.what.casefold()
    money.set_price(name="Hair loss in men", pence=9999, rate=billing.VatRate.EXEMPT, by=clinic.finance, at=LATER)
    assert billing_pence(clinic, payment_of(request)) == 4321
    begun = intake.start_answers(clinic.subject, "hair-loss", by=clinic.ann, at=LATER)
    off = {"pence": 9999, "rate": billing.VatRate.EXEMPT, "offered": False}
    money.set_price(name="Hair loss in men", **off, by=clinic.finance, at=LATER)
    with pytest.raises(NotPossible, match="do not offer"):
        send(clinic)  # what was begun before is answered, and not sent
    assert intake.start_answers(clinic.subject, "hair-loss", by=clinic.ann, at=LATER) == begun


def test_nobody_else_pays_and_no_clinic_without_a_firm_asks(clinic: Clinic, bank: LocalFirm) -> None:
    request = ready(clinic)
    for wrong in (clinic.prescriber, clinic.support, clinic.finance, clinic.colleague):
        with pytest.raises((Refused, NotPossible)), boundary():
            services.pay_request(request, by=wrong, at=LATER)
    with pytest.raises(Refused), boundary():
        services.pay_request(uuid4(), by=clinic.ann, at=LATER)


def test_a_clinic_that_takes_no_cards_asks_for_nothing(clinic: Clinic) -> None:
    request = ready(clinic)
    assert MedicationRequest.objects.get(pk=request).payment is None
    with pytest.raises(NotPossible, match="Nothing is to be paid"):
        services.pay_request(request, by=clinic.ann, at=LATER)
    prescribe(clinic, request)
