"""Stored files that nothing names: old ones go and are written down, young and named ones stay, and in doubt all stay."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from tests.stores import Home
from troth.ledger.models import LedgerEvent
from troth.ledger.names import Event
from troth.rights import services
from troth.rights.services import orphans as destroying
from troth.rights.tests.factories import LATER, Planter, make_patient
from troth.vault import files, orphans

NIGHT = LATER + timedelta(days=2)


def orphan(age: timedelta) -> Path:
    path = files.path_of(files.store([b"a letter"], name="", media_type="text/plain").place)
    written(path, NIGHT - age)
    return path


def written(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.fixture
def named(clinic: Home) -> set[Path]:
    """The files of a person with a row in every holding there is, long there."""
    Planter(make_patient(), "ann").plant()
    found = set(clinic.path.glob("files/*/*"))
    for path in found:
        written(path, NIGHT - timedelta(days=400))
    assert found
    return found


def test_what_nothing_names_goes_after_a_day_and_what_a_row_names_stays(clinic: Home, named: set[Path]) -> None:
    old, young, draft = orphan(timedelta(hours=25)), orphan(timedelta(hours=23)), orphan(timedelta(days=3))
    draft = draft.rename(draft.with_suffix(".part"))
    assert services.destroy_orphans(at=NIGHT) == 2
    assert set(clinic.path.glob("files/*/*")) == {*named, young}
    event = LedgerEvent.objects.get(event=Event.ORPHANS_DESTROYED)
    assert event.subject == "" and {old.stem, draft.stem} <= set(event.objects_touched.replace("/", " ").split())
    assert services.destroy_orphans(at=NIGHT) == 0
    assert LedgerEvent.objects.filter(event=Event.ORPHANS_DESTROYED).count() == 1


def test_stopped_after_it_was_written_down_it_is_taken_up_the_next_night(
    clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {orphan(timedelta(days=2)), orphan(timedelta(days=2))}
    unlink, calls = Path.unlink, []

    def stopped(path: Path, missing_ok: bool = False) -> None:
        calls.extend({path} & both)
        if len(calls) == 2:
            raise SystemExit
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", stopped)
        with pytest.raises(SystemExit):
            services.destroy_orphans(at=NIGHT)
    assert sum(path.exists() for path in both) == 1
    assert services.destroy_orphans(at=NIGHT) == 1 and not any(path.exists() for path in both)
    assert LedgerEvent.objects.filter(event=Event.ORPHANS_DESTROYED).count() == 2


def test_nothing_goes_while_a_row_does_not_say_which_file_it_names(clinic: Home, named: set[Path]) -> None:
    left = orphan(timedelta(days=2))
    with connections["keys"].cursor() as cursor:
        cursor.execute("DELETE FROM vault_datakey WHERE compartment = 'records.files'")
    with pytest.raises(orphans.NotKnown):
        services.destroy_orphans(at=NIGHT)
    assert left.exists() and all(path.exists() for path in named)


def test_more_than_killed_processes_leave_are_kept(clinic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destroying, "MOST", 2)
    left = [orphan(timedelta(days=2)) for _ in range(3)]
    with pytest.raises(destroying.TooManyOrphans):
        services.destroy_orphans(at=NIGHT)
    assert all(path.exists() for path in left)
    left.pop().unlink()
    assert services.destroy_orphans(at=NIGHT) == 2
