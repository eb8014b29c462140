"""`troth bring-in`: what the system before held, a row at a time, twice the same, and never half."""

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import publish_pack
from troth.cli import bring_in
from troth.cli.stopped import Stopped
from troth.delivery.models import Message
from troth.diary import services as diary
from troth.diary.models import Appointment
from troth.diary.tests.conftest import Clinic, open_clinic
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Purpose
from troth.people.models import Brought, Identity
from troth.people.services import bringing
from troth.records.models import DocumentReference
from troth.rights.selectors.holdings import everything_about
from troth.vault.models import Subject

CLIENTS = """ID,First name,Surname,DOB,Email,Phone,Address,Postcode
1,Sentinel,Quill,03/05/1984,quill@post.example,07700 900123,,
2,Petroc,Vane,1979-12-31,,,"4 Quarry Steps, Ludlow",SY8 9ZZ
"""


@pytest.fixture
def clinic(db: None, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setattr("troth.cli.main.prepare_stores", lambda: None)
    publish_pack("wellness-clinic")
    return open_clinic(timezone.now() - timedelta(days=30))


def run(tmp_path: Path, kind: str, text: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """The command over a file of this text; gives what it said, with its exit code."""
    file = tmp_path / f"{kind}.csv"
    file.write_text(text, "utf-8")
    parser = argparse.ArgumentParser()
    bring_in.register(parser.add_subparsers())
    args = parser.parse_args(["bring-in", kind, str(file), "--system", "Larch", "--json", *more])
    code = args.func(args)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**told, "code": code}


def tell_all(clinic: Clinic) -> None:
    """As when the messages have left."""
    at = timezone.now()
    for row in Brought.objects.all():
        record_fact(row.subject_id, FactKind.NOTICE_TOLD, value="1", by=clinic.actor(clinic.manager, at), at=at)


def test_clients_come_in_once_and_are_told_before_anything_is_done_with_them(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = Subject.objects.count()
    dry = run(tmp_path, "clients", CLIENTS, capsys, "--dry-run")
    assert (dry["brought"], dry["changed"], dry["code"], Subject.objects.count()) == (2, False, 0, before)
    made = run(tmp_path, "clients", CLIENTS, capsys)
    assert (made["brought"], made["here_already"], made["code"]) == (2, 0, 0)
    again = run(tmp_path, "clients", CLIENTS + "3,Cass,Larkin,01/02/1990,cass@post.example,,,\n", capsys)
    assert (again["brought"], again["here_already"]) == (1, 2)
    assert Subject.objects.count() == before + 3
    # One is told by email and one by a letter; neither was told yet, so that nothing is booked for them.
    kinds = Message.objects.filter(kind="record_brought").values_list("channel", flat=True)
    assert sorted(kinds) == ["email", "email", "letter"]
    visits = (
        "ID,Client ID,Practitioner,Type,Date,Time,Duration,Status\n9,1,Orla Pettifer,Yoga,03/05/2024,9:00,30,DNA\n"
    )
    early = run(tmp_path, "visits", visits, capsys)
    assert early["code"] == 1 and "not told" in early["faults"][0]["words"] and not Appointment.objects.exists()
    # What came says where from, in the person's own copy too; and no log says anything of anybody.
    tell_all(clinic)
    subject = Brought.objects.get(mark=bringing.bringing.mark_of("LARCH ", "client", "1")).subject_id
    by = clinic.actor(subject, timezone.now())
    with processing(Purpose.RIGHTS, by=by, at=timezone.now()) as opened:
        things = {thing.kind: thing for thing in everything_about(subject, opened)}
        assert things["who you are"].source == things["how to reach you"].source == "The system that we used before"
        assert "Larch" in {field.value for field in things["where your record came from"].fields}
    assert not any(word in caplog.text for word in ("Quill", "quill@", "900123"))


def test_rows_that_cannot_be_are_named_by_line_and_nothing_is_half_done(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CLIENTS + (
        "3,Bad,Date,31/31/1984,a@post.example,,,\n"
        "4,No,Way,03/05/1984,,,,\n"
        "5,Bad,Mail,03/05/1985,nobody,,,\n"
        "6,Sentinel,Quill,03/05/1984,other@post.example,,,\n"
        "7,Twice,Said,03/05/1986,b@post.example,,,\n"
        "7,Twice,Also,03/05/1987,c@post.example,,,\n"
        "8,Maureen,Oddie,{},d@post.example,,,\n"
        "9,Long,{},03/05/1986,e@post.example,,,\n"
        "10,4242 4242,4242 4242,03/05/1986,f@post.example,,,\n"
    )
    with processing(Purpose.RIGHTS, by=clinic.actor(clinic.ann, timezone.now()), at=timezone.now()):
        ann = Identity.objects.get(subject_id=clinic.ann)
        assert ann.born_on is not None
        wrong = wrong.format(f"{ann.born_on:%d/%m/%Y}", "x" * 101)
    told = run(tmp_path, "clients", wrong, capsys)
    assert told["code"] == 1 and not told["changed"] and not Brought.objects.exists()
    assert [(each["line"], each["words"].split()[0]) for each in told["faults"]] == [
        (4, "A"),
        (5, "It"),
        (6, "Enter"),
        (7, "Another"),
        (8, "Its"),
        (9, "Its"),
        (10, "A"),
        (11, "Its"),
        (12, "It"),  # the number of a card, half in each of two columns
    ]
    assert not any(word in json.dumps(told) for word in ("Oddie", "Quill", "4242"))
    rest = run(tmp_path, "clients", wrong, capsys, "--skip-faults", "--also-alike")
    # The number of a card comes to lie nowhere, and that row alone is not there.
    assert rest["brought"] == 4 and "card" in rest["faults"][-1]["words"]
    assert Brought.objects.count() == 4
    assert LedgerEvent.objects.filter(event="people:record_brought").count() == 4


def test_visits_that_are_ahead_are_booked_and_those_that_were_are_written_down(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "clients", CLIENTS, capsys)
    tell_all(clinic)
    on = timezone.localdate() + timedelta(days=8 - timezone.localdate().weekday())
    head = "Ref;Client ID;Practitioner;Type;Date;Time;Duration;Status;Notes\n"
    rows = (
        f"a;1;Orla Pettifer;sentinel-short;{on:%d/%m/%Y};10:00;30;Confirmed;by the lift\n"
        "b;1;orla pettifer;Old treatment;03/05/2024;9:15;40;Attended;\n"
        f"c;2;Orla Pettifer;sentinel-short;{on:%d/%m/%Y};10:15;30;Booked;\n"
        "d;2;Nobody Here;sentinel-short;03/05/2024;9:15;30;DNA;\n"
        "e;3;Orla Pettifer;sentinel-short;03/05/2024;9:15;30;DNA;\n"
        "f;1;Orla Pettifer;sentinel-short;03/05/2024;9:15;30;Booked;\n"
        "g;1;Orla Pettifer;sentinel-short;31/03/2024;1:30;30;DNA;\n"
        "h;1;Orla Pettifer;sentinel-short;03/05/2024;9:15;30;Perhaps;\n"
    )
    told = run(tmp_path, "visits", head + rows, capsys, "--skip-faults")
    assert told["brought"] == 2
    words = {each["line"]: each["words"] for each in told["faults"]}
    assert list(words) == [5, 6, 7, 8, 9, 4] and "taken" in words[4] and "clients first" in words[6]
    ahead, past = Appointment.objects.order_by("-starts_at")
    assert (ahead.state, ahead.how, past.state) == ("booked", "before", "completed")
    assert (past.ends_at - past.starts_at) == timedelta(minutes=40)
    assert not Message.objects.filter(kind="visit_booked").exists()
    again = run(tmp_path, "visits", head + rows, capsys, "--skip-faults")
    assert (again["brought"], again["here_already"], Appointment.objects.count()) == (0, 2, 2)
    # What was brought in is a visit like any other.
    diary.cancel(ahead.pk, by=clinic.actor(ahead.subject_id, timezone.now()), at=timezone.now())


def test_a_dry_run_says_what_a_run_would_refuse_and_odd_figures_are_faults(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "clients", CLIENTS, capsys)
    tell_all(clinic)
    on = timezone.localdate() + timedelta(days=8 - timezone.localdate().weekday())
    head = "Ref;Client ID;Practitioner;Type;Date;Time;Duration;Status\n"
    rows = (
        f"a;1;Orla Pettifer;Gone;{on:%d/%m/%Y};10:00;30;Booked\n"
        f"b;1;Orla Pettifer;sentinel-short;{on:%d/%m/%Y};11:00;45;Booked\n"
        "c;1;Orla Pettifer;sentinel-short;31/12/9999;23:30;30;Booked\n"
        "d;1;Orla Pettifer;sentinel-short;03/05/1824;9:15;30;DNA\n"
        f"e;1;Orla Pettifer;sentinel-short;03/05/2024;9:15;0030{'9' * 20};DNA\n"
        "f;1;Orla Pettifer;sentinel-short;03/05/2024;9:15;0030;DNA\n"
        "g;1;Orla Pettifer;sentinel-short;27/10/2024;1:30;30;DNA\n"
    )
    told = run(tmp_path, "visits", head + rows, capsys, "--dry-run")
    said = {each["line"]: each["words"] for each in told["faults"]}
    assert list(said) == [2, 3, 4, 5, 6, 8] and told["brought"] == 1
    assert "offered" in said[2] and "lasts otherwise" in said[3] and "year" in said[4] and "year" in said[5]
    assert "480" in said[6] and "came twice on its day" in said[8]
    monkeypatch.setattr("troth.people.selectors.holds_nhs_numbers", lambda at: False)
    one = "ID,First name,Surname,DOB,Email,NHS number\n8,Cass,Larkin,01/02/1990,cass@post.example,999 000 0018\n"
    told = run(tmp_path, "clients", one, capsys, "--dry-run")
    assert told["brought"] == 0 and "NHS numbers" in told["faults"][0]["words"]


def test_a_visit_ahead_holds_its_practitioner_before_its_person_as_every_booking_does(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "clients", CLIENTS, capsys)
    tell_all(clinic)
    on = timezone.localdate() + timedelta(days=8 - timezone.localdate().weekday())
    text = "Ref,Client ID,Practitioner,Type,Date,Time,Duration,Status\n"
    text += f"a,1,Orla Pettifer,sentinel-short,{on:%d/%m/%Y},10:00,30,Booked\n"
    with CaptureQueriesContext(connection) as seen:
        assert run(tmp_path, "visits", text, capsys)["brought"] == 1
    held = [each["sql"] for each in seen if each["sql"].startswith("SELECT")]
    # The person's own row is held by the booking alone, at its place: after the practitioner's and the rooms'.
    assert any('FROM "diary_practitioner"' in sql for sql in held)
    assert not any('FROM "vault_subject"' in sql and '"id" IN' in sql and "ORDER" in sql for sql in held)


def test_a_run_that_is_stopped_in_a_row_is_begun_again_and_goes_on(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, writes = Subject.objects.count(), 0
    tell = bringing.tell

    def stop_at_the_second(*args: Any, **named: Any) -> None:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise KeyboardInterrupt
        tell(*args, **named)

    monkeypatch.setattr(bringing, "tell", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "clients", CLIENTS, capsys)
    # The first stands; of the second, which was written but for its message, nothing does.
    assert (Brought.objects.count(), Subject.objects.count()) == (1, before + 1)
    made = run(tmp_path, "clients", CLIENTS, capsys)
    assert (made["brought"], made["here_already"], made["faults"]) == (1, 1, [])
    assert (Brought.objects.count(), Subject.objects.count()) == (2, before + 2)
    assert Message.objects.filter(kind="record_brought").count() == 2


def test_notes_lie_among_the_files_and_wait_to_be_released(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "clients", CLIENTS, capsys)
    tell_all(clinic)
    text = "ID,Patient ID,Date,Title,Author,Text\n1,1,03/05/2024,Review,Dr Moss,sentinel-words\n"
    text += "2,1,03/05/1824,Review,Dr Moss,sentinel-words\n"
    told = run(tmp_path, "notes", text, capsys, "--skip-faults")
    assert told["brought"] == 1 and [each["line"] for each in told["faults"]] == [3]
    row = DocumentReference.objects.get()
    assert row.release == "held" and row.recorded_by == "service:bring-in"
    assert run(tmp_path, "notes", text, capsys, "--skip-faults")["here_already"] == 1
    assert DocumentReference.objects.count() == 1


def test_where_the_notice_lets_no_service_register_people_nothing_is_brought_in(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("troth.cli.main.prepare_stores", lambda: None)
    with pytest.raises(Stopped, match="No notice is in force"):
        run(tmp_path, "clients", CLIENTS, capsys)
    publish_pack("medico-legal")
    with pytest.raises(Stopped, match="names no column of ours"):
        run(tmp_path, "clients", CLIENTS, capsys, "--column", "shoe=Size")
    told = run(tmp_path, "clients", CLIENTS, capsys)
    assert told["brought"] == 0 and len(told["faults"]) == 2 and "privacy notice" in told["faults"][0]["words"]
    assert not Subject.objects.exists()


def test_a_visit_that_another_run_booked_a_moment_before_is_here_already(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "clients", CLIENTS, capsys)
    tell_all(clinic)
    on = timezone.localdate() + timedelta(days=8 - timezone.localdate().weekday())
    rows = (
        "Ref;Client ID;Practitioner;Type;Date;Time;Duration;Status\n"
        f"a;1;Orla Pettifer;sentinel-short;{on:%d/%m/%Y};10:00;30;Confirmed\n"
    )

    def overtaken(*_: Any, **__: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr("troth.diary.services.bringing.book", overtaken)
    told = run(tmp_path, "visits", rows, capsys)
    assert (told["brought"], told["here_already"], told["faults"]) == (0, 1, [])
