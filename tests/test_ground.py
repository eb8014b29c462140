"""Tests of what the tests stand on: the network is shut, the folders are temporary, commits in a copy are real."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from tests.loopback import Outside
from tests.stores import ALIASES, Home


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 443), ("10.0.0.1", 25)])
def test_socket_beyond_this_machine_is_refused(address: tuple[str, int]) -> None:
    with pytest.raises(Outside), socket.socket() as outgoing:
        outgoing.connect(address)
    with pytest.raises(Outside), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outgoing:
        outgoing.sendto(b"x", address)
    with pytest.raises(Outside):
        socket.create_connection(address, timeout=1)


def test_name_look_up_is_refused() -> None:
    with pytest.raises(Outside):
        socket.getaddrinfo("example.invalid", 80)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"here")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(4) == b"here"


def test_state_lies_in_temporary_folders() -> None:
    for folder in (settings.TROTH_HOME, settings.TROTH_KEYS, settings.TROTH_BACKUPS):
        assert Path(tempfile.gettempdir()) in folder.parents


@pytest.mark.django_db
def test_marked_test_may_use_both_stores() -> None:
    for alias in ALIASES:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def test_db_fixture_may_use_both_stores(db: None) -> None:
    for alias in ALIASES:
        assert connections[alias].in_atomic_block


def _make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ground (word text)")
        cursor.execute("INSERT INTO ground VALUES ('kept')")


def test_commit_in_committed_db_is_seen_by_another_thread(committed_db: Home) -> None:
    assert not connection.in_atomic_block
    assert committed_db.path == settings.TROTH_HOME
    with transaction.atomic():
        _make_table()
    seen: list[str] = []

    def read() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT word FROM ground")
                seen.extend(word for (word,) in cursor.fetchall())
        finally:
            connections.close_all()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert seen == ["kept"]


def test_commit_in_committed_db_is_seen_by_another_process(committed_db: Home) -> None:
    _make_table()
    program = (
        "import django; django.setup(); from django.db import connection as c; k = c.cursor();"
        "k.execute('SELECT word FROM ground'); print(k.fetchone()[0])"
    )
    environment = {**_environment(), **committed_db.environment}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "kept"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}


@pytest.mark.parametrize("time", [1, 2])
def test_committed_db_is_thrown_away(committed_db: Home, time: int) -> None:
    assert "ground" not in connection.introspection.table_names()
    _make_table()


@pytest.fixture
def tables(db: None) -> dict[str, list[str]]:
    """What the migrations made, by alias."""
    return {alias: sorted(connections[alias].introspection.table_names()) for alias in ALIASES}


def test_shared_databases_survive_a_committed_test(tables: dict[str, list[str]]) -> None:
    assert "ground" not in tables["default"]


def test_home_is_migrated_and_private(home: Home, tables: dict[str, list[str]]) -> None:
    program = (
        "import django, json; django.setup()\n"
        "from django.db import connections as c; from django.conf import settings;"
        "tables = [sorted(c[alias].introspection.table_names()) for alias in ('default', 'keys')];"
        "print(json.dumps([str(settings.TROTH_HOME), *tables]))"
    )
    environment = {**_environment(), **home.environment}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [str(home.path), tables["default"], tables["keys"]]
    assert home.path != settings.TROTH_HOME


FLUSHING = """
import pytest

@pytest.mark.django_db(transaction=True)
def test_would_flush():
    pass

def test_would_flush_too(transactional_db):
    pass
"""


def test_flushing_test_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_flushing.py").write_text(FLUSHING)
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", str(root / "pyproject.toml")]
    environment = {name: value for name, value in _environment().items() if name != "DJANGO_SETTINGS_MODULE"}
    command += ["-p", "conftest", f"--rootdir={root}", str(tmp_path / "test_flushing.py")]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.count("Use the fixture `committed_db`") >= 2, ran.stdout + ran.stderr
    assert "2 errors" in ran.stdout or "2 failed" in ran.stdout
