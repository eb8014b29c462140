"""A folder of keys that does not go with the data: nothing is written under it, and `troth doctor` says so."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from troth.cli.checks import list_stoppers
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
