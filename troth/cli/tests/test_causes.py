"""What stops a command from outside is said with its cure, and never as a fault in Troth."""

import errno
import os
import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from conftest import run_each, type_of_runner
from tests.stores import Home
from troth.cli.causes import explain
from troth.vault import keystore, secrets
from troth.vault.errors import MasterKeyMissing

PACK = "troth/notice/packs/online-prescribing.yaml"


WITHOUT_A_CLINIC = (
    "doctor",
    "notice show",
    "notice show 1",
    "notice diff 1 2",
    f"notice publish {PACK}",
    "datamap",
    "ledger verify",
    "ledger seal",
    "rights list",
    "promises check",
    "backup create",
    "keys status",
    "worker --once",
)


def test_a_place_without_a_clinic_is_said_to_be_one(tmp_path: Path) -> None:
    places = {
        "TROTH_HOME": str(tmp_path / "none"),
        "TROTH_KEYS": str(tmp_path / "keys"),
        "TROTH_BACKUPS": str(tmp_path / "backups"),
        "TROTH_DATABASE_URL": "",
        "TROTH_KEYS_DATABASE_URL": "",
    }
    for command, done in run_each(*WITHOUT_A_CLINIC, environment=places):
        assert done.returncode == 1, command
        assert f"There is no clinic in {tmp_path / 'none'}" in done.stderr and "troth serve" in done.stderr, command


def test_tables_of_another_version_are_said_to_be_that(committed_db: Home, run_troth: type_of_runner) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'rights' AND name = "
            "(SELECT MAX(name) FROM django_migrations WHERE app = 'rights')"
        )
        cursor.execute("ALTER TABLE rights_rightscase RENAME TO rights_case_elsewhere")
    earlier = run_troth("rights", "list", home=committed_db)
    assert earlier.returncode == 1 and "earlier version of Troth" in earlier.stderr
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0999_later', '2030-01-01')"
        )
    later = run_troth("rights", "list", home=committed_db)
    assert later.returncode == 1 and "later version of Troth" in later.stderr
    served = run_troth("serve", "--port", "1", home=committed_db)
    assert served.returncode == 1 and "later version of Troth" in served.stderr, "nothing is migrated over it"


def test_a_damaged_database_file_is_named(tmp_path: Path, run_troth: type_of_runner) -> None:
    (tmp_path / "var").mkdir()
    for name in ("data", "keys"):
        (tmp_path / "var" / f"{name}.sqlite3").write_bytes(b"no database of ours" * 500)
    places = {name: str(tmp_path / folder) for name, folder in (("TROTH_HOME", "var"), ("TROTH_KEYS", "keys"))}
    done = run_troth(
        "ledger", "verify", environment={**places, "TROTH_DATABASE_URL": "", "TROTH_KEYS_DATABASE_URL": ""}
    )
    assert done.returncode == 1 and "damaged" in done.stderr and "restore the newest backup" in done.stderr


def test_a_server_that_does_not_answer_is_named_without_its_address(
    tmp_path: Path, run_troth: type_of_runner
) -> None:
    url = "postgresql://sentinel-user:sentinel-word@127.0.0.1:1/troth"
    done = run_troth(
        "ledger",
        "verify",
        environment={"TROTH_HOME": str(tmp_path), "TROTH_DATABASE_URL": url, "TROTH_KEYS_DATABASE_URL": url},
    )
    assert done.returncode == 1 and "TROTH_DATABASE_URL does not answer" in done.stderr
    assert "sentinel" not in done.stderr


def test_a_setting_that_makes_no_sense_is_said(tmp_path: Path, run_troth: type_of_runner) -> None:
    for name, value in (
        ("TROTH_BACKUP_DAYS", "soon"),
        ("TROTH_DEMO", "maybe"),
        ("TROTH_DATABASE_URL", "mysql://a/b"),
    ):
        done = run_troth("rights", "list", environment={"TROTH_HOME": str(tmp_path), name: value})
        assert done.returncode == 2 and done.stderr.startswith(f"troth: {name} "), done.stderr


@pytest.mark.parametrize("name", ["ledger-signing.key", "master-0001.json"])
def test_a_damaged_key_file_is_named(name: str, committed_db: Home, run_troth: type_of_runner) -> None:
    assert run_troth("notice", "publish", PACK, home=committed_db).returncode == 0
    keystore.make([(uuid4().int, "specimens.body", "")])
    (committed_db.keys / name).write_text("not a key")
    done = run_troth("notice", "publish", "troth/notice/packs/wellness-clinic.yaml", home=committed_db)
    assert done.returncode == 1 and "damaged" in done.stderr and "where keys are kept" in done.stderr, done.stderr


def test_a_secret_of_another_length_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "index.key").write_text("abcd")
    with pytest.raises(MasterKeyMissing, match=r"index\.key in TROTH_KEYS is damaged"):
        secrets.Secrets(tmp_path).named("index")


def test_an_empty_key_store_beside_data_stops_a_backup(committed_db: Home, run_troth: type_of_runner) -> None:
    assert run_troth("notice", "publish", PACK, home=committed_db).returncode == 0
    with connections["keys"].cursor() as cursor:
        cursor.execute("DROP TABLE vault_datakey")
    done = run_troth("backup", "create", home=committed_db)
    assert done.returncode == 1 and "key store is empty" in done.stderr


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EACCES, "may not be read or written by this user"),
        (errno.EROFS, "may not be read or written by this user"),
        (errno.ENOENT, "/some/where: No such file"),
        (errno.EISDIR, "/some/where: Is a directory"),
    ],
)
def test_what_a_disk_says_is_said(number: int, words: str) -> None:
    told = explain(OSError(number, os.strerror(number), "/some/where"))
    assert told is not None and words in told.cause and told.cure


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_FULL", "is full"),
        ("SQLITE_BUSY", "Another process has held"),
        ("SQLITE_READONLY", "may not be written"),
        ("SQLITE_CORRUPT", "is damaged"),
        ("SQLITE_IOERR_READ", "does not read or write"),
    ],
)
def test_what_a_database_says_is_said(name: str, words: str) -> None:
    below = sqlite3.OperationalError("in words that nobody is shown")
    below.sqlite_errorname = name
    error = OperationalError("in words that nobody is shown")
    error.__cause__ = below
    told = explain(error)
    assert told is not None and words in told.cause and "nobody" not in told.cause


def test_settings_are_explained_and_our_own_faults_are_not(committed_db: Home) -> None:
    told = explain(ImproperlyConfigured("TROTH_DEMO is 'maybe'; set it to yes or no."))
    assert told is not None and "settings.md" in told.cure
    for ours in (ValueError("x"), KeyError("x"), OSError("x"), OperationalError("no such column: x")):
        assert explain(ours) is None
