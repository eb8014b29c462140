"""`troth law due` as people run it: in a process of its own, with what they may type."""

import contextlib
import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.cli.main import NOUNS, build_parser, main
from troth.law.rights import Right


def troth(*arguments: str, trace: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "troth.cli.main", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TROTH_TRACEBACK": trace},
        check=False,
    )


def due(*arguments: str) -> subprocess.CompletedProcess[str]:
    return troth("law", "due", *arguments)


def test_due_answers_people_in_plain_english() -> None:
    ran = due("--right", "access", "--received", "2026-09-03")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Answer the access request by Monday 5 October 2026.\n")
    assert "Saturday 3 October 2026" in ran.stdout
    assert "[LAW-1.6]" in ran.stdout
    assert ran.stderr == ""


def test_due_answers_programs_in_json() -> None:
    ran = due("--right", "access", "--received", "2026-10-05", "--json",
              "--paused", "2026-10-08", "2026-10-12", "--paused", "2026-10-11", "2026-10-16")  # fmt: skip
    answer = json.loads(ran.stdout)

    assert (answer["due_statutory"], answer["due_cautious"]) == ("2026-11-16", "2026-11-13")
    assert all(set(step) == {"rule", "text", "date"} for step in answer["steps"])
    assert {"LAW-1.4", "LAW-1.6", "LAW-1.11", "LAW-1.13"} <= {step["rule"] for step in answer["steps"]}
    assert answer["warnings"] == []


def test_due_of_a_breach_is_a_moment_in_london() -> None:
    ran = due("--right", "breach", "--received", "2026-10-23T17:00+01:00", "--json")
    answer = json.loads(ran.stdout)

    assert answer["due_at"] == "2026-10-26T16:00:00+00:00"
    assert "due_statutory" not in answer
    assert {step["rule"] for step in answer["steps"]} == {"LAW-7.2"}


def test_due_of_an_extended_request_gives_the_last_day_of_its_notice() -> None:
    ran = due("--right", "access", "--received", "2026-08-31", "--extended", "--paused", "2026-09-10", "2026-09-20",
              "--identity", "2026-08-31", "--fee", "2026-08-31", "--json")  # fmt: skip
    answer = json.loads(ran.stdout)

    assert (answer["due_statutory"], answer["due_cautious"]) == ("2026-12-11", "2026-12-10")
    assert (answer["extension_notice_by"], answer["extension_notice_plan"]) == ("2026-10-12", "2026-10-09")


def test_due_keeps_scottish_holidays_and_promises() -> None:
    ran = due(
        "--right", "erasure", "--received", "2026-10-30", "--nation", "scotland", "--promised-days", "30", "--json"
    )
    answer = json.loads(ran.stdout)

    assert answer["due_statutory"] == "2026-12-01"
    assert answer["due_on"] == answer["due_promised"] == "2026-11-29"


@pytest.mark.parametrize(("right", "rule"), [("erasure", "LAW-1.10"), ("complaint", "LAW-2.5")])
def test_due_says_that_a_pause_outside_access_stops_nothing(right: str, rule: str) -> None:
    ran = due("--right", right, "--received", "2026-10-05", "--paused", "2026-10-08", "2026-10-12", "--json")

    answer = json.loads(ran.stdout)
    assert answer["due_statutory"] in {"2026-11-05", "2026-11-04"}
    assert any(step["rule"] == rule and "does not stop" in step["text"] for step in answer["steps"])


def test_due_of_the_records_of_somebody_who_died_is_forty_days_or_twenty_one_ex_54() -> None:
    def of(*more: str) -> dict[str, object]:
        ran = due("--right", "deceased", "--received", "2026-11-02", "--json", *more)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)  # type: ignore[no-any-return]

    assert of()["due_statutory"] == "2026-12-11"
    assert of("--recent-entry")["due_statutory"] == "2026-11-22"
    assert of("--paused", "2026-11-15", "2026-11-30")["due_on"] == "2027-01-08"  # on the fourteenth day
    late = of("--paused", "2026-11-16", "2026-11-30")
    assert late["due_on"] == "2026-12-11" and late["warnings"]
    said = due("--right", "deceased", "--received", "2026-11-02").stdout
    assert said.startswith("Answer the application by Friday 11 December 2026.\n")


