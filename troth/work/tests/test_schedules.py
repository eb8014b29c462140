"""The arithmetic of schedules around the changes of summer time, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.work import queue
from troth.work.schedules import DAYS, Rule, schedule

LONDON = ZoneInfo("Europe/London")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
# Half of the moments lie within two days of a change: 29 March and 25 October 2026, 28 March and 31 October 2027.
CHANGES = st.sampled_from(
    [datetime(*day, 1, tzinfo=UTC) for day in ((2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31))]
)
NEAR = st.builds(lambda change, seconds: change + timedelta(seconds=seconds), CHANGES, st.integers(-172800, 172800))
AT = MOMENTS | NEAR
WALLS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
TEXTS = st.one_of(
    st.builds("daily {}".format, WALLS),
    st.builds("weekly {} {}".format, st.sampled_from(DAYS), WALLS),
    st.builds("monthly {} {}".format, st.integers(1, 28), WALLS),
    st.builds("every {} {}".format, st.integers(1, 9999), st.sampled_from(["seconds", "minutes", "hours"])),
)


@given(TEXTS, AT)
def test_latest_and_following_are_neighbours_with_the_moment_between(text: str, at: datetime) -> None:
    rule = Rule.read(text)
    latest, following = rule.latest(at), rule.following(at)
    assert latest <= at < following
    assert rule.latest(latest) == latest
    assert rule.latest(following - timedelta(microseconds=1)) == latest
    assert rule.following(latest) == following
    assert rule.latest(following) == following


@given(WALLS, st.integers(2020, 2034))
def test_daily_runs_once_on_each_date_of_a_year(wall: str, year: int) -> None:
    rule = Rule.read(f"daily {wall}")
    slot, dates = rule.following(datetime(year, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)), []
    while (local := slot.astimezone(LONDON)).year == year:
        dates.append(local.date())
        skipped = local.strftime("%H:%M") != wall
        assert not skipped or (local.month == 3 and "01:00" <= wall < "02:00" and local.day >= 25)
        slot = rule.following(slot)
    assert dates == [date(year, 1, 1) + timedelta(days=number) for number in range(len(dates))]
    assert len(dates) == (date(year + 1, 1, 1) - date(year, 1, 1)).days


@pytest.mark.parametrize(
    ("day", "slot"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # no 01:30 in London: 02:30 summer time
        (date(2026, 3, 30), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # two of them: the first
        (date(2026, 10, 26), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_daily_at_half_past_one_runs_once_on_the_days_of_change(day: date, slot: datetime) -> None:
    rule = Rule.read("daily 01:30")
    asked = {
        rule.latest(datetime(day.year, day.month, day.day, tzinfo=LONDON) + timedelta(minutes=minutes))
        for minutes in range(24 * 60)
    }
    assert {each for each in asked if each.astimezone(LONDON).date() == day} == {slot}


@given(st.integers(1, 9999), st.sampled_from(["second", "minute", "hour"]), AT)
def test_every_keeps_its_step_through_the_changes(count: int, unit: str, at: datetime) -> None:
    rule = Rule.read(f"every {count} {unit}s")
    assert rule.following(at) - rule.latest(at) == timedelta(**{f"{unit}s": count})


@given(st.sampled_from(DAYS), st.integers(1, 28), WALLS, AT)
def test_weekly_and_monthly_fall_on_their_day_in_london(day: str, number: int, wall: str, at: datetime) -> None:
    assert DAYS[Rule.read(f"weekly {day} {wall}").latest(at).astimezone(LONDON).weekday()] == day
    assert Rule.read(f"monthly {number} {wall}").latest(at).astimezone(LONDON).day == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "daily 24:00",
        "daily 7:00",
        "daily 07:60",
        "every 0 minutes",
        "hourly",
        "every minutes ten",
        "weekly caturday 06:00",
        "monthly 29 06:00",
        "monthly 0 06:00",
        "daily 01:30 ",
        "every 10 minutes or so",
        "every ١ minute",
    ],
)
def test_read_refuses_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError):
        Rule.read(text)


def test_schedule_refuses_a_job_with_arguments() -> None:
    @queue.job()
    def count(number: int) -> None: ...

    with pytest.raises(ValueError, match="arguments"):
        schedule("every minute")(count)  # type: ignore[arg-type]
