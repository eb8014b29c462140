"""
Planted everywhere, found nowhere: in files, databases, servers' logs, backups, mail, temporary folders and logs.

One long day at a clinic, then the hunt; beside it short tests that put the same scanner in front of a deployment that does
leak, where it must find what leaked. A yes or no is planted and cannot be hunted (`tests/hunt/needles.py`).
"""

import io
import json
import logging
import zipfile
from collections.abc import Iterable
from typing import Any

import psycopg
import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from tests.hunt import needles
from tests.hunt.clinic import UPLOAD, Clinic, register
from tests.hunt.conftest import Machine
from tests.hunt.places import hunt_everywhere, hunt_folders, server_folder, server_logs
from tests.hunt.planting import Planter, Words
from tests.hunt.scanner import Finding, Scanner
from troth.copies import backup, drilling
from troth.gate.contexts import processing
from troth.ledger.sealing import seal
from troth.notice.purposes import Action, Purpose
from troth.records import services as records
from troth.rights import selectors as rights_reads
from troth.rights import services as rights
from troth.vault import fields, files, search
from troth.vault.files import StoredFile
from troth.vault.models import all_holdings
from troth.work import queue, reporting


def told(found: Iterable[Finding]) -> str:
    return "\n".join(sorted({str(each) for each in found}))


