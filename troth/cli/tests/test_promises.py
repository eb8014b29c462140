"""`troth promises check`: exactly the promises of the pack, honest exit codes, and nothing written."""

import json
from typing import Any

import pytest

from tests.stores import Home

Runner = Any


def test_json_has_every_promise_and_the_exit_says_that_one_falls_short(home: Home, run_troth: Runner) -> None:
    notice = "troth/notice/packs/online-prescribing.yaml"
    assert run_troth("notice", "publish", notice, home=home).returncode == 0
    ran = run_troth("promises", "check", "--json", home=home)
    said = json.loads(ran.stdout)
    assert set(said) == {"pack", "promises"} and said["pack"] == "online-prescribing"
    assert len(said["promises"]) == 106
    assert all(set(each) == {"id", "status", "control", "evidence"} for each in said["promises"])
    for each in said["promises"]:
        assert {"words", "looks", "at", "digest"} <= set(each["evidence"]), each["id"]
        assert (each["status"] == "falls short") <= any(not look["holds"] for look in each["evidence"]["looks"])
    assert ran.returncode == int(any(each["status"] == "falls short" for each in said["promises"]))
    assert ran.stderr == ""


@pytest.mark.parametrize(("pack", "many"), [("wellness-clinic", 117), ("medico-legal", 102)])
def test_other_packs_can_be_looked_at_in_words(home: Home, run_troth: Runner, pack: str, many: int) -> None:
    ran = run_troth("promises", "check", "--pack", pack, home=home)
    assert ran.returncode == 1  # no notice is in force, so nothing that needs one holds
    assert ran.stdout.splitlines()[-1].startswith(f"{pack}: {many} promises: ")
    assert "stopped at troth/" in ran.stdout


def test_beside_a_demonstration_its_own_promises_are_looked_at(home: Home, run_troth: Runner) -> None:
    assert run_troth("promises", "check", "--only", "CX-1.1", home=home).returncode == 2
    (home.path / "demonstration.json").write_text('{"pack": "medico-legal", "made": true}')
    assert "medico-legal: 1 promises" in run_troth("promises", "check", "--only", "CX-1.1", home=home).stdout


@pytest.mark.parametrize("wrong", [("--pack", "elsewhere"), ("--only", "OC-99.9")])
def test_what_is_not_there_is_said(home: Home, run_troth: Runner, wrong: tuple[str, str]) -> None:
    ran = run_troth("promises", "check", *wrong, home=home)
    assert ran.returncode == 2 and "There is no" in ran.stderr
