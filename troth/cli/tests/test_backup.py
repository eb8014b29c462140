"""`troth backup` and `troth keys`, as an operator runs them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from conftest import run_each, type_of_runner
from tests.stores import Home


def backups(home: Home) -> list[Path]:
    return sorted((home.backups / "backups").glob("*.backup"))


def test_a_backup_is_made_listed_checked_rehearsed_and_restored(home: Home, run_troth: type_of_runner) -> None:
    made = run_troth("backup", "create", "--json", home=home)
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    assert [Path(place) for place in answer["places"]] == backups(home)
    assert "data" in made.stderr and "keys" in made.stderr  # progress
    path = str(backups(home)[0])

    listed = json.loads(run_troth("backup", "list", "--json", home=home).stdout)["backups"]
    assert [(row["path"], row["readable"], row["master"]) for row in listed] == [(path, True, listed[0]["master"])]
    checked = run_troth("backup", "verify", path, home=home)
    assert (checked.returncode, "holds: 2 parts" in checked.stdout) == (0, True)
    drilled = run_troth("backup", "drill", "--json", home=home)
    assert drilled.returncode == 0, drilled.stderr
    assert json.loads(drilled.stdout)["holds"] is True
    assert set(json.loads(drilled.stdout)["seconds"]) == {"check", "fill", "replay", "ledger", "open"}

    refused = run_troth("backup", "restore", path, home=home)
    assert refused.returncode == 1 and refused.stdout == ""
    assert ("not empty" in refused.stderr and "--aside" in refused.stderr) or "createdb" in refused.stderr
    if "TROTH_DATABASE_URL" in home.environment:
        return  # a new database would have to be made first
    restored = run_troth("backup", "restore", path, "--aside", "--json", home=home)
    assert restored.returncode == 0, restored.stderr
    assert Path(json.loads(restored.stdout)["aside"]).is_dir()
    verified = run_troth("ledger", "verify", home=home)
    assert verified.returncode == 0, verified.stderr


def test_a_damaged_backup_ends_in_one_sentence_and_not_in_a_traceback(home: Home, run_troth: type_of_runner) -> None:
    assert run_troth("backup", "create", home=home).returncode == 0
    path = backups(home)[0]
    path.write_bytes(path.read_bytes()[:-7])
    for arguments in (("verify", str(path)), ("drill",), ("restore", str(path), "--aside")):
        ran = run_troth("backup", *arguments, home=home)
        assert ran.returncode == 1
        assert "is damaged" in ran.stderr and "Traceback" not in ran.stderr and str(path) in ran.stderr
    missing = run_troth("backup", "verify", str(home.backups / "none"), home=home)
    assert missing.returncode == 1 and "There is no backup at" in missing.stderr


def test_a_destination_that_is_no_folder_is_named(home: Home, run_troth: type_of_runner) -> None:
    home.backups.rmdir()
    home.backups.write_text("in the way")
    ran = run_troth("backup", "create", home=home)
    assert ran.returncode == 1 and str(home.backups) in ran.stderr and "Traceback" not in ran.stderr


def test_an_empty_list_says_how_to_begin(home: Home, run_troth: type_of_runner) -> None:
    assert "troth backup create" in run_troth("backup", "list", home=home).stdout
    assert "troth backup create" in run_troth("backup", "drill", home=home).stderr


def test_keys_are_turned_when_due_or_now_and_destroyed_only_with_yes(home: Home, run_troth: type_of_runner) -> None:
    assert run_troth("backup", "create", home=home).returncode == 0
    first = json.loads(run_troth("keys", "status", "--json", home=home).stdout)
    number = first["masters"][-1]["number"]
    assert (first["due"], first["masters"][-1]["current"]) == (False, True)
    assert "No turn is due" in run_troth("keys", "turn", home=home).stdout
    due = run_troth("keys", "status", home=home, environment={"TROTH_MASTER_KEY_DAYS": "0"})
    assert "A turn is due" in due.stdout

    turned = json.loads(run_troth("keys", "turn", "--now", "--json", home=home).stdout)
    assert turned["master"] == number + 1
    status = run_troth("keys", "status", home=home).stdout
    assert f"Master key {number}," in status and "may be destroyed from" in status
    early = run_troth("keys", "turn", "--destroy-retired", home=home)
    assert early.returncode == 0 and "No retired master key" in early.stdout
    loud = run_troth("keys", "turn", "--destroy-retired", "--now", home=home)
    assert loud.returncode == 2 and f"MASTER KEY {number}" in loud.stderr and "--yes" in loud.stderr
    assert (home.keys / f"master-{number:04d}.json").exists()
    gone = json.loads(run_troth("keys", "turn", "--destroy-retired", "--now", "--yes", "--json", home=home).stdout)
    assert gone == {"destroyed": [number]}
    assert not (home.keys / f"master-{number:04d}.json").exists()
    unreadable = run_troth("backup", "verify", str(backups(home)[0]), home=home)
    assert unreadable.returncode == 1 and f"master key {number}" in unreadable.stderr
    assert "unreadable" in run_troth("backup", "list", home=home).stdout
    assert run_troth("ledger", "verify", home=home).returncode == 0


@pytest.mark.parametrize("arguments", [("--yes",), ("--yes", "--now"), ("--yes", "--destroy-retired")])
def test_yes_stands_only_beside_what_it_confirms(
    home: Home, run_troth: type_of_runner, arguments: tuple[str, ...]
) -> None:
    ran = run_troth("keys", "turn", *arguments, home=home)
    assert ran.returncode == 2 and "--yes goes with" in ran.stderr


def test_no_backup_is_sealed_under_keys_that_open_nothing_in_it(home: Home, run_troth: type_of_runner) -> None:
    assert run_troth("backup", "create", home=home).returncode == 0
    made = backups(home)
    home.keys.rename(home.keys.with_name("put-away"))
    for verb in ("create", "drill"):
        ran = run_troth("backup", verb, home=home)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "is not the key folder of this deployment" in ran.stderr and "Point TROTH_KEYS at" in ran.stderr
    assert backups(home) == made
    assert not list(home.keys.glob("master-*"))  # nor is a new deployment begun on the data of an old one


def test_over_an_unfinished_restore_every_command_says_so_and_nothing_starts(
    home: Home, run_troth: type_of_runner
) -> None:
    assert run_troth("backup", "create", home=home).returncode == 0
    mark = home.path / "restoring"
    noted = {"backup": "0", "restore": "0", "step": "filling", "keep_keys": False, "aside": ""}
    mark.write_text(json.dumps(noted))
    path = str(backups(home)[0])
    commands = ("serve", "worker --once", "doctor", "ledger verify", "ledger seal", "rights list", "backup create")
    for words, ran in run_each(*commands, home=home, environment={}):
        assert ran.returncode == 1, (words, ran.stderr)
        assert "has not finished" in ran.stderr and "Run the same `troth backup restore` again" in ran.stderr
    assert "A restore of another backup (0)" in run_troth("backup", "restore", path, home=home).stderr
    assert run_troth("backup", "verify", path, home=home).returncode == 0
    for words in ("", "{", "[]", "null", '{"backup": 1}'):
        mark.write_text(words)
        ran = run_troth("backup", "restore", path, "--aside", home=home)
        assert ran.returncode == 1 and "does not read" in ran.stderr and str(mark) in ran.stderr


def test_a_rehearsal_that_fails_says_so_where_errors_are_said(home: Home, run_troth: type_of_runner) -> None:
    if "TROTH_DATABASE_URL" in home.environment:
        pytest.skip("the guards of one engine are enough to spoil a rehearsal")
    with closing(sqlite3.connect(home.path / "data.sqlite3")) as store:
        guard = store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        store.execute(f'DROP TRIGGER "{guard.fetchone()[0]}"')
        store.commit()
    assert run_troth("backup", "create", home=home).returncode == 0
    ran = run_troth("backup", "drill", home=home)
    assert ran.returncode == 1
    assert "does not give back everything" in ran.stderr and "Rehearse an older one" in ran.stderr
    assert "guard" in ran.stdout
