"""Backups made while the site runs, checked, restored, rehearsed and pruned."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from bench.specimens.models import Person
from tests.stores import Home
from troth.copies import backup, checkpoints, marker, restoring, stores, tables
from troth.copies.archive import ArchiveReader
from troth.copies.drilling import drill
from troth.copies.restoring import RestoreRefused, restore
from troth.copies.tests.conftest import EVERYTHING, FIELDS, NOW, make_person, what_opens
from troth.ledger.models import LedgerEvent
from troth.ledger.verifying import verify
from troth.vault import files, secrets


def parts(path: Path) -> dict[str, bytes]:
    with path.open("rb") as file:
        return {part.name: b"".join(part.pieces) for part in ArchiveReader(file, path).parts()}


def empty(alias: str) -> None:
    """What a new, empty database would be, on PostgreSQL; on SQLite it goes with the home."""
    if stores.vendor(alias) == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connections[alias].close()


def restore_here(path: Path, **options: object) -> restoring.Restored:
    for alias in stores.ALIASES:
        if not (options.get("keep_keys") and alias == "keys"):
            empty(alias)
    return restore(path, settings.TROTH_HOME, at=NOW + timedelta(days=1), aside=True, **options)


def test_a_backup_holds_data_keys_and_files_and_comes_back_whole(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    backup.create_backup(at=NOW - timedelta(hours=1))  # so that the next one has a sealed ledger to copy
    stored = files.store([b"scan of a passport"], name="p.jpg", media_type="image/jpeg")
    made = backup.create_backup(at=NOW)
    assert backup.verify_backup(made.places[0]).manifest["parts"] == made.manifest["parts"]
    assert [part["name"] for part in made.manifest["parts"]] == [
        "data",
        "keys",
        f"files/{stored.place[:2]}/{stored.place}",
    ]
    bob = make_person("Bob Roe")
    done = restore_here(made.places[0])
    assert what_opens(ann) == EVERYTHING
    assert not Person.objects.filter(subject_id=bob).exists()
    assert b"".join(stored.read()) == b"scan of a passport"
    event = LedgerEvent.objects.get(event="copies:restored")
    assert event.objects_touched.split()[0] == f"copies.backup/{made.id}/restored"
    assert f"ledger.restored_head/{done.heads[0].size}/" in event.objects_touched
    assert f"ledger.known_head/{done.heads[1].size}/{done.heads[1].root.hex()}" in event.objects_touched
    assert done.heads[1].size > done.heads[0].size  # the event of the backup itself came after its data
    assert verify(at=NOW + timedelta(days=1)).holds
    assert marker.read_mark(settings.TROTH_HOME) is None


def test_a_backup_made_while_eight_people_write_is_whole(committed_db: Home) -> None:
    kept: list[UUID] = []
    over = threading.Event()

    def writer(number: int) -> None:
        try:
            while not over.is_set():
                kept.append(make_person(f"Writer {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(writer, number) for number in range(8)]
        while len(kept) < 8:
            time.sleep(0.01)
        before = list(kept)  # acknowledged before the backup began
        made = backup.create_backup(at=NOW)
        over.set()
        for each in writers:
            each.result()
    assert len(kept) > len(before), "nobody wrote meanwhile, so this shows nothing"
    restore_here(made.places[0])
    assert [what_opens(subject) for subject in before] == [EVERYTHING] * len(before)
    held = list(Person.objects.values_list("subject_id", flat=True))
    assert len(held) >= len(before)
    for subject in held:  # of who came meanwhile, each row that is there opens
        rows = {model.__name__: model.objects.filter(subject_id=subject).count() for model in FIELDS}
        assert what_opens(subject) == rows
    assert verify(at=NOW + timedelta(days=2)).holds


def test_a_backup_from_before_a_migration_is_given_the_tables_of_today(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    for alias in stores.ALIASES:
        call_command("migrate", "rights", "0002", database=alias, verbosity=0, interactive=False)
    assert tables.count_missing("default") > 0
    made = backup.create_backup(at=NOW)
    told: list[str] = []
    restore_here(made.places[0], progress=lambda what, _: told.append(what))
    assert what_opens(ann) == EVERYTHING
    assert [tables.count_missing(alias) for alias in stores.ALIASES] == [0, 0]
    assert "migrations" in told


def test_a_backup_of_a_later_version_is_refused_and_can_be_gone_on_with(committed_db: Home) -> None:
    make_person("Ann Lee")
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('rights', '0999_later', '2030-01-01')"
        )
    made = backup.create_backup(at=NOW)
    with pytest.raises(RestoreRefused, match="later version of Troth"):
        restore_here(made.places[0])
    assert (settings.TROTH_HOME / marker.NAME).exists(), "nobody else may use what lies there"


def test_what_a_restore_gave_up_is_no_fork_and_anything_else_is(committed_db: Home) -> None:
    """Checkpoints given out before a truthful restore belong to the branch that its event names; others do not."""
    from datetime import UTC, datetime

    from troth.ledger.check_export import Head
    from troth.ledger.proving import latest_checkpoint
    from troth.ledger.signing import signer

    backup.create_backup(at=NOW)
    path = backup.create_backup(at=NOW).places[0]  # its data holds the first one's event
    between = latest_checkpoint()
    backup.create_backup(at=NOW)
    newest = latest_checkpoint()
    later = datetime.now(UTC) + timedelta(seconds=2)
    for alias in stores.ALIASES:
        empty(alias)
    restore(path, settings.TROTH_HOME, at=later, aside=True)
    assert verify(at=later, checkpoints=[between, newest]).holds
    given = Head.parse(newest)
    lies = [
        Head(given.origin, given.size, b"\1" * 32, given.at),  # of that size there was only one
        Head(given.origin, given.size + 5, given.root, given.at),  # beyond what was known
        Head(given.origin, 1, given.root, given.at),  # before what was restored
        Head(given.origin, given.size, given.root, "2030-01-01T00:00:00Z"),
    ]  # after the restore
    for lie in lies:
        found = verify(at=later, checkpoints=[signer().sign(lie.text)]).findings
        assert [each.kind for each in found] == ["fork"]


def test_nothing_in_a_backup_is_in_the_clear_and_tokens_lie_with_the_keys(committed_db: Home) -> None:
    make_person("Ann Lee")
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT token FROM vault_token")
        tokens = [bytes(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT wrapped FROM vault_datakey")
        keys = [bytes(row[0]) for row in cursor.fetchall()]
    made = backup.create_backup(at=NOW)
    whole = made.places[0].read_bytes()
    assert b"SQLite format" not in whole and b"PGDMP" not in whole
    inside = parts(made.places[0])
    assert tokens and keys
    assert not [token for token in tokens + keys if token in inside["data"] or token.hex().encode() in inside["data"]]
    if stores.vendor("keys") == "sqlite":  # pg_dump compresses
        assert all(token in inside["keys"] for token in tokens + keys)
    assert not list(settings.TROTH_HOME.glob(".snapshot*"))
    assert not [each for each in made.places[0].parent.iterdir() if each != made.places[0]]


def test_the_next_backup_removes_the_name_that_a_killed_one_left(committed_db: Home) -> None:
    left = (
        settings.TROTH_HOME / ".snapshot-0123456789abcdef"
    )  # killed between making the file and taking its name away
    left.touch()
    backup.create_backup(at=NOW)
    assert left.exists() == (stores.vendor("default") != "sqlite"), "no copy of PostgreSQL has a name beside it"


def test_both_destinations_get_the_same_bytes(committed_db: Home, settings: object, tmp_path: Path) -> None:
    settings.TROTH_BACKUPS_2 = tmp_path / "elsewhere"
    made = backup.create_backup(at=NOW)
    assert len(made.places) == 2
    assert len({hashlib.sha256(place.read_bytes()).hexdigest() for place in made.places}) == 1
    assert checkpoints.newest_known((settings.TROTH_BACKUPS,)) == checkpoints.newest_known(
        (settings.TROTH_BACKUPS_2,)
    )
    assert checkpoints.newest_known() is not None


def test_old_backups_are_removed_and_none_younger(committed_db: Home, settings: object) -> None:
    old, young = (backup.create_backup(at=NOW - timedelta(days=days)).places[0] for days in (35, 34))
    made = backup.create_backup(at=NOW)
    assert made.pruned == (old,)
    assert not old.exists() and young.exists()
    assert [each.path for each in backup.list_backups()] == [made.places[0], young]


def test_a_home_in_the_way_is_refused_and_left_alone(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    made = backup.create_backup(at=NOW)
    with pytest.raises(RestoreRefused, match="not empty"):
        restore(made.places[0], settings.TROTH_HOME, at=NOW)
    assert marker.read_mark(settings.TROTH_HOME) is None
    assert what_opens(ann) == EVERYTHING


def test_a_destroyed_master_key_makes_the_whole_backup_unreadable(committed_db: Home) -> None:
    from troth.copies.archive import BackupUnreadable
    from troth.vault import turning

    make_person("Ann Lee")
    made = backup.create_backup(at=NOW)
    turning.turn(at=NOW, new=True)
    backup.verify_backup(made.places[0])  # still kept for it
    assert turning.destroy_retired(at=NOW, now=True) == [1]
    with pytest.raises(BackupUnreadable, match="master key 1"):
        backup.verify_backup(made.places[0])
    assert [each.readable for each in backup.list_backups()] == [False]
    assert list(secrets.opened().masters) == [2]


def test_a_drill_gives_back_everything_and_leaves_nothing(committed_db: Home) -> None:
    for name in ("Ann Lee", "Bob Roe"):
        make_person(name)
    made = backup.create_backup(at=NOW)
    before = checkpoints.newest_known()
    done = drill(at=NOW)
    assert (done.backup, done.holds, done.counted.open, done.counted.damaged) == (made.places[0], True, 14, [])
    assert done.ledger_events >= 0 and set(done.seconds) == {"check", "fill", "replay", "ledger", "open"}
    assert not [each for each in settings.TROTH_HOME.iterdir() if each.name.startswith(".drill")]
    assert LedgerEvent.objects.filter(event="copies:drilled").count() == 1
    assert before is not None and checkpoints.newest_known().head.size == before.head.size + 1
    assert verify(at=NOW).holds
