"""The diary's rules, on days when clocks change and on others."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.diary import rules
from troth.diary.models import VisitState
from troth.diary.rules import Need, NotPossible, Working
from troth.law.calendar import LONDON

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
HOURS = {"0": [36, 72]}  # Mondays, nine to six


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


WORKING = Working(HOURS)


def worked(on: date = MONDAY) -> list[rules.Stretch]:
    return rules.worked_on(WORKING, on)


@pytest.mark.parametrize(
    ("starts", "minutes", "because"),
    [
        (at(10, 3), 30, "five minutes"),
        (at(8), 30, "over"),
        (at(8, 45), 30, "do not work"),
        (at(17, 45), 30, "do not work"),
        (at(10) + timedelta(days=1), 30, "do not work"),
        (at(10) + timedelta(days=364 + 7), 30, "year ahead"),
    ],
)
def test_a_time_that_cannot_be(starts: datetime, minutes: int, because: str) -> None:
    with pytest.raises(NotPossible, match=because):
        rules.check_can_book(starts, starts + timedelta(minutes=minutes), worked(), at=NOW)


def test_the_first_and_the_last_time_of_a_day_can_be() -> None:
    for starts in (at(9), at(17, 30)):
        rules.check_can_book(starts, starts + timedelta(minutes=30), worked(), at=NOW)
    with pytest.raises(NotPossible):
        rules.check_can_book(at(9), at(9, 30), worked(), at=NOW, before=10)
    with pytest.raises(NotPossible):
        rules.check_can_book(at(17, 30), at(18), worked(), at=NOW, after=5)
    rules.check_can_book(at(9), at(9, 30), worked(), at=NOW, before=10, overridden=True)


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


STRETCHES = st.lists(
    st.tuples(st.integers(0, 280), st.integers(1, 30)).map(lambda pair: (pair[0] * 5, (pair[0] + pair[1]) * 5)),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    taken=STRETCHES,
    rooms=st.lists(STRETCHES, min_size=1, max_size=3),
    minutes=st.sampled_from([5, 20, 30, 60, 125]),
    before=st.sampled_from([0, 5, 10]),
    after=st.sampled_from([0, 15]),
)
def test_a_search_finds_each_time_that_is_free_and_no_other(
    taken: list[rules.Stretch], rooms: list[list[rules.Stretch]], minutes: int, before: int, after: int
) -> None:
    since, until = rules.span_of(MONDAY, 1)
    held = [(since + first, since + last) for first, last in taken]
    doors = [[(since + first, since + last) for first, last in room] for room in rooms]
    need = Need(minutes, before, after)
    found = rules.starts_of(need, worked(), held, [doors], since=since, until=until)
    plainly = [
        start
        for start in range(since, until, rules.GRID)
        if all(worked()[0][0] <= edge <= worked()[0][1] for edge in (start - before, start + minutes + after))
        and rules.is_free(start - before, start + minutes + after, held)
        and any(rules.is_free(start - before, start + minutes + after, door) for door in doors)
    ]
    assert found == plainly
    free = rules.gaps(worked(), held)
    assert all(rules.is_free(first, last, held) for first, last in free)


@pytest.mark.parametrize("on", [date(2026, 3, 30), date(2026, 10, 26)])
def test_nine_is_nine_on_both_sides_of_summer_time(on: date) -> None:
    first = rules.moment_of(worked(on)[0][0]).astimezone(LONDON)
    assert (first.hour, first.minute) == (9, 0)


@pytest.mark.parametrize(
    ("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(on: date, hours: int) -> None:
    since, until = rules.span_of(on, 1)
    assert until - since == hours * 60
    whole = Working({str(day): [0, 96] for day in range(7)})
    found = rules.starts_of(Need(30), rules.worked_on(whole, on), (), (), since=since, until=until)
    assert len(found) == hours * 4 - 1
    told = [rules.said(rules.moment_of(each)) for each in found]
    assert len(set(told)) == len(told), "two moments are said in the same words"
    if hours == 25:
        assert "01:30 (BST)" in told and "01:30 (GMT)" in told
    if hours == 23:
        assert not any(each.startswith("01:") for each in told)


def test_every_second_week_and_days_that_are_otherwise() -> None:
    fortnight = Working(HOURS, {"1": [[40, 48], [52, 60]]}, MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    assert rules.stretches_on(fortnight, MONDAY) == [(36, 72)] and not rules.stretches_on(fortnight, tuesday)
    for week in (-1, 1, 3):
        assert rules.stretches_on(fortnight, tuesday + timedelta(weeks=week)) == [(40, 48), (52, 60)]
        assert not rules.stretches_on(fortnight, MONDAY + timedelta(weeks=week))
    away = Working(HOURS, None, None, [(MONDAY, tuesday, []), (MONDAY, MONDAY, [(40, 44)])])
    assert rules.stretches_on(away, MONDAY) == [(40, 44)] and not rules.stretches_on(away, tuesday)


@pytest.mark.parametrize("stretches", [[(40, 36)], [(36, 97)], [(36, 40), (39, 44)]])
def test_hours_that_cannot_be(stretches: list[tuple[int, int]]) -> None:
    with pytest.raises(NotPossible):
        rules.check_stretches(stretches)


@pytest.mark.parametrize(
    ("minutes", "before", "after", "price", "deposit"),
    [(7, 0, 0, 0, 0), (485, 0, 0, 0, 0), (30, 3, 0, 0, 0), (30, 0, 125, 0, 0), (30, 0, 0, 100, 101)],
)
def test_a_service_that_cannot_be(minutes: int, before: int, after: int, price: int, deposit: int) -> None:
    rules.check_service(30, 5, 10, 100, 100)
    with pytest.raises(NotPossible):
        rules.check_service(minutes, before, after, price, deposit)


def test_a_day_may_end_at_midnight() -> None:
    on, whole = date(2026, 11, 24), Working({"1": [0, 96]})
    last = rules.moment_of(rules.worked_on(whole, on)[0][1] - 15)
    rules.check_can_book(last, last + timedelta(minutes=15), rules.worked_on(whole, on), at=NOW)
    with pytest.raises(NotPossible):
        rules.check_can_book(last, last + timedelta(minutes=30), rules.worked_on(whole, on), at=NOW)


def test_a_night_of_work_does_not_end_at_midnight() -> None:
    night = Working({"0": [88, 96], "1": [0, 8]})
    both = rules.joined([*rules.worked_on(night, MONDAY), *rules.worked_on(night, MONDAY + timedelta(days=1))])
    midnight = rules.moment_of(rules.span_of(MONDAY, 1)[1])
    rules.check_can_book(midnight - timedelta(minutes=15), midnight + timedelta(minutes=15), both, at=NOW)
