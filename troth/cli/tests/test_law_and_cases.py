"""Whatever happens to a case, its own clock and `troth law due` give the same days."""

import json
from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.cli.main import main
from troth.law.clocks import Promise
from troth.law.working_days import Nation
from troth.rights.rules.clock import Asked, Happened, StepKind, Waits, reckon

ASKED = [asked for asked in Asked if asked is not Asked.DECEASED]
#: What is asked for, and what comes.
PAIRS = [
    (StepKind.IDENTITY_ASKED, StepKind.IDENTITY_CAME),
    (StepKind.AUTHORITY_ASKED, StepKind.AUTHORITY_CAME),
    (StepKind.FEE_ASKED, StepKind.FEE_PAID),
    (StepKind.QUESTION_ASKED, StepKind.QUESTION_ANSWERED),
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Asked, date, list[Happened]]:
    """A case and what happened to it: questions and answers, proof and fees, in the order of their days."""
    asked = draw(st.sampled_from(ASKED))
    received = draw(st.dates(date(2026, 2, 5), date(2028, 6, 1)))
    happened: list[Happened] = []
    day = received
    for asks, comes in draw(st.lists(st.sampled_from(PAIRS), max_size=4)):
        day += timedelta(days=draw(st.integers(0, 9)))
        happened.append((asks, day))
        day += timedelta(days=draw(st.integers(0, 9)))
        happened.append((comes, day))
    if draw(st.booleans()):
        happened.append((StepKind.EXTENDED, day))
    return asked, received, happened


@given(histories(), st.sampled_from(Nation), st.sampled_from([None, Promise(20), Promise(28)]))
@settings(max_examples=60, deadline=None)
def test_a_case_and_the_command_agree(
    history: tuple[Asked, date, list[Happened]], nation: Nation, promise: Promise | None
) -> None:
    asked, received, happened = history
    clock = reckon(asked, received, happened, on=received + timedelta(days=90), nation=nation, promise=promise)
    assert clock.waits_for is None
    said = StringIO()
    with redirect_stdout(said):
        assert main([*clock.by_hand, "--json"]) == 0
    answer = json.loads(said.getvalue())
    assert (answer["due_on"], answer["due_statutory"]) == (clock.due_on.isoformat(), clock.late_after.isoformat())


@pytest.mark.parametrize(
    ("received", "happened", "due", "late_after"),
    [
        (
            date(2026, 5, 1),
            [(StepKind.IDENTITY_ASKED, 2), (StepKind.IDENTITY_CAME, 29)],
            (2026, 6, 29),
            (2026, 6, 29),
        ),
        (
            date(2026, 3, 2),
            [(StepKind.QUESTION_ASKED, 9), (StepKind.QUESTION_ANSWERED, 16)],
            (2026, 4, 9),
            (2026, 4, 10),
        ),
        (
            date(2026, 10, 5),
            [(StepKind.QUESTION_ASKED, 8), (StepKind.QUESTION_ANSWERED, 8)],
            (2026, 11, 5),
            (2026, 11, 6),
        ),
    ],
    ids=["EX-30", "EX-33", "EX-35"],
)
def test_the_worked_examples_hold_for_cases(
    received: date, happened: list[tuple[StepKind, int]], due: tuple[int, int, int], late_after: tuple[int, int, int]
) -> None:
    clock = reckon(
        Asked.ACCESS, received, [(kind, received.replace(day=day)) for kind, day in happened], on=date(2026, 12, 1)
    )
    assert (clock.due_on, clock.late_after) == (date(*due), date(*late_after))


def test_records_of_the_dead_have_their_own_time_ex_54() -> None:
    applied = date(2026, 11, 2)
    assert reckon(Asked.DECEASED, applied, [], on=applied).due_on == date(2026, 12, 11)
    found = reckon(Asked.DECEASED, applied, [(StepKind.ENTRY_FOUND, applied)], on=applied)
    assert found.due_on == date(2026, 11, 22)
    more = [(StepKind.AUTHORITY_ASKED, applied), (StepKind.AUTHORITY_CAME, date(2026, 11, 12))]
    assert reckon(Asked.DECEASED, applied, more, on=applied).due_on == date(2026, 12, 21)


def test_what_waits_is_never_late_and_a_pause_does_not_stop_a_complaint() -> None:
    received = date(2026, 9, 1)
    waits = reckon(Asked.ERASURE, received, [(StepKind.IDENTITY_ASKED, received)], on=date(2027, 1, 1))
    assert waits.waits_for is Waits.IDENTITY and not waits.is_late(date(2027, 1, 1))
    asked = [(StepKind.QUESTION_ASKED, received)]
    assert reckon(Asked.COMPLAINT, received, asked, on=date(2027, 1, 1)).is_late(date(2027, 1, 1))
