"""The pure rules of money."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.billing.models import Order, State, Trouble
from troth.billing.rules import (
    MOST,
    OPEN,
    Known,
    NotPossible,
    Word,
    after,
    check_can_ask,
    check_can_order,
    check_can_refund,
    financial_year,
    pounds,
)

WORDS = st.builds(
    Word,
    reference=st.just("pi_1"),
    pence=st.just(8000),
    currency=st.just("gbp"),
    status=st.sampled_from(["waiting", "held", "taken", "ended"]),
    captured=st.sampled_from([0, 5000, 8000]),
    returned=st.sampled_from([0, 1000, 8000]),
    declined=st.booleans(),
)
OVER = frozenset({State.RELEASED, State.REFUNDED, State.FAILED})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(WORDS, max_size=8), st.sampled_from(list(Order)))
def test_what_the_firm_says_leads_forwards_only(words: list[Word], order: Order) -> None:
    known = Known(State.ASKED, order, 8000, 0, 0)
    for word in words:
        now = after(known, word)
        assert now.captured >= known.captured and now.returned >= known.returned
        assert known.state not in OVER or now.state is known.state
        assert now.state in OPEN or now.order is Order.NONE
        assert after(now, word) == now  # said twice is said once
        known = now


def test_another_amount_ends_it_and_money_taken_stays_true() -> None:
    asked = Known(State.ASKED, Order.NONE, 8000, 0, 0)
    assert after(asked, Word("pi_1", 800, "gbp", "held")).trouble is Trouble.DIFFERS
    assert after(asked, Word("pi_1", 8000, "eur", "held")).state is State.FAILED
    assert after(asked, Word("pi_1", 8000, "gbp", "taken", 8000)).state is State.CAPTURED


def test_a_hold_that_lapses_while_we_want_it_is_a_failure_and_else_a_release() -> None:
    ended = Word("pi_1", 8000, "gbp", "ended")
    assert after(Known(State.AUTHORISED, Order.CAPTURE, 8000, 0, 0), ended) == Known(
        State.FAILED, Order.NONE, 8000, 0, 0, Trouble.LAPSED
    )
    assert after(Known(State.AUTHORISED, Order.NONE, 8000, 0, 0), ended).state is State.RELEASED
    assert after(Known(State.ASKED, Order.RELEASE, 8000, 0, 0), ended).state is State.RELEASED
    assert after(Known(State.ASKED, Order.NONE, 8000, 0, 0), ended).trouble is Trouble.EXPIRED


@pytest.mark.parametrize("pence", [-1, 0, 29, MOST + 1])
def test_no_firm_takes_such_an_amount(pence: int) -> None:
    with pytest.raises(NotPossible):
        check_can_ask(pence)


@pytest.mark.parametrize(
    ("state", "order", "wanted"),
    [
        (State.ASKED, Order.NONE, Order.CAPTURE),
        (State.CAPTURED, Order.NONE, Order.CAPTURE),
        (State.AUTHORISED, Order.RELEASE, Order.CAPTURE),
        (State.AUTHORISED, Order.CAPTURE, Order.RELEASE),
        (State.CAPTURED, Order.NONE, Order.RELEASE),
        (State.FAILED, Order.NONE, Order.RELEASE),
    ],
)
def test_what_cannot_be_wanted(state: State, order: Order, wanted: Order) -> None:
    with pytest.raises(NotPossible):
        check_can_order(state, order, wanted)


@pytest.mark.parametrize(
    ("state", "given_back", "pence"),
    [(State.CAPTURED, 0, 8001), (State.PART_REFUNDED, 5000, 3001), (State.AUTHORISED, 0, 1), (State.CAPTURED, 0, 0)],
)
def test_no_more_goes_back_than_is_left(state: State, given_back: int, pence: int) -> None:
    with pytest.raises(NotPossible):
        check_can_refund(state, captured=8000, given=given_back, pence=pence)


def test_a_financial_year_is_named_by_the_year_in_which_it_ends() -> None:
    assert financial_year(date(2026, 4, 5), (4, 5)) == 2026
    assert financial_year(date(2026, 4, 6), (4, 5)) == 2027


@pytest.mark.parametrize(("pence", "read"), [(0, "£0"), (8000, "£80"), (120450, "£1,204.50"), (-5, "−£0.05")])
def test_amounts_as_people_read_them(pence: int, read: str) -> None:
    assert pounds(pence) == read
