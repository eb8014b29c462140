"""A copy has every word of every holding, nothing of anyone else's, nothing that waits for a clinician, and nothing that runs."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps

from bench.specimens.models import Note
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.notice.purposes import Action, Purpose
from troth.rights import rules, selectors, services
from troth.rights.selectors import holdings
from troth.rights.tests.factories import LATER, Planter, make_officer, make_patient, write
from troth.vault.categories import Category

SOON = LATER + timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("notice_in_force")


def take(person, *, of=None, reviewed: bool = False) -> zipfile.ZipFile:
    subject = of or person.id
    with processing(Purpose.RIGHTS, Action.EXPORT, by=person, at=SOON) as opened:
        made = selectors.make_copy(subject, opened, at=SOON, reviewed=reviewed)
    return zipfile.ZipFile(io.BytesIO(b"".join(made.pieces())))


def all_of(archive: zipfile.ZipFile) -> str:
    return "\n".join(archive.read(name).decode("utf-8-sig", "replace") for name in archive.namelist())


def test_every_string_of_every_holding_is_in_the_copy_and_nobody_elses() -> None:
    ann, bob = make_patient(), make_patient(email="bob@oddie.example")
    planted = Planter(ann, "ann").plant()
    other = Planter(bob, "bob").plant()
    archive = take(ann, reviewed=True)
    files = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("files/"))
    data, page = archive.read("my-data.json").decode(), archive.read("my-data.html").decode()
    missing = [field for field, text in planted.planted.items() if text not in data + files]
    assert missing == []
    words = [text for text in planted.planted.values() if text.startswith("ann-")]
    assert len(words) > 10
    assert [text for text in planted.words_as_stored("ann-") if text not in page + files] == []
    assert [text for text in words if text not in archive.read("my-data.csv").decode("utf-8-sig") + files] == []
    everything = all_of(archive)
    assert "bob-" not in everything and other.person.id.hex not in everything
    assert planted.not_copied and not any(text in everything for text in planted.not_copied)


def test_a_page_says_in_words_what_machines_keep_as_codes_and_leaves_out_by_what_they_join_it() -> None:
    ann, officer = make_patient(), make_officer()
    note, invoice = apps.get_model("records", "ClinicalNote"), apps.get_model("billing", "Invoice")
    answers = {
        "key": "k",
        "version": 1,
        "title": "T",
        "answers": [{"question": "Where is it?", "answer": "On the hand"}],
    }
    written = note(subject_id=ann.id, author=officer.id, status="draft", heading="h", text="t", answers=answers)
    write(written, by=ann, at=LATER)
    owed = invoice(
        subject_id=ann.id, kind="invoice", state="open", number=7, issued_on=LATER.date(), due_on=LATER.date(), addressee="Ann",
        total=4550, vat=0, disposal_year=2027,
        lines=[["Blood test", 2, 2275, "exempt"]],
    )  # fmt: skip
    write(owed, by=ann, at=LATER)
    archive = take(ann, reviewed=True)
    page, data = archive.read("my-data.html").decode(), archive.read("my-data.json").decode()
    assert "Where is it?: On the hand" in page and "Blood test: 2 times £22.75, exempt" in page and "£45.50" in page
    assert "in pence" not in page and "4550" not in page and "4550" in data
    assert officer.id.hex not in page and str(officer.id) in data and "UTC" not in page
    assert not re.search(r"<dd>[0-9a-f]{32}</dd>", page)


def test_what_a_room_does_not_know_how_to_say_stands_as_it_is() -> None:
    row, known = SimpleNamespace(lines={"odd": "kept"}, _meta=SimpleNamespace(label_lower="billing.invoice")), {}
    assert holdings._said(row, "lines", row.lines, known) == "odd: kept"  # type: ignore[arg-type]


def test_what_a_clinician_has_not_released_is_listed_without_its_content() -> None:
    ann, officer = make_patient(), make_officer()
    note = apps.get_model("records", "ClinicalNote")
    written = note(subject_id=ann.id, author=officer.id, status="draft", heading="secret-heading", text="secret-text")
    write(written, by=ann, at=LATER)
    archive = take(ann)
    everything = all_of(archive)
    assert "secret-text" not in everything and "secret-heading" not in everything
    (listed,) = [
        each for each in json.loads(archive.read("my-data.json"))["held"] if each["type"] == "records.clinicalnote"
    ]
    assert listed["held_back"] and listed["fields"] == []
    assert "secret-text" in all_of(take(ann, reviewed=True))


@pytest.mark.parametrize(
    ("category", "release", "own", "given"),
    [
        (Category.HEALTH, "released", False, True),
        (Category.HEALTH, "held", True, False),
        (Category.HEALTH, "withheld", True, False),
        (Category.HEALTH, None, True, True),
        (Category.HEALTH, None, False, False),
        (Category.PHOTOGRAPH, None, False, False),
        (Category.CONTACT, None, False, True),
        (Category.FINANCIAL, "held", False, True),
    ],
)
def test_release(category: Category, release: str | None, own: bool, given: bool) -> None:
    assert rules.is_released(category, release=release, recorded_by_themself=own) is given


HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "a\"b',\r\nc",
    "</td>&lt;",
    "{{ 1|add:1 }}",
    "\u202eevil",
]


def test_hostile_text_runs_nowhere() -> None:
    ann = make_patient()
    for text in HOSTILE:
        write(Note(subject_id=ann.id, text=text, answers={text: [text]}), by=ann, at=LATER)
    archive = take(ann)
    page = archive.read("my-data.html").decode()
    assert not re.search(
        r"<script|javascript:|\son\w+=|<iframe|https?://(?!ico)",
        page.split("<section>")[1].split("Your rights")[0],
        re.I,
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 1|add:1 }}" in page
    held = json.loads(archive.read("my-data.json"))["held"]
    notes = [
        next(field["value"] for field in each["fields"] if field["name"] == "text")
        for each in held
        if each["type"] == "specimens.note"
    ]
    assert sorted(notes) == sorted(HOSTILE)
    cells = [
        cell
        for row in csv.reader(io.StringIO(archive.read("my-data.csv").decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]


def test_the_checker_in_the_copy_agrees_with_the_events_in_it(tmp_path) -> None:
    ann = make_patient()
    archive = take(ann)
    archive.extractall(tmp_path)
    said = subprocess.run(
        [sys.executable, "check_export.py", "who-looked.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "HOLDS" in said.stdout
    changed = (tmp_path / "who-looked.json").read_text().replace("people:registered", "people:signed_out")
    (tmp_path / "who-looked.json").write_text(changed)
    assert (
        subprocess.run(
            [sys.executable, "check_export.py", "who-looked.json"], cwd=tmp_path, capture_output=True, check=False
        ).returncode
        == 1
    )


def test_a_copy_is_recorded_and_only_for_its_owner_or_for_an_officer_with_a_request() -> None:
    from troth.law.rights import Right

    ann, bob, officer, support = (
        make_patient(),
        make_patient(email="bob@oddie.example"),
        make_officer(),
        make_officer("patient_support"),
    )
    for other in (bob, officer, support):
        with pytest.raises(Refused):
            take(other, of=ann.id)
        with pytest.raises(Refused):
            services.record_copy(ann.id, by=other, at=SOON, digest="0" * 64)
    services.open_case(ann.id, Right.ACCESS, by=ann, at=LATER)
    assert take(officer, of=ann.id).namelist()
    with pytest.raises(Refused):
        take(support, of=ann.id)
    services.record_copy(ann.id, by=ann, at=SOON, digest="0" * 64)
    assert LedgerEvent.objects.filter(event="rights:copy_taken", subject=ann.id.hex).count() == 1
    opened = LedgerEvent.objects.filter(
        event="gate:opened", subject=ann.id.hex, action="export", actor=officer.id.hex
    ).get()
    assert "identity" in opened.what and opened.reason == "a request about their data"