def test_due_warns_beyond_the_announced_holidays() -> None:
    ran = due("--right", "access", "--received", "2031-01-02")

    assert ran.returncode == 0
    assert "Warning: " in ran.stdout
    assert "[LAW-1.24]" in ran.stdout


ACCESS = ("--right", "access", "--received")
BREACH = ("--right", "breach", "--received")
DECEASED = ("--right", "deceased", "--received")
COMPLAINT = ("--right", "complaint", "--received", "2026-11-24")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--right"),
        (("--right", "access"), "--received"),
        (("--right", "oblivion", "--received", "2026-09-03"), "'oblivion' (choose from 'access', 'rectification', "),
        ((*ACCESS, "2026-02-29"), "no day 2026-02-29"),
        ((*ACCESS, "2026-13-01"), "no day"),
        ((*ACCESS, "0000-01-01"), "no day"),
        ((*ACCESS, "03/09/2026"), "Write it like"),
        ((*ACCESS, "20260903"), "Write it like"),
        ((*ACCESS, "2026-W36-4"), "Write it like"),
        ((*ACCESS, "٢٠٢٦-٠٩-٠٣"), "Write it like"),
        ((*ACCESS, ""), "Write it like"),
        ((*ACCESS, "2026-09-03T10:00+01:00"), "without the time"),
        ((*ACCESS, "1800-01-01"), "25 May 2018"),
        ((*ACCESS, "9999-12-31"), "calendar"),
        ((*ACCESS, "2026-09-03", "--recent-entry"), "Leave --recent-entry out. [LAW-4.10]"),
        ((*DECEASED, "1991-10-31"), "1 November 1991"),
        ((*DECEASED, "9999-12-31"), "calendar"),
        ((*DECEASED, "2026-11-02", "--extended"), "nothing extends"),
        ((*DECEASED, "2026-11-02", "--identity", "2026-11-12"), "--paused"),
        ((*DECEASED, "2026-11-02", "--fee", "2026-11-12"), "no fee"),
        ((*DECEASED, "2026-11-02", "--promised-days", "20"), "sets the time"),
        ((*DECEASED, "2026-11-02", "--paused", "2026-11-01", "2026-11-12"), "before the application"),
        ((*ACCESS, "2026-09-03", "--identity", "2026-09-02"), "before the request"),
        ((*ACCESS, "2026-09-03", "--identity", ""), "Write it like"),
        ((*ACCESS, "2026-09-03", "--fee", "2026-09-02"), "before the request"),
        ((*ACCESS, "2026-09-03", "--paused", "2026-09-09", "2026-09-05"), "before it starts"),
        ((*ACCESS, "2026-09-03", "--paused", "2026-09-01", "2026-09-05"), "before the request"),
        ((*ACCESS, "2026-09-03", "--paused", "2026-09-05"), "--paused"),
        ((*ACCESS, "2026-09-03", "--paused", "2026-09-05", "9999-12-31"), "calendar"),
        ((*ACCESS, "2026-09-03", "--nation", "france"), "'france' (choose from 'england', 'wales', "),
        ((*ACCESS, "2026-09-03", "--promised-days", "0"), "from 1 to 366"),
        ((*ACCESS, "2026-09-03", "--promised-days", "-3"), "whole number"),
        ((*ACCESS, "2026-09-03", "--promised-days", "soon"), "whole number"),
        ((*ACCESS, "2026-09-03", "--promised-days", "99999999999"), "whole number"),
        ((*ACCESS, "2026-09-03", "--ext"), "unrecognized"),
        ((*COMPLAINT, "--extended"), "LAW-2.5"),
        ((*COMPLAINT, "--identity", "2026-11-25"), "LAW-2.3"),
        ((*COMPLAINT, "--fee", "2026-11-25"), "LAW-2.3"),
        (("--right", "complaint", "--received", "9999-12-31"), "calendar"),
        ((*BREACH, "2026-11-20"), "such as 2026-11-20T16:30+00:00"),
        ((*BREACH, "2026-11-20T16:30"), "write 2026-11-20T16:30:00+00:00."),
        ((*BREACH, "2026-06-20T16:30"), "write 2026-06-20T16:30:00+01:00."),
        ((*BREACH, "2026-10-25T01:30"), "2026-10-25T01:30:00+01:00 or 2026-10-25T01:30:00+00:00"),
        ((*BREACH, "2026-03-29T01:30"), "skipped"),
        ((*BREACH, "0001-01-01T00:00"), "2018"),
        ((*BREACH, "9999-12-31T23:59"), "beyond"),
        ((*BREACH, "2026-11-20T25:30+00:00"), "no time"),
        ((*BREACH, "2026-11-20T16:30+99:00"), "no time"),
        ((*BREACH, "yesterday"), "Write it like"),
        ((*BREACH, "0001-01-01T00:00+14:00"), "2018"),
        ((*BREACH, "9999-12-31T23:59-12:00"), "beyond"),
        ((*BREACH, "2026-11-20T16:30+00:00", "--extended"), "LAW-7.2"),
        ((*BREACH, "2026-11-20T16:30+00:00", "--identity", "2026-11-21"), "LAW-7.2"),
        ((*BREACH, "2026-11-20T16:30+00:00", "--paused", "2026-11-21", "2026-11-22"), "LAW-7.2"),
        ((*BREACH, "2026-11-20T16:30+00:00", "--promised-days", "2"), "LAW-7.2"),
    ],
)
def test_due_refuses_with_a_cause_and_a_cure(arguments: tuple[str, ...], says: str) -> None:
    ran = due(*arguments)

    assert ran.returncode == 2, ran.stdout
    assert ran.stdout == ""
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 2  # what is wrong, and how to mend it


