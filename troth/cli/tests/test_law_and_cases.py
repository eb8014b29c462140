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
    asked = draw(st.sampled_from(Asked))
    received = draw(st.dates(date(2026, 2, 5), date(2028, 6, 1)))
    happened: list[Happened] = []
    day = received
    for asks, comes in draw(st.lists(st.sampled_from(PAIRS), max_size=4)):
        day += timedelta(days=draw(st.integers(0, 9)))
        happened.append((asks, day))
        day += timedelta(days=draw(st.integers(0, 9)))
        happened.append((comes, day))
    if draw(st.booleans()):
        happened.append((StepKind.ENTRY_FOUND if asked is Asked.DECEASED else StepKind.EXTENDED, day))
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


@pytest.mark.parametrize("asks", [pair for pair in PAIRS if pair[0] is not StepKind.FEE_ASKED])
def test_only_what_is_asked_within_fourteen_days_begins_the_time_of_the_dead_anew(
    asks: tuple[StepKind, StepKind],
) -> None:
    applied, (asked, came) = date(2026, 11, 2), asks
    last, late, on = date(2026, 11, 15), date(2026, 11, 16), date(2027, 2, 1)

    waits = reckon(Asked.DECEASED, applied, [(asked, last)], on=on)
    assert waits.waits_for is not None and not waits.is_late(on)
    comes = reckon(Asked.DECEASED, applied, [(asked, last), (came, date(2026, 11, 30))], on=on)
    assert comes.due_on == date(2027, 1, 8) and comes.is_late(on)

    runs = reckon(Asked.DECEASED, applied, [(asked, late)], on=on)
    assert runs.waits_for is None and runs.wanted is not None and runs.due_on == date(2026, 12, 11)
    assert runs.is_late(date(2026, 12, 12)), "asking late stops nothing"
    late_came = reckon(Asked.DECEASED, applied, [(asked, late), (came, date(2026, 11, 30))], on=on)
    assert late_came.due_on == date(2026, 12, 11)


def test_what_waits_is_never_late_and_a_pause_does_not_stop_a_complaint() -> None:
    received = date(2026, 9, 1)
    waits = reckon(Asked.ERASURE, received, [(StepKind.IDENTITY_ASKED, received)], on=date(2027, 1, 1))
    assert waits.waits_for is Waits.IDENTITY and not waits.is_late(date(2027, 1, 1))
    asked = [(StepKind.QUESTION_ASKED, received)]
    assert reckon(Asked.COMPLAINT, received, asked, on=date(2027, 1, 1)).is_late(date(2027, 1, 1))
