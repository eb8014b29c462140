"""
The first path: a record is opened for a purpose, refused to another, seen by its patient, taken as a copy, and erased.

Each story stands for a promise, named in its mark, and begins from the same made clinic.
"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import PASSWORD, STAFF_MAIL, Visitor

PATIENT, PATIENT_MAIL = "Gethin Bhatt", "gethin.bhatt@post.example"
PRESCRIBER, SUPPORT, FINANCE = (STAFF_MAIL.format(role) for role in ("prescriber", "patient-support", "finance"))
# What only those who treat the patient may read.
HEALTH = ("Hair loss in men", "Penicillin", "Hives", "Salbutamol", "Asthma", "Answers read with care", "61.4")


def open_card(prescriber: Visitor) -> str:
    """From the prescriber's Today to the card of the patient; gives its address."""
    prescriber.page.get_by_role("link", name=PATIENT).click()
    expect(prescriber.page.get_by_role("heading", level=1)).to_have_text(PATIENT)
    return urlsplit(prescriber.page.url).path


@pytest.mark.story("a record is opened by a clinician, for a purpose that stands on the page")
def test_prescriber_reads_the_card_for_a_stated_purpose(clinic: str, new_visitor: NewVisitor) -> None:
    # Given a prescriber to whom a request was assigned
    prescriber = new_visitor(clinic, signed_in_as=PRESCRIBER)
    # When she opens the card of who asked
    open_card(prescriber)
    # Then she reads what treats them
    said = prescriber.text()
    assert [word for word in HEALTH if word not in said] == []
    # and the page says what it is open for, because of what, and until when each part is kept
    assert "deciding whether treatment is safe, and prescribing, because of a request assigned to you" in said
    assert said.count("Why you see this") >= 5
    assert "Kept until" in said


@pytest.mark.story("what a role does not need stays closed, and is nowhere in the page")
def test_support_is_refused_the_health_record_and_finance_the_card(clinic: str, new_visitor: NewVisitor) -> None:
    # Given the address of a card that a prescriber works on
    card = open_card(new_visitor(clinic, signed_in_as=PRESCRIBER))
    # When patient support opens it
    support = new_visitor(clinic, signed_in_as=SUPPORT)
    answer = support.go(card)
    # Then it shows who the person is and how to reach them
    assert answer.status == 200
    assert PATIENT in support.text()
    assert PATIENT_MAIL in support.text()
    # and of their health only that it is refused, at which check and by which row of the notice
    assert "Your role may not open this kind of information" in support.text()
    assert "stopped here" in support.text()
    assert "Notice 2, row" in support.text()
    body = answer.text()
    assert [word for word in HEALTH if word in body] == []
    # When someone of finance opens it
    finance = new_visitor(clinic, signed_in_as=FINANCE)
    answer = finance.go(card)
    # Then the whole page is refused, without so much as the name
    assert answer.status == 403
    assert [word for word in (*HEALTH, PATIENT, PATIENT_MAIL) if word in answer.text()] == []


@pytest.mark.story("people see who looked at their record, what for, and who was refused")
def test_patient_sees_who_looked_and_who_was_refused(clinic: str, new_visitor: NewVisitor) -> None:
    # Given a prescriber who looked and two who were refused
    card = open_card(new_visitor(clinic, signed_in_as=PRESCRIBER))
    for role in (SUPPORT, FINANCE):
        new_visitor(clinic, signed_in_as=role).go(card)
    # When the patient signs in and asks who looked
    patient = new_visitor(clinic, signed_in_as=PATIENT_MAIL)
    patient.go("/my-data/history/")
    expect(patient.page.get_by_role("heading", level=1)).to_have_text("Who has looked, and what was done")
    # Then the look stands there, with what was opened and why
    lines = [" ".join(line.split()) for line in patient.page.locator("tbody tr").all_inner_texts()]
    looked = [
        line for line in lines if "Dr Ewa Lisle" in line and "Opened the record" in line and "your health" in line
    ]
    assert any("your request was passed to them" in line for line in looked), lines
    # and each refusal, with who was refused
    for name in ("Kit Adlington", "Pauline Osei"):
        assert any(name in line and "refused" in line.lower() for line in lines), (name, lines)
    # and the page has checked that the list is whole
    assert "it holds" in patient.text()


@pytest.mark.story("people take a copy of everything, and check it without the clinic")
def test_patient_takes_a_copy_that_checks_offline(clinic: str, new_visitor: NewVisitor, tmp_path: Path) -> None:
    # Given a patient at their data
    patient = new_visitor(clinic, signed_in_as=PATIENT_MAIL)
    patient.go("/my-data/")
    # When they download a copy
    with patient.page.expect_download() as coming:
        patient.page.get_by_role("button", name="Download a copy").first.click()
    coming.value.save_as(tmp_path / "copy.zip")
    # Then it is a whole archive with what is held about them
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "copy")
    everything = "".join(
        path.read_text(errors="replace") for path in (tmp_path / "copy").rglob("*") if path.is_file()
    )
    assert [
        word for word in ("Hair loss in men", "Penicillin", PATIENT_MAIL, "Thimble Hill") if word not in everything
    ] == []
    # and the small program inside it says, away from the clinic, that the list of who looked is whole
    checked = _check_offline(tmp_path / "copy")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    # When one event is altered, it says so
    looked = tmp_path / "copy" / "who-looked.json"
    looked.write_text(looked.read_text().replace("a request assigned to you", "a request assigned to me", 1))
    assert _check_offline(tmp_path / "copy").returncode == 1


