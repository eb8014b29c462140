"""Who may act for a person on what they showed."""

import re
from datetime import timedelta

import pytest

from troth.people.rules import check_can_represent

SEEN = {"checked": "A paper of 3 May, signed by them", "lasts": timedelta(days=90)}
PAPER = {"age": 40, "wish": "", "capacity_lost": False, "has_paper": True, **SEEN}


@pytest.mark.parametrize(
    ("acts_as", "other", "why"),
    [
        ("relative", {"has_paper": False}, r"LAW-3\.15"),
        ("relative", {"checked": " "}, r"LAW-3\.15"),
        ("relative", {"lasts": timedelta(days=400)}, r"LAW-3\.16"),
        ("solicitor", {"lasts": timedelta(days=400)}, r"LAW-3\.16"),
        ("claims_company", {"lasts": timedelta(0)}, "still to come"),
        ("attorney_health", {}, r"LAW-3\.17"),
        ("parent", {"age": None}, "how old"),
        ("parent", {"age": 18}, "of age"),
        ("parent", {"age": 12}, "Ask the young person"),
        ("parent", {"age": 16, "wish": "She agrees"}, "decide themselves"),
    ],
)
def test_who_may_not(acts_as: str, other: dict[str, object], why: str) -> None:
    assert re.search(why, check_can_represent(acts_as, **{**PAPER, **other}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("acts_as", "other"),
    [
        ("relative", {}),
        ("solicitor", {}),
        ("deputy", {"lasts": timedelta(days=4000)}),
        ("attorney_property", {"lasts": timedelta(days=4000)}),
        ("attorney_health", {"capacity_lost": True}),
        ("parent", {"age": 11, "has_paper": False}),
        ("parent", {"age": 12, "wish": "He agrees", "has_paper": False}),
        ("parent", {"age": 17, "wish": "She agrees", "checked": "Her doctor wrote that she is not competent"}),
        ("personal_representative", {}),
    ],
)
def test_who_may(acts_as: str, other: dict[str, object]) -> None:
    assert check_can_represent(acts_as, **{**PAPER, **other}) == ""  # type: ignore[arg-type]
