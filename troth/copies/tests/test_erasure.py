"""What is disposed of stays so, in every backup: the claims of pitfalls A1, A2 and A3, each shown and each able to fail."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections

from bench.specimens.models import BILL, BODY, PICTURE, Bill, Note, Person, Picture
from tests.stores import Home
from troth.copies import backup, disposing, journal, marker, replaying, stores
from troth.copies.archive import BackupUnreadable
from troth.copies.journal import EVERY_SCOPE, Disposal
from troth.copies.tests.conftest import EVERYTHING, NOTHING, NOW, make_person, opened, what_opens
from troth.copies.tests.test_backup import parts, restore_here
from troth.vault import files, keystore, search, secrets, turning
from troth.vault.models import Subject


def current() -> int:
    return secrets.opened().current().number


def erase(subject: UUID, places: tuple[str, ...] = ()) -> None:
    """As the rights room does it: journal, keys and tokens, files, rows."""
    rows = [
        tuple(row.reference for row in model.objects.filter(subject_id=subject))
        for model in (Person, Note, Bill, Picture)
    ]
    disposals = [
        Disposal(subject.hex, BODY, "", current(), rows[0] + rows[1], places),
        Disposal(subject.hex, BILL, EVERY_SCOPE, current(), rows[2]),
        Disposal(subject.hex, PICTURE, EVERY_SCOPE, current(), rows[3]),
    ]
    replaying.dispose(disposals, at=NOW, rows_too=True)


def disposals_as_recorded() -> tuple[Disposal, ...]:
    return list(journal.entries_since(0))[-1].disposals


def wrapped_keys(subject: UUID) -> dict[keystore.KeyName, keystore.WrappedKey]:
    return keystore.fetch([subject], [BODY, BILL, PICTURE], scope=None)


def test_an_erased_person_stays_erased_in_the_last_backup_and_others_do_not(committed_db: Home) -> None:
    ann, bob = make_person("Ann Lee"), make_person("Bob Roe")
    remembered = wrapped_keys(ann)
    assert len(remembered) == 6
    scan = files.store([b"scan of a passport"], name="p.jpg", media_type="image/jpeg")
    last = backup.create_backup(at=NOW).places[0]
    erase(ann, (scan.place,))
    assert not files.path_of(scan.place).exists()
    assert not wrapped_keys(ann) and not Person.objects.filter(subject_id=ann).exists()

    # Without the replay it would all have come back; so the test below can fail.
    home, keys_before = settings.TROTH_HOME, journal.position()
    assert keys_before.number == 1
    restore_here(last, replay=False)
    with marker.restoring():
        assert what_opens(ann) == EVERYTHING
        assert search.find_exact(search.exact("specimen_email", unique=True), f"{ann.hex}@example.com")
    for alias in stores.ALIASES:
        connections[alias].close()
    marker.remove_mark(home)

    done = restore_here(last)
    assert (done.entries, done.keys_destroyed) == (1, 6)
    assert what_opens(ann) == NOTHING
    assert not Person.objects.filter(subject_id=ann).exists() and not Picture.objects.filter(subject_id=ann).exists()
    assert Subject.objects.filter(pk=ann).exists()  # bare structure, as the disposal said
    assert what_opens(bob) == EVERYTHING
    assert not files.path_of(scan.place).exists()
    assert not search.find_exact(search.exact("specimen_email", unique=True), f"{ann.hex}@example.com")
    assert search.find_exact(search.exact("specimen_email", unique=True), f"{bob.hex}@example.com")


def test_a_key_that_no_disposal_took_is_missed(committed_db: Home) -> None:
    ann, bob = make_person("Ann Lee"), make_person("Bob Roe")
    assert disposing.list_lost() == []
    bills = tuple(row.reference for row in Bill.objects.filter(subject_id=ann))
    journal.record([Disposal(ann.hex, BILL, EVERY_SCOPE, current(), bills)], at=NOW)
    keystore.destroy(ann, [BILL])  # and there an erasure was stopped: its rows are still to go
    assert disposing.list_lost() == []
    keystore.destroy(bob, [PICTURE])
    assert disposing.list_lost() == sorted(row.reference for row in Picture.objects.filter(subject_id=bob))


def secrets_that_exist() -> list[bytes]:
    """Everything in TROTH_KEYS that could be a key of 32 bytes."""
    found = []
    for path in settings.TROTH_KEYS.iterdir():
        text = path.read_text()
        for start in range(len(text) - 63):
            try:
                found.append(bytes.fromhex(text[start : start + 64]))
            except ValueError:
                continue
    return list(dict.fromkeys(each for each in found if len(each) == 32))


def try_all(name: keystore.KeyName, held: keystore.WrappedKey) -> list[bytes]:
    """What of the secrets opens a wrapped key, whatever number it was wrapped under."""
    opening = []
    for secret in secrets_that_exist():
        for number in range(1, 6):
            try:
                AESGCM(secret).decrypt(held.wrapped[:12], held.wrapped[12:], keystore._bound_to(name, number))
            except InvalidTag:
                continue
            opening.append(secret)
    return opening


def hits(blobs: list[bytes], folders: tuple[Path, ...]) -> list[Path]:
    """The files below these folders that hold any of these bytes, raw or as hexadecimal."""
    needles = [each for blob in blobs for each in (blob, blob.hex().encode())]
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_remembered_wrapped_keys_open_with_nothing_once_the_master_key_is_gone(committed_db: Home) -> None:
    ann, bob = make_person("Ann Lee"), make_person("Bob Roe")
    remembered, kept = wrapped_keys(ann), wrapped_keys(bob)
    last = backup.create_backup(at=NOW).places[0]
    folders = (settings.TROTH_HOME, settings.TROTH_KEYS, settings.TROTH_BACKUPS)
    if stores.vendor("keys") == "sqlite":
        assert hits([held.wrapped for held in remembered.values()], folders)  # the search finds what is there
    assert all(len(try_all(name, held)) == 1 for name, held in remembered.items())  # and so does the trying

    erase(ann)
    assert turning.forget_traces()
    turned = turning.turn(at=NOW, new=True)
    assert turned == len(kept)
    assert hits([held.wrapped for held in remembered.values()], folders) == []
    # The backup still has them, sealed under the master key of its day, until that one goes.
    inside = parts(last)["keys"]
    if stores.vendor("keys") == "sqlite":
        assert all(held.wrapped in inside for held in remembered.values())
    assert turning.destroy_retired(at=NOW + timedelta(days=settings.TROTH_BACKUP_DAYS - 1)) == []
    assert turning.destroy_retired(at=NOW + timedelta(days=settings.TROTH_BACKUP_DAYS)) == [1]
    assert [try_all(name, held) for name, held in remembered.items()] == [[]] * 6
    with pytest.raises(BackupUnreadable):
        parts(last)
    assert what_opens(bob) == EVERYTHING  # re-wrapped in time


def test_one_bill_and_one_picture_stay_disposed_of_with_todays_keys(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    last_month = backup.create_backup(at=NOW - timedelta(days=30)).places[0]
    picture = Picture.objects.filter(subject_id=ann).order_by("id")[0]
    bill = Bill.objects.get(subject_id=ann, disposal_year=2023)
    journal.record(
        [
            Disposal(ann.hex, BILL, "2023", current(), (bill.reference,)),
            Disposal(ann.hex, PICTURE, picture.pk.hex, current(), (picture.reference,)),
        ],
        at=NOW,
    )
    # Keys only: what the rows' ciphertext in an old copy is worth is what this test asks.
    replaying.carry_out(disposals_as_recorded(), rows_too=False)
    assert what_opens(ann) == {"Person": 1, "Note": 1, "Bill": 2, "Picture": 1}

    restore_here(last_month, keep_keys=True, replay=False)
    with marker.restoring():
        assert (
            Bill.objects.filter(subject_id=ann).count() == 3 and Picture.objects.filter(subject_id=ann).count() == 2
        )
        assert what_opens(ann) == {"Person": 1, "Note": 1, "Bill": 2, "Picture": 1}
        assert not_opening(ann) == {bill.pk, picture.pk}


def not_opening(subject: UUID) -> set[UUID]:
    from troth.copies.tests.conftest import FIELDS, opens

    return {
        row.pk
        for model, name in FIELDS.items()
        for row in model.objects.filter(subject_id=subject)
        if not opens(row, name)
    }


def test_a_ring_that_fetched_a_key_before_a_turn_opens_with_it_after(committed_db: Home) -> None:
    """The old master key may be destroyed at once (`--now`) while a page that began under it is still being made."""
    from troth.vault import keyring

    ann = make_person("Ann Lee")
    note = Note.objects.get(subject_id=ann)
    with opened():
        ring = keyring.current.get()
        assert ring is not None
        ring.preload([ann], (BODY,))
        turning.turn(at=NOW, new=True)
        assert turning.destroy_retired(at=NOW, now=True) == [1]
        assert note.text == "A note about Ann Lee."


def test_a_key_is_never_stored_under_a_master_key_that_is_being_destroyed(
    committed_db: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn and the destruction happen between a process's taking the master key and its storing a key under it."""
    ann = make_person("Ann Lee")
    real, turned = keystore._store, []

    def late(names: list[keystore.KeyName], master: secrets.MasterKey) -> bool:
        if not turned:
            turned.append(master.number)
            turning.turn(at=NOW, new=True)
            turning.destroy_retired(at=NOW, now=True)
        return real(names, master)

    monkeypatch.setattr(keystore, "_store", late)
    name = (ann.int, "specimens.names", "")
    held = keystore.make([name])[name]
    assert (turned, held.master) == ([1], 2)
    assert keystore.unwrap(name, held)
    assert {each.keys for each in turning.status()} == {7}


