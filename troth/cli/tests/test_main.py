"""What every command shares: how it stops, and how it gets Django when it needs it."""

import argparse
from typing import Any

import pytest
from django.apps import apps

from troth.cli import law
from troth.cli.main import main, prepare_django
from troth.cli.stopped import FOUND_AGAINST, Stopped

ARGUMENTS = ["law", "due", "--right", "access", "--received", "2026-09-03"]


def stopping(error: BaseException) -> Any:
    def func(args: argparse.Namespace) -> int:
        raise error

    return func


def test_stopped_is_told_with_its_cure_and_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(law, "run_due", stopping(Stopped("It fails.", "Mend it so.", FOUND_AGAINST)))

    assert main(ARGUMENTS) == 1
    assert capsys.readouterr().err == "troth: It fails.\nMend it so.\n"


def test_stopped_without_a_cure_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(law, "run_due", stopping(Stopped("It fails.")))

    assert main(ARGUMENTS) == 2
    assert capsys.readouterr().err == "troth: It fails.\n"


def test_an_interrupted_command_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(law, "run_due", stopping(KeyboardInterrupt()))

    assert main(ARGUMENTS) == 130
    assert "stopped by you" in capsys.readouterr().err


def test_prepare_django_leaves_the_rooms_ready_and_can_be_repeated() -> None:
    prepare_django()
    prepare_django()

    assert apps.ready
    assert apps.is_installed("troth.ledger")


@pytest.mark.parametrize(
    "slip",
    [
        ["demo", "--port", "99999"],
        ["demo", "--people", "-5"],
        ["serve", "--port", "0"],
        ["serve", "--workers", "0"],
        ["ledger", "verify", "--workers", "-3"],
        ["ledger", "prove", "9" * 30],
        ["ledger", "prove", "\u0663"],
    ],
)
def test_a_number_out_of_its_bounds_is_a_slip_of_whoever_typed_it(
    slip: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(slip)
    assert ended.value.code == 2 and "is no whole number from" in capsys.readouterr().err