@pytest.mark.parametrize("arguments", [("--help",), ("law", "--help"), ("law", "due", "--help")])
def test_every_command_has_help(arguments: tuple[str, ...]) -> None:
    ran = troth(*arguments)

    assert ran.returncode == 0
    assert "usage: troth" in ran.stdout


@pytest.mark.parametrize("arguments", [(), ("law",), ("lwa",), ("law", "do")])
def test_a_slip_is_answered_with_where_help_is(arguments: tuple[str, ...]) -> None:
    ran = troth(*arguments)

    assert ran.returncode == 2
    assert "--help" in ran.stderr


def test_due_starts_without_django() -> None:
    """The law room is plain Python, and a command that needs no database must not load one."""
    script = (
        "import sys; from troth.cli.main import main; "
        "code = main(['law', 'due', '--right', 'access', '--received', '2026-09-03']); "
        "sys.exit(code or any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr


def test_a_fault_of_our_own_is_told_by_its_kind_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(args: object) -> int:
        raise RuntimeError("Mrs Example, born 1970")

    monkeypatch.setattr("troth.cli.law.run_due", broken)
    arguments = ["law", "due", "--right", "access", "--received", "2026-09-03"]

    assert main(arguments) == 3
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "Example" not in said
    monkeypatch.setenv("TROTH_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        main(arguments)


_WHEN = st.one_of(
    st.dates().map(str),
    st.dates(date(2018, 1, 1), date(2030, 1, 1)).map(str),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes")),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.text(max_size=30),
)
_OPTION = st.one_of(
    st.tuples(st.sampled_from(["--identity", "--fee"]), _WHEN),
    st.tuples(st.just("--paused"), _WHEN, _WHEN),
    st.tuples(st.sampled_from(["--promised-days", "--promised-working-days"]), st.integers().map(str)),
    st.tuples(st.sampled_from(["--extended", "--json"])),
    st.tuples(st.just("--nation"), st.sampled_from(["england", "scotland", "northern-ireland", "wales"])),
)


@given(st.sampled_from([*Right, "complaint", "breach"]), _WHEN, st.lists(_OPTION, max_size=4))
def test_whatever_is_typed_is_answered_or_refused(right: str, received: str, options: list[tuple[str, ...]]) -> None:
    """Never a fault of our own: with this variable set, one would be raised here."""
    arguments = [
        "law",
        "due",
        "--right",
        right,
        f"--received={received}",
        *(word for option in options for word in option),
    ]
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        patch.setenv("TROTH_TRACEBACK", "1")
        try:
            code = main(arguments)
        except SystemExit as stopped:  # argparse's way
            code = int(stopped.code or 0)

    assert code in {0, 2}
    assert bool(out.getvalue()) is (code == 0)
    assert bool(err.getvalue()) is (code == 2)


def test_every_noun_registers_a_command_of_its_own_name() -> None:
    help_text = build_parser().format_help()

    assert all(f"\n    {noun} " in help_text for noun in NOUNS)


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    command = f"{sys.executable} -m troth.cli.main law due --right access --received 2026-09-03 | true"
    ran = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=False
    )

    assert ran.stderr == ""
    assert ran.stdout.strip() == "0"
