"""Every worked example of docs/reference/law.md that is about a request, a complaint or a breach."""

from datetime import date, datetime

import pytest

from troth.law.clocks import DueOn, Pause, Promise, breach_due, complaint_due, request_due
from troth.law.rights import Right
from troth.law.steps import NoAnswer
from troth.law.working_days import Nation


def day(text: str) -> date:
    return date.fromisoformat(text)


def pauses(*pairs: str) -> list[Pause]:
    return [Pause(*map(day, pair.split(".."))) for pair in pairs]


def rules(due: DueOn) -> list[str]:
    return [step.rule for step in due.steps]


@pytest.mark.parametrize(
    ("example", "received", "expected"),
    [
        ("EX-01", "2026-09-03", "2026-10-05"),
        ("EX-02", "2024-11-25", "2024-12-27"),
        ("EX-03", "2025-01-01", "2025-02-03"),
        ("EX-04", "2026-01-01", "2026-02-02"),
        ("EX-05", "2025-01-31", "2025-02-28"),
        ("EX-06", "2024-01-31", "2024-02-29"),
        ("EX-07", "2028-01-31", "2028-02-29"),
        ("EX-08", "2026-01-28", "2026-03-02"),
        ("EX-08", "2026-01-30", "2026-03-02"),
        ("EX-08", "2026-01-31", "2026-03-02"),
        ("EX-09", "2024-02-29", "2024-04-02"),
        ("EX-10", "2028-02-29", "2028-03-29"),
        ("EX-11", "2026-02-28", "2026-03-30"),
        ("EX-12", "2026-03-31", "2026-04-30"),
        ("EX-13", "2026-03-03", "2026-04-07"),
        ("EX-14", "2027-02-26", "2027-03-30"),
        ("EX-15", "2026-04-04", "2026-05-05"),
        ("EX-16", "2026-07-31", "2026-09-01"),
        ("EX-17", "2026-08-31", "2026-09-30"),
        ("EX-18", "2026-10-31", "2026-11-30"),
        ("EX-19", "2026-11-22", "2026-12-22"),
        ("EX-20", "2026-11-24", "2026-12-24"),
        ("EX-21", "2026-11-25", "2026-12-29"),
        ("EX-21", "2026-11-26", "2026-12-29"),
        ("EX-22", "2027-11-25", "2027-12-29"),
        ("EX-23", "2026-12-01", "2027-01-04"),
        ("EX-24", "2027-12-01", "2028-01-04"),
        ("EX-25", "2026-12-31", "2027-02-01"),
    ],
)
@pytest.mark.parametrize("right", list(Right))
def test_request_due_is_one_month_on(right: Right, example: str, received: str, expected: str) -> None:
    due = request_due(right, day(received))

    assert (due.due_statutory, due.due_cautious) == (day(expected), day(expected)), example
    assert due.due_on == day(expected)


@pytest.mark.parametrize(
    ("example", "received", "expected"),
    [
        ("EX-26", "2026-01-31", "2026-04-30"),
        ("EX-27", "2025-11-30", "2026-03-02"),
        ("EX-28", "2026-09-25", "2026-12-29"),
        ("EX-29", "2026-11-30", "2027-03-01"),
    ],
)
def test_request_due_extended_is_three_months_from_the_start(example: str, received: str, expected: str) -> None:
    due = request_due(Right.ERASURE, day(received), extended=True)

    assert due.due_statutory == due.due_cautious == day(expected), example
    assert {"LAW-1.7", "LAW-1.8"} <= set(rules(due))


@pytest.mark.parametrize(
    ("example", "received", "identity", "fee", "expected"),
    [
        ("EX-30", "2026-05-01", "2026-05-29", None, "2026-06-29"),
        ("EX-31", "2026-10-05", "2026-10-31", None, "2026-11-30"),
        ("EX-32", "2026-06-01", "2026-06-04", "2026-06-10", "2026-07-10"),
        ("EX-32 the other way about", "2026-06-01", "2026-06-10", "2026-06-04", "2026-07-10"),
    ],
)
def test_request_due_starts_again(example: str, received: str, identity: str, fee: str | None, expected: str) -> None:
    due = request_due(Right.ACCESS, day(received), identity=day(identity), fee=day(fee) if fee else None)

    assert due.due_statutory == due.due_cautious == day(expected), example
    assert rules(due).count("LAW-1.3") == 1  # only the latest arrival starts it again