def _check_offline(folder: Path) -> "subprocess.CompletedProcess[str]":
    """In a process without Troth on its path."""
    return subprocess.run(
        [sys.executable, "-P", "check_export.py", "who-looked.json"],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.story("people have something erased, knowing beforehand, and get a certificate with both moments")
def test_patient_erases_and_gets_a_certificate(private_clinic: str, new_visitor: NewVisitor) -> None:
    # Given a patient who asks what an erasure would do
    patient = new_visitor(private_clinic, signed_in_as=PATIENT_MAIL)
    patient.go("/my-data/erase/")
    # Then it says what goes, what stays, until when and by which law, and that nothing went yet
    said = patient.text()
    assert "Nothing has been erased yet" in said
    assert "How to reach you" in said.partition("What must stay, and why")[0]
    assert "Your health" in said.partition("What must stay, and why")[2]
    assert "Stays until" in said
    assert "17(3)(c)" in said
    # When they agree with a wrong password
    patient.page.get_by_label("Keep it").check()
    patient.page.get_by_label("Your password").fill("not my password")
    patient.page.get_by_role("button", name="Erase for ever").click()
    # Then nothing happens
    expect(patient.page.locator(".error-summary")).to_contain_text("That isn’t your password.")
    # When they agree with their own
    patient.page.get_by_label("Keep it").check()
    patient.page.get_by_label("Your password").fill(PASSWORD)
    patient.page.get_by_role("button", name="Erase for ever").click()
    # Then a certificate says when it went from the live system, and by when from every backup
    expect(patient.page.get_by_role("heading", level=1)).to_have_text("What was erased")
    said = patient.text()
    assert "From everything we work with" in said
    assert "From every backup" in said
    assert "By " in said.partition("From every backup")[2][:30]
    assert "master key 1" in said
    # and what stayed
    assert "Your health" in said.partition("What stayed, and until when")[2]
    # When they look at what is held now, it is not there (an invoice has its address still, which tax law keeps)
    patient.go("/my-data/kind/contact/")
    assert "Thimble Hill" not in patient.text()
    # and the certificate can be taken as a file
    patient.go("/my-data/erase/")
    patient.page.get_by_role("heading", name="What was erased before").wait_for()
    patient.page.locator("a[href*='/my-data/certificate/']").first.click()
    with patient.page.expect_download() as coming:
        patient.page.get_by_role("link", name="Download the certificate").click()
    content = json.loads(Path(coming.value.path()).read_text())
    assert content["gone_from_live_at"] < content["gone_from_backups_by"]


@pytest.mark.story("a stranger registers and signs in without a mouse")
def test_stranger_registers_with_the_keyboard_alone(clinic: str, new_visitor: NewVisitor) -> None:
    # Given a stranger at the form, who has only a keyboard
    stranger = new_visitor(clinic)
    stranger.go("/register/")
    keyboard = stranger.page.keyboard
    typed = {
        "given_name": "Tegan", "family_name": "O’Hare", "born_on_day": "3", "born_on_month": "5", "born_on_year": "1984",
        "email": "tegan.ohare@post.example", "telephone": "07700 900412", "address": "4 Kiln Street, Ludlow", "postcode": "SY8 1CK",
    }  # fmt: skip
    for name, value in typed.items():
        stranger.tab_to(f"[name={name}]")
        keyboard.type(value)
    # When they send it with a password that is too short
    stranger.tab_to("[name=password]")
    keyboard.type("short")
    stranger.tab_to("main button[type=submit]")
    keyboard.press("Enter")
    # Then the mistake is said at the top, where the focus is, and leads to its field
    summary = stranger.page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert summary.locator("a").count() == 1
    # and what was typed is still there, but for the password
    for name, value in typed.items():
        assert stranger.page.input_value(f"[name={name}]") == value
    assert stranger.page.input_value("[name=password]") == ""
    # When they follow it, mend it and send again
    stranger.tab_to(".error-summary a")
    keyboard.press("Enter")
    expect(stranger.page.locator("[name=password]")).to_be_focused()
    keyboard.type("walnut-harbour-kite")
    stranger.tab_to("main button[type=submit]")
    keyboard.press("Enter")
    # Then what comes next is said: a letter with a link (test_joining.py follows it)
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("confirm your address")


@pytest.mark.story("everything works where no script runs")
def test_without_scripts_staff_find_and_read_and_the_patient_sees_it(clinic: str, new_visitor: NewVisitor) -> None:
    # Given a prescriber whose browser runs no scripts
    prescriber = new_visitor(clinic, signed_in_as=PRESCRIBER, scripts=False)
    # When she looks for the patient in the band at the top, and says why
    prescriber.page.fill("#find", "Bha")
    prescriber.page.press("#find", "Enter")
    prescriber.page.get_by_label("They are on the telephone").check()
    prescriber.page.get_by_role("button", name="Find", exact=True).click()
    # Then she finds them, and opens their card
    found = prescriber.page.get_by_role("link", name=PATIENT)
    expect(found).to_be_visible()
    found.click()
    assert "Hair loss in men" in prescriber.text()
    # And the patient, without scripts too, sees that she looked
    patient = new_visitor(clinic, signed_in_as=PATIENT_MAIL, scripts=False)
    patient.go("/my-data/history/")
    assert "Dr Ewa Lisle" in patient.text()
    with patient.page.expect_download() as coming:
        patient.page.get_by_role("button", name="Download a copy").click()
    assert zipfile.is_zipfile(coming.value.path())
