"""The whole way of a request: answered on a phone, asked about, prescribed, checked by another, sent, received; and refused."""

import re
import struct
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import STAFF_MAIL, Visitor

PATIENT_MAIL = "kwame.hopkin@post.example"
PRESCRIBER, SUPPORT, PHARMACIST = (
    STAFF_MAIL.format(role) for role in ("prescriber", "patient-support", "pharmacist")
)


def picture(folder: Path) -> str:
    """A small grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([180] * 8)) * 8
    file = folder / "me.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return str(file)


def choose(visitor: Visitor, question: str, answer: str) -> None:
    visitor.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def go_on(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name="Save and go on", exact=True).click()


def answer_hair_loss(patient: Visitor, folder: Path) -> None:
    """Every page of the questionnaire, by its labels."""
    patient.go("/treatments/hair-loss/")
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="Answer the questions").click()
    choose(patient, "Were you born female or male?", "Male")
    choose(patient, "Where is your hair thinner?", "At the crown")
    choose(patient, "How did it begin?", "Slowly, over years")
    choose(patient, "Is the scalp red", "No")
    for label in ("A picture of the top of your head", "A picture of your hairline"):
        patient.page.get_by_label(label).set_input_files(picture(folder))
    go_on(patient)
    choose(patient, "Do you have, or have you had", "None of these")
    for question in (
        "Have you had depression",
        "Do you have trouble with erections",
        "Is your partner",
        "Will you have",
    ):
        choose(patient, question, "No")
    choose(patient, "Do you know that finasteride", "Yes")
    go_on(patient)
    choose(patient, "Do you take any medicines", "No")
    go_on(patient)
    choose(patient, "Has a medicine ever", "No")
    go_on(patient)
    choose(patient, "Have you answered for yourself", "Yes")
    go_on(patient)


@pytest.mark.story(
    "a medicine is prescribed by a person who read, checked by a second one, and followed to its receipt"
)
def test_a_request_is_answered_asked_about_prescribed_and_received(
    private_clinic: str, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    # Given a patient who answers on a phone and sends it
    patient = new_visitor(private_clinic, signed_in_as=PATIENT_MAIL)
    patient.page.set_viewport_size({"width": 390, "height": 844})
    answer_hair_loss(patient, tmp_path)
    assert "Check your answers" in patient.text()
    with patient.page.expect_navigation():
        patient.page.get_by_role(
            "button", name=re.compile("Send it to a prescriber|Ask a prescriber to look")
        ).click()
    # and pays for it, which holds the money and takes none
    assert "We hold the amount on your card first" in patient.text()
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="Pay as if the bank agreed").click()
    assert "Nothing has been taken." in patient.text()
    with patient.page.expect_navigation():
        patient.page.get_by_role("link", name="Back to your request").click()
    request = urlsplit(patient.page.url).path
    # whose GP may not be told
    patient.go("/requests/gp/")
    choose(patient, "May we tell your GP", "No")
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="Save the choice").click()
    # When support passes it on, without reading it
    number = request.strip("/").split("/")[-1]
    support = new_visitor(private_clinic, signed_in_as=SUPPORT)
    support.go(f"/desk/requests/{number}/pass-on/")
    support.page.get_by_label(re.compile("^Dr ")).first.check()
    with support.page.expect_navigation():
        support.page.get_by_role("button", name="Pass it on").click()
    # and the prescriber asks something first
    doctor = new_visitor(private_clinic, signed_in_as=PRESCRIBER)
    review = f"/desk/requests/{number}/decide/"
    doctor.go(review)
    doctor.page.get_by_label("What do you ask?").fill("Since when is it thinner?")
    with doctor.page.expect_navigation():
        doctor.page.get_by_role("button", name="Send the question").click()
    patient.go(request)
    assert "Since when is it thinner?" in patient.text()
    patient.page.get_by_label("What do you want to say?").fill("For about two years.")
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="Send your answer").click()
    # Then nothing is prescribed before somebody made sure who it is
    doctor.go(review)
    assert "For about two years." in doctor.text() and "Nobody has made sure who they are yet." in doctor.text()
    choose(doctor, "What did you check?", "Who they are")
    choose(doctor, "How?", "By a video call")
    choose(doctor, "What did it come to?", "Verified")
    doctor.page.get_by_label("The evidence").fill("Face and passport agree.")
    with doctor.page.expect_navigation():
        doctor.page.get_by_role("button", name="Record the check").click()
    # nor without a written reason where the GP is not told
    doctor.page.get_by_label("What do you tell them?").first.fill("Begin tomorrow.")
    with doctor.page.expect_navigation():
        doctor.page.get_by_role("button", name="Prescribe and sign").click()
    assert "Write the reason, in a sentence" in doctor.text()
    for box in doctor.page.get_by_label(re.compile("Write why")).all():
        box.fill("Low risk, and they know what to watch for.")
    with doctor.page.expect_navigation():
        doctor.page.get_by_role("button", name="Prescribe and sign").click()
    # which takes the money, within seconds,
    for _ in range(60):
        patient.go(request)
        if "Paid" in patient.text():
            break
        patient.page.wait_for_timeout(500)
    assert "Paid" in patient.text()
    # and it leaves only when the pharmacist has checked it
    pharmacist = new_visitor(private_clinic, signed_in_as=PHARMACIST)
    pharmacist.go("/desk/supplies/")
    pharmacist.page.locator("main table a").last.click()
    assert "Finasteride 1 mg" in pharmacist.text()
    pharmacist.page.get_by_label("What do you write?").first.fill("Compared; nothing stands against it.")
    with pharmacist.page.expect_navigation():
        pharmacist.page.get_by_role("button", name="Release it").click()
    pharmacist.page.get_by_label("By which number").fill("TF-7714-20")
    with pharmacist.page.expect_navigation():
        pharmacist.page.get_by_role("button", name="Record that it left").click()
    patient.go(request)
    assert "TF-7714-20" in patient.text()
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="I have received it").click()
    expect(patient.page.get_by_text("Delivered").first).to_be_visible()
    # A second request comes too early: a rule says so, and a person may look all the same.
    answer_hair_loss(patient, tmp_path)
    assert "You had your last supply on" in patient.text()
    with patient.page.expect_navigation():
        patient.page.get_by_role("button", name="Leave it").click()
    assert "What can we help with?" in patient.text()
