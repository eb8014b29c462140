"""A folder of keys that does not go with the data: nothing is written under it, and `troth doctor` says so."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from conftest import run_each
from tests.stores import Home
from troth.cli.checks import list_stoppers
from troth.ledger import signing
from troth.vault import keystore, secrets
from troth.vault.errors import MasterKeyMissing
from troth.vault.tests.conftest import ann, subject  # noqa: F401 - fixtures

NAME = "the master keys go with the data"


@pytest.mark.usefixtures("ann")
def test_the_right_folder_is_found_right() -> None:
    assert keystore.list_foreign_masters() == []
    assert NAME not in [found.name for found in list_stoppers(datetime.now(UTC))]


@pytest.mark.usefixtures("ann")
def test_no_master_key_is_made_beside_keys_that_another_wrapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = secrets.Secrets(tmp_path)
    monkeypatch.setattr(secrets, "opened", lambda: empty)
    with pytest.raises(MasterKeyMissing, match="put back the folder"):
        keystore.make([(uuid4().int, "specimens.body", "")])
    assert not list(tmp_path.glob("master-*"))


@pytest.mark.usefixtures("ann")
def test_another_deployments_folder_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = secrets.Secrets(tmp_path)
    other.make_master(at=datetime.now(UTC))
    monkeypatch.setattr(secrets, "opened", lambda: other)
    assert keystore.list_foreign_masters() == [1]
    assert NAME in [found.name for found in list_stoppers(datetime.now(UTC))]


FILLED = """
import django; django.setup()
from uuid import uuid4
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import draft
from troth.ledger.writing import write
from troth.vault import keystore
if WITH_KEYS:
    keystore.make([(uuid4().int, "specimens.body", "")])
write([draft() for _ in range(3)])
seal()
"""
COMMANDS = (
    "ledger verify",
    "ledger verify --records",
    "ledger seal",
    "ledger prove 1",
    "keys status",
    "keys turn --now",
    "rights list",
    "worker --once",
)


def fill(home: Home, *, with_keys: bool) -> None:
    """Stored data keys if wanted, and a sealed ledger."""
    shutil.rmtree(home.keys)
    program = FILLED.replace("WITH_KEYS", str(with_keys))
    variables = {**os.environ, **home.environment, "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", program], env=variables, check=True)


def folder(home: Home, kind: str) -> Path:
    """A key folder that is not the home's."""
    made = home.keys.with_name(f"{kind}-keys")
    made.mkdir(mode=0o700)
    if kind == "foreign":
        another = secrets.Secrets(made)
        another.make_master(at=datetime.now(UTC))
        signing._make(made / signing.FILE_NAME)
    return made


@pytest.mark.parametrize("with_keys", [True, False])
@pytest.mark.parametrize("kind", ["empty", "foreign"])
def test_every_command_says_that_the_folder_is_the_wrong_one_and_makes_nothing_in_it(
    home: Home, run_troth: Callable[..., subprocess.CompletedProcess[str]], kind: str, with_keys: bool
) -> None:
    fill(home, with_keys=with_keys)
    assert run_troth("ledger", "verify", home=home).returncode == 0
    wrong = folder(home, kind)
    before = {path.name: path.read_bytes() for path in wrong.iterdir()}
    elsewhere = {"TROTH_KEYS": str(wrong), "TROTH_SECRET_KEY": "x"}
    for command, said in run_each(*COMMANDS, home=home, environment=elsewhere):
        assert said.returncode == 1, (command, said)
        assert f"{wrong} is not the key folder of this deployment" in said.stderr
        assert "Point TROTH_KEYS at" in said.stderr
        assert "changed" not in said.stderr and "Traceback" not in said.stderr and "breach" not in said.stderr
    assert {path.name: path.read_bytes() for path in wrong.iterdir()} == before


def test_a_folder_that_lost_the_ledgers_key_is_named_and_no_new_one_is_made(
    home: Home, run_troth: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    fill(home, with_keys=True)
    (home.keys / signing.FILE_NAME).unlink()
    said = run_troth("ledger", "verify", home=home)
    assert said.returncode == 1 and "it lacks ledger-signing.key" in said.stderr
    assert not (home.keys / signing.FILE_NAME).exists()


def test_a_checkpoint_signed_by_another_key_in_the_right_folder_is_still_tampering(
    home: Home, run_troth: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Else whoever writes a foreign checkpoint would have `verify` blame the folder."""
    fill(home, with_keys=True)
    path = home.keys / signing.FILE_NAME
    path.unlink()
    signing._make(path)
    said = run_troth("ledger", "verify", home=home)
    assert said.returncode == 1 and "The ledger does not hold" in said.stderr


@pytest.mark.parametrize("name", secrets.WITH_THE_FIRST)
def test_a_named_secret_that_went_missing_is_not_made_anew(tmp_path: Path, name: str) -> None:
    secrets.Secrets(tmp_path).make_master(at=datetime.now(UTC))
    (tmp_path / f"{name}.key").unlink()
    with pytest.raises(MasterKeyMissing, match=rf"{name}\.key is missing"):
        secrets.Secrets(tmp_path).named(name)
    assert not (tmp_path / f"{name}.key").exists()
