"""Bringing in by the page: sent, columns set, looked through, brought in, gone on with, and nothing of the file left."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.bringing import jobs, selectors, services
from troth.bringing.models import BroughtFile, FileState, KnownColumn, What
from troth.bringing.rules import KEPT_FOR, Told
from troth.bringing.rules.parts import Part
from troth.desk.forms.bringing import ColumnsForm
from troth.diary import selectors as diary
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate.narrowed import Cell, switched_off, version_of
from troth.gate.narrowing import set_cells
from troth.gate.refusals import Check, Decision, Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action
from troth.people.models import Brought
from troth.people.services import bringing as people_bringing
from troth.vault import files, keyring, orphans
from troth.vault.categories import Category
from troth.work.models import Job
from troth.work.worker import Worker

SignedIn = Callable[[UUID], Client]
HEADS = "Nr,Vorname,Surname,DOB,Email,Shoe size"
LINES = [
    "1,Sentinel,Quill,03/05/1984,quill@post.example,9",
    "2,Petroc,Marl,1979-12-31,marl@post.example,9",
    "3,No,Way,03/05/1984,,9",
]


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


@contextmanager
def committing() -> Iterator[None]:
    """As where a transaction of ours ends in here: files go once it has."""
    with TestCase.captureOnCommitCallbacks() as after:
        yield
    for each in after:
        if isinstance(each, partial):
            each()


def work() -> int:
    """Everything that waits, by a worker."""
    worker = Worker(["bringing"], now=timezone.now, jitter=lambda: 1.0)
    with committing():
        return sum(1 for _ in iter(lambda: bool(worker.step()), False))


def send(desk: Client, lines: list[str], kind: str = "clients", heads: str = HEADS) -> Any:
    raw = "\n".join([heads, *lines]).encode()
    sent = SimpleUploadedFile("sentinel-name.csv", raw, "text/csv")
    return desk.post(reverse("desk_bring_in"), {"kind": kind, "system": "Larch", "file": sent})


def looked(desk: Client, there: str) -> str:
    """Set the columns as guessed, with what no head says, and have it looked through."""
    columns = {"reference": "0", "given_name": "1", "family_name": "2", "born_on": "3", "email": "4"}
    assert desk.post(there, {"do": "columns", **columns}).status_code == 302
    assert "being looked through" in desk.get(there).content.decode()
    assert work() == 1
    return desk.get(there).content.decode()


def test_a_file_is_sent_mapped_looked_through_and_brought_in_and_nothing_of_it_is_left(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.manager)
    there = send(desk, LINES).headers["Location"]
    row = BroughtFile.objects.get()
    place = files.path_of(selectors.open_file(row.pk, at=timezone.now()).stored.place)
    page = desk.get(there).content.decode()
    # The heads are shown to be chosen from, what they say is chosen already, and nothing of the lines is shown.
    assert "Vorname" in page and "Quill" not in page and re.search(r'<option value="3" selected>\s*DOB', page)
    page = desk.post(there, {"do": "columns", "reference": "0"})
    assert page.status_code == 422 and "Choose which column has the given name" in page.content.decode()
    page = looked(desk, there)
    kept = {files.path_of(each) for each in selectors.open_file(row.pk, at=timezone.now()).places}
    assert kept and not kept & set(orphans.list_orphans(before=timezone.now() + timedelta(days=9)))
    assert Brought.objects.count() == 0 and "can be brought in" in page and "neither an email address" in page
    listed = desk.get(f"{there}to-mend/")
    assert listed.content.decode().splitlines()[1].startswith("4,It has neither")
    assert desk.post(there, {"do": "start"}).status_code == 422 and not Job.objects.filter(state="waiting").exists()
    assert desk.post(there, {"do": "start", "leaving_out": "on"}).status_code == 302
    # Said twice, it is asked for once.
    desk.post(there, {"do": "start", "leaving_out": "on"})
    assert work() == 1 and Brought.objects.count() == 2
    row.refresh_from_db()
    assert (row.state, row.brought, row.rows, row.ticket) == ("done", 2, 3, "") and not place.exists()
    assert "the file is destroyed" in desk.get(there).content.decode()
    # Who had it brought in stands in the events of those who came.
    events = LedgerEvent.objects.filter(event="people:record_brought")
    assert {each.on_behalf_of for each in events} == {clinic.manager.hex}
    # The next file of that system finds its columns set, and none of their names is kept.
    there = send(desk, LINES).headers["Location"]
    assert re.search(r'<option value="1" selected>\s*Vorname', desk.get(there).content.decode())
    assert not KnownColumn.objects.filter(ours__icontains="vorname").exists()
    again = looked(desk, there)
    assert BroughtFile.objects.get(state="looked").here_before == 2 and "are here already" in again
    assert "What could be brought in of it is here already. Mend what stands below" in again
    there = send(desk, LINES[:2]).headers["Location"]
    assert "All of it is here already, and nothing is left to do" in looked(desk, there)
    assert "All of it is here already." in desk.post(there, {"do": "start"}).content.decode()


def test_a_run_that_died_goes_on_and_one_whose_file_is_destroyed_stops(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEP", 1)
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:2]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    row, write, writes = BroughtFile.objects.get(), services.write, 0

    def die_at_the_second(*args: Any) -> None:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(services, "write", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        work()
    row.refresh_from_db()
    assert (Brought.objects.count(), row.state, row.done) == (1, "running", 1)
    Job.objects.all().delete()  # as where it was tried to the end
    assert "stopped before its end" in desk.get(there).content.decode()
    monkeypatch.setattr(services, "write", write)
    desk.post(there, {"do": "start"})
    assert work() == 1 and Brought.objects.count() == 2
    row.refresh_from_db()
    assert (row.state, row.brought, row.faults, row.reached) == ("done", 2, [], 3)
    # One that is thrown away while it runs ends there.
    there = send(desk, ["8,Cass,Larkin,01/02/1990,cass@post.example,9"]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    assert desk.post(there, {"do": "destroy"}).status_code == 302
    work()
    assert Brought.objects.count() == 2 and BroughtFile.objects.filter(state="gone", ticket="").count() == 1


def test_a_file_that_is_brought_in_is_read_once_however_many_parts_it_has(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEP", 2)
    lines = [f"{n},Given{n},Sentinel,0{n}/05/1984,who{n}@post.example,9" for n in range(1, 8)]
    desk = signed_in(clinic.manager)
    there = send(desk, lines).headers["Location"]
    looked(desk, there)
    read, times = services.read_table, []
    monkeypatch.setattr(services, "read_table", lambda *args: times.append(1) or read(*args))
    desk.post(there, {"do": "start"})
    row, worker = BroughtFile.objects.get(), Worker(["bringing"], now=timezone.now, jitter=lambda: 1.0)
    worker.step()
    kept = selectors.open_file(row.pk, at=timezone.now())
    places = [files.path_of(each) for each in kept.places]
    assert len(places) == 2 and all(each.exists() for each in places)
    assert not any(b"Sentinel" in each.read_bytes() or b"post.example" in each.read_bytes() for each in places)
    # Another worker that was taken for dead lays it out as well: what stands is the first, and its own is gone.
    before = sum(1 for each in settings.TROTH_HOME.rglob("*") if each.is_file())
    opened, seen = selectors.open_file, []

    def not_yet(file: UUID, *, at: datetime) -> selectors.Kept:
        seen.append(file)
        return replace(opened(file, at=at), parts=None) if len(seen) == 1 else opened(file, at=at)

    monkeypatch.setattr(selectors, "open_file", not_yet)
    services.go_on(row.pk, on_behalf_of=clinic.manager, at=timezone.now())
    monkeypatch.setattr(selectors, "open_file", opened)
    assert times == [1, 1] and selectors.open_file(row.pk, at=timezone.now()).places == kept.places
    assert sum(1 for each in settings.TROTH_HOME.rglob("*") if each.is_file()) == before
    times.clear()
    work()
    assert times == [] and Brought.objects.count() == 7
    row.refresh_from_db()
    assert (row.state, row.brought, row.ticket) == ("done", 7, "") and not any(each.exists() for each in places)


def test_what_lies_here_is_sealed_goes_within_a_week_and_is_for_the_manager_alone(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    assert Client().get(reverse("desk_bring_in")).headers["Location"] == reverse("sign_in")
    assert signed_in(clinic.reception).get(reverse("desk_bring_in")).status_code == 403
    desk = signed_in(clinic.manager)
    assert "no file was sent" in desk.get(reverse("desk_bring_in")).content.decode().casefold()
    there = send(desk, LINES).headers["Location"]
    assert signed_in(clinic.reception).post(there, {"do": "destroy"}).status_code == 403
    row = BroughtFile.objects.get()
    place = files.path_of(selectors.open_file(row.pk, at=timezone.now()).stored.place)
    assert place.exists()
    for path in settings.TROTH_HOME.rglob("*"):
        assert not path.is_file() or not re.search(rb"quill@post|sentinel-name|Larch", path.read_bytes())
    BroughtFile.objects.update(sent_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    with committing():
        jobs.destroy_left()
    row.refresh_from_db()
    assert (row.state, row.ticket) == (FileState.GONE, "") and not place.exists()
    assert desk.post(there, {"do": "columns", "reference": "0"}).status_code == 422
    # What is no table is turned back where it is sent, and not kept.
    before = sum(1 for each in settings.TROTH_HOME.rglob("*") if each.is_file())
    assert send(desk, [], heads="").status_code == 422 and BroughtFile.objects.count() == 1
    assert sum(1 for each in settings.TROTH_HOME.rglob("*") if each.is_file()) == before


def test_whoever_is_no_manager_any_more_has_nothing_brought_in(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:1]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    Job.objects.filter(state="waiting").update(on_behalf_of=str(clinic.reception))
    work()
    assert not Brought.objects.exists() and Job.objects.get(name="bringing.bring_file_in").state == "dead"
    assert "Go on" in desk.get(there).content.decode()


def test_columns_of_one_name_are_told_apart_by_where_they_stand() -> None:
    form = ColumnsForm(kind=What.CLIENTS, heads=["Ref", "Mobile", "Mobile ", ""], guessed={}, also_alike=False)
    offered = [words for _, words in form.fields["telephone"].choices]  # type: ignore[attr-defined]
    assert offered == ["Not in the file", "Ref", "Mobile (column 2)", "Mobile (column 3)", "Column 4"]


def test_a_column_is_chosen_once() -> None:
    chosen = {"reference": "0", "given_name": "0", "family_name": "1", "born_on": "2"}
    form = ColumnsForm(chosen, kind=What.CLIENTS, heads=["a", "b", "c"], guessed={}, also_alike=False)
    assert not form.is_valid() and "chosen for the reference already" in str(form.errors["given_name"])


def switch_off(clinic: Clinic, *cells: Cell) -> None:
    at = timezone.now()
    set_cells(set(cells), read=version_of(switched_off()), by=clinic.actor(clinic.administrator, at), at=at)


def test_whose_role_may_not_write_what_a_file_holds_is_refused_by_page_act_and_job(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.manager)
    # The notice lets a manager write down who somebody is, and nothing of anybody's health: notes are not offered.
    page = desk.get(reverse("desk_bring_in")).content.decode()
    assert 'value="clients"' in page and 'value="visits"' in page and 'value="notes"' not in page
    assert send(desk, LINES, kind="notes").status_code == 422
    there = send(desk, LINES[:1]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    switch_off(clinic, Cell("clinic_manager", Category.CONTACT, Action.WRITE))
    work()
    assert not Brought.objects.exists() and Job.objects.get(name="bringing.bring_file_in").state == "dead"
    assert desk.get(there).status_code == desk.get(f"{there}to-mend/").status_code == 403
    assert desk.post(there, {"do": "start"}).status_code == 403
    at, row = timezone.now(), BroughtFile.objects.get()
    with pytest.raises(Refused, match="bring in clients"):
        services.start(row.pk, leaving_out=True, by=clinic.actor(clinic.manager, at), at=at)
    assert 'value="clients"' not in desk.get(reverse("desk_bring_in")).content.decode()
    switch_off(
        clinic,
        *(Cell("clinic_manager", each, Action.WRITE) for each in (Category.CONTACT, Category.CORRESPONDENCE)),
    )
    assert desk.get(reverse("desk_bring_in")).status_code == 403
    # What was sent may be destroyed still.
    assert desk.post(there, {"do": "destroy"}).status_code == 302


def tell_everybody() -> None:
    """Have the messages leave that tell people of the notice."""
    worker = Worker(now=timezone.now, jitter=lambda: 1.0)
    with override_settings(TROTH_DEMO=True):
        while worker.step():
            pass


def sees(clinic: Clinic, person: UUID) -> None:
    """Book them with a practitioner, who has a reason to look from then on."""
    at = timezone.now()
    on = timezone.localdate(at) + timedelta(days=1)
    while not (free := diary.free_on(clinic.short, on, clinic.orla, at=at)):
        on += timedelta(days=1)
    clinic.book(person, clinic.orla, free[0].at, at=at)


def test_a_practitioner_brings_notes_to_those_she_sees_and_learns_of_no_number_who_is_here(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    manager = signed_in(clinic.manager)
    there = send(manager, LINES[:2]).headers["Location"]
    looked(manager, there)
    manager.post(there, {"do": "start"})
    work()
    tell_everybody()
    hers = Brought.objects.order_by("recorded_at").first()
    assert hers is not None
    sees(clinic, hers.subject_id)
    late = send(manager, ["5,Late,Comer,05/06/1984,late@post.example,9"]).headers["Location"]
    looked(manager, late)
    manager.post(late, {"do": "start"})
    work()  # and this one was not told yet
    desk = signed_in(clinic.orla)
    lines = [f"n{number},{number},03/05/2024,words" for number in (1, 2, 5, 9)]
    here = send(desk, lines, "notes", "id,client id,date,note").headers["Location"]
    desk.post(here, {"do": "columns", "reference": "0", "client": "1", "day": "2", "text": "3"})
    work()
    row = BroughtFile.objects.get(kind="notes")
    assert row.ready == 1 and len(row.faults) == 3 and len({words for _, words in row.faults}) == 1
    desk.post(here, {"do": "start", "leaving_out": "on"})
    work()
    assert {each.subject for each in LedgerEvent.objects.filter(event="records:note_brought", outcome="done")} == {
        hers.subject_id.hex
    }


def test_a_file_of_heads_alone_is_said_to_be_one(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.manager)
    assert "It has no lines below the names of its columns" in looked(desk, send(desk, []).headers["Location"])
    workbook = send(desk, [], heads="PK\x03\x04")
    assert workbook.status_code == 422 and "save it as “CSV UTF-8”" in workbook.content.decode()


def test_what_may_only_be_destroyed_is_destroyed_from_the_list_and_shown_to_nobody(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    manager, desk = signed_in(clinic.manager), signed_in(clinic.orla)
    there = send(manager, LINES).headers["Location"]
    looked(manager, there)
    for sent in ({"do": "destroy"}, {"do": "start"}):
        refused = desk.post(there, sent)
        assert refused.status_code == 403 and "can be brought in" not in refused.content.decode()
    notes = send(desk, ["n1,1,03/05/2024,words"], "notes", "id,client id,date,note").headers["Location"]
    listed = manager.get(reverse("desk_bring_in")).content.decode()
    assert f'href="{notes}"' not in listed and f'action="{notes}"' in listed and f'href="{there}"' in listed
    assert manager.post(notes, {"do": "destroy"}).status_code == 302
    assert f'action="{notes}"' not in manager.get(reverse("desk_bring_in")).content.decode()
    # Destroyed already: the refusal draws no page that is not theirs.
    assert manager.post(notes, {"do": "destroy"}).status_code == 403


def test_parts_that_nobody_keeps_are_not_left_on_the_disk(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:1]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    row, note = BroughtFile.objects.get(), services.note_laid_out
    before = {each for each in settings.TROTH_HOME.rglob("*") if each.is_file()}

    def broken(*_: Any, **__: Any) -> bool:
        raise OperationalError

    monkeypatch.setattr(services, "note_laid_out", broken)
    with pytest.raises(OperationalError):
        services.go_on(row.pk, on_behalf_of=clinic.manager, at=timezone.now())
    assert {each for each in settings.TROTH_HOME.rglob("*") if each.is_file()} == before

    def thrown_away(*args: Any, **named: Any) -> bool:
        at = timezone.now()
        with committing():
            services.throw_away(row.pk, by=clinic.actor(clinic.manager, at), at=at)
        return note(*args, **named)

    monkeypatch.setattr(services, "note_laid_out", thrown_away)
    services.go_on(row.pk, on_behalf_of=clinic.manager, at=timezone.now())
    row.refresh_from_db()
    assert row.state == "gone" and not {each for each in settings.TROTH_HOME.rglob("*") if each.is_file()} - before


def test_a_practitioner_brings_in_notes_and_nothing_else(clinic: Clinic, signed_in: SignedIn) -> None:
    manager = signed_in(clinic.manager)
    there = send(manager, LINES[:1]).headers["Location"]
    looked(manager, there)
    manager.post(there, {"do": "start"})
    work()
    person = Brought.objects.get().subject_id
    tell_everybody()
    sees(clinic, person)
    desk = signed_in(clinic.orla)
    assert reverse("desk_bring_in") in desk.get(reverse("desk_note_templates")).content.decode()
    page = desk.get(reverse("desk_bring_in")).content.decode()
    assert 'value="notes"' in page and 'value="clients"' not in page and there not in page
    assert desk.get(there).status_code == desk.post(there, {"do": "start"}).status_code == 403
    assert send(desk, LINES).status_code == 422
    notes = send(desk, ["n1,1,03/05/2024,sentinel words", "n2,9,03/05/2024,x"], "notes", "id,client id,date,note")
    here = notes.headers["Location"]
    assert (
        desk.post(here, {"do": "columns", "reference": "0", "client": "1", "day": "2", "text": "3"}).status_code
        == 302
    )
    work()
    assert "has that number" in desk.get(here).content.decode()
    desk.post(here, {"do": "start", "leaving_out": "on"})
    work()
    row = BroughtFile.objects.get(kind="notes")
    assert (row.state, row.brought) == ("done", 1)
    # It is of that card, on behalf of whoever sent the file; the manager sees that there was one, and not what its lines lack.
    (event,) = LedgerEvent.objects.filter(subject=person.hex, on_behalf_of=clinic.orla.hex, outcome="done")
    assert event.purpose == "care"
    listed = manager.get(reverse("desk_bring_in")).content.decode()
    assert ">Notes<" in "".join(listed.split()) and here not in listed and manager.get(here).status_code == 403
    switch_off(clinic, Cell("practitioner", Category.HEALTH, Action.WRITE))
    assert desk.get(reverse("desk_bring_in")).status_code == 403


def test_each_part_is_a_job_of_its_own_and_a_row_that_is_refused_or_breaks_is_a_fault_of_its_line(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEP", 2)
    lines = [f"{n},Given{n},Sentinel,0{n}/05/1984,who{n}@post.example,9" for n in range(1, 6)]
    desk = signed_in(clinic.manager)
    there = send(desk, lines).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    bring, moments = people_bringing.bring_in_as_service, []

    def odd(client: Any, **named: Any) -> Any:
        moments.append(named["at"])
        if client.reference == "2":
            raise keyring.poison(Refused(Decision(allowed=False, check=Check.ROLE, sentence="Sentinel refusal.")))
        if client.reference == "3":
            raise RuntimeError("words of somebody")
        return bring(client, **named)

    monkeypatch.setattr(people_bringing, "bring_in_as_service", odd)
    assert work() == 3
    row = BroughtFile.objects.get()
    assert (row.state, row.done, row.brought, row.ticket) == ("done", 5, 3, "")
    assert [line for line, _ in row.faults] == [3, 4] and "RuntimeError" in row.faults[1][1]
    assert row.faults[0][1] == "Sentinel refusal" and "words of" not in str(row.faults)
    assert len(set(moments)) == 3 and not Job.objects.filter(queue="bringing").exclude(state="done").exists()


def test_all_that_is_wrong_with_a_line_is_said_before_anything_is_brought_in(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.manager)
    card = "8,4242 4242 4242 4242,Teal,03/05/1981,teal@post.example,9"
    there = send(desk, [*LINES[:1], card, "9,Jory,Teal,03/05/1981,no-address,9"]).headers["Location"]
    looked(desk, there)
    row = BroughtFile.objects.get()
    assert row.ready == 1 and [line for line, _ in row.faults] == [3, 4]
    assert "number of a card" in row.faults[0][1] and "4242" not in str(row.faults)
    assert row.faults[1][1] == "Enter an email address such as name@example.org"


def test_what_is_wrong_with_lines_is_written_again_only_where_a_part_found_more(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEP", 1)
    desk = signed_in(clinic.manager)
    there = send(desk, ["9,No,Way,03/05/1984,,9", *LINES[:2], "4,Jory,Teal,03/05/1981,teal@post.example,9"])
    looked(desk, there.headers["Location"])
    desk.post(there.headers["Location"], {"do": "start", "leaving_out": "on"})
    bring = people_bringing.bring_in_as_service

    def odd(client: Any, **named: Any) -> Any:
        if client.reference == "2":
            raise RuntimeError
        return bring(client, **named)

    monkeypatch.setattr(people_bringing, "bring_in_as_service", odd)
    written = []
    worker = Worker(["bringing"], now=timezone.now, jitter=lambda: 1.0)
    while True:
        with CaptureQueriesContext(connection) as asked, committing():
            if not worker.step():
                break
        steps = [each["sql"] for each in asked if each["sql"].startswith('UPDATE "bringing_broughtfile"')]
        written.append(any('"faults"' in each for each in steps))
    # The line that was shown, one that comes, one in which a fault is found, and the end of the file.
    assert written == [False, False, True, True]
    assert [line for line, _ in BroughtFile.objects.get().faults] == [2, 4]


def test_a_store_that_is_away_is_no_fault_of_a_line_and_a_part_done_twice_is_counted_once(
    clinic: Clinic, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STEP", 1)
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:2]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    row, bring = BroughtFile.objects.get(), people_bringing.bring_in_as_service

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(people_bringing, "bring_in_as_service", away)
    with pytest.raises(OperationalError):
        services.go_on(row.pk, on_behalf_of=clinic.manager, at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.done, row.faults) == ("running", 0, [])
    monkeypatch.setattr(people_bringing, "bring_in_as_service", bring)
    # Two workers did the first part, of whom one was taken for dead: one of them goes on.
    part, told, at = Part(0, 2, 1, is_last=False), Told(1, brought=1), timezone.now()
    Job.objects.all().delete()
    for _ in range(2):
        services.note_step(row.pk, part, told, by=clinic.actor(clinic.manager, at), at=at)
    row.refresh_from_db()
    assert (row.done, row.reached) == (1, 2) and Job.objects.filter(name="bringing.bring_file_in").count() == 1


def test_who_is_a_client_here_is_counted_and_never_named_by_line(clinic: Clinic, signed_in: SignedIn) -> None:
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:1]).headers["Location"]
    looked(desk, there)
    desk.post(there, {"do": "start"})
    work()
    alike = "77,Sentinel,Quill,03/05/1984,other@post.example,9"
    there = send(desk, [alike, *LINES[1:2]]).headers["Location"]
    page = looked(desk, there)
    row = BroughtFile.objects.get(state="looked")
    assert (row.alike, row.faults, row.ready) == (1, [], 1) and "may be here already" in page
    assert len(desk.get(f"{there}to-mend/").content.decode().splitlines()) == 1
    event = LedgerEvent.objects.filter(event="bringing:file_looked_through").latest("id")
    assert f"bringing.alike/{row.pk.hex}/1" in event.objects_touched
    assert desk.post(there, {"do": "start"}).status_code == 422
    assert desk.post(there, {"do": "start", "leaving_out": "on"}).status_code == 302
    work()
    row.refresh_from_db()
    assert (row.state, row.brought, row.alike, row.done, row.faults) == ("done", 1, 1, 2, [])


def test_a_file_that_is_gone_from_the_disk_says_so_on_each_page_and_can_be_destroyed(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.manager)
    for step in ("new", "looked", "running"):
        there = send(desk, LINES[:1]).headers["Location"]
        if step != "new":
            looked(desk, there)
        if step == "running":
            desk.post(there, {"do": "start"})
        row = BroughtFile.objects.get(state=step)
        files.path_of(selectors.open_file(row.pk, at=timezone.now()).stored.place).unlink()
        work()
        page = desk.get(there).content.decode()
        assert "missing where it was kept" in page or step != "running"
        assert desk.get(f"{there}?set=columns").status_code == 200
        assert desk.post(there, {"do": "columns", "reference": "0"}).status_code == 422
        assert desk.post(there, {"do": "start"}).status_code == 422
        row.refresh_from_db()
        assert row.state == step and desk.post(there, {"do": "destroy"}).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.ticket) == ("gone", "")


def test_the_columns_of_a_file_whose_time_ran_out_are_asked_for_and_nothing_breaks(
    clinic: Clinic, signed_in: SignedIn
) -> None:
    desk = signed_in(clinic.manager)
    there = send(desk, LINES[:1]).headers["Location"]
    looked(desk, there)
    BroughtFile.objects.update(ticket="", faults=[(2, "sentinel")])
    page = desk.get(f"{there}?set=columns")
    assert page.status_code == 200 and "cannot be opened any more" in page.content.decode()


def test_the_list_reads_one_page_and_no_faults(clinic: Clinic, signed_in: SignedIn) -> None:
    at = timezone.now()
    BroughtFile.objects.bulk_create(
        BroughtFile(kind="clients", sent_by=clinic.manager, sent_at=at - timedelta(minutes=n)) for n in range(30)
    )
    with CaptureQueriesContext(connection) as asked:
        assert len(selectors.list_files(kinds=list(What), start=25, most=25)) == 5
    assert len(asked) == 1 and "faults" not in asked[0]["sql"] and "LIMIT" in asked[0]["sql"]
    assert "30" in signed_in(clinic.manager).get(f"{reverse('desk_bring_in')}?page=2").content.decode()
