"""The disposal journal: durable at every destination, or nothing at all; every tampering found."""

import errno
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from troth.copies import destinations, journal
from troth.copies.journal import Disposal, JournalDamaged, JournalUnavailable

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def two(db: None, settings: object, tmp_path: Path) -> tuple[Path, Path]:
    settings.TROTH_KEYS = tmp_path / "keys"
    settings.TROTH_BACKUPS = tmp_path / "first"
    settings.TROTH_BACKUPS_2 = tmp_path / "second"
    return tmp_path / "first", tmp_path / "second"


def one(**more: object) -> Disposal:
    return Disposal(uuid4().hex, "specimens.body", "", 1, **more)


def write(count: int) -> list[Disposal]:
    made = [one(rows=(f"specimens.note/{uuid4().hex}",), files=(uuid4().hex,)) for _ in range(count)]
    for number, each in enumerate(made):
        journal.record([each], at=NOW + timedelta(minutes=number))
    return made


def test_what_is_recorded_stands_at_each_destination_and_is_read_back(two: tuple[Path, Path]) -> None:
    made = write(3)
    assert journal.record([one(), one()], at=NOW).number == 4
    for folder in two:
        entries = list(journal.entries_since(0, folder=folder))
        assert [entry.disposals[0] for entry in entries[:3]] == made
        assert len(entries[3].disposals) == 2
    assert [entry.position.number for entry in journal.entries_since(2)] == [3, 4]
    assert (two[0] / "journal.jsonl").read_bytes() == (two[1] / "journal.jsonl").read_bytes()


def test_when_the_second_disk_is_full_nothing_stands_anywhere(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write(1)
    real = destinations.write_all

    def full(handle: int, content: bytes) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(two[1]):
            real(handle, content[:20])  # a disk takes what still fits
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle, content)

    monkeypatch.setattr(destinations, "write_all", full)
    with pytest.raises(JournalUnavailable, match=r"No space left on device.*Nothing was destroyed"):
        journal.record([one()], at=NOW)
    monkeypatch.undo()
    for folder in two:
        assert [entry.disposals[0] for entry in journal.entries_since(0, folder=folder)] == made
    assert journal.record([one()], at=NOW).number == 2


def test_a_destination_that_cannot_be_made_is_named(two: tuple[Path, Path]) -> None:
    two[1].write_text("a file where the folder should be")
    with pytest.raises(JournalUnavailable, match="second"):
        journal.record([one()], at=NOW)
    assert journal.position() == journal.START


def test_a_line_cut_by_a_kill_is_not_there_and_the_next_one_follows(two: tuple[Path, Path]) -> None:
    made = write(2)
    for folder in two:
        with (folder / "journal.jsonl").open("ab") as file:
            file.write(b'{"number":3,"at":"2026-')
    assert journal.position().number == 2
    assert [entry.disposals[0] for entry in journal.entries_since(0)] == made
    assert journal.record([one()], at=NOW).number == 3
    assert len(list(journal.entries_since(0))) == 3


def test_a_destination_that_fell_behind_or_was_lost_is_brought_level(two: tuple[Path, Path]) -> None:
    write(2)
    shutil.rmtree(two[1])
    write(1)
    assert (two[0] / "journal.jsonl").read_bytes() == (two[1] / "journal.jsonl").read_bytes()
    assert journal.position().number == 3


@pytest.mark.parametrize("where", ["subject", "left out", "swapped", "put in", "other key"])
def test_tampering_is_found_and_named(two: tuple[Path, Path], where: str, settings: object, tmp_path: Path) -> None:
    write(4)
    path = two[0] / "journal.jsonl"
    lines = path.read_text().splitlines()
    match where:
        case "subject":
            body = json.loads(lines[1])
            body["disposals"][0]["subject"] = uuid4().hex
            lines[1] = json.dumps(body)
        case "left out":
            del lines[1]
        case "swapped":
            lines[1], lines[2] = lines[2], lines[1]
        case "put in":
            lines.insert(1, lines[1])
        case "other key":
            settings.TROTH_KEYS = tmp_path / "another"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(JournalDamaged, match=r"Line \d|last line|TROTH_KEYS"):
        list(journal.entries_since(0, folder=two[0]))


def test_two_histories_are_not_joined(two: tuple[Path, Path]) -> None:
    write(1)
    kept = (two[0] / "journal.jsonl").read_bytes()
    (two[0] / "journal.jsonl").unlink()
    (two[1] / "journal.jsonl").unlink()
    write(2)
    (two[1] / "journal.jsonl").write_bytes(kept)
    with pytest.raises(JournalDamaged, match="different histories"):
        journal.record([one()], at=NOW)


def test_age_is_told_by_number_and_line(two: tuple[Path, Path]) -> None:
    write(2)
    second = journal.position()
    write(1)
    assert journal.is_as_new_as(second)
    assert journal.is_as_new_as(journal.START)
    assert not journal.is_as_new_as(journal.Position(4, "00"))
    with pytest.raises(JournalDamaged, match="not the line"):
        journal.is_as_new_as(journal.Position(3, second.hash))