@pytest.mark.parametrize(
    ("example", "received", "identity", "extended", "asked", "statutory", "cautious"),
    [
        ("EX-33", "2026-03-02", None, False, ["2026-03-09..2026-03-16"], "2026-04-10", "2026-04-09"),
        ("EX-34", "2026-11-16", None, False, ["2026-11-20..2026-11-27"], "2026-12-24", "2026-12-23"),
        ("EX-35", "2026-10-05", None, False, ["2026-10-08..2026-10-08"], "2026-11-06", "2026-11-05"),
        ("EX-36", "2026-06-01", "2026-06-10", False, ["2026-06-03..2026-06-15"], "2026-07-15", "2026-07-14"),
        ("EX-37", "2026-10-05", None, False, ["2026-10-08..2026-10-12", "2026-10-11..2026-10-16"], "2026-11-16",
         "2026-11-13"),
        ("EX-38", "2026-08-31", None, True, ["2026-09-10..2026-09-20"], "2026-12-11", "2026-12-10"),
        ("EX-40", "2026-01-31", None, False, ["2026-02-10..2026-02-12"], "2026-03-03", "2026-03-02"),
    ],
)  # fmt: skip
def test_request_due_paused_has_two_readings(
    example: str, received: str, identity: str | None, extended: bool, asked: list[str], statutory: str, cautious: str
) -> None:
    due = request_due(
        Right.ACCESS, day(received), identity=day(identity) if identity else None, extended=extended,
        pauses=pauses(*asked),
    )  # fmt: skip

    assert (due.due_statutory, due.due_cautious) == (day(statutory), day(cautious)), example
    assert due.due_on == day(cautious)
    assert {"LAW-1.11", "LAW-1.12", "LAW-1.13"} <= set(rules(due))


def test_request_due_extension_notice_ex_39() -> None:
    due = request_due(Right.ACCESS, day("2026-08-31"), extended=True, pauses=pauses("2026-09-10..2026-09-20"))

    assert due.extension_notice_by == day("2026-10-12")
    assert due.extension_notice_plan == day("2026-10-09")
    assert [step.date for step in due.steps if step.rule == "LAW-1.8"] == [day("2026-10-12")]


def test_request_due_extension_notice_is_not_stretched_by_a_question_of_the_second_month() -> None:
    due = request_due(Right.ACCESS, day("2026-08-31"), extended=True, pauses=pauses("2026-10-20..2026-10-30"))

    assert due.extension_notice_by == day("2026-09-30")
    assert due.due_statutory == day("2026-12-11")


@pytest.mark.parametrize("right", [right for right in Right if right is not Right.ACCESS])
def test_request_due_only_access_can_be_paused_ex_41(right: Right) -> None:
    due = request_due(right, day("2026-10-05"), pauses=pauses("2026-10-08..2026-10-12"))

    assert due.due_statutory == due.due_cautious == day("2026-11-05")
    assert "LAW-1.10" in rules(due)
    assert "LAW-1.11" not in rules(due)


def test_request_due_keeps_the_promise_of_the_notice_ex_41b() -> None:
    due = request_due(Right.ACCESS, day("2026-07-31"), promise=Promise(30))

    assert due.due_on == due.due_promised == day("2026-08-30")
    assert due.due_statutory == day("2026-09-01")
    assert "LAW-1.25" in rules(due)


def test_request_due_ignores_a_promise_longer_than_the_law() -> None:
    due = request_due(Right.ACCESS, day("2026-07-31"), promise=Promise(60))

    assert due.due_on == day("2026-09-01")


def test_request_due_counts_promised_working_days() -> None:
    due = request_due(Right.ACCESS, day("2026-07-31"), promise=Promise(20, working=True))

    assert due.due_promised == day("2026-08-28")


