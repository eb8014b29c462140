"""Retention dates: the worked examples EX-57 to EX-63, and what must hold of every schedule."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.law.calendar import age_on, birthday, years_after
from troth.law.retention import SCHEDULE, Facts, Trigger, health_record_rules, keep_until

dates = st.dates(date(1930, 1, 1), date(2040, 12, 31))


def facts(**known: str) -> Facts:
    return {Trigger(name): date.fromisoformat(day) for name, day in known.items()}


@pytest.mark.parametrize(
    ("example", "more", "known", "expected"),
    [
        ("EX-57", (), facts(last_contact="2018-03-15", birth="1960-02-01"), "2026-03-15"),
        ("EX-58", (), facts(birth="2010-06-10", last_contact="2020-11-05"), "2035-06-10"),
        ("EX-59", (), facts(birth="2006-09-01", treatment_end="2024-03-01", last_contact="2024-03-01"), "2032-09-01"),
        ("EX-60", (), facts(birth="2006-03-01", treatment_end="2024-03-01", last_contact="2024-03-01"), "2032-03-01"),
        ("EX-61", (), facts(birth="2008-02-29", last_contact="2023-05-01"), "2033-03-01"),
        (
            "EX-62",
            ("R4",),
            facts(treatment_end="2015-07-01", last_contact="2015-07-01", death="2022-01-10"),
            "2032-01-10",
        ),
        ("EX-62 alive", ("R4",), facts(treatment_end="2015-07-01", last_contact="2015-07-01"), "2035-07-01"),
    ],
)
def test_a_health_record_is_kept_to_the_latest_of_its_rules(
    example: str, more: tuple[str, ...], known: Facts, expected: str
) -> None:
    assert keep_until(health_record_rules(known, *more), known) == date.fromisoformat(expected), example


def test_accounts_are_kept_six_years_from_the_year_end_ex_63() -> None:
    assert keep_until(["R15"], facts(year_end="2021-03-31")) == date(2027, 3, 31)


def test_ex_60_is_an_adult_and_ex_59_a_child() -> None:
    assert "R2" not in health_record_rules(facts(birth="2006-03-01", last_contact="2024-03-01"))
    assert "R2" in health_record_rules(facts(birth="2006-09-01", last_contact="2024-03-01"))


def test_a_child_seen_again_as_an_adult_falls_under_both_rules() -> None:
    known = facts(birth="2000-01-01", created="2015-01-01", last_contact="2025-06-01")

    assert health_record_rules(known) == ("R1", "R2")
    assert keep_until(health_record_rules(known), known) == date(2033, 6, 1)


def test_death_replaces_the_living_period_within_a_rule() -> None:
    alive, dead = facts(treatment_end="2020-01-01"), facts(treatment_end="2020-01-01", death="2021-01-01")

    assert keep_until(["R6"], alive) == date(2050, 1, 1)
    assert keep_until(["R6"], dead) == date(2029, 1, 1)


def test_what_is_not_known_to_have_ended_is_kept() -> None:
    assert keep_until(["R1", "R9"], facts(last_contact="2010-01-01")) is None
    assert keep_until(["R19"], facts(created="2010-01-01")) is None
    assert keep_until([], {}) is None


@pytest.mark.parametrize(
    ("rule", "variant", "trigger", "years"),
    [
        ("R3", None, "death", 8),
        ("R3", "gp", "death", 10),
        ("R5", None, "treatment_end", 25),
        ("R7", None, "last_contact", 15),
        ("R8", None, "last_contact", 8),
        ("R8", "implant", "last_contact", 10),
        ("R9", None, "closed", 10),
        ("R10", None, "closed", 10),
        ("R11", None, "closed", 20),
        ("R11", "other", "closed", 10),
        ("R12", None, "closed", 3),
        ("R12", "appealed", "closed", 6),
        ("R13", None, "supplied", 2),
        ("R14", None, "supplied", 2),
        ("R16", None, "year_end", 3),
        ("R16", "right_to_work", "left", 2),
        ("R17", None, "left", 6),
        ("R21", None, "closed", 6),
    ],
)
def test_the_schedule_holds_the_minimum_of_each_record(
    rule: str, variant: str | None, trigger: str, years: int
) -> None:
    assert SCHEDULE[rule].ends(facts(**{trigger: "2020-07-15"}), variant) == date(2020 + years, 7, 15)


def test_cctv_is_counted_in_days() -> None:
    assert SCHEDULE["R18"].ends(facts(created="2026-01-15")) == date(2026, 2, 14)


def test_the_schedule_is_whole() -> None:
    assert list(SCHEDULE) == [f"R{number}" for number in range(1, 22)]
    assert all(rule.words and rule.source for rule in SCHEDULE.values())


def test_anniversary_of_a_leap_day() -> None:
    assert years_after(date(2020, 2, 29), 8) == date(2028, 2, 29)
    assert years_after(date(2020, 2, 29), 1) == date(2021, 3, 1)


@given(dates, st.integers(0, 100))
def test_an_age_is_reached_on_its_birthday_and_not_before(born: date, age: int) -> None:
    reached = birthday(born, age)

    assert age_on(born, reached) == age
    assert age_on(born, reached.fromordinal(reached.toordinal() - 1)) == age - 1


@given(dates, dates)
def test_more_rules_never_shorten(last_contact: date, birth: date) -> None:
    known = {Trigger.LAST_CONTACT: max(last_contact, birth), Trigger.BIRTH: min(last_contact, birth)}
    adult, both = keep_until(["R1"], known), keep_until(["R1", "R2"], known)

    assert adult is not None
    assert both is not None
    assert both >= adult
