"""Every way through a request and a supply, walked: none leads around a gate."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from troth.billing.rules import OPEN as OPEN_MONEY
from troth.billing.rules import Known, Word
from troth.billing.rules import after as after_word
from troth.billing.selectors import Order, State
from troth.intake import selectors as intake
from troth.prescribing.models import (
    CheckState,
    GpNoticeState,
    GpState,
    Paid,
    ReactionState,
    RequestStatus,
    SupplyStatus,
    Verified,
)
from troth.prescribing.rules import NotPossible, formulary, gates, machine, step
from troth.prescribing.rules.gates import Facts, Risk
from troth.prescribing.rules.machine import GP_NOTICE, REQUEST, SUPPLY, Step

#: States in which money is with us, or held for us.
WITH_US = (State.ASKED, State.AUTHORISED, State.CAPTURED, State.PART_REFUNDED)
REASON = "Discussed by video, and safer than going without."
FINE = Facts(
    has_answers=True,
    complete=True,
    age_of_answers=timedelta(0),
    good_for=timedelta(days=14),
    identity=Verified.VERIFIED,
    by_document=True,
    stops=(),
    risks=frozenset(),
    suits=True,
    verified=Verified.NONE,
    gp=GpState.GIVEN,
    regular_confirmed=False,
    too_many=False,
    paid=Paid.HELD,
)


def test_every_state_is_reached_and_what_ends_ends() -> None:
    for table, first, every in (
        (REQUEST, RequestStatus.REQUESTED, RequestStatus),
        (SUPPLY, SupplyStatus.SIGNED, SupplyStatus),
        (GP_NOTICE, GpNoticeState.DUE, GpNoticeState),
        (machine.REACTION, ReactionState.REPORTED, ReactionState),
        (machine.IDENTITY, CheckState.SENT, CheckState),
    ):
        seen, waiting = {str(first)}, deque([str(first)])
        while waiting:
            here = waiting.popleft()
            for (state, _), to in table.items():
                if str(state) == here and str(to) not in seen:
                    seen.add(str(to))
                    waiting.append(str(to))
        assert seen == {str(each) for each in every}


def test_no_way_leads_out_of_the_door_without_a_check_by_another() -> None:
    """Walk every sequence of steps, with the signer and a pharmacist taking each: what leaves was released by the pharmacist."""
    start = (SupplyStatus.SIGNED, False)
    seen, waiting = {start}, deque([start])
    while waiting:
        state, checked = waiting.popleft()
        for taken, by_signer in product(Step, (True, False)):
            if taken in machine.BY_ANOTHER and by_signer:
                continue  # the acts refuse it, and the database too: see test_deciding
            try:
                after = step(SUPPLY, state, taken)
            except NotPossible:
                continue
            reached = (after, checked or (taken is Step.RELEASE and not by_signer))
            assert after not in (SupplyStatus.DISPATCHED, SupplyStatus.DELIVERED, SupplyStatus.CLOSED) or reached[1]
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    assert len(seen) >= len(SupplyStatus)


def test_no_combination_of_facts_leads_around_a_gate() -> None:
    """All of them, 76 500: what may be prescribed is exactly what the rules of the service allow, written here a second time."""
    reasons = ("", REASON)
    count = 0
    both = (True, False)
    for risk, shown, identity, verified, gp, regular, stops, many, fresh, why, paid in product(
        (None, *Risk),
        both,
        Verified,
        Verified,
        GpState,
        both,
        ((), ("x",)),
        both,
        both,
        reasons,
        (Paid.WAITING, Paid.HELD),
    ):
        if not shown and (many or not fresh or stops or paid is Paid.WAITING):
            continue  # what is missing beside a document is walked with one
        facts = replace(
            FINE,
            risks=frozenset({risk} if risk else ()),
            identity=identity,
            by_document=shown,
            verified=verified,
            gp=gp,
            regular_confirmed=regular,
            stops=stops,
            too_many=many,
            paid=paid,
            age_of_answers=timedelta(0 if fresh else 15),
            reasons=dict.fromkeys(("gp", "stops", "amount", "guideline"), why),
        )
        high = risk in (Risk.MISUSE, Risk.OVERDOSE, Risk.MONITORING, Risk.EXAMINATION, Risk.WEIGHT, Risk.CONTROLLED)
        expected = (
            fresh
            and paid is not Paid.WAITING
            and identity is Verified.VERIFIED
            and verified is not Verified.CONTRADICTED
            and (verified is Verified.VERIFIED or not high)
            and (gp is GpState.GIVEN or bool(why))
            and (shown or risk not in (Risk.MISUSE, Risk.OVERDOSE, Risk.WEIGHT, Risk.CONTROLLED))
            and (gp is GpState.GIVEN or regular or risk not in (Risk.MISUSE, Risk.MONITORING, Risk.CONTROLLED))
            and (not stops or bool(why))
            and (not many or bool(why))
            and (risk is not Risk.ANTIMICROBIAL or bool(why))
        )
        assert (gates.unmet(facts) == []) is expected, facts
        count += 1
    alone = 9 * 5 * 5 * 5 * 2 * 2  # without a document, and with nothing else missing but what its class asks
    assert count == 9 * 5 * 5 * 5 * 2 * 2 * 2 * 2 * 2 * 2 + alone


def test_no_way_leads_to_money_for_nothing_or_to_a_prescription_without_it() -> None:
    """
    Walk a request and its payment together, with whatever the firm says and whenever it says it. Nobody prescribes while nothing is
    held; and whatever happened before, once all is said the money of what was not prescribed is not with us.
    """
    start = (str(RequestStatus.REQUESTED), False, Known(State.ASKED, Order.NONE, 100, 0, 0))
    seen, waiting = {start}, deque([start])
    while waiting:
        status, prescribed, money = waiting.popleft()
        reached = []
        for taken in Step:
            held = (money.state, money.order) in ((State.AUTHORISED, Order.NONE), (State.CAPTURED, Order.NONE))
            if (status, taken) not in REQUEST or (taken is Step.PRESCRIBE and not held):
                continue  # the gate is closed, and the act would find nothing to take
            wanted = machine.MONEY.get(taken, Order.NONE)
            after = money
            if wanted is not Order.NONE and money.state in OPEN_MONEY:
                after = replace(money, order=wanted)
            elif wanted is Order.RELEASE and money.state is State.CAPTURED:
                after = replace(money, state=State.REFUNDED)
            reached.append((str(REQUEST[status, taken]), taken is Step.PRESCRIBE, after))
        for said in ("waiting", "held", "taken", "ended"):
            if said == "taken" and money.state is State.AUTHORISED and money.order is Order.NONE:
                continue  # what is held is taken by whoever holds it, and we have not asked
            after = after_word(money, Word("x", 100, "gbp", said, captured=100 if said == "taken" else 0))
            if money.order is Order.RELEASE and after.state is State.CAPTURED:
                after = replace(after, state=State.REFUNDED)  # billing gives it back in the act that hears of it
            reached.append((status, prescribed, after))
        over = status in (RequestStatus.DECIDED, RequestStatus.WITHDRAWN)
        assert not (over and not prescribed) or money.order is Order.RELEASE or money.state not in WITH_US, money
        assert not prescribed or money.order is Order.CAPTURE or money.state in (State.CAPTURED, State.FAILED)
        for each in reached:
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    assert {state.state for _, _, state in seen} >= {State.CAPTURED, State.RELEASED, State.FAILED, State.REFUNDED}
    ends = {taken for (_, taken), to in REQUEST.items() if to in (RequestStatus.DECIDED, RequestStatus.WITHDRAWN)}
    assert set(machine.MONEY) == ends | {Step.CANCEL}


@pytest.mark.parametrize("missing", ["has_answers", "complete", "suits"])
def test_each_plain_gate_closes(missing: str) -> None:
    assert gates.unmet(FINE) == gates.unmet(replace(FINE, paid=Paid.NOT_ASKED)) == []
    assert gates.unmet(replace(FINE, **{missing: False}))


def test_a_reason_is_more_than_a_word() -> None:
    refused = replace(FINE, gp=GpState.REFUSED, reasons={"gp": "fine"})
    assert [gate.key for gate in gates.unmet(refused)] == ["gp"]


def test_seconds_that_nobody_reads_in_are_too_fast() -> None:
    assert gates.is_too_fast(17) and gates.is_too_fast(None) and not gates.is_too_fast(90)


def test_a_step_from_nowhere_is_refused() -> None:
    with pytest.raises(NotPossible):
        step(REQUEST, RequestStatus.WITHDRAWN, Step.PRESCRIBE)


def test_the_formulary_is_sound_and_each_treatment_has_a_medicine() -> None:
    found = formulary.formulary()
    assert {name for each in found.values() for name in each.treatments} == set(intake.treatments())
    assert Risk.WEIGHT in found["semaglutide-0.25"].risks


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("41956211000001109", "41956211000001108", "check digit"),
        ("risks: [antimicrobial]", "risks: [sorcery]", "not known"),
        ("quantity: 6\n  most: 6", "quantity: 7\n  most: 6", "more than its most"),
        ("id: finasteride-1", "id: sildenafil-50", "twice"),
        ("directions:", "direction:", "directions"),
    ],
)
def test_a_formulary_that_cannot_be_says_so(before: str, after: str, said: str) -> None:
    text = formulary._FILE.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(ValueError, match=said):
        formulary.read_formulary(text.replace(before, after, 1))


def test_codes_end_in_verhoeff() -> None:
    assert formulary.is_code("22298006") and not formulary.is_code("22298007") and not formulary.is_code("x")


def test_the_page_of_states_is_as_generated() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "states.md"
    assert page.read_text(encoding="utf-8") == machine.page()
