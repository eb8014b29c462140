"""Every live check holds on a sound deployment, and fails when what it looks at is spoilt; and the promises with it."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests import stores
from tests.promises.breakers import BREAKERS, broken
from tests.promises.deployment import Deployment, copy_of, key_files, make_sound, stored_files
from troth.assurance.models import Status
from troth.assurance.rules import evidence
from troth.assurance.rules.catalogue import LETTERS, promises_of
from troth.assurance.rules.evidence import Question
from troth.assurance.selectors.checking import check_promises, look
from troth.copies import destinations, journal
from troth.copies.backup import create_backup
from troth.copies.journal import Disposal
from troth.intake.models import Picture
from troth.ledger.models import LedgerEvent
from troth.notice.lint.codes import CODES
from troth.notice.tests.mutations import MUTATIONS
from troth.people import answers
from troth.vault import files, intact
from troth.work import throttle

LOOKED_AT = sorted({name for pack in LETTERS for promise in promises_of(pack) for name in promise.checks})
FAULTS = sorted({code for pack in LETTERS for promise in promises_of(pack) for code in promise.faults})


@pytest.fixture(scope="module")
def made(
    django_db_setup: None,
    django_db_blocker: "DjangoDbBlocker",
    store_templates: stores.Templates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """A sound deployment, made once: each test has a copy of its own to spoil."""
    folder = tmp_path_factory.mktemp("sound")
    with django_db_blocker.unblock(), store_templates.copied(folder / "clinic") as home:
        with stores.connected_to(home):
            deployment = make_sound(home, folder)
        yield deployment


@pytest.fixture
def deployment(
    made: Deployment, django_db_blocker: "DjangoDbBlocker", store_templates: stores.Templates, tmp_path: Path
) -> Iterator[Deployment]:
    with django_db_blocker.unblock(), copy_of(made, store_templates, tmp_path) as copied:
        yield copied
    throttle.set_secret_provider(answers._throttle_secret)


def test_everything_that_can_hold_holds_on_a_sound_deployment(deployment: Deployment) -> None:
    looks = [look(check.name, Question(deployment.at, tuple(FAULTS))) for check in evidence.list_checks()]
    assert [(each.check, each.words, each.failed_at) for each in looks if not each.holds] == []
    for pack in LETTERS:
        outcomes = check_promises(pack, at=deployment.at)
        assert not [each.promise.id for each in outcomes if each.status is Status.FALLS_SHORT]


def test_a_look_opens_nothing_leaves_no_event_and_names_nobody(deployment: Deployment) -> None:
    before = LedgerEvent.objects.count()
    said = json.dumps(
        [each.evidence(deployment.at) for pack in LETTERS for each in check_promises(pack, at=deployment.at)]
    )
    assert LedgerEvent.objects.count() == before
    names = ("Maureen", "Oddie", "maureen@oddie.example", "Tannery", "900 214", "a cream", "Dr Prescriber")
    assert [name for name in names if name in said] == []
    people = {deployment.patient, deployment.prescriber, deployment.staff}
    assert not any(each.hex in said or str(each) in said for each in people)


@pytest.mark.parametrize("name", sorted(BREAKERS))
def test_what_is_spoilt_is_found(deployment: Deployment, name: str) -> None:
    assert look(name, Question(deployment.at)).holds
    with broken(name, deployment) as at:
        found = look(name, Question(at))
        assert not found.holds, found.words
        for pack in LETTERS:
            for promise in promises_of(pack):
                if name in promise.checks:
                    outcome = check_promises(pack, at=at, only=promise.id)[0]
                    assert outcome.status is Status.FALLS_SHORT, promise.id


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_of_the_notice_is_found(deployment: Deployment, code: str) -> None:
    assert look("notice.faults", Question(deployment.at, (code,))).holds
    deployment.slip_in(MUTATIONS[code][0])
    assert not look("notice.faults", Question(deployment.at, (code,))).holds


def test_every_check_has_a_breaker_and_serves_a_promise() -> None:
    declared = {check.name for check in evidence.list_checks()}
    assert declared - {"notice.faults"} == set(BREAKERS)
    assert set(LOOKED_AT) == declared
    assert set(FAULTS) <= set(MUTATIONS) & set(CODES)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: os.truncate(path, path.stat().st_size - 1)])
def test_a_stored_file_that_is_gone_or_cut_is_found_though_it_is_not_its_turn(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(intact, "NEWEST", 0)
    (picture,) = Picture.objects.values_list("pk", flat=True)
    (path,) = stored_files()
    assert intact.look_at_files(night=picture.int + 1) == intact.FilesLooked(files=1)
    spoil(path)
    assert intact.look_at_files(night=picture.int + 1) == intact.FilesLooked(files=1, missing=1)


def test_a_file_is_opened_when_it_is_its_turn_and_an_erased_one_is_passed_over(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intact, "NEWEST", 0)
    (picture,) = Picture.objects.values_list("pk", flat=True)
    assert intact.look_at_files(night=picture.int) == intact.FilesLooked(files=1, opened=1)
    with broken("vault.files", deployment):
        assert intact.look_at_files(night=picture.int) == intact.FilesLooked(files=1, damaged=1)
    deployment.sql("DELETE FROM vault_datakey WHERE compartment = 'intake.pictures'", alias="keys")
    stored_files()[0].unlink()
    assert intact.look_at_files(night=picture.int) == intact.FilesLooked()


def test_a_row_that_the_journal_of_disposals_names_may_be_gone_as_after_a_restore_and_no_other(
    deployment: Deployment,
) -> None:
    picture = Picture.objects.get()
    deployment.sql("DELETE FROM intake_picture")
    assert not look("ledger.rows", Question(deployment.at + timedelta(seconds=1))).holds
    disposal = Disposal(picture.subject_id.hex, "intake.pictures", picture.pk.hex, 0, (picture.reference,))
    journal.record([disposal], at=deployment.at)
    assert look("ledger.rows", Question(deployment.at + timedelta(seconds=2))).holds


def test_a_file_that_nothing_names_falls_short_once_the_night_should_have_destroyed_it(
    deployment: Deployment,
) -> None:
    path = files.path_of(files.store([b"left"], name="", media_type="").place)
    for days, holds in ((1, True), (3, False)):
        written = (deployment.at - timedelta(days=days)).timestamp()
        os.utime(path, (written, written))
        assert look("vault.files", Question(deployment.at + timedelta(seconds=days))).holds is holds
    deployment.sql("DELETE FROM vault_datakey WHERE compartment = 'intake.pictures'", alias="keys")
    assert "its key is gone" in look("vault.files", Question(deployment.at + timedelta(seconds=9))).words
    path.unlink()


def test_a_copy_of_a_key_beside_the_data_falls_short(deployment: Deployment) -> None:
    beside = settings.TROTH_HOME / "old" / "key.bak"
    beside.parent.mkdir()
    beside.write_bytes(key_files()[0].read_bytes())
    found = look("vault.keys_apart", Question(deployment.at))
    assert not found.holds and found.counts["copies_beside_the_data"] == 1
    beside.write_bytes(b"0" * beside.stat().st_size)
    assert look("vault.keys_apart", Question(deployment.at)).holds


def test_a_key_that_is_gone_falls_short_unless_a_disposal_took_it(deployment: Deployment) -> None:
    picture = Picture.objects.get()
    deployment.sql("DELETE FROM vault_datakey WHERE compartment = 'intake.pictures'", alias="keys")
    found = look("vault.key_each", Question(deployment.at))
    assert not found.holds and found.counts["rows_without_their_key"] == 1
    disposal = Disposal(picture.subject_id.hex, "intake.pictures", picture.pk.hex, 0, (picture.reference,))
    journal.record([disposal], at=deployment.at)
    assert look("vault.key_each", Question(deployment.at)).holds


def test_a_journal_of_disposals_that_was_cut_everywhere_falls_short(deployment: Deployment) -> None:
    journal.record([Disposal(uuid4().hex, "intake.pictures", "", 0)], at=deployment.at)
    create_backup(at=deployment.at)  # its checkpoint names the line
    assert look("copies.journal", Question(deployment.at)).holds
    for folder in destinations.list_destinations():
        lines = (folder / destinations.JOURNAL).read_bytes().splitlines(keepends=True)
        (folder / destinations.JOURNAL).write_bytes(b"".join(lines[:-1]))
    assert not look("copies.journal", Question(deployment.at)).holds


def test_a_check_that_raises_never_counts_as_held(deployment: Deployment) -> None:
    throttle.set_secret_provider(None)
    found = look("people.throttled", Question(deployment.at))
    assert (
        not found.holds and found.failed_at.startswith("troth/work/throttle.py:") and "SecretMissing" in found.words
    )
