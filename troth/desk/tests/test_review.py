"""The review and the supply on the pages: posted directly, from a stale tab, by somebody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.gate import actors
from troth.intake import services as intake
from troth.people.tests.factories import browser_of, make_patient, make_staff
from troth.prescribing import services
from troth.prescribing.models import GpState, MedicationRequest, Prescription, RequestMessage, RequestStatus
from troth.prescribing.tests.conftest import HAIR, PICTURES, PRACTICE
from troth.vault import files
from troth.vault.uploads import SealedUpload

PRESCRIBE = {
    "act": "prescribe",
    "prescribe-quantity": "84",
    "prescribe-directions": "One a day",
    "prescribe-indication": "Hair loss",
    "prescribe-words": "Begin tomorrow.",
}
VERIFY = {
    "act": "verify",
    "verify-matter": "identity",
    "verify-method": "video",
    "verify-result": "verified",
    "verify-note": "Seen by video",
}


def picture() -> SealedUpload:
    return SealedUpload(
        files.store([b"\xff\xd8\xff sentinel"], name="x.jpg", media_type="image/jpeg"), "image/jpeg", None
    )


@pytest.fixture
def asked(notice_in_force: None) -> dict[str, Any]:
    """A request for hair loss, sent and passed on, and everybody around it."""
    at = timezone.now() - timedelta(hours=1)
    patient = make_patient(at=at - timedelta(days=1))
    staff = {
        role: make_staff(role, at=at - timedelta(days=1))
        for role in ("prescriber", "pharmacist", "patient_support", "finance")
    }
    ann = actors.person(patient, at=at)
    response = intake.start_answers(patient, "hair-loss", by=ann, at=at)
    shots = {name: picture() for name in PICTURES["hair-loss"]}
    intake.save_answers(response, {**HAIR, **shots}, by=ann, at=at)
    services.choose_gp(patient, state=GpState.GIVEN, practice=PRACTICE, by=ann, at=at)
    request = services.send_request(response, asks_review=False, by=ann, at=at)
    support = actors.person(staff["patient_support"], at=at)
    services.assign_request(request, prescriber=staff["prescriber"], by=support, at=at)
    return {"request": request, "patient": patient, **staff}


@pytest.fixture
def browser() -> Callable[[UUID], Client]:
    return browser_of


def ticket_in(page: str) -> str:
    return page.split('name="review" value="')[1].split('"')[0]


def test_it_is_read_checked_prescribed_and_supplied(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    page = doctor.get(path).content.decode()
    assert "Nobody has made sure who they are yet." in page and "At the crown" in page
    early = doctor.post(path, {**PRESCRIBE, "review": ticket_in(page)})
    assert early.status_code == 422 and "Identity: Nobody has made sure" in early.content.decode()
    assert "Begin tomorrow." in early.content.decode()  # what was typed stays
    assert doctor.post(path, VERIFY).status_code == 302
    stale = doctor.post(path, {**PRESCRIBE, "review": ticket_in(page)})
    assert stale.status_code == 422 and "Something was added since" in stale.content.decode()
    fresh = doctor.get(path).content.decode()
    assert "Seen by video" in fresh
    assert doctor.post(path, {**PRESCRIBE, "review": ticket_in(fresh)}).status_code == 302
    supply = Prescription.objects.get()
    pharmacy, there = browser_of(asked["pharmacist"]), reverse("desk_supply", args=[supply.pk])
    assert reverse("desk_supply", args=[supply.pk]) in pharmacy.get(reverse("desk_supplies")).content.decode()
    shown = pharmacy.get(there).content.decode()
    assert "Finasteride 1 mg" in shown and "Faster than anybody reads it" in shown
    assert pharmacy.post(there, {"act": "release", "release-words": ""}).status_code == 422
    # Sending before the check is not offered; posted all the same it does nothing.
    pharmacy.post(there, {"act": "dispatch", "dispatch-tracking": "TN-4711"})
    assert Prescription.objects.get().status == "signed"
    assert pharmacy.post(there, {"act": "release", "release-words": "Compared"}).status_code == 302
    assert pharmacy.post(there, {"act": "dispatch", "dispatch-tracking": "TN-4711"}).status_code == 302
    paper = pharmacy.get(reverse("desk_prescription", args=[supply.pk]))
    assert paper.getvalue().startswith(b"%PDF")
    mine = browser_of(asked["patient"])
    shown = mine.get(reverse("my_request", args=[asked["request"]])).content.decode()
    assert "TN-4711" in shown and "Begin tomorrow." in shown and "Compared" not in shown
    assert mine.get(reverse("my_prescription", args=[supply.pk])).getvalue().startswith(b"%PDF")
    mine.post(reverse("my_request", args=[asked["request"]]), {"received": "yes"})
    assert Prescription.objects.get().status == "delivered"


def test_a_direct_post_without_the_page_decides_nothing(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    for review in ("", "made-up"):
        assert doctor.post(path, {**PRESCRIBE, "review": review}).status_code == 422
    assert not Prescription.objects.exists()


def test_nobody_else_reads_or_decides(asked: dict[str, Any]) -> None:
    path = reverse("desk_decide", args=[asked["request"]])
    colleague = make_staff("prescriber", email="c@clinic.example")
    for who in (colleague, asked["pharmacist"], asked["patient_support"], asked["finance"]):
        assert browser_of(who).get(path).status_code == 403
        assert browser_of(who).post(path, PRESCRIBE).status_code == 403
    stranger = make_patient(given_name="Petroc", email="petroc@vane.example")
    assert browser_of(stranger).get(reverse("my_request", args=[asked["request"]])).status_code == 403


def test_a_question_is_asked_and_answered_on_the_pages(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    assert doctor.post(path, {"act": "ask", "ask-words": ""}).status_code == 422
    assert doctor.post(path, {"act": "ask", "ask-words": "Since when?"}).status_code == 302
    mine, there = browser_of(asked["patient"]), reverse("my_request", args=[asked["request"]])
    page = mine.get(there).content.decode()
    assert "Since when?" in page and "goes on when you answer" in page
    assert mine.post(there, {"write": "yes", "words": ""}).status_code == 422
    assert mine.post(there, {"write": "yes", "words": "Two years."}).status_code == 302
    assert MedicationRequest.objects.get().status == RequestStatus.ASSIGNED
    assert RequestMessage.objects.count() == 2
    assert "Two years." in doctor.get(path).content.decode()


def test_the_gp_is_chosen_and_taken_back(asked: dict[str, Any]) -> None:
    mine, path = browser_of(asked["patient"]), reverse("my_gp")
    assert "Tanyard Surgery" in mine.get(path).content.decode()
    assert mine.post(path, {"state": "given", "name": ""}).status_code == 422
    assert mine.post(path, {"withdraw": "yes"}).status_code == 302
    assert "Is not to be told any more" in mine.get(path).content.decode()
    doctor = browser_of(asked["prescriber"])
    page = doctor.get(reverse("desk_decide", args=[asked["request"]])).content.decode()
    assert "They took back that their GP may be told. Write why" in page


def test_whoever_holds_the_paper_learns_who_signed_it_and_nothing_of_the_person(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    page = doctor.get(path).content.decode()
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(page)})
    supply = Prescription.objects.get()
    stranger, check = Client(), reverse("prescriptions")
    assert stranger.post(check, {"reference": "ABCD-EFGH-JKLM"}).status_code == 422
    paper = browser_of(asked["patient"]).get(reverse("my_prescription", args=[supply.pk])).getvalue()

    for sent, said in ((paper, "unchanged</span>"), (paper + b" ", "not the one that was signed")):
        file = SimpleUploadedFile("x.pdf", sent, content_type="application/pdf")
        told = stranger.post(check, {"reference": supply.number.lower(), "file": file}).content.decode()
        assert said in told and "It holds" in told and "Dr Prescriber" in told
        assert "Maureen" not in told and "Finasteride" not in told
