"""How a time of day is written for whoever is cared for here: in one way, on every page of theirs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from troth.design.moments import hour_of

THEIRS = [Path(__file__).parents[2] / "portal", Path(__file__).parents[2] / "rights" / "templates"]
#: What writes the clock of twenty-four hours, in Python, in a template, and in the diary's words for staff.
OF_STAFF = ("%H:%M", "%-H:%M", "H:i", "rules.said(", "rules.said_day(")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 24, 0, 5, tzinfo=UTC), "12:05am"),
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "12:00pm"),
        (datetime(2026, 7, 1, 14, 45, tzinfo=UTC), "3:45pm"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "1:30am (BST)"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "1:30am (GMT)"),
    ],
)
def test_an_hour_is_read_off_the_wall_and_one_that_comes_twice_says_which(moment: datetime, words: str) -> None:
    assert hour_of(moment) == words


def test_a_moment_of_nowhere_has_no_hour() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        hour_of(datetime(2026, 11, 24, 9))


def test_no_page_of_a_patient_s_writes_the_clock_of_staff() -> None:
    pages = [
        path
        for folder in THEIRS
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html"} and "tests" not in path.parts
    ]
    assert len(pages) > 100
    assert [path.name for path in pages if any(each in path.read_text() for each in OF_STAFF)] == []
