"""Every way through a request and a supply, walked: none leads around a gate."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from troth.intake import selectors as intake
from troth.prescribing.models import GpNoticeState, GpState, RequestStatus, SupplyStatus, Verified
from troth.prescribing.rules import NotPossible, formulary, gates, machine, step
from troth.prescribing.rules.gates import Facts, Risk
from troth.prescribing.rules.machine import GP_NOTICE, REQUEST, SUPPLY, Step

REASON = "Discussed by video, and safer than going without."
FINE = Facts(
    has_answers=True,
    complete=True,
    age_of_answers=timedelta(0),
    good_for=timedelta(days=14),
    identity=Verified.VERIFIED,
    stops=(),
    risks=frozenset(),
    suits=True,
    verified=Verified.NONE,
    gp=GpState.GIVEN,
    regular_confirmed=False,
    too_many=False,
)


def test_every_state_is_reached_and_what_ends_ends() -> None:
    for table, first, every in (
        (REQUEST, RequestStatus.REQUESTED, RequestStatus),
        (SUPPLY, SupplyStatus.SIGNED, SupplyStatus),
        (GP_NOTICE, GpNoticeState.DUE, GpNoticeState),
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
    """All of them, 23 040: what may be prescribed is exactly what the rules of the service allow, written here a second time."""
    reasons = ("", REASON)
    count = 0
    for risk, identity, verified, gp, regular, stops, many, fresh, why in product(
        (None, *Risk), Verified, Verified, GpState, (True, False), ((), ("x",)), (True, False), (True, False), reasons
    ):
        facts = replace(
            FINE,
            risks=frozenset({risk} if risk else ()),
            identity=identity,
            verified=verified,
            gp=gp,
            regular_confirmed=regular,
            stops=stops,
            too_many=many,
            age_of_answers=timedelta(0 if fresh else 15),
            reasons=dict.fromkeys(("gp", "stops", "amount", "guideline"), why),
        )
        high = risk in (Risk.MISUSE, Risk.OVERDOSE, Risk.MONITORING, Risk.EXAMINATION, Risk.WEIGHT)
        expected = (
            fresh
            and identity is Verified.VERIFIED
            and verified is not Verified.CONTRADICTED
            and (verified is Verified.VERIFIED or not high)
            and (gp is GpState.GIVEN or bool(why))
            and (gp is GpState.GIVEN or regular or risk not in (Risk.MISUSE, Risk.MONITORING))
            and (not stops or bool(why))
            and (not many or bool(why))
            and (risk is not Risk.ANTIMICROBIAL or bool(why))
        )
        assert (gates.unmet(facts) == []) is expected, facts
        count += 1
    assert count == 8 * 5 * 5 * 5 * 2 * 2 * 2 * 2 * 2


@pytest.mark.parametrize("missing", ["has_answers", "complete", "suits"])
def test_each_plain_gate_closes(missing: str) -> None:
    assert gates.unmet(FINE) == []
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
