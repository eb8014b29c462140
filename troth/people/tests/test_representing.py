"""Who may act for a person on what they showed."""

import re
from datetime import date, timedelta

import pytest

from troth.people.rules import check_can_represent

TODAY = date(2026, 5, 4)
SEEN = {"checked": "A paper of 3 May, signed by them", "since": TODAY, "last_day": TODAY + timedelta(days=90)}
PAPER = {"born_on": date(1986, 1, 1), "wish": "", "capacity_lost": False, "has_paper": True, **SEEN}


def aged(years: int) -> dict[str, date]:
    return {"born_on": date(TODAY.year - years, 1, 1)}


@pytest.mark.parametrize(
    ("acts_as", "other", "why"),
    [
        ("relative", {"has_paper": False}, r"LAW-3\.15"),
        ("relative", {"checked": " "}, r"LAW-3\.15"),
        ("relative", {"last_day": TODAY + timedelta(days=400)}, r"LAW-3\.16"),
        ("solicitor", {"last_day": TODAY + timedelta(days=400)}, r"LAW-3\.16"),
        ("claims_company", {"last_day": TODAY - timedelta(days=1)}, "still to come"),
        ("attorney_health", {}, r"LAW-3\.17"),
        ("parent", {"born_on": None}, "how old"),
        ("parent", aged(18), "of age"),
        ("parent", aged(12), "Ask the young person"),
        ("parent", {**aged(16), "wish": "She agrees"}, "decide themselves"),
        ("parent", {**aged(17), "wish": "She agrees", "checked": "She is competent"}, "decide themselves"),
        ("parent", {"born_on": date(2008, 5, 4), "wish": "He agrees"}, "of age"),
        ("parent", {"born_on": date(2008, 8, 2), "wish": "x", "capacity_lost": True}, "of age on 2 August 2026"),
        (
            "parent",
            {"born_on": date(2016, 1, 1), "last_day": date(2028, 1, 1)},
            "asked themselves from 1 January 2028",
        ),
        ("parent", {"born_on": date(2012, 1, 1), "wish": "x", "last_day": date(2028, 1, 1)}, "from 1 January 2028"),
        (
            "parent",
            {"born_on": date(2016, 1, 1), "wish": "x", "capacity_lost": True, "last_day": date(2034, 1, 1)},
            "of age on 1 January 2034",
        ),
        ("personal_representative", {}, r"LAW-4\.10"),
    ],
)
def test_who_may_not(acts_as: str, other: dict[str, object], why: str) -> None:
    assert re.search(why, check_can_represent(acts_as, **{**PAPER, **other}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("acts_as", "other"),
    [
        ("relative", {}),
        ("solicitor", {}),
        ("deputy", {"last_day": TODAY + timedelta(days=4000)}),
        ("attorney_property", {"last_day": TODAY + timedelta(days=4000)}),
        ("attorney_health", {"capacity_lost": True}),
        ("parent", {**aged(11), "has_paper": False}),
        ("parent", {**aged(12), "wish": "He agrees", "has_paper": False}),
        ("parent", {"born_on": date(2008, 8, 3), "wish": "She agrees", "capacity_lost": True}),
        ("parent", {"born_on": date(2016, 1, 1), "last_day": date(2027, 12, 31)}),
        ("parent", {"born_on": date(2016, 1, 1), "wish": "x", "last_day": date(2031, 12, 31)}),
        ("parent", {"born_on": date(2016, 1, 1), "wish": "x", "capacity_lost": True, "last_day": date(2033, 12, 31)}),
    ],
)
def test_who_may(acts_as: str, other: dict[str, object]) -> None:
    assert check_can_represent(acts_as, **{**PAPER, **other}) == ""  # type: ignore[arg-type]
