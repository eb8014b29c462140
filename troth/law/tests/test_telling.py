"""When somebody is told of what came from somebody else (LAW-9.3)."""

from datetime import date, datetime

import pytest

from troth.law.steps import NoAnswer
from troth.law.telling import Untold, must_tell_by


@pytest.mark.parametrize(
    ("obtained", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2026, 11, 25), date(2026, 12, 25)),  # Christmas: the month is not moved
    ],
)
def test_within_one_month_and_not_moved_to_a_working_day(obtained: date, last: date) -> None:
    assert must_tell_by(obtained) == last


def test_at_once_where_it_says_how_to_reach_them() -> None:
    came = date(2026, 11, 24)
    assert must_tell_by(came, reaches=True) == came


def test_a_moment_is_no_day() -> None:
    with pytest.raises((NoAnswer, TypeError, ValueError)):
        must_tell_by(datetime(2026, 11, 24, 9, 0))


def test_each_ground_has_its_law_and_what_is_known_or_laid_down_hides_nothing() -> None:
    assert all(each.words and each.law for each in Untold)
    assert {each for each in Untold if not each.hides} == {Untold.KNOWN, Untold.IMPOSSIBLE, Untold.LAID_DOWN}
