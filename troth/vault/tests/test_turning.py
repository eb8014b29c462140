"""The life of a master key: turned online, resumable, and destroyed only when nothing living needs it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bench.specimens.models import Person
from troth.vault import keystore, secrets, turning
from troth.vault.errors import MasterKeyMissing
from troth.vault.models import Subject
from troth.vault.tests.conftest import NOW, opened


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings) -> None:
    settings.TROTH_KEYS = tmp_path / "keys"


def people(count: int) -> list[Person]:
    made = []
    with opened(act=True):
        for n in range(count):
            made.append(Person(subject=Subject.objects.create(kind="patient"), name=f"Person {n}"))
            made[-1].save()
    return made


def read_all() -> list[str]:
    with opened():
        return sorted(row.name for row in Person.objects.all())


def test_everything_opens_after_a_turn_and_nothing_with_the_old_key(db: None) -> None:
    people(5)
    remembered = keystore.fetch([row.subject_id for row in Person.objects.all()], ["specimens.body"])
    assert turning.turn(at=NOW, new=True) == 5
    assert [(entry.number, entry.keys, bool(entry.retired_at)) for entry in turning.status()] == [
        (1, 0, True),
        (2, 5, False),
    ]
    assert read_all() == [f"Person {n}" for n in range(5)]
    assert turning.destroy_retired(at=NOW) == []  # its backups have not aged out
    assert turning.destroy_retired(at=NOW + timedelta(days=36)) == [1]
    assert read_all() == [f"Person {n}" for n in range(5)]
    for name, held in remembered.items():
        with pytest.raises(MasterKeyMissing):
            keystore.unwrap(name, held)
    assert not list(secrets.opened().folder.glob("master-0001*"))


def test_a_turn_that_stopped_half_way_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    people(6)
    monkeypatch.setattr(turning, "BATCH", 2)

    def stop(done: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turning.turn(at=NOW, new=True, progress=stop)
    assert [entry.keys for entry in turning.status()] == [4, 2]
    assert turning.is_due(NOW)
    assert read_all() == [f"Person {n}" for n in range(6)]
    assert turning.turn(at=NOW, new=False) == 4
    assert not turning.is_due(NOW)
    assert turning.is_due(NOW + timedelta(days=400))


def test_a_retired_key_that_still_wraps_something_is_not_destroyed(db: None) -> None:
    people(1)
    secrets.opened().make_master(at=NOW)
    secrets.opened().retire_master(1, at=NOW)
    with pytest.raises(MasterKeyMissing, match="turn"):
        turning.destroy_retired(at=NOW, now=True)


def test_another_process_sees_a_turn_at_once(db: None) -> None:
    people(1)
    other = secrets.Secrets(secrets.opened().folder)
    assert other.current().number == 1
    turning.turn(at=NOW, new=True)
    assert other.current().number == 2


def test_secret_files_are_private_and_a_foreign_folder_is_refused(db: None, settings, tmp_path) -> None:
    people(1)
    for path in secrets.opened().folder.iterdir():
        assert oct(path.stat().st_mode)[-3:] == "600", path.name
    settings.TROTH_KEYS = tmp_path / "other"
    with pytest.raises(Exception, match=r"TROTH_KEYS|does not open"):
        read_all()


def test_the_first_writer_of_a_key_wins(db: None) -> None:
    subject = Subject.objects.create(kind="patient")
    name = (subject.id.int, "specimens.body", "")
    first = keystore.make([name])
    assert keystore.make([name]) == first
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM vault_datakey WHERE subject = %s", [subject.id.hex])
        assert cursor.fetchone() == (1,)


def test_of_keys_some_of_which_are_there_each_is_given_as_it_is_stored(db: None) -> None:
    subject = Subject.objects.create(kind="patient")
    names = [(subject.id.int, "specimens.picture", f"{row:032x}") for row in range(4)]
    known = keystore.make(names[:2])
    assert keystore.make(names[2:3]).keys() == {names[2]}
    made = keystore.make([*names, names[3]])
    assert made == keystore.fetch([subject.id], ["specimens.picture"], scope=None)
    assert known.items() <= made.items()


def test_a_connection_to_postgresql_keeps_enough_statements_for_an_erasure(db: None) -> None:
    from troth.vault.apps import PREPARED

    for alias in ("default", "keys"):
        connection = connections[alias]
        connection.ensure_connection()
        if connection.vendor == "postgresql":
            assert connection.connection.prepared_max == PREPARED


def test_making_the_key_of_one_row_fetches_that_key_alone(db: None) -> None:
    subject = Subject.objects.create(kind="patient")
    names = [(subject.id.int, "specimens.picture", f"{row:032x}") for row in range(5)]
    keystore.make(names)
    with CaptureQueriesContext(connections["keys"]) as seen:
        keystore.make(names[:1])
    read = [query["sql"] for query in seen.captured_queries if "SELECT subject" in query["sql"]]
    assert len(read) == 1 and f"{0:032x}" in read[0], "thousands of keys of one person would be read for one"


def test_a_reader_that_had_a_key_open_while_it_was_destroyed_goes_on_without_it(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(1)
    turning.turn(at=NOW, new=True)
    folder, read = secrets.opened().folder, Path.read_bytes

    def destroyed_under_the_reader(path: Path) -> bytes:
        if path.name != "master-0001.json":
            return read(path)
        path.rename(path.with_suffix(".leaving"))
        return b"{\xf4" + bytes(40)

    monkeypatch.setattr(Path, "read_bytes", destroyed_under_the_reader)
    late = secrets.Secrets(folder)
    assert list(late.masters) == [2]


@pytest.mark.parametrize(
    "noise",
    [b"\xf4\xff", b"", b"[]", b"{}", b'{"number": "1", "scheme": "file", "made_at": "2026-01-01", "key": "zz"}'],
)
def test_a_damaged_key_file_is_named(db: None, noise: bytes) -> None:
    people(1)
    folder = secrets.opened().folder
    (folder / "master-0001.json").chmod(0o600)
    (folder / "master-0001.json").write_bytes(noise)
    with pytest.raises(MasterKeyMissing, match=r"master-0001\.json in TROTH_KEYS is damaged"):
        secrets.Secrets(folder).reload()


def test_a_destruction_killed_while_it_overwrites_is_ended_and_never_undone(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(2)
    turning.turn(at=NOW, new=True)

    def killed(path: Path) -> None:
        path.write_bytes(b"noise")
        raise KeyboardInterrupt

    with monkeypatch.context() as at_the_kill:
        at_the_kill.setattr(secrets, "destroy_file", killed)
        with pytest.raises(KeyboardInterrupt):
            turning.destroy_retired(at=NOW, now=True)
    assert turning.turn(at=NOW, new=True) == 2
    assert not list(secrets.opened().folder.glob("master-0001.*"))
    assert read_all() == ["Person 0", "Person 1"]
