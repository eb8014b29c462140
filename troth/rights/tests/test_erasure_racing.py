"""An erasure while somebody writes for the same person: no row stays whose key is gone, and none that went comes back."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connections

from bench.specimens.models import Note, Picture
from tests.stores import Home
from troth.gate.actors import Actor
from troth.gate.acts import act, hold
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights import services
from troth.rights.models import ErasureCertificate
from troth.rights.selectors import leavings
from troth.rights.services.erasure import ErasureUnfinished
from troth.rights.tests.factories import LATER, Planter, make_officer, make_patient, write
from troth.vault import files
from troth.vault.errors import Destroyed

WAITS = 60.0


class Apart:
    """Work in a thread with connections of its own, and how it failed."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.failed: Exception | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # the test looks at it
            self.failed = error
        finally:
            connections.close_all()

    def is_over(self, seconds: float = WAITS) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()


class Writing:
    """An act in a thread that stops at one point until it is told to go on."""

    def __init__(self, by: Actor, steps: Callable[[Callable[[], None]], None]) -> None:
        self._there, self._on = threading.Event(), threading.Event()
        self._steps = steps
        self.thread = Apart(lambda: self._write(by=by, at=LATER))
        assert self._there.wait(WAITS)

    def _stop(self) -> None:
        self._there.set()
        assert self._on.wait(WAITS)

    @act(Event.CONTACT_CHANGED, purpose=Purpose.RIGHTS)
    def _write(self, *, by: Actor, at: datetime) -> None:
        self._steps(self._stop)

    def go_on(self) -> None:
        self._on.set()


def note_of(person: Actor, text: str, **other: Any) -> Note:
    return Note(subject_id=person.id, text=text, **other)


def add(person: Actor) -> Callable[[Callable[[], None]], None]:
    """Add a row, and stop before it is committed."""

    def steps(stop: Callable[[], None]) -> None:
        note_of(person, "second").save()
        stop()

    return steps


def change_and_add(person: Actor) -> Callable[[Callable[[], None]], None]:
    """Change a row, for which the key is fetched, and add one when the erasure is under way."""

    def steps(stop: Callable[[], None]) -> None:
        first = Note.objects.get(subject_id=person.id)
        first.text = "changed"
        first.save()
        stop()
        note_of(person, "second").save()

    return steps


def add_in_bulk(person: Actor) -> Callable[[Callable[[], None]], None]:
    def steps(stop: Callable[[], None]) -> None:
        Note.objects.bulk_create([note_of(person, "second"), note_of(person, "third")])
        stop()

    return steps


def hold_and_add(person: Actor) -> Callable[[Callable[[], None]], None]:
    def steps(stop: Callable[[], None]) -> None:
        hold(person.id)
        stop()
        note_of(person, "second").save()

    return steps


@pytest.mark.parametrize("steps", [add, change_and_add, add_in_bulk, hold_and_add])
def test_what_is_added_while_it_is_erased_stays_under_no_key_that_went(clinic: Home, steps: Any) -> None:
    ann, officer = make_patient(), make_officer()
    write(note_of(ann, "first"), by=ann, at=LATER)
    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    writing = Writing(ann, steps(ann))
    erasing = Apart(lambda: services.carry_out_erasure(case, by=officer, at=LATER, everything=True))
    assert not erasing.is_over(1.5)
    writing.go_on()
    assert writing.thread.is_over() and erasing.is_over()
    assert writing.thread.failed is None
    if isinstance(erasing.failed, ErasureUnfinished):  # of PostgreSQL's two orders the one in which it was added last
        services.resume_erasures(at=LATER)
    else:
        assert erasing.failed is None
    assert ErasureCertificate.objects.filter(case_id=case).count() == 1
    assert not leavings.without_key(ann.id)
    assert not Note.objects.filter(subject_id=ann.id).exists()


def test_what_is_added_while_it_is_decided_is_decided_with_it(clinic: Home) -> None:
    """A picture has a key of its own and refers to the answers: left out of the decision, it would hold them back for ever."""
    ann, officer = make_patient(), make_officer()
    Planter(ann, "ann").plant()
    sent = apps.get_model("intake", "Picture")  # of a room above this one
    answers = sent.objects.get(subject_id=ann.id).response_id
    case = services.ask_erasure(ann.id, by=ann, at=LATER)

    def steps(stop: Callable[[], None]) -> None:
        file = files.store([b"another"], name="another.txt", media_type="text/plain")
        sent(subject_id=ann.id, response_id=answers, file=file).save()
        stop()

    writing = Writing(ann, steps)
    erasing = Apart(lambda: services.carry_out_erasure(case, by=officer, at=LATER, everything=True))
    assert not erasing.is_over(2)
    writing.go_on()
    assert writing.thread.is_over() and erasing.is_over()
    assert (writing.thread.failed, erasing.failed) == (None, None)
    assert not sent.objects.filter(subject_id=ann.id).exists() and not leavings.without_key(ann.id)


def test_what_was_read_before_it_was_erased_is_not_put_back(clinic: Home) -> None:
    ann, officer = make_patient(), make_officer()
    write(note_of(ann, "first"), by=ann, at=LATER)
    picture = Picture(subject_id=ann.id, caption="hers")
    write(picture, by=ann, at=LATER)
    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    with processing(Purpose.RIGHTS, by=ann, at=LATER):
        note = Note.objects.get(subject_id=ann.id)
        assert note.text == "first"
    services.carry_out_erasure(case, by=officer, at=LATER, everything=True)
    note.text = "again"
    picture.caption = "again"
    for row in (note, picture):
        with pytest.raises(Destroyed):
            write(row, by=ann, at=LATER)
    assert not Note.objects.filter(subject_id=ann.id).exists() and not leavings.without_key(ann.id)