def test_a_destruction_killed_after_hiding_is_decided_anew(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    turning.turn(at=NOW, new=True)
    secrets.opened().hide_master(1)
    assert (secrets.opened().hidden(), list(secrets.opened().masters)) == ([1], [2])
    assert turning.destroy_retired(at=NOW) == []  # not yet its time: it is shown again
    assert (secrets.opened().hidden(), list(secrets.opened().masters)) == ([], [1, 2])
    secrets.opened().hide_master(1)
    assert turning.destroy_retired(at=NOW, now=True) == [1]
    assert not list(settings.TROTH_KEYS.glob("master-0001*"))
    assert what_opens(ann) == EVERYTHING


def test_a_key_made_again_for_someone_who_came_back_is_not_taken_for_the_old_one(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    old = Note.objects.get(subject_id=ann)
    journal.record([Disposal(ann.hex, BODY, "", current(), (old.reference,))], at=NOW)
    replaying.carry_out(disposals_as_recorded())
    with opened():
        Note.objects.create(subject_id=ann, text="back again")
    last = backup.create_backup(at=NOW).places[0]
    done = restore_here(last)
    assert (done.entries, done.keys_destroyed) == (1, 0)
    with opened():
        assert Note.objects.get(subject_id=ann).text == "back again"


def test_a_disposal_that_was_journalled_and_then_stopped_is_carried_out_at_the_restore(committed_db: Home) -> None:
    ann = make_person("Ann Lee")
    journal.record([Disposal(ann.hex, BODY, "", current())], at=NOW)  # killed here
    last = backup.create_backup(at=NOW).places[0]
    assert what_opens(ann)["Note"] == 1
    assert restore_here(last).keys_destroyed == 1
    assert what_opens(ann) == {**EVERYTHING, "Person": 0, "Note": 0}


def test_while_a_restore_is_unfinished_nobody_gets_a_connection(committed_db: Home) -> None:
    from django.core.checks import run_checks

    make_person("Ann Lee")
    last = backup.create_backup(at=NOW).places[0]
    restore_here(last, replay=False)
    assert [error.id for error in run_checks() if error.id == "copies.E001"] == ["copies.E001"]
    for _ in range(2):
        with pytest.raises(marker.StillRestoring):
            Subject.objects.count()
    with pytest.raises(marker.StillRestoring):
        backup.create_backup(at=NOW)
    # The same call again goes on and finishes.
    from troth.copies.restoring import restore

    restore(last, settings.TROTH_HOME, at=NOW)
    assert Subject.objects.count() == 1
    assert [error.id for error in run_checks() if error.id == "copies.E001"] == []