@pytest.mark.parametrize(
    ("example", "received", "scotland", "england"),
    [
        ("EX-42", "2026-10-30", "2026-12-01", "2026-11-30"),
        ("EX-43", "2026-05-15", "2026-06-16", "2026-06-15"),
        ("EX-44", "2026-03-06", "2026-04-06", "2026-04-07"),
    ],
)
def test_request_due_keeps_the_holidays_of_the_nation(
    example: str, received: str, scotland: str, england: str
) -> None:
    assert request_due(Right.ACCESS, day(received), nation=Nation.SCOTLAND).due_statutory == day(scotland), example
    assert request_due(Right.ACCESS, day(received), nation=Nation.ENGLAND).due_statutory == day(england), example
    assert request_due(Right.ACCESS, day(received), nation=Nation.WALES).due_statutory == day(england), example


@pytest.mark.parametrize(
    ("example", "received", "expected"),
    [
        ("EX-45", "2026-06-19", "2026-07-20"),
        ("EX-46", "2026-11-24", "2026-12-24"),
        ("EX-47", "2026-11-25", "2026-12-29"),
        ("EX-48", "2027-02-24", "2027-03-30"),
        ("EX-49", "2028-01-30", "2028-02-29"),
    ],
)
def test_complaint_due_is_thirty_days_from_the_day_after(example: str, received: str, expected: str) -> None:
    due = complaint_due(day(received))

    assert due.due_statutory == due.due_cautious == day(expected), example
    assert due.warnings == ()


@pytest.mark.parametrize(
    ("example", "aware", "expected"),
    [
        ("EX-50", "2026-11-20T16:30+00:00", "2026-11-23T16:30:00+00:00"),
        ("EX-51", "2026-03-27T17:00+00:00", "2026-03-30T18:00:00+01:00"),
        ("EX-52", "2026-10-23T17:00+01:00", "2026-10-26T16:00:00+00:00"),
        ("EX-53", "2026-12-24T18:00+00:00", "2026-12-27T18:00:00+00:00"),
        ("EX-50 as seen from Paris", "2026-11-20T17:30+01:00", "2026-11-23T16:30:00+00:00"),
    ],
)
def test_breach_due_is_seventy_two_elapsed_hours(example: str, aware: str, expected: str) -> None:
    assert breach_due(datetime.fromisoformat(aware)).due_at.isoformat() == expected, example


def test_request_due_says_why_a_day_is_closed() -> None:
    due = request_due(Right.ACCESS, day("2026-11-25"))

    (step,) = [step for step in due.steps if step.rule == "LAW-1.6"]
    assert step.date == day("2026-12-29")
    assert "Friday 25 December 2026 (Christmas Day)" in step.text
    assert "Sunday 27 December 2026" in step.text


@pytest.mark.parametrize(("received", "old"), [("2026-02-04", True), ("2026-02-05", False)])
def test_request_due_judges_by_the_law_of_its_day(received: str, old: bool) -> None:
    due = request_due(Right.ACCESS, day(received), pauses=pauses("2026-02-10..2026-02-12"))

    assert ("LAW-0.7" in rules(due)) is old
    assert bool(due.warnings) is old  # the pause rests on former guidance then


@pytest.mark.parametrize(("received", "old"), [("2026-06-18", True), ("2026-06-19", False)])
def test_complaint_due_warns_before_the_duty_began(received: str, old: bool) -> None:
    due = complaint_due(day(received))

    assert [step.rule for step in due.warnings] == (["LAW-0.4"] if old else [])


def test_due_beyond_the_announced_holidays_warns() -> None:
    inside, beyond = request_due(Right.ACCESS, day("2028-11-28")), request_due(Right.ACCESS, day("2028-12-01"))

    assert inside.warnings == ()
    assert [step.rule for step in beyond.warnings] == ["LAW-1.24"]
    assert [step.rule for step in complaint_due(day("2028-12-15")).warnings] == ["LAW-1.24"]


def test_request_due_is_not_revived_by_a_question_sent_too_late() -> None:
    due = request_due(Right.ACCESS, day("2026-10-05"), pauses=pauses("2026-11-06..2026-11-20"))

    assert due.due_statutory == due.due_cautious == day("2026-11-05")
    assert [step.rule for step in due.warnings] == ["LAW-1.11"]


def test_request_due_takes_a_question_sent_on_the_rolled_last_day() -> None:
    """EX-01 ends on Saturday 3 October and rolls to Monday 5: until then the period still runs."""
    due = request_due(Right.ACCESS, day("2026-09-03"), pauses=pauses("2026-10-05..2026-10-06"))

    assert due.due_statutory == day("2026-10-05")
    assert due.warnings == ()


