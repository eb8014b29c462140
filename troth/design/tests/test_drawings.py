"""Rulers and charts: what they draw follows from the dates and the numbers."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.design.charts import Chart, Going, Goings, Series
from troth.design.rulers import tape_of_days, tape_of_hours
from troth.design.values import Link

START = date(2026, 3, 1)
TABLE = Link("As a table", "#")


@given(days=st.integers(1, 400), today=st.integers(-30, 500))
def test_tape_of_days_is_late_only_after_the_due_day(days: int, today: int) -> None:
    tape = tape_of_days(START, START + timedelta(days=days), START + timedelta(days=today))
    assert (tape.state == "late") == (today > days)
    assert (tape.state == "close") == (0 <= days - today <= 4)
    assert 0 <= tape.used <= tape.total
    assert tape.total == (days if days <= 60 else -(-days // 7))


@given(days=st.integers(1, 400), today=st.integers(-30, 500))
def test_pin_stays_on_the_tape(days: int, today: int) -> None:
    markup = tape_of_days(START, START + timedelta(days=days), START + timedelta(days=today)).svg(200)
    pin = float(re.search(r'cx="([\d.]+)"', markup).group(1))
    assert 1.5 <= pin <= 196.5
    assert 'aria-hidden="true"' in markup


def test_tape_draws_a_tick_for_each_day_and_one_for_the_due_day() -> None:
    markup = tape_of_days(START, START + timedelta(days=30), START + timedelta(days=8)).svg()
    used = re.search(r'class="ruler-used" d="([^"]+)"', markup).group(1)
    rest = re.search(r'class="ruler-rest" d="([^"]+)"', markup).group(1)
    assert used.count("V") == 8
    assert rest.count("V") == 22
    assert markup.count("ruler-due") == 1


def test_paused_days_are_dotted_and_not_used() -> None:
    pause = (START + timedelta(days=9), START + timedelta(days=23))
    markup = tape_of_days(START, START + timedelta(days=44), START + timedelta(days=26), (pause,)).svg()
    assert "ruler-paused" in markup
    assert re.search(r'class="ruler-used" d="([^"]+)"', markup).group(1).count("V") == 26 - 13
    assert "ruler-paused" not in tape_of_days(START, START + timedelta(days=44), START).svg()


def test_tape_of_hours_is_close_in_its_last_four() -> None:
    start = datetime(2026, 11, 24, 9)
    due = start + timedelta(hours=24)
    assert tape_of_hours(start, due, start + timedelta(hours=19)).state == "running"
    assert tape_of_hours(start, due, start + timedelta(hours=20)).state == "close"
    assert tape_of_hours(start, due, due).state == "close"
    assert tape_of_hours(start, due, due + timedelta(minutes=1)).state == "late"


def test_tapes_refuse_a_due_day_before_the_start_and_a_backward_pause() -> None:
    with pytest.raises(ValueError, match="later due day"):
        tape_of_days(START, START, START)
    with pytest.raises(ValueError, match="pause"):
        tape_of_days(START, START + timedelta(days=9), START, ((START + timedelta(days=3), START),))
    with pytest.raises(ValueError, match="later due time"):
        tape_of_hours(datetime(2026, 1, 1), datetime(2026, 1, 1), datetime(2026, 1, 1))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_bars_fit_under_the_highest_gridline(numbers: list[float]) -> None:
    chart = Chart(
        "x",
        tuple("abcdefghijkl"[: len(numbers)]),
        (Series("one", "seal", tuple(numbers)), Series("two", "slate", tuple(numbers))),
        TABLE,
    )
    assert chart.top >= 2 * max(numbers)
    assert chart.top <= max(4.0, 4 * max(numbers) * 1.0001)
    markup = chart.svg()
    assert markup.count("chart-grid") + markup.count("chart-floor") == 5
    tops = [float(y) for y in re.findall(r'<rect [^>]*y="(-?[\d.]+)"', markup)]
    assert all(19.9 <= y <= 206 for y in tops)


def test_two_charts_on_a_page_share_no_pattern_name() -> None:
    def names(chart: Chart) -> set[str]:
        return set(re.findall(r'id="([^"]+)"', chart.svg()))

    one = Chart("x", ("a",), (Series("one", "hatch", (1,)),), TABLE)
    assert names(one)
    assert names(one).isdisjoint(names(one))


def test_line_ends_in_a_dot_and_marks_stand_clear_of_it() -> None:
    falling = Chart("x", ("a", "b", "c"), (Series("days", "seal", (9, 6, 3)),), TABLE, (2, "fewer"), "line")
    rising = Chart("x", ("a", "b", "c"), (Series("days", "seal", (3, 6, 9)),), TABLE, (2, "more"), "line")
    assert falling.svg().count("<circle") == 1

    def mark(markup: str) -> float:
        return float(re.search(r'class="chart-mark[^"]*" x="[\d.]+" y="([\d.]+)"', markup).group(1))

    def end(markup: str) -> float:
        return float(re.search(r'cy="([\d.]+)"', markup).group(1))

    assert mark(falling.svg()) > end(falling.svg())
    assert mark(rising.svg()) < end(rising.svg())


@pytest.mark.parametrize("numbers", [(1.0,), (1.0, 2.0, 3.0), (1.0, -1.0)])
def test_chart_refuses_numbers_that_do_not_fit(numbers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="one number"):
        Chart("x", ("a", "b"), (Series("one", "seal", numbers),), TABLE)


@given(st.integers(0, 4000))
def test_what_goes_later_ends_further_right_within_the_picture(days: int) -> None:
    today = date(2026, 11, 24)
    until = today + timedelta(days=days)
    goings = Goings(today, (Going("a", until, "a"), Going("b", until + timedelta(days=400), "b")))
    ends = [float(re.search(r'class="going-end" x="([\d.]+)%', svg).group(1)) for _, svg in goings.rows]
    assert 0 <= ends[0] < ends[1] <= 100


def test_gone_data_has_no_line() -> None:
    goings = Goings(
        date(2026, 11, 24), (Going("a", date(2026, 11, 22), "Gone", gone=True), Going("b", date(2028, 1, 1), "2028"))
    )
    (_, gone), (_, held) = goings.rows
    assert "going-bar" not in gone
    assert "going-bar" in held
