"""Payments at a firm on this machine: what is asked, held, taken, let go and given back, whatever is lost in between."""

import time
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from troth.billing import answers, rules, selectors, services
from troth.billing.models import Order, Payment, Refund, RefundState, State, Trouble
from troth.billing.rules import UNPAID_ENDS, NotPossible
from troth.billing.services import following
from troth.billing.services.firms import FirmSilent
from troth.billing.tests.conftest import NOW, Till
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.models import Fact
from troth.gate.refusals import Refused
from troth.gate.tests.conftest import end_fact, record_fact
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.work.models import Job


def state(payment: UUID) -> tuple[str, str]:
    found: tuple[str, str] = Payment.objects.values_list("state", "order").get(pk=payment)
    return found


def line(till: Till, payment: UUID) -> selectors.PaymentLine:
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW) as opened:
        return selectors.get_payment(payment, opened)


def test_what_leaves_the_house_is_an_amount_and_a_random_number(till: Till) -> None:
    payment = till.paid(holds=True)
    heard = " ".join(till.firm.heard).lower()
    assert payment.hex in heard and "amount=8000" in heard
    for word in ("sentinel-what", "oddie", "maureen", till.ann.hex, "visit"):
        assert word not in heard


def test_held_then_taken(till: Till) -> None:
    payment = till.paid(holds=True)
    assert state(payment) == (State.AUTHORISED, "")
    services.capture(payment, by=till.actor(till.finance), at=NOW)
    assert state(payment) == (State.AUTHORISED, Order.CAPTURE)  # wanted, and not yet true
    assert Job.objects.filter(name="billing.ask_the_firm").count() == 1
    assert services.look(payment, at=NOW) is State.CAPTURED
    assert line(till, payment).captured == 8000


def test_held_then_let_go(till: Till) -> None:
    payment = till.paid(holds=True)
    services.release(payment, by=till.actor(till.finance), at=NOW)
    assert services.look(payment, at=NOW) is State.RELEASED
    assert till.firm.intents[till.reference(payment)]["status"] == "canceled"
    with pytest.raises(NotPossible):
        services.capture(payment, by=till.actor(till.finance), at=NOW)


