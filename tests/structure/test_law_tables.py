"""The tables of docs/reference/law.md say what the law room does."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from troth.law.applicability import Applies, applies, can_withdraw
from troth.law.bases import Basis
from troth.law.clocks import DueOn, Pause, complaint_due, request_due
from troth.law.retention import SCHEDULE
from troth.law.rights import Right
from troth.law.working_days import Nation

STATEMENT = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "law.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in STATEMENT.splitlines() if line[:2] == "| "]
EXAMPLES = {row[0]: row[1:] for row in ROWS if row[0].startswith("EX-")}
DAY = r"(?:[A-Z][a-z]{2} )?([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})"


def days(text: str) -> list[date]:
    return [datetime.strptime(found, "%d %b %Y").date() for found in re.findall(DAY, text)]


def reckon(given: str) -> DueOn | None:
    """Work out an example from its own words; None where they are not of the plain kinds."""
    if plain := re.fullmatch(rf"(?:(Scotland), )?received {DAY}(, extended)?", given):
        nation = Nation.SCOTLAND if plain[1] else Nation.ENGLAND
        return request_due(Right.ERASURE, days(given)[0], nation=nation, extended=bool(plain[3]))
    if re.fullmatch(rf"complaint {DAY}", given):
        return complaint_due(days(given)[0])
    question = r"question ([0-9]+)( [A-Z][a-z]{2})? to ([0-9]+ [A-Z][a-z]{2})"
    if paused := re.fullmatch(rf"access {DAY}(, extended)?, {question}", given):
        received = days(given)[0]
        answered = days(f"{paused[5]} {received.year}")[0]
        pause = Pause(answered.replace(day=int(paused[3])), answered)
        return request_due(Right.ACCESS, received, extended=bool(paused[2]), pauses=[pause])
    return None


RECKONED = {example: due for example, (given, *_) in EXAMPLES.items() if (due := reckon(given))}


@pytest.mark.parametrize("example", RECKONED)
def test_an_example_is_what_the_clock_says(example: str) -> None:
    expected, due = EXAMPLES[example][1], RECKONED[example]

    if expected.startswith("statutory"):
        found = re.fullmatch(r"statutory \w{3} (\d+ \w{3}), cautious \w{3} (\d+ \w{3}) (\d{4})", expected)
        assert found
        assert days(f"{found[1]} {found[3]}, {found[2]} {found[3]}") == [due.due_statutory, due.due_cautious]
    else:
        assert days(expected)[0] == due.due_statutory
        assert expected.startswith(f"{due.due_statutory:%a}")


def test_most_examples_are_reckoned() -> None:
    assert len(RECKONED) >= 40


def test_weekdays_in_the_examples_are_right() -> None:
    named = re.findall(r"([A-Z][a-z]{2}) ([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})", STATEMENT.split("## 14.")[1])

    assert len(named) > 80
    assert not [(name, day) for name, day in named if f"{days(day)[0]:%a}" != name]


def test_the_retention_schedule_is_the_one_in_the_code() -> None:
    stated = {row[0]: row[2] for row in ROWS if re.fullmatch(r"R[0-9]+", row[0])}

    assert list(stated) == list(SCHEDULE)
    for name, words in stated.items():
        numbers = set(re.findall(r"[0-9]+", words))
        assert numbers == set(re.findall(r"[0-9]+", SCHEDULE[name].words)), name


def test_the_rights_table_is_the_one_in_the_code() -> None:
    letters = {
        "(a)": Basis.CONSENT,
        "(b)": Basis.CONTRACT,
        "(c)": Basis.LEGAL_OBLIGATION,
        "(d)": Basis.VITAL_INTERESTS,
        "(e)": Basis.PUBLIC_TASK,
        "(ea)": Basis.RECOGNISED_LEGITIMATE_INTERESTS,
        "(f)": Basis.LEGITIMATE_INTERESTS,
    }
    words = {"Y": Applies.YES, "N": Applies.NO, "C": Applies.ON_CONDITION}
    columns = [
        Right.ACCESS,
        Right.RECTIFICATION,
        Right.ERASURE,
        Right.RESTRICTION,
        Right.PORTABILITY,
        Right.OBJECTION,
    ]
    stated = {letters[row[0].split()[0]]: row[1:] for row in ROWS if row[0].split()[0] in letters}

    assert set(stated) == set(Basis)
    for basis, cells in stated.items():
        assert [applies(right, basis) for right in columns] == [words[cell[0]] for cell in cells[:6]]
        assert can_withdraw(basis) == (cells[6] == "Y")