@pytest.mark.parametrize(
    ("kwargs", "rule"),
    [
        ({"identity": day("2026-09-02")}, "LAW-1.2"),
        ({"fee": day("2026-09-02")}, "LAW-1.2"),
        ({"pauses": pauses("2026-09-02..2026-09-05")}, "LAW-1.12"),
        ({"identity": day("9999-12-31")}, "LAW-1.24"),
        ({"pauses": [Pause(day("2026-09-04"), day("2100-12-31"))]}, "LAW-1.24"),
    ],
)
def test_request_due_refuses_dates_that_cannot_belong_together(kwargs: dict[str, object], rule: str) -> None:
    with pytest.raises(NoAnswer) as caught:
        request_due(Right.ACCESS, day("2026-09-03"), **kwargs)  # type: ignore[arg-type]

    assert caught.value.rule == rule
    assert caught.value.cure


@pytest.mark.parametrize("received", ["0001-01-01", "1800-01-01", "2018-05-24", "2100-12-31", "9999-12-31"])
def test_due_refuses_years_without_law_or_calendar(received: str) -> None:
    with pytest.raises(NoAnswer):
        request_due(Right.ACCESS, day(received))
    with pytest.raises(NoAnswer):
        complaint_due(day(received))
    if received != "2100-12-31":
        with pytest.raises(NoAnswer):
            breach_due(datetime.fromisoformat(f"{received}T23:59:59-12:00"))


@pytest.mark.parametrize(("received", "due"), [("2100-01-31", "2100-03-01"), ("2100-11-30", "2100-12-30")])
def test_the_last_year_of_the_calendar_has_no_29_february(received: str, due: str) -> None:
    assert request_due(Right.ACCESS, day(received)).due_on == day(due)


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(NoAnswer, match="before it starts"):
        Pause(day("2026-09-05"), day("2026-09-04"))


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_promise_of_no_days_or_of_years_is_refused(days: int) -> None:
    with pytest.raises(NoAnswer):
        Promise(days)


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="moment"):
        request_due(Right.ACCESS, datetime(2026, 9, 3, 23, 59))
    with pytest.raises(NoAnswer, match="offset"):
        breach_due(datetime(2026, 9, 3, 23, 59))


def test_an_objection_to_marketing_is_not_told_to_wait() -> None:
    due = request_due(Right.OBJECTION, day("2026-09-03"))

    assert [step.date for step in due.steps if step.rule == "LAW-3.9"] == [day("2026-09-03")]


def test_complaint_due_keeps_the_promise_of_the_notice() -> None:
    due = complaint_due(day("2026-11-25"), promise=Promise(5, working=True))

    assert due.due_on == due.due_promised == day("2026-12-02")
    assert due.due_statutory == day("2026-12-29")


def test_complaint_due_is_not_paused() -> None:
    due = complaint_due(day("2026-11-24"), pauses=pauses("2026-11-26..2026-11-30"))

    assert due.due_statutory == day("2026-12-24")
    assert "LAW-2.5" in rules(due)


@pytest.mark.parametrize(
    ("naive", "cure"),
    [
        ("2026-11-20T16:30", "write 2026-11-20T16:30:00+00:00."),
        ("2026-06-20T16:30", "write 2026-06-20T16:30:00+01:00."),
        ("2026-10-25T01:30", "write 2026-10-25T01:30:00+01:00 or 2026-10-25T01:30:00+00:00."),
        ("2026-03-29T01:30", "skipped"),
    ],
)
def test_breach_due_says_how_to_add_the_offset(naive: str, cure: str) -> None:
    with pytest.raises(NoAnswer) as caught:
        breach_due(datetime.fromisoformat(naive))

    assert cure in caught.value.cure


def test_breach_due_says_when_clocks_change_or_a_weekend_ends_it() -> None:
    changed = breach_due(datetime.fromisoformat("2026-03-27T17:00+00:00"))
    weekend = breach_due(datetime.fromisoformat("2026-12-24T18:00+00:00"))

    assert any("clocks change" in step.text for step in changed.steps)
    assert any("does not move" in step.text for step in weekend.steps)
    assert weekend.warnings == ()