def test_taken_and_let_go_exclude_each_other(till: Till) -> None:
    payment = till.paid(holds=True)
    services.capture(payment, by=till.actor(till.finance), at=NOW)
    with pytest.raises(NotPossible, match="already asked"):
        services.release(payment, by=till.actor(till.finance), at=NOW)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_answers_that_are_lost_charge_nobody_twice(till: Till, lost: int) -> None:
    payment = till.ask(holds=True)
    till.firm.lose = lost
    for _ in range(lost):
        with pytest.raises(FirmSilent):
            services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    assert len(till.firm.intents) == 1
    till.firm.pay(word.reference)
    services.look(payment, at=NOW)
    services.capture(payment, by=till.actor(till.finance), at=NOW)
    till.firm.lose = 1
    with pytest.raises(FirmSilent):
        services.look(payment, at=NOW)
    assert state(payment)[0] == State.AUTHORISED
    assert services.look(payment, at=NOW) is State.CAPTURED
    services.refund(payment, pence=3000, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    till.firm.lose = 1
    with pytest.raises(FirmSilent):
        services.look(payment, at=NOW)
    assert services.look(payment, at=NOW) is State.PART_REFUNDED
    assert [each["amount"] for each in till.firm.refunds] == [3000]
    assert line(till, payment).returned == 3000


def test_a_refund_of_yesterday_is_not_made_again_when_the_firm_forgot_the_key(till: Till) -> None:
    payment = till.paid()
    services.refund(payment, pence=3000, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    till.firm.lose = 1
    with pytest.raises(FirmSilent):
        services.look(payment, at=NOW)
    till.firm.done.clear()
    services.look(payment, at=NOW)
    assert len(till.firm.refunds) == 1
    assert Refund.objects.get().state == RefundState.DONE


@pytest.mark.parametrize(("ends", "state"), [("failed", RefundState.FAILED), ("succeeded", RefundState.DONE)])
def test_a_refund_on_its_way_ends_as_the_firm_says(till: Till, ends: str, state: RefundState) -> None:
    payment = till.paid()
    services.refund(payment, pence=3000, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    till.firm.refunds_are, till.firm.lose = "pending", 1
    with pytest.raises(FirmSilent):
        services.look(payment, at=NOW)
    services.look(payment, at=NOW)
    assert Refund.objects.get().state == RefundState.ASKED
    till.firm.refunds[0]["status"] = ends
    services.look(payment, at=NOW)
    assert (len(till.firm.refunds), Refund.objects.get().state) == (1, state)


def test_no_more_goes_back_than_came(till: Till) -> None:
    payment, by = till.paid(), till.actor(till.finance)
    services.refund(payment, pence=5000, why="", key=uuid4(), by=by, at=NOW)
    with pytest.raises(NotPossible, match="£30 is left"):
        services.refund(payment, pence=3001, why="", key=uuid4(), by=by, at=NOW)
    services.refund(payment, pence=3000, why="", key=uuid4(), by=by, at=NOW)
    assert services.look(payment, at=NOW) is State.REFUNDED
    with pytest.raises(NotPossible):
        services.refund(payment, pence=1, why="", key=uuid4(), by=by, at=NOW)


def test_a_refund_that_the_firm_will_not_make_is_free_to_go_another_way(till: Till) -> None:
    payment, by = till.paid(), till.actor(till.finance)
    till.firm.refuse_refunds = True
    services.refund(payment, pence=8000, why="", key=uuid4(), by=by, at=NOW)
    services.look(payment, at=NOW)
    assert Refund.objects.get().state == RefundState.FAILED
    assert line(till, payment).left == 8000


def test_asking_twice_under_one_key_is_asking_once(till: Till) -> None:
    key, thing = uuid4(), uuid4()
    assert till.ask(key=key, thing=thing) == till.ask(key=key, thing=thing)
    with pytest.raises(NotPossible):
        till.ask(key=key, thing=thing, pence=9000)
    payment, by = till.paid(), till.actor(till.finance)
    again = uuid4()
    first = services.refund(payment, pence=1000, why="", key=again, by=by, at=NOW)
    assert services.refund(payment, pence=1000, why="", key=again, by=by, at=NOW) == first
    assert Refund.objects.count() == 1


def test_what_was_paid_while_it_was_let_go_is_given_back(till: Till) -> None:
    payment = till.ask()
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    services.release(payment, by=till.actor(till.finance), at=NOW)
    till.firm.pay(word.reference)  # between our order and the firm's hearing of it
    services.look(payment, at=NOW)
    assert services.look(payment, at=NOW) is State.REFUNDED
    assert [each["amount"] for each in till.firm.refunds] == [8000]


def test_what_nobody_pays_ends_and_can_no_longer_be_paid(till: Till) -> None:
    seen, unseen = till.ask(), till.ask()
    word = services.open_at_firm(seen, by=till.actor(till.ann), at=NOW)
    later = NOW + UNPAID_ENDS * 2
    assert services.look(seen, at=later) is services.look(unseen, at=later) is State.FAILED
    assert till.firm.intents[word.reference]["status"] == "canceled"
    assert len(till.firm.intents) == 1


def test_a_declined_card_can_be_tried_again_and_a_lapsed_hold_is_a_failure(till: Till) -> None:
    payment = till.ask(holds=True)
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    till.firm.decline(word.reference)
    assert services.look(payment, at=NOW) is State.ASKED
    assert line(till, payment).trouble is Trouble.DECLINED
    till.firm.pay(word.reference)
    assert services.look(payment, at=NOW) is State.AUTHORISED
    services.capture(payment, by=till.actor(till.finance), at=NOW)
    till.firm.lapse(word.reference)
    assert services.look(payment, at=NOW) is State.FAILED
    assert line(till, payment).trouble is Trouble.LAPSED


def test_who_asked_hears_each_state_and_is_told_again_until_they_took_note(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[UUID, State]] = []
    broken = [True]

    def follow(thing: UUID, payment: UUID, state: State, **_: object) -> None:
        if broken.pop():
            broken.extend([False, False])
            raise RuntimeError
        heard.append((thing, state))

    monkeypatch.setitem(following.followers, "tests.thing", follow)
    thing = uuid4()
    payment = till.ask(holds=True, thing=thing)
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    till.firm.pay(word.reference)
    with pytest.raises(RuntimeError):
        services.look(payment, at=NOW)
    assert state(payment)[0] == State.AUTHORISED  # the money is written down whatever the room makes of it
    assert payment in selectors.list_urgent(at=NOW + UNPAID_ENDS)
    services.look(payment, at=NOW)
    services.look(payment, at=NOW)
    assert heard == [(thing, State.AUTHORISED)]


def test_a_kind_of_thing_is_followed_by_one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "followers", {})
    following.follows("tests.other")(lambda *_, **__: None)
    with pytest.raises(ValueError, match="twice"):
        following.follows("tests.other")(lambda *_, **__: None)


def test_nobody_else_asks_takes_or_gives_back(till: Till) -> None:
    payment = till.paid(holds=True)
    for who in (till.bob, till.practitioner):
        for act in (services.capture, services.release):
            with pytest.raises(Refused), boundary():
                act(payment, by=till.actor(who), at=NOW)
        with pytest.raises(Refused), boundary():
            services.refund(payment, pence=1, why="", key=uuid4(), by=till.actor(who), at=NOW)
        with pytest.raises(Refused), boundary():
            services.open_at_firm(payment, by=till.actor(who), at=NOW)
    with pytest.raises(Refused), boundary():
        services.capture(uuid4(), by=till.actor(till.finance), at=NOW)
    assert state(payment) == (State.AUTHORISED, "")


def test_what_the_firm_says_again_is_no_event(till: Till) -> None:
    payment = till.paid()
    before = LedgerEvent.objects.filter(event="billing:payment_changed").count()
    for _ in range(3):
        services.look(payment, at=NOW)
    assert LedgerEvent.objects.filter(event="billing:payment_changed").count() == before


def test_a_message_of_the_firm_has_it_asked_and_decides_nothing(till: Till) -> None:
    payment = till.ask()
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    body, signature = till.firm.message(word.reference)  # it says paid, and it is not
    for _ in range(2):
        assert services.hear(body, signature)
    assert Job.objects.filter(name="billing.ask_the_firm").count() == 2
    assert services.look(payment, at=NOW) is State.ASKED
    till.firm.pay(word.reference)
    assert services.look(payment, at=NOW) is State.CAPTURED


def test_a_message_that_is_forged_old_or_about_nothing_of_ours_is_refused(till: Till, settings: object) -> None:
    payment = till.ask()
    word = services.open_at_firm(payment, by=till.actor(till.ann), at=NOW)
    body, signature = till.firm.message(word.reference)
    for wrong in ((body + b" ", signature), (body, ""), till.firm.message(word.reference, at=time.time() - 3600)):
        with pytest.raises(PermissionError):
            services.hear(*wrong)
    settings.TROTH_STRIPE_WEBHOOK_SECRET = ""  # type: ignore[attr-defined]
    with pytest.raises(PermissionError):
        services.hear(body, signature)
    assert not Job.objects.exists()


def test_the_database_knows_the_states_and_wants_nothing_of_what_is_over(till: Till) -> None:
    payment = till.paid()
    for column, value in (("state", "stolen"), ("order", "capture")):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE billing_payment SET "{column}" = %s', [value])
    assert state(payment) == (State.CAPTURED, "")


def test_amounts_and_what_for_are_ciphertext(till: Till) -> None:
    payment = till.paid(pence=7301)
    reference = till.reference(payment)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_payment")
        stored = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in cursor.fetchone())
    for plain in ("sentinel-what", "7301", reference):
        assert plain not in stored


def test_who_decides_has_money_taken_let_go_or_given_back_whatever_its_state(till: Till) -> None:
    """A prescriber holds no role that takes money; the service does it on their behalf, and once, however often it is said."""
    who = till.practitioner
    nothing, kept, dropped = till.ask(holds=True), till.paid(holds=True), till.paid(holds=True)
    assert not services.fulfil(nothing, Order.CAPTURE, on_behalf_of=who, at=NOW)
    for _ in range(2):
        assert services.fulfil(kept, Order.CAPTURE, on_behalf_of=who, at=NOW)
        assert services.fulfil(dropped, Order.RELEASE, on_behalf_of=who, at=NOW)
    assert not services.fulfil(dropped, Order.CAPTURE, at=NOW)
    assert not services.fulfil(kept, Order.RELEASE, at=NOW)  # on its way to us: it goes back once it is here
    event = LedgerEvent.objects.filter(event="billing:capture_ordered").get()
    assert (event.actor, event.on_behalf_of) == ("payments", who.hex)
    assert services.look(kept, at=NOW) is State.CAPTURED and services.look(dropped, at=NOW) is State.RELEASED
    services.refund(kept, pence=1000, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    for _ in range(2):
        assert services.fulfil(kept, Order.RELEASE, at=NOW)
        assert services.look(kept, at=NOW) is State.REFUNDED
    assert [each["amount"] for each in till.firm.refunds] == [1000, 7000]
    assert selectors.day_end(NOW.date(), NOW.date()).moved == {"card": (8000, 8000)}


def test_what_went_back_by_hand_at_the_firm_is_not_given_back_again(till: Till) -> None:
    payment = till.paid()
    till.firm.intents[till.reference(payment)]["latest_charge"]["amount_refunded"] = 3000
    assert services.look(payment, at=NOW) is State.PART_REFUNDED
    with pytest.raises(NotPossible, match="£50 is left"):
        services.refund(payment, pence=5001, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    services.fulfil(payment, Order.RELEASE, at=NOW)
    with processing(Purpose.PAYMENT, Action.READ, by=till.actor(till.ann), at=NOW):
        assert Refund.objects.get().pence == 5000


def test_what_the_firm_would_not_give_back_is_asked_for_again_and_once(till: Till) -> None:
    payment = till.paid()
    till.firm.refuse_refunds = True
    services.fulfil(payment, Order.RELEASE, at=NOW)
    services.look(payment, at=NOW)
    assert Refund.objects.get().state == RefundState.FAILED
    till.firm.refuse_refunds = False
    for _ in range(2):
        services.fulfil(payment, Order.RELEASE, at=NOW)
    assert Refund.objects.filter(state=RefundState.ASKED).count() == 1
    assert services.look(payment, at=NOW) is State.REFUNDED
    assert [each["amount"] for each in till.firm.refunds] == [8000]


def restrict(till: Till) -> None:
    record_fact(till.ann, FactKind.RESTRICTION, by=till.actor(till.finance), at=NOW)


def refusals() -> int:
    return LedgerEvent.objects.filter(outcome="refused").count()


def test_after_an_erasure_what_is_held_is_let_go_and_nothing_else_opens(till: Till) -> None:
    payment = till.paid(holds=True)
    end_fact(till.ann, FactKind.CONTRACT, by=till.actor(till.finance), at=NOW)
    before = refusals()
    assert services.look(payment, at=NOW) is State.RELEASED
    assert (refusals(), selectors.list_urgent(at=NOW)) == (before, [])
    with pytest.raises(Refused):
        till.ask()


@pytest.mark.parametrize("ordered", [False, True])
def test_what_is_held_of_somebody_who_restricts_is_let_go_and_never_taken(till: Till, ordered: bool) -> None:
    payment = till.paid(holds=True)
    if ordered:
        services.capture(payment, by=till.actor(till.finance), at=NOW)
    restrict(till)
    before = refusals()
    assert services.look(payment, at=NOW) is State.RELEASED
    assert till.firm.intents[till.reference(payment)]["status"] == "canceled"
    # By a service of its own, whose reason stands in the event; no refusal is written, now or by the next run.
    event = LedgerEvent.objects.filter(event="billing:release_ordered").latest("id")
    assert (event.actor, "settled" in event.reason) == (rules.LETTING_GO, True)
    assert payment not in selectors.list_urgent(at=NOW) and selectors.count_left(at=NOW) == 1
    services.look(payment, at=NOW)
    assert refusals() == before
    # Once it is lifted, whoever asked hears of it.
    Fact.objects.filter(subject=till.ann.hex, kind=FactKind.RESTRICTION).delete()
    assert payment in selectors.list_urgent(at=NOW) and selectors.count_left(at=NOW) == 0


def test_what_was_to_go_back_goes_back_under_a_restriction_and_nothing_new_is_asked(till: Till) -> None:
    payment = till.paid()
    services.refund(payment, pence=3000, why="", key=uuid4(), by=till.actor(till.finance), at=NOW)
    waiting = till.ask()
    services.open_at_firm(waiting, by=till.actor(till.ann), at=NOW)
    restrict(till)
    assert services.look(payment, at=NOW) is State.PART_REFUNDED
    assert [each["amount"] for each in till.firm.refunds] == [3000]
    assert services.look(waiting, at=NOW) is State.RELEASED
    with pytest.raises(Refused):
        till.ask()


def test_no_other_service_and_nobody_unrestricted_is_opened_by_the_one_that_lets_go(till: Till) -> None:
    payment = till.paid(holds=True)
    with pytest.raises(PermissionError):
        actors.service(rules.LETTING_GO)
    assert not answers.settling_restricted(Actor("service", name=rules.LETTING_GO), [till.ann], at=NOW)
    restrict(till)
    assert answers.settling_restricted(Actor("service", name=rules.LETTING_GO), [till.ann, till.bob], at=NOW) == {
        till.ann
    }
    with pytest.raises(Refused):
        services.release(payment, by=till.actor(till.finance), at=NOW)
