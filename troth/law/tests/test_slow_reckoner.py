"""A second reckoner, slow and written apart from the first, over thousands of cases: restarts, pauses, extension, four nations."""

import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import holidays
import pytest

from troth.law.clocks import Pause, breach_due, complaint_due, request_due
from troth.law.rights import Right
from troth.law.steps import NoAnswer
from troth.law.working_days import Nation

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
CASES = 3_000
CLOSED = {
    nation: holidays.country_holidays("GB", subdiv=part, years=range(2019, 2031))
    for nation, part in zip(Nation, ("ENG", "WLS", "SCT", "NIR"), strict=True)
}


def _open_day(day: date, nation: Nation) -> date:
    while day.weekday() > 4 or day in CLOSED[nation]:
        day += DAY
    return day


def _same_number(start: date, months: int) -> date:
    """The same day of the month so many months on, or the last one before it (LAW-1.4, LAW-1.5)."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(start.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, start.day)


def _slow(case: "Case", *, cautious: bool) -> date:
    start = case.received
    for arrival in (case.identity, case.fee):
        if arrival is not None and arrival > start:
            start = arrival
    end = _same_number(start, 3 if case.extended else 1)
    stopped: set[date] = set()
    for asked, answered in sorted(case.pauses) if case.right is Right.ACCESS else []:
        if asked > _open_day(end + DAY * len(stopped), case.nation):
            continue  # asked when the time had run out: it revives nothing
        day = asked
        while day < answered or (day == answered and not cautious):
            if day > start:
                stopped.add(day)
            day += DAY
    return _open_day(end + DAY * len(stopped), case.nation)


class Case:
    """One request, made by dice."""

    def __init__(self, dice: random.Random) -> None:
        self.received = date(2020, 1, 1) + DAY * dice.randrange(3_100)
        self.identity = self.received + DAY * dice.randrange(60) if dice.random() < 0.4 else None
        self.fee = self.received + DAY * dice.randrange(60) if dice.random() < 0.3 else None
        self.extended = dice.random() < 0.4
        self.nation = dice.choice(list(Nation))
        self.right = dice.choice(list(Right))
        asked = [self.received + DAY * dice.randrange(80) for _ in range(dice.choice((0, 0, 1, 2, 3)))]
        self.pauses = [(day, day + DAY * dice.randrange(20)) for day in asked]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_reckoners_agree(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES):
        case = Case(dice)
        found = request_due(
            case.right,
            case.received,
            identity=case.identity,
            fee=case.fee,
            pauses=[Pause(*pause) for pause in case.pauses],
            extended=case.extended,
            nation=case.nation,
        )
        expected = _slow(case, cautious=False), _slow(case, cautious=True)
        assert (found.due_statutory, found.due_cautious) == expected, vars(case)


@pytest.mark.parametrize("nation", list(Nation))
def test_both_count_the_thirty_days_of_a_complaint(nation: Nation) -> None:
    for number in range(0, 3_000, 3):
        received = date(2020, 1, 1) + DAY * number
        day = received
        for _ in range(30):  # the day after receipt is the first
            day += DAY
        assert complaint_due(received, nation=nation).due_on == _open_day(day, nation), received


def test_both_count_the_seventy_two_hours_of_a_breach() -> None:
    dice = random.Random(4)
    for _ in range(CASES):
        offset = timezone(timedelta(minutes=dice.randrange(-12 * 60, 14 * 60)))
        aware = datetime(2026, 1, 1, tzinfo=offset) + timedelta(minutes=dice.randrange(1_500_000))
        passed = aware
        for _ in range(72):
            passed += timedelta(hours=1)
        assert breach_due(aware).due_at.astimezone(UTC) == passed.astimezone(UTC)
    # By the wall: over the night in March that has 23 hours, and the one in October that has 25.
    for year in range(2020, 2036):
        for month, hours in ((3, 13), (10, 11)):
            sunday = next(
                date(year, month, day) for day in range(31, 24, -1) if date(year, month, day).weekday() == 6
            )
            noon = datetime.combine(sunday - DAY, time(12), LONDON)
            assert breach_due(noon).due_at.replace(tzinfo=None) == datetime.combine(sunday + 2 * DAY, time(hours))


def test_a_breach_on_the_eve_of_the_law_is_none_by_any_clock() -> None:
    with pytest.raises(NoAnswer):
        breach_due(datetime(2018, 5, 25, 0, 30, tzinfo=timezone(timedelta(hours=14))))
