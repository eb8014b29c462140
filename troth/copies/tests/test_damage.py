"""Damaged, doctored and missing copies: each refused with what, where and how to mend it, and nothing lost by trying."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from bench.specimens.models import BODY
from tests.stores import Home
from troth.copies import backup, checkpoints, destinations, journal, stores
from troth.copies.archive import CHUNK, MAGIC, TAG, ArchiveWriter, BackupDamaged, read_header
from troth.copies.backup import BackupFailed
from troth.copies.journal import Disposal, JournalDamaged
from troth.copies.restoring import RestoreRefused, restore
from troth.copies.tests.conftest import EVERYTHING, NOW, make_person, what_opens
from troth.copies.tests.test_backup import restore_here
from troth.ledger.sealing import seal
from troth.vault import files


@pytest.fixture
def made(committed_db: Home) -> Path:
    """A backup of four chunks and more."""
    make_person("Ann Lee")
    files.store([os.urandom(3 * CHUNK)], name="film", media_type="video/mp4")
    return backup.create_backup(at=NOW).places[0]


def first_chunk(content: bytes) -> int:
    return len(MAGIC) + 4 + int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "big")


def chunk(content: bytes, number: int) -> slice:
    start = first_chunk(content) + number * (CHUNK + TAG)
    return slice(start, start + CHUNK + TAG)


def truncated(content: bytearray) -> None:
    del content[-100:]


def truncated_at_a_chunk(content: bytearray) -> None:
    del content[chunk(content, 2).stop :]


def truncated_to_its_header(content: bytearray) -> None:
    del content[first_chunk(content) :]


def flipped(content: bytearray) -> None:
    content[chunk(content, 1).start + 5000] ^= 4


def swapped(content: bytearray) -> None:
    one, two = chunk(content, 1), chunk(content, 2)
    content[one], content[two] = content[two], content[one]


def left_out(content: bytearray) -> None:
    del content[chunk(content, 1)]


def lengthened(content: bytearray) -> None:
    content += os.urandom(2 * CHUNK)


def older(content: bytearray) -> None:
    """The header says another day."""
    place = content.index(b"2026-11-24")
    content[place : place + 10] = b"2026-11-25"


def not_a_backup(content: bytearray) -> None:
    content[:8] = b"PK\x03\x04\0\0\0\0"


DAMAGE = [
    (truncated, r"cut short or changed in its last chunk"),
    (truncated_at_a_chunk, r"cut short after byte [\d,]+"),
    (truncated_to_its_header, "cut short right after its header"),
    (flipped, r"chunk 1 was changed.*bytes [\d,]+"),
    (swapped, "chunk 2 lies where chunk 1 should"),
    (left_out, "chunk 2 lies where chunk 1 should"),
    (lengthened, "damaged: .*(was changed|added)"),
    (older, "header was changed"),
    (not_a_backup, "does not begin as a backup"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGE, ids=[damage.__name__ for damage, _ in DAMAGE])
def test_damage_is_found_named_and_harmless(made: Path, damage: Callable[[bytearray], None], words: str) -> None:
    whole = bytearray(made.read_bytes())
    backup.verify_backup(made)
    damage(whole)
    made.write_bytes(whole)
    with pytest.raises(BackupDamaged, match=words) as raised:
        backup.verify_backup(made)
    assert str(made) in str(raised.value) and "other destination" in str(raised.value)
    with pytest.raises(BackupDamaged):
        restore_nowhere(made)
    assert len(backup.list_backups()) == 1


def restore_nowhere(path: Path) -> None:
    """A restore that must be refused before it touches anything."""
    before = {each.name: each.stat().st_size for each in settings.TROTH_HOME.iterdir() if each.suffix == ".sqlite3"}
    try:
        restore(path, settings.TROTH_HOME, at=NOW, aside=True)
    finally:
        assert {name: (settings.TROTH_HOME / name).stat().st_size for name in before} == before
        assert not list(settings.TROTH_HOME.parent.glob("*-before-*"))
        subject = next(iter(_subjects()))
        assert what_opens(subject) == EVERYTHING


def _subjects() -> list[object]:
    from troth.vault.models import Subject

    return list(Subject.objects.values_list("pk", flat=True))


def test_a_part_from_another_backup_does_not_fit(made: Path) -> None:
    other = backup.create_backup(at=NOW + timedelta(hours=1)).places[0]
    one, two = bytearray(made.read_bytes()), other.read_bytes()
    one[chunk(one, 1)] = two[chunk(two, 1)]
    made.write_bytes(one)
    with pytest.raises(BackupDamaged, match=r"chunk 1 was changed or comes from another backup"):
        backup.verify_backup(made)


@pytest.mark.parametrize("edit", ["hash", "missing", "order", "extra"])
def test_a_manifest_that_says_something_else_is_found(committed_db: Home, tmp_path: Path, edit: str) -> None:
    """Only someone with the keys could write such a file; it is refused all the same."""
    path = tmp_path / "made.backup"
    with path.open("wb") as file:
        writer = ArchiveWriter(file.write, backup_id="00" * 16, made_at=NOW)
        for name in ("data", "keys"):
            writer.add(name, iter([name.encode()]))
        match edit:
            case "hash":
                writer.parts[0] = {**writer.parts[0], "sha256": "00" * 32}
            case "missing":
                del writer.parts[1]
            case "order":
                writer.parts.reverse()
            case "extra":
                writer.parts.append({"name": "files/aa/bb", "size": 0, "sha256": ""})
        writer.finish({})
    with pytest.raises(BackupDamaged, match="not those that its manifest names"):
        backup.verify_backup(path)


def test_the_keys_of_another_deployment_do_not_open_it(made: Path, tmp_path: Path, settings: object) -> None:
    from troth.vault import secrets

    settings.TROTH_KEYS = tmp_path / "other-keys"
    secrets.opened().current()
    with pytest.raises(BackupDamaged, match="TROTH_KEYS belongs to another deployment"):
        backup.verify_backup(made)


def dispose_of_something() -> None:
    journal.record([Disposal("00" * 16, BODY, "", 1)], at=NOW)


def test_without_the_journal_nothing_is_restored(made: Path) -> None:
    dispose_of_something()
    backup.create_backup(at=NOW + timedelta(hours=1))  # its checkpoint names the line
    (settings.TROTH_BACKUPS / destinations.JOURNAL).unlink()
    with pytest.raises(
        RestoreRefused, match=r"ends at line 0, but the newest checkpoint.* knew line 1.*Put back journal.jsonl"
    ):
        restore_nowhere(made)
    with pytest.raises(JournalDamaged, match="lost or cut"):  # nor is a new one begun as if nothing had been
        dispose_of_something()


def test_no_later_checkpoint_takes_a_journal_that_was_cut_for_the_whole_one(made: Path) -> None:
    path = settings.TROTH_BACKUPS / destinations.JOURNAL
    dispose_of_something()
    kept = path.read_bytes()
    dispose_of_something()
    backup.create_backup(at=NOW + timedelta(hours=1))
    path.write_bytes(kept)
    backup.create_backup(at=NOW + timedelta(hours=2))
    assert checkpoints.newest_known().journal.number == 2
    with pytest.raises(RestoreRefused, match=r"ends at line 1, but the newest checkpoint.* knew line 2"):
        restore_nowhere(made)


def test_of_two_lines_with_one_number_a_checkpoint_keeps_to_the_one_that_was_known() -> None:
    known, other = journal.Position(2, "4" * 64), journal.Position(2, "9" * 64)
    assert journal.furthest(known, other) == known and journal.furthest(other, known) == other
    assert journal.furthest(known, journal.Position(3, "1" * 64)).number == 3
    assert journal.furthest(known, journal.START) == known


def test_an_older_journal_is_refused_and_a_whole_one_at_either_destination_will_do(
    made: Path, settings: object, tmp_path: Path
) -> None:
    dispose_of_something()
    kept = (settings.TROTH_BACKUPS / destinations.JOURNAL).read_bytes()
    dispose_of_something()
    whole = (settings.TROTH_BACKUPS / destinations.JOURNAL).read_bytes()
    backup.create_backup(at=NOW + timedelta(hours=1))
    (settings.TROTH_BACKUPS / destinations.JOURNAL).write_bytes(kept)
    with pytest.raises(RestoreRefused, match="ends at line 1"):
        restore_nowhere(made)
    settings.TROTH_BACKUPS_2 = tmp_path / "second"
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / destinations.JOURNAL).write_bytes(whole)
    assert restore_here(made).entries == 2


def test_an_edited_journal_is_refused(made: Path) -> None:
    dispose_of_something()
    dispose_of_something()
    backup.create_backup(at=NOW + timedelta(hours=1))
    path = settings.TROTH_BACKUPS / destinations.JOURNAL
    lines = path.read_text().splitlines()
    body = json.loads(lines[0])
    body["disposals"] = []
    path.write_text("\n".join([json.dumps(body), lines[1]]) + "\n")
    with pytest.raises(JournalDamaged, match="Line 1"):
        restore_nowhere(made)


CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_checkpoints_that_we_did_not_sign_are_refused(made: Path) -> None:
    for path in (settings.TROTH_BACKUPS / destinations.CHECKPOINTS).iterdir():
        # Every capital becomes the next one: a hash and a signature without a single capital there is not.
        path.write_text(
            path.read_text().translate({ord(a): b for a, b in zip(CAPITALS, CAPITALS[1:] + "A", strict=True)})
        )
    assert checkpoints.newest_known() is None
    with pytest.raises(RestoreRefused, match="signature of this deployment"):
        restore_nowhere(made)


def fill_disk(monkeypatch: pytest.MonkeyPatch, under: Path, after: int = 2) -> None:
    """Writes below a folder fail once a few have passed."""
    real, count = destinations.write_all, [0]

    def full(handle: int, content: bytes) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(under):
            count[0] += 1
            if count[0] > after:
                real(handle, content[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(under))
        real(handle, content)

    monkeypatch.setattr(destinations, "write_all", full)


def test_the_journals_position_beside_a_checkpoint_cannot_be_changed(made: Path) -> None:
    (day,) = sorted((destinations.list_destinations()[0] / destinations.CHECKPOINTS).glob("*.jsonl"))[-1:]
    lines = [json.loads(line) for line in day.read_text().splitlines()]
    assert checkpoints.newest_known() is not None
    for spoil in (
        lambda line: {**line, "journal": [line["journal"][0] + 1, line["journal"][1]]},
        lambda line: {name: value for name, value in line.items() if name != "position"},
        lambda line: {**line, "journal": [0, "0" * 64], "position": line["note"]},
    ):
        day.write_text("".join(json.dumps(spoil(line)) + "\n" for line in lines))
        assert checkpoints.newest_known() is None


def test_a_full_disk_leaves_the_backups_that_were_there(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_disk(monkeypatch, settings.TROTH_BACKUPS)
    with pytest.raises(BackupFailed, match=r"No backup was made.*No space left on device"):
        backup.create_backup(at=NOW + timedelta(days=40))
    monkeypatch.undo()
    assert [each.path for each in backup.list_backups()] == [made]  # not pruned either, though its time is over
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    backup.verify_backup(made)


def test_a_full_second_disk_does_not_lose_the_first(
    made: Path, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path
) -> None:
    settings.TROTH_BACKUPS_2 = tmp_path / "second"
    fill_disk(monkeypatch, tmp_path / "second")
    with pytest.raises(BackupFailed, match=r"No backup was made in .*second.*It stands in"):
        backup.create_backup(at=NOW + timedelta(hours=1))
    monkeypatch.undo()
    newest = backup.list_backups()[0].path
    assert newest != made and newest.is_relative_to(settings.TROTH_BACKUPS)
    backup.verify_backup(newest)
    assert not list((tmp_path / "second" / "backups").iterdir())


def test_a_checkpoint_goes_to_the_destination_that_is_there(made: Path, settings: object, tmp_path: Path) -> None:
    before = checkpoints.newest_known()
    (tmp_path / "second").write_text("a file where the folder should be")
    settings.TROTH_BACKUPS_2 = tmp_path / "second"
    with pytest.raises(BackupFailed, match="second"):
        backup.create_backup(at=NOW + timedelta(hours=1))
    after = checkpoints.newest_known()
    assert before is not None and after is not None and after.head.size == before.head.size + 1
    assert seal() == 0


def test_a_restore_that_meets_a_full_disk_goes_on_when_there_is_room(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_disk(monkeypatch, settings.TROTH_HOME)
    with pytest.raises(OSError, match="No space left"):
        restore_here(made)
    monkeypatch.undo()
    restore(made, settings.TROTH_HOME, at=NOW)
    subject = next(iter(_subjects()))
    assert what_opens(subject) == EVERYTHING


def test_a_home_in_use_is_not_moved(made: Path) -> None:
    if stores.vendor("default") != "sqlite":
        pytest.skip("A home in use is a matter of files; PostgreSQL's databases are never moved.")
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(stores.file_of("default"))) as other:
        other.execute("SELECT COUNT(*) FROM vault_subject").fetchone()
        with pytest.raises(RestoreRefused, match="in use by another process"):
            restore_nowhere(made)
    assert restore_here(made).home == settings.TROTH_HOME


def test_a_store_of_another_kind_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_header(made).master == 1
    real = stores.vendor
    monkeypatch.setattr(stores, "vendor", lambda alias: "oracle" if alias == "default" else real(alias))
    with pytest.raises(RestoreRefused, match="TROTH_DATABASE_URL"):
        restore(made, settings.TROTH_HOME, at=NOW, aside=True)


def test_without_the_programs_of_postgresql_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(stores, "PLACES", ())
    with pytest.raises(stores.StoreUnusable, match="pg_dump was not found"):
        stores.find_program("pg_dump")


def with_header(path: Path, made: bytes) -> None:
    content = path.read_bytes()
    path.write_bytes(MAGIC + len(made).to_bytes(4, "big") + made + content[first_chunk(content) :])


HEADERS = {
    "a number past all numbers": {"master": float("inf")},
    "no zone": {"made_at": "2026-11-24T09:30:00"},
    "before the calendar begins": {"made_at": "0001-01-01T00:00:00+14:00"},
    "a number where words stand": {"wrapped": 5},
}


@pytest.mark.parametrize("name", [*HEADERS, "nested"])
def test_a_header_that_nobody_would_write_is_damage_and_harms_no_other_backup(made: Path, name: str) -> None:
    header = json.loads(read_header(made).as_bytes())
    with_header(made, b"[" * 60_000 if name == "nested" else json.dumps({**header, **HEADERS[name]}).encode())
    with pytest.raises(BackupDamaged, match=r"[Tt]he header of"):
        backup.verify_backup(made)
    assert [each.header for each in backup.list_backups()] == [None]
    assert backup.create_backup(at=NOW + timedelta(days=365)).pruned == ()
    assert made.exists()


def test_a_backup_whose_date_was_changed_is_shown_and_not_removed_as_old(made: Path) -> None:
    header = json.loads(read_header(made).as_bytes())
    with_header(made, json.dumps({**header, "made_at": "2006-11-24T09:30:00+00:00"}).encode())
    listed = backup.list_backups()
    assert [(each.readable, each.genuine) for each in listed] == [(True, False)]
    assert backup.create_backup(at=NOW).pruned == ()
    assert made.exists()


@pytest.mark.parametrize(
    "line",
    ['{"note": 5, "journal": [1, "x"]}', '{"note": null, "journal": [1, "x"]}', "[]", "[" * 40_000],
    ids=["number", "null", "list", "nested"],
)
def test_a_line_put_in_among_checkpoints_or_into_the_journal_stops_no_restore_without_a_word(
    made: Path, line: str
) -> None:
    dispose_of_something()
    backup.create_backup(at=NOW + timedelta(hours=1))
    newest = max((settings.TROTH_BACKUPS / destinations.CHECKPOINTS).glob("*.jsonl"))
    newest.write_text(newest.read_text() + line + "\n")
    if len(line) < 40_000:
        known = checkpoints.newest_known()
        assert known is not None and known.journal.number == 1
    path = settings.TROTH_BACKUPS / destinations.JOURNAL
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(JournalDamaged, match="The last line of the disposal journal"):
        restore_nowhere(made)