def taken_away(person: Any) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """What a person's copy holds: its rows as machines read them, and every member of the ZIP by its name."""
    with processing(Purpose.RIGHTS, Action.EXPORT, by=person, at=timezone.now()) as opened:
        copy = rights_reads.make_copy(person.id, opened, at=timezone.now(), reviewed=True)
    with zipfile.ZipFile(io.BytesIO(b"".join(copy.pieces()))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(members["my-data.json"])["held"], members


def assert_complete(planter: Planter) -> None:
    """The copy gives back every value of every field, and every file with its name and its content."""
    held, members = taken_away(planter.person)
    fields = {(row["type"], field["name"]): field for row in held for field in row["fields"]}
    stored = {row["type"]: row["files"] for row in held}
    labels = {model._meta.label: model for model in all_holdings()}
    for (label, name), value in planter.values.items():
        model = labels[label]
        rows = model._base_manager.filter(subject_id=planter.subject)
        if getattr(model, "uncounted", False) and not rows.filter(model.may_be_read(timezone.now())).exists():  # type: ignore[attr-defined]
            assert (model._meta.label_lower, name) not in fields  # what its person may not read
        elif name in getattr(model, "not_copied", {}):
            assert fields[model._meta.label_lower, name]["left_out"]
        elif isinstance(value, StoredFile):
            file = stored[model._meta.label_lower][0]
            assert (file["name"], file["media_type"], file["size"]) == (value.name, value.media_type, value.size)
            assert members[file["path"]] == planter.contents[label, name]
        else:
            assert fields[model._meta.label_lower, name]["value"] == rights_reads.holdings.as_json(value), (
                label,
                name,
            )


def assert_opens(planter: Planter) -> None:
    """In a context of export every field gives back what was sealed in it."""
    labels = {model._meta.label: model for model in all_holdings()}
    with processing(Purpose.RIGHTS, Action.EXPORT, by=planter.person, at=timezone.now()):
        for (label, name), value in planter.values.items():
            opened = getattr(labels[label]._base_manager.get(subject_id=planter.subject), name)
            assert opened == value, (label, name)
            if isinstance(opened, StoredFile):
                assert b"".join(opened.read()) == planter.contents[label, name]


def test_nothing_planted_is_anywhere_and_the_persons_copy_has_it_all(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[object],
    settings: Any,
) -> None:
    settings.ADMINS = [("Officer", "officer@clinic.example")]
    clinic = Clinic()
    bea, cleo = (Planter(register(words), words) for words in (Words("Bea"), Words("Cleo")))
    scanner = Scanner([*clinic.needles, *bea.needles, *cleo.needles], since=machine.since)

    clinic.register_in_a_browser()
    clinic.ask_for_what_is_not_there()
    clinic.treat()
    typed = (f"{clinic.words.given} {clinic.words.family} {clinic.words.nhs}\n" * (UPLOAD // 30)).encode()
    in_flight: list[Finding] = []
    add_file = records.add_file

    def looked_at(*arguments: Any, **named: Any) -> object:
        """The upload has arrived and its request has not ended: what is spooled is there now and gone afterwards."""
        in_flight.extend(hunt_folders(scanner, machine.home, machine.folders))
        return add_file(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(records, "add_file", looked_at)
        assert clinic.upload(typed) == 302
    assert scanner.searched.files
    clinic.search()
    bea.plant(at=timezone.now())
    cleo.plant(at=timezone.now())
    clinic.refuse(bea.subject, monkeypatch)
    broken = clinic.break_views(monkeypatch)
    assert clinic.break_jobs() == 2 * broken
    backup.create_backup(at=timezone.now())
    assert drilling.drill(at=timezone.now()).holds
    asked = rights.ask_erasure(cleo.subject, by=cleo.person, at=timezone.now(), words=f"Forget {cleo.words.given}")
    rights.carry_out_erasure(asked, by=clinic.staff["privacy_officer"], at=timezone.now(), everything=True)
    backup.create_backup(at=timezone.now())

    assert_opens(bea)
    assert_complete(bea)
    held, members = taken_away(clinic.ann)
    document = json.dumps(held, ensure_ascii=False)
    for word in ("given", "family", "email", "telephone", "title", "key", "nhs"):
        assert getattr(clinic.words, word) in document, word
    assert clinic.born.isoformat() in document
    assert typed in members.values()
    seal()

    whole = Scanner([*clinic.needles, *bea.needles, *cleo.needles], since=machine.since)
    found = hunt_everywhere(whole, machine.home, streams=[machine.stream], machine=machine.folders)
    assert not in_flight, told(in_flight)
    assert not found, told(found)
    assert not machine.written
    kinds = [type(field) for model in all_holdings() for field in model.sealed_fields()]
    assert len(bea.unhuntable) == kinds.count(fields.SealedBoolean)
    # It looked: at the log with every fault in it, at the stored file, at both backups, at the rows.
    assert machine.stream.read_text().count('"failure"') >= 2 * broken
    assert whole.searched.files > 10 and whole.searched.cells > 1_000 and whole.searched.bytes > 3 * UPLOAD


def test_every_kind_of_sentinel_is_found_where_it_lies_open(machine: Machine) -> None:
    """The planted values in the clear, put where they may not be: each needle of the great hunt finds its own."""
    words = Words("Dan")
    planter = Planter(register(words), words).plant(at=timezone.now())
    scanner = Scanner(planter.needles)
    values = {
        f"{label}.{name}": value
        for (label, name), value in planter.values.items()
        if not isinstance(value, bool | StoredFile)
    }
    for place, value in values.items():
        # As a column of its own type would give it back, and as the words of a document.
        assert scanner.scan_cell(place, value), place
        assert scanner.scan_cell(place, {"value": str(value) if not isinstance(value, dict | list) else value}), place
    for (label, name), content in planter.contents.items():
        stored = planter.values[label, name]
        assert scanner.scan_bytes("a file", content) and scanner.scan_cell("its name", stored.name)
        assert scanner.scan_cell("its type", stored.media_type)


@pytest.mark.parametrize("handler", [None, TemporaryFileUploadHandler])
def test_upload_is_in_the_clear_in_no_folder_while_it_arrives(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    handler: type | None,
) -> None:
    """With Django's own handler the very same look finds the upload in the temporary folder."""
    clinic = Clinic()
    clinic.register_in_a_browser()
    clinic.treat()
    scanner = Scanner(clinic.needles, since=machine.since)
    if handler is not None:
        settings.FILE_UPLOAD_HANDLERS = [f"{handler.__module__}.{handler.__name__}"]
    found: list[Finding] = []

    def looked_at(*_: object, **__: object) -> None:
        found.extend(hunt_folders(scanner, machine.home, machine.folders))
        raise RuntimeError

    monkeypatch.setattr(records, "add_file", looked_at)
    content = f"{clinic.words.given} {clinic.words.nhs}\n".encode() * (UPLOAD // 20)
    assert clinic.upload(content) == 500
    if handler is None:
        assert not found, told(found)
        assert not machine.written
    else:
        places = {each.place for each in found if "given name" in each.needle}
        assert places and places <= set(machine.written)
        assert all(place.startswith(str(machine.folders[1])) for place in places)


def leaves_out_the_seal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fields, "seal", lambda cipher, content, bound_to: b"\1" + (content or b""))


def indexes_five_letters_in_the_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(search, "LETTERS", 5)
    patch.setattr(search, "_token", lambda space, text: text.encode()[:16])


def logs_messages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reporting.PlaceOnly, "format", logging.Formatter.format)


def keeps_what_an_exception_said(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queue, "kind_of", repr)


def forgets_to_seal_a_file(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(files.SealingWriter, "_seal", lambda writer, content, *, last: writer._file.write(content))


@pytest.mark.parametrize(
    ("leak", "where"),
    [
        (leaves_out_the_seal, ".people_contact"),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                (indexes_five_letters_in_the_open, ".vault_token"),
                (logs_messages, "log stderr.log"),
                (keeps_what_an_exception_said, ".work_job"),
                (forgets_to_seal_a_file, "/files/"),
            )
        ),
    ],
)
def test_deployment_that_leaks_is_caught(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, leak: Any, where: str
) -> None:
    """One protection at a time is taken away; the hunt finds what that lets out, and where."""
    clinic = Clinic()
    with monkeypatch.context() as patched:
        clinic.register_in_a_browser()
        clinic.treat()
        leak(patched)
        clinic.break_jobs()
        planter = Planter(clinic.ann, clinic.words).plant(at=timezone.now())
    scanner = Scanner(planter.needles, since=machine.since)
    found = hunt_everywhere(scanner, machine.home, streams=[machine.stream], machine=machine.folders)
    assert any(where in each.place.replace('"', "") for each in found), told(found)


# -- the server of the database ------------------------------------------------------------------------------------------
def new_log(size: int = 0) -> bytes:
    return b"".join(path.read_bytes()[size:] for path in server_logs(server_folder(connection)))


def fails(statement: str, value: str, *, using: Any = None) -> None:
    with pytest.raises((DatabaseError, psycopg.Error)):
        if using is not None:
            using.execute(statement, [value])
        else:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [value])


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO hunt_nowhere (words) VALUES (%s)",
        "INSERT INTO work_effect (key, done_at, words) VALUES (%s, now(), '')",
        "SELECT 1 / (length(%s) - length(key)) FROM (SELECT 'nine char' AS key) AS one",
    ],
)
def test_log_of_the_server_quotes_a_failing_statement_without_its_values(
    committed_db: object, statement: str
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    options: Any = connection.settings_dict["OPTIONS"]
    assert options["server_side_binding"] is True
    word = needles.coined()
    scanner = Scanner([needles.of_word("literal", word)])
    before = len(new_log())
    fails(statement, word)
    written = new_log(before)
    assert b"STATEMENT:" in written and b"$1" in written
    assert not scanner.scan_bytes("log", written), written
    # psycopg's default would have written the words themselves.
    parts = connection.get_connection_params()
    with psycopg.connect(
        host=parts["host"],
        port=parts["port"],
        user=parts["user"],
        dbname=parts["dbname"],
        cursor_factory=psycopg.ClientCursor,
    ) as careless:
        fails(statement, word, using=careless)
    assert scanner.scan_bytes("log", new_log(before))


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_server_is_told_to_log_no_values(committed_db: object, alias: str) -> None:
    if connections[alias].vendor != "postgresql":
        pytest.skip("SQLite has no server")
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('log_parameter_max_length_on_error', 'log_statement', "
            "'log_min_duration_statement')"
        )
        known = dict(cursor.fetchall())
    assert known == {
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
    }
