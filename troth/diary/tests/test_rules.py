"""The diary's rules, on days when clocks change and on others."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.diary import rules
from troth.diary.models import VisitState
from troth.diary.rules import NotPossible
from troth.law.calendar import LONDON

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOURS = {"0": [36, 72]}  # Mondays, nine to six


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "minutes", "because"),
    [
        (at(10, 5), 30, "quarter"),
        (at(8), 30, "over"),
        (at(8, 45), 30, "do not work"),
        (at(17, 45), 30, "do not work"),
        (at(10) + timedelta(days=1), 30, "do not work"),
        (at(10) + timedelta(days=364 + 7), 30, "year ahead"),
    ],
)
def test_a_time_that_cannot_be(starts: datetime, minutes: int, because: str) -> None:
    with pytest.raises(NotPossible, match=because):
        rules.check_can_book(starts, starts + timedelta(minutes=minutes), HOURS, at=NOW)


def test_the_first_and_the_last_time_of_a_day_can_be() -> None:
    for starts in (at(9), at(17, 30)):
        rules.check_can_book(starts, starts + timedelta(minutes=30), HOURS, at=NOW)


@pytest.mark.parametrize("state", list(VisitState))
@pytest.mark.parametrize("to", list(VisitState))
def test_only_the_table_of_steps_is_gone(state: VisitState, to: VisitState) -> None:
    allowed = to in rules.STEPS[state]
    try:
        rules.check_step(state, to, starts_at=NOW, at=NOW)
    except NotPossible:
        assert not allowed
    else:
        assert allowed


def test_nobody_arrives_on_another_day_or_misses_what_has_not_begun() -> None:
    with pytest.raises(NotPossible):
        rules.check_step("booked", VisitState.ARRIVED, starts_at=NOW + timedelta(days=1), at=NOW)
    with pytest.raises(NotPossible):
        rules.check_step("booked", VisitState.MISSED, starts_at=NOW + timedelta(minutes=1), at=NOW)


@given(taken=st.sets(st.integers(0, 95)), minutes=st.sampled_from([15, 30, 60, 120]))
def test_a_free_time_holds_no_quarter_that_is_taken(taken: set[int], minutes: int) -> None:
    first = int(at(0).timestamp()) // 900
    held = {first + number for number in taken}
    on = date(2026, 11, 23)
    for start in rules.free_times(on, minutes, HOURS, held, at=NOW):
        end = start + timedelta(minutes=minutes)
        assert not set(rules.quarters_of(start, end)) & held
        rules.check_can_book(start, end, HOURS, at=NOW)
    gaps = rules.gaps(HOURS["0"], on, held)
    assert sum(minutes for _, minutes in gaps) == 15 * sum(number not in taken for number in range(36, 72))


@pytest.mark.parametrize("on", [date(2026, 3, 30), date(2026, 10, 26)])
def test_nine_is_nine_on_both_sides_of_summer_time(on: date) -> None:
    first = rules.free_times(on, 30, HOURS, (), at=NOW - timedelta(days=400))[0]
    assert first.astimezone(LONDON).hour == 9


def test_a_day_may_end_at_midnight() -> None:
    on, whole = date(2026, 11, 24), {"1": [0, 96]}
    last = rules.free_times(on, 15, whole, (), at=NOW)[-1]
    rules.check_can_book(last, last + timedelta(minutes=15), whole, at=NOW)
    with pytest.raises(NotPossible):
        rules.check_can_book(last, last + timedelta(minutes=30), whole, at=NOW)
    assert rules.gaps(whole["1"], on, ())[0][1] == 24 * 60
