"""
Master keys wrapped by a key management service, against a server that speaks its protocol (moto).

boto3 and moto are no dependencies of Troth: where the running Python has them the test uses that one, or else the Python named
in TESTS_KMS_PYTHON.
"""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.stores import Home

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PROBE = "import boto3, moto.server"
PROGRAM = """
import sys
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from troth.vault import keystore, secrets, turning
from uuid import UUID

def names():
    return [(UUID(int=number).int, "specimens.body", "") for number in range(1, 4)]

step = sys.argv[1]
if step == "make":
    keystore.make(names())
    raw = [keystore.unwrap_raw(name, held).hex() for name, held in keystore.make(names()).items()]
elif step == "turn":
    print("turned", turning.turn(at=timezone.now(), new=True), file=sys.stderr)
    print("gone", turning.destroy_retired(at=timezone.now(), now=True), file=sys.stderr)
stored = keystore.fetch([UUID(int=name[0]) for name in names()], ["specimens.body"])
print("|".join(sorted(keystore.unwrap_raw(name, held).hex() for name, held in stored.items())))
"""


def find_python() -> str | None:
    """A Python that has boto3 and moto's server."""
    named = os.environ.get("TESTS_KMS_PYTHON", "")
    if named:
        ran = subprocess.run([named, "-c", PROBE], capture_output=True, check=False)
        return named if ran.returncode == 0 else None
    has = all(importlib.util.find_spec(name) for name in ("boto3", "moto", "flask"))
    return sys.executable if has else None


PYTHON = find_python()
needs_kms = pytest.mark.skipif(
    PYTHON is None,
    reason="boto3 and moto[server,kms] are not installed, nor does TESTS_KMS_PYTHON name a Python that has them.",
)


class Service:
    """moto's server, with one key."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = int(taken.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                break
            time.sleep(0.1)
        made = self.ask(
            "import boto3; print(boto3.client('kms', endpoint_url=URL).create_key()['KeyMetadata']['KeyId'])"
        )
        self.key = made.strip()

    @property
    def variables(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-2"}

    def ask(self, code: str) -> str:
        ran = subprocess.run(
            [str(PYTHON), "-c", code.replace("URL", repr(self.url))],
            capture_output=True,
            text=True,
            env={**os.environ, **self.variables},
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        return ran.stdout

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.end()


def libraries() -> str:
    """Where our Python finds boto3 when it lies beside another one: at the end of the path, so that nothing of ours is hidden."""
    code = "import boto3, pathlib; print(pathlib.Path(boto3.__file__).parent.parent)"
    return subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def run(home: Home, step: str, **variables: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.append({libraries()!r})\n{PROGRAM}"
    environment = {**os.environ, **home.environment, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-c", code, step], capture_output=True, text=True, env=environment, check=False
    )


@needs_kms
def test_master_keys_are_wrapped_by_the_service_made_turned_and_opened_again(home: Home, service: Service) -> None:
    for path in home.keys.glob("master-*"):
        path.unlink()
    variables = {**service.variables, "TROTH_KMS_KEY": service.key, "TROTH_KMS_URL": service.url}
    first = run(home, "make", **variables)
    assert first.returncode == 0, first.stderr[-2000:]
    record = json.loads((home.keys / "master-0001.json").read_text())
    assert (record["scheme"], record["kms_key"]) == ("kms", service.key)
    assert "key" not in record and record["number"] == "1"
    assert first.stdout.count("|") == 2

    # Another process opens it with the service alone, and a turn makes a second one there.
    turned = run(home, "turn", **variables)
    assert turned.returncode == 0, turned.stderr[-2000:]
    assert "turned 3" in turned.stderr and "gone [1]" in turned.stderr
    assert turned.stdout == first.stdout  # the same data keys, under another master key
    assert [path.name for path in home.keys.glob("master-*")] == ["master-0002.json"]

    # Opening needs the address, not the setting that says what wraps new ones.
    assert run(home, "read", **{**variables, "TROTH_KMS_KEY": ""}).stdout == first.stdout


@needs_kms
def test_a_service_that_refuses_stops_the_start_in_words(home: Home, service: Service) -> None:
    for path in home.keys.glob("master-*"):
        path.unlink()
    variables = {**service.variables, "TROTH_KMS_KEY": service.key, "TROTH_KMS_URL": service.url}
    assert run(home, "make", **variables).returncode == 0
    path = home.keys / "master-0001.json"
    record = json.loads(path.read_text())
    assert "did not unwrap" in run(home, "read", **{**variables, "TROTH_KMS_URL": "http://127.0.0.1:9"}).stderr
    no_key = run(home, "turn", **{**variables, "TROTH_KMS_KEY": "00000000-0000-4000-8000-000000000000"})
    assert "MasterKeyMissing: The KMS did not wrap a new master key" in no_key.stderr
    assert [each.name for each in home.keys.glob("master-*")] == ["master-0001.json"]
    for changed in ({"wrapped": record["wrapped"][:-2] + "00"}, {"number": "2"}):  # damaged; passed off as another
        path.write_text(json.dumps({**record, **changed}))
        assert "MasterKeyMissing: The KMS did not unwrap master key" in run(home, "read", **variables).stderr


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.vault import secrets
    from troth.vault.errors import MasterKeyMissing

    monkeypatch.setitem(sys.modules, "boto3", None)
    record = {"number": "1", "scheme": "kms", "kms_key": "k", "wrapped": "00"}
    with pytest.raises(MasterKeyMissing, match="install boto3"):
        secrets.open_with_kms(record)
    with pytest.raises(MasterKeyMissing, match="install boto3"):
        secrets.wrap_with_kms(b"\0" * 32, "k", "1")
