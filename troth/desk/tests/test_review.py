"""The review and the supply on the pages: posted directly, from a stale tab, by somebody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.gate import actors
from troth.intake import services as intake
from troth.people.tests.factories import browser_of, make_patient, make_staff
from troth.prescribing import services
from troth.prescribing.models import (
    Concern,
    GpState,
    Matter,
    MedicationRequest,
    Method,
    Prescription,
    Reaction,
    RequestMessage,
    RequestStatus,
    Verified,
)
from troth.prescribing.tests.conftest import HAIR, PICTURES, PRACTICE
from troth.records import services as records
from troth.records.models import Source
from troth.records.selectors import Criticality
from troth.records.selectors import Verification as Checked
from troth.records.services import hand_over_task
from troth.vault import files
from troth.vault.uploads import SealedUpload

PRESCRIBE = {
    "act": "prescribe",
    "medicine": "finasteride-1",
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


def noticed() -> dict[str, Any]:
    """What a person tells of a reaction that began today, as the form sends it."""
    today = timezone.localdate()
    return {
        "what": "sentinel-rash",
        "began_on_day": today.day,
        "began_on_month": today.month,
        "began_on_year": today.year,
        "recovery": "continuing",
        "drug": "stopped",
        "key": str(uuid4()),
    }


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
    assert "It is on its way to you." in shown
    assert mine.get(reverse("my_prescription", args=[supply.pk])).getvalue().startswith(b"%PDF")
    mine.post(reverse("my_request", args=[asked["request"]]), {"received": "yes"})
    assert Prescription.objects.get().status == "delivered"
    assert "It is with you." in mine.get(reverse("my_home")).content.decode()
    # Too early for the next: said where this one stands, and before the first question, and not only when all is answered.
    due = f"{timezone.localdate() + timedelta(days=75):%-d %B %Y}"
    again = mine.get(reverse("my_request", args=[asked["request"]])).content.decode()
    assert f"Due from {due}" in again and reverse("treatment", args=["hair-loss"]) in again
    begun = mine.post(reverse("start_answers", args=["hair-loss"]), follow=True).content.decode()
    assert f"The next one is due from {due}" in begun and "Part 1 of 5" in begun


def test_what_is_written_on_the_card_is_read_before_and_makes_an_earlier_page_stale(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    before = doctor.get(path).content.decode()
    assert "No allergies recorded" in before and "On their card" in before
    at = timezone.now()
    records.record_allergy(
        asked["patient"],
        substance="sentinel-substance",
        reaction="hives",
        since="2019",
        criticality=Criticality.HIGH,
        verification=Checked.UNCONFIRMED,
        source=Source.PERSON,
        by=actors.person(asked["prescriber"], at=at),
        at=at,
    )
    stale = doctor.post(path, {**PRESCRIBE, "review": ticket_in(before)})
    assert stale.status_code == 422 and "Something was added since" in stale.content.decode()
    after = doctor.get(path).content.decode()
    assert "Allergy: sentinel-substance" in after and "sentinel-substance: hives" in after
    assert doctor.post(path, {**PRESCRIBE, "review": ticket_in(after)}).status_code == 302
    supply = reverse("desk_supply", args=[Prescription.objects.get().pk])
    checked = browser_of(asked["pharmacist"]).get(supply).content.decode()
    assert "Allergy: sentinel-substance" in checked and "On their card" in checked


def test_a_direct_post_without_the_page_decides_nothing(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    for review in ("", "made-up"):
        assert doctor.post(path, {**PRESCRIBE, "review": review}).status_code == 422
    assert not Prescription.objects.exists()


def test_nothing_is_prescribed_that_was_not_named(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    for medicine in ({}, {"medicine": ""}, {"medicine": "made-up"}):
        ticket = ticket_in(doctor.get(path).content.decode())
        unnamed = {key: words for key, words in PRESCRIBE.items() if key != "medicine"}
        shown = doctor.post(f"{path}?choice=1", {**unnamed, **medicine, "review": ticket})
        page = shown.content.decode()
        assert shown.status_code == 422 and "Choose the medicine that you prescribe" in page
        # What was typed stays, and no medicine stands ready to be signed.
        assert "Begin tomorrow." in page and 'type="hidden" name="medicine"' not in page
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
    assert "May we tell your GP?" not in mine.get(reverse("my_request", args=[asked["request"]])).content.decode()
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
    assert "Dispense by" in told
    with connection.cursor() as cursor:  # seven months later nobody gives it out any more
        cursor.execute("UPDATE prescribing_prescription SET signed_at = %s", [supply.signed_at - timedelta(days=200)])
    assert "It has run out. Do not supply it" in stranger.post(check, {"reference": supply.number}).content.decode()
    with connection.cursor() as cursor:  # somebody makes it younger than it is
        cursor.execute("UPDATE prescribing_prescription SET signed_at = %s", [supply.signed_at + timedelta(days=1)])
    assert "covers something else" in stranger.post(check, {"reference": supply.number}).content.decode()


def test_the_queue_says_what_to_read_first_and_a_concern_is_written_down(asked: dict[str, Any]) -> None:
    doctor = browser_of(asked["prescriber"])
    page = doctor.get(reverse("desk_queue")).content.decode()
    assert reverse("desk_decide", args=[asked["request"]]) in page and "Hair loss in men" in page
    worry = reverse("desk_concerns", args=[asked["patient"]])
    assert worry in doctor.get(reverse("desk_decide", args=[asked["request"]])).content.decode()
    assert doctor.post(worry, {"words": " "}).status_code == 422
    assert doctor.post(worry, {"words": "sentinel-worry"}).status_code == 422  # whether they may read it is chosen
    assert doctor.post(worry, {"words": "sentinel-worry", "told": "keep"}).status_code == 422
    two_words = {"words": "sentinel-worry", "told": "keep", "harm": "Suicidal/self-harming behaviour"}
    assert doctor.post(worry, two_words).status_code == 422
    kept = {"words": "sentinel-worry", "told": "keep", "harm": "Their partner would be likely to hurt them."}
    assert doctor.post(worry, kept).status_code == 302
    page = doctor.get(worry).content.decode()
    assert "Kept from them" in page and "would be likely to hurt them" in page
    hers = browser_of(asked["patient"])
    for name in ("my_data", "my_history", "my_home"):
        seen = hers.get(reverse(name), follow=True).content.decode()
        assert "at risk" not in seen and "concern" not in seen.lower() and "safeguarding" not in seen.lower()
    unchosen = doctor.post(worry, {"again-told": "keep", "again-harm": "sentinel-opinion"})
    assert unchosen.status_code == 422 and "Choose which concern" in unchosen.content.decode()
    assert "sentinel-opinion" in unchosen.content.decode()
    again = {"again-concern": str(Concern.objects.get().pk), "again-told": "tell", "again-harm": ""}
    assert doctor.post(worry, again).status_code == 302
    assert "They may read it since" in doctor.get(worry).content.decode()
    assert "oncern for your safety" in hers.get(reverse("my_data"), follow=True).content.decode()
    assert "sentinel-worry" in doctor.get(worry).content.decode()
    assert "A concern for their safety" in doctor.get(reverse("desk_queue")).content.decode()
    assert "sentinel-worry" in doctor.get(reverse("desk_decide", args=[asked["request"]])).content.decode()
    support = browser_of(make_staff("patient_support", email="kit@clinic.example"))
    for path in (worry, reverse("desk_queue")):
        assert support.get(path).status_code == 403
    assert support.post(worry, {"words": "x"}).status_code == 403


def test_what_waits_for_a_pharmacist_and_what_they_ask_stands_on_today(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    page = doctor.get(path).content.decode()
    assert "A picture of the top of your head</p>" in page, "a picture says what it answers"
    doctor.post(path, VERIFY)
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(doctor.get(path).content.decode())})
    supply, today = Prescription.objects.get(), reverse("desk_home")
    pharmacy, there = browser_of(asked["pharmacist"]), reverse("desk_supply", args=[supply.pk])
    assert "1 prescription waits to be checked" in pharmacy.get(today).content.decode()
    addresses = re.findall(r'<img src="([^"]+)"', pharmacy.get(there).content.decode())
    assert addresses and addresses == re.findall(r'<img src="([^"]+)"', page), "who checks sees what who decides sees"
    assert b"sentinel" in pharmacy.get(addresses[0]).getvalue()
    assert "A pharmacist asks you" not in doctor.get(today).content.decode()
    pharmacy.post(there, {"act": "query", "query-words": "Is twelve weeks meant?"})
    assert "waits to be" not in pharmacy.get(today).content.decode()
    page = doctor.get(today).content.decode()
    assert "A pharmacist asks you" in page and there in page
    doctor.post(there, {"act": "answer", "answer-words": "It is."})
    assert "A pharmacist asks you" not in doctor.get(today).content.decode()
    pharmacy.post(there, {"act": "release", "release-words": "Compared"})
    assert "1 checked prescription waits to be sent" in pharmacy.get(today).content.decode()


def test_a_pharmacist_sees_what_was_answered_otherwise_before(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    now = timezone.now()
    ann = actors.person(asked["patient"], at=now)
    services.change_answers(asked["request"], {"where": "temples"}, by=ann, at=now)
    doctor.post(path, VERIFY)
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(doctor.get(path).content.decode())})
    pharmacy = browser_of(asked["pharmacist"])
    page = pharmacy.get(reverse("desk_supply", args=[Prescription.objects.get().pk])).content.decode()
    twice = page.split("Answered more than once")[1].split("What they answered")[0]
    assert "Changed. " in twice and "At the crown" in twice and "At the temples" in twice


def test_what_ends_the_reason_to_look_leads_on_to_a_list(asked: dict[str, Any]) -> None:
    """Fourteen days after the decision, when the last reason to look is what is being done."""
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(doctor.get(path).content.decode())})
    supply = Prescription.objects.get()
    pharmacy, there = browser_of(asked["pharmacist"]), reverse("desk_supply", args=[supply.pk])
    pharmacy.post(there, {"act": "release", "release-words": "Compared"})
    pharmacy.post(there, {"act": "dispatch", "dispatch-tracking": "TN-4711"})
    supply = Prescription.objects.get()
    assert pharmacy.post(there, {"act": "deliver"}, follow=True).status_code == 200
    with connection.cursor() as cursor:
        long_ago = timezone.now() - timedelta(days=20)
        cursor.execute("UPDATE prescribing_medicationrequest SET decided_at = %s", [long_ago])
    colleague = make_staff("prescriber", email="c@clinic.example")
    other = browser_of(colleague)
    assert other.get(there).status_code == 403
    now = timezone.now()
    hand_over_task(supply.task, for_person=colleague, by=actors.person(asked["prescriber"], at=now), at=now)
    assert "Record the follow-up" in other.get(there).content.decode()  # whoever is let in, and not the signer alone
    assert other.post(there, {"act": "follow_up", "follow_up-words": "Well."}, follow=True).status_code == 200
    assert Prescription.objects.get().status == "closed" and other.get(there).status_code == 403
    told = noticed()
    assert browser_of(asked["patient"]).post(reverse("my_reaction", args=[supply.pk]), told).status_code == 302
    one = reverse("desk_reaction", args=[Reaction.objects.get().pk])
    found = doctor.post(one, {"act": "review", "review-words": "sentinel-found"}, follow=True)
    assert found.status_code == 200 and "is not to be told of this one" in found.content.decode()
    assert doctor.get(one).status_code == 403


def test_a_reaction_is_reported_on_the_persons_page_looked_at_and_sent(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(doctor.get(path).content.decode())})
    supply = Prescription.objects.get()
    mine, report = browser_of(asked["patient"]), reverse("my_reaction", args=[supply.pk])
    page = reverse("my_request", args=[asked["request"]])
    assert report not in mine.get(page).content.decode()
    told = {**noticed(), "serious": ["hospital"]}
    early = mine.post(report, told)
    assert early.status_code == 422 and "has not reached you" in early.content.decode()
    pharmacy, there = browser_of(asked["pharmacist"]), reverse("desk_supply", args=[supply.pk])
    pharmacy.post(there, {"act": "release", "release-words": "Compared"})
    pharmacy.post(there, {"act": "dispatch", "dispatch-tracking": "TN-4711"})
    assert report in mine.get(page).content.decode()
    assert mine.post(report, {**told, "recovery": ""}).status_code == 422
    for _ in range(2):
        assert mine.post(report, told).status_code == 302
    for who in (doctor, pharmacy):
        assert "1 suspected reaction waits to be seen to" in who.get(reverse("desk_home")).content.decode()
    other = browser_of(make_staff("prescriber", email="c@clinic.example"))
    assert "suspected reaction" not in other.get(reverse("desk_home")).content.decode()
    assert "1 letter waits to be posted to a GP" in pharmacy.get(reverse("desk_home")).content.decode()
    assert "A prescriber or pharmacist looks at it" in mine.get(report).content.decode()
    one = reverse("desk_reaction", args=[Reaction.objects.get().pk])
    assert one in doctor.get(reverse("desk_reactions")).content.decode()
    assert doctor.post(one, {"act": "review", "review-words": ""}).status_code == 422
    found = {"act": "review", "review-words": "sentinel-found", "review-serious": ["hospital"]}
    assert doctor.post(one, found).status_code == 302
    card = doctor.get(f"{one}yellow-card/")
    assert "attachment" in card.headers["Content-Disposition"] and "Oddie" not in card.content.decode()
    assert doctor.post(one, {"act": "card", "card-number": "YC-4711"}).status_code == 302
    assert "told to the Yellow Card scheme" in mine.get(report).content.decode()
    assert "sentinel-found" in pharmacy.get(there).content.decode()
    assert "sentinel-rash" in doctor.get(path).content.decode(), "whoever decides the next time reads it too"
    by_phone = reverse("desk_reaction_new", args=[supply.pk])
    assert doctor.post(by_phone, {**told, "key": str(uuid4()), "drug": "unknown"}).status_code == 302
    stranger = browser_of(make_patient(given_name="Petroc", email="petroc@vane.example"))
    assert stranger.post(report, told).status_code == 403
    for path in (reverse("desk_reactions"), f"{one}yellow-card/", by_phone):
        assert browser_of(asked["finance"]).get(path).status_code == 403


def test_what_was_cancelled_is_not_told_as_if_it_were_to_be_taken(asked: dict[str, Any]) -> None:
    doctor, path = browser_of(asked["prescriber"]), reverse("desk_decide", args=[asked["request"]])
    doctor.post(path, VERIFY)
    doctor.post(path, {**PRESCRIBE, "review": ticket_in(doctor.get(path).content.decode())})
    mine, page = browser_of(asked["patient"]), reverse("my_request", args=[asked["request"]])
    assert "How you take it" in mine.get(page).content.decode()
    stop = reverse("my_request_stop", args=[asked["request"]])
    assert stop in mine.get(page).content.decode()
    assert "Nothing has been stopped yet" in mine.get(stop).content.decode()
    mine.post(page, {"stop": "yes"})
    assert "How you take it" in mine.get(page).content.decode(), "one press alone ends nothing"
    said = mine.post(stop, follow=True).content.decode()
    assert (
        "Cancelled. Nothing of it is sent" in said
        and "no pharmacy may supply it" in said
        and "How you take it" not in said
    )
    assert mine.post(stop).status_code == 409, "what is over is not stopped twice"


def test_what_was_asked_for_is_taken_back_by_its_person_alone_and_what_left_is_not(
    asked: dict[str, Any],
) -> None:
    mine, stop = browser_of(asked["patient"]), reverse("my_request_stop", args=[asked["request"]])
    assert "Nobody decides on it" in mine.get(stop).content.decode()
    stranger = browser_of(make_patient(given_name="Petroc", email="petroc@vane.example"))
    assert stranger.post(stop).status_code in (403, 404)
    assert mine.post(stop).status_code == 302
    page = mine.get(reverse("my_request", args=[asked["request"]])).content.decode()
    assert stop not in page and "You took it back" in page


def test_what_was_left_when_a_rule_stopped_it_stands_beside_what_is_sent_after(asked: dict[str, Any]) -> None:
    at = timezone.now()
    ann = actors.person(asked["patient"], at=at)
    doctor = actors.person(asked["prescriber"], at=at)
    left = intake.start_answers(asked["patient"], "hair-loss", by=ann, at=at)
    intake.save_answers(left, {**HAIR, "mood": True}, by=ann, at=at)
    intake.leave_answers(left, by=ann, at=at)
    services.record_verification(
        asked["request"],
        matter=Matter.IDENTITY,
        method=Method.VIDEO,
        result=Verified.VERIFIED,
        note="sentinel-face",
        by=doctor,
        at=at,
    )
    anew = intake.start_answers(asked["patient"], "hair-loss", by=ann, at=at + timedelta(minutes=1))
    shots = {name: picture() for name in PICTURES["hair-loss"]}
    intake.save_answers(anew, {**HAIR, **shots}, by=ann, at=at)
    request = services.send_request(anew, asks_review=False, by=ann, at=at)
    support = actors.person(asked["patient_support"], at=at)
    services.assign_request(request, prescriber=asked["prescriber"], by=support, at=at)
    page = browser_of(asked["prescriber"]).get(reverse("desk_decide", args=[request])).content.decode()
    before = page.split("Answered otherwise before")[1].split("What they answered")[0]
    assert "Have you had depression" in before and f"{at:%-d %b %Y}, never sent: Yes" in before
    assert "sentinel-face" in page, "who made sure who they are, and how, is read with every request"
