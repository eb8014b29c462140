"""A patient with a request, two prescribers, a pharmacist, an assistant, support and finance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.intake import services as intake
from troth.intake.tests.conftest import FINE as HAIR
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import GpState, Matter, Method, Outcome, Verified
from troth.prescribing.selectors import reviewing
from troth.records.tests import factories
from troth.vault import files
from troth.vault.uploads import SealedUpload

ANSWERS: list[dict[str, Any]] = [{"question": "Do you smoke?", "answer": "sentinel-answer-no"}]
WEIGHT: dict[str, Any] = {
    "height": "170",
    "weight": "98",
    "ethnic": "white",
    "weight-conditions": ["none"],
    "serious": ["none"],
    "sex": "male",
    "eating": False,
    "tried": "Walking",
    "mood": False,
    "takes-medicines": False,
    "insulin": False,
    "glp1": False,
    "allergy": False,
    "understands": True,
}
PICTURES = {"hair-loss": ("photo-crown", "photo-front"), "weight-management": ("photo-body",)}
PRACTICE = {"code": "A12345", "name": "Tanyard Surgery", "address": "1 Tanyard, Hexham"}


@dataclass
class Clinic:
    ann: Actor
    subject: UUID
    request: UUID
    prescriber: Actor
    colleague: Actor
    assistant: Actor
    support: Actor
    finance: Actor
    pharmacist: Actor


def ask(by: Actor) -> UUID:
    """A request of this person's."""
    assert by.id
    return services.request_treatment(
        by.id, medicine="sentinel-medicine", answers=ANSWERS, by=by, at=factories.NOW
    ).pk


@pytest.fixture
def clinic(notice_in_force: None) -> Clinic:
    subject = make_patient(at=factories.NOW)
    ann = actors.person(subject, at=factories.LATER)
    roles = ("prescriber", "prescriber", "healthcare_assistant", "patient_support", "finance", "pharmacist")
    return Clinic(ann, subject, ask(ann), *(factories.staff(role) for role in roles))


def send(
    clinic: Clinic,
    treatment: str = "hair-loss",
    answers: dict[str, Any] | None = None,
    *,
    at: datetime = factories.LATER,
    asks_review: bool = False,
) -> UUID:
    """A request by questionnaire, with everything answered, passed to the prescriber."""
    response = intake.start_answers(clinic.subject, treatment, by=clinic.ann, at=at)
    shot = {
        name: SealedUpload(
            files.store([b"\xff\xd8\xff sentinel"], name="x.jpg", media_type="image/jpeg"), "image/jpeg", None
        )
        for name in PICTURES[treatment]
    }
    said = {**(HAIR if treatment == "hair-loss" else WEIGHT), **(answers or {}), **shot}
    intake.save_answers(response, said, by=clinic.ann, at=at)
    request = services.send_request(response, asks_review=asks_review, by=clinic.ann, at=at)
    services.assign_request(request, prescriber=clinic.prescriber.id, by=clinic.support, at=at)
    return request


def verify(
    clinic: Clinic,
    request: UUID,
    matter: Matter = Matter.IDENTITY,
    result: Verified = Verified.VERIFIED,
    *,
    at: datetime = factories.LATER,
) -> None:
    method = Method.DOCUMENT if matter is Matter.IDENTITY else Method.VIDEO
    services.record_verification(
        request, matter=matter, method=method, result=result, note="Seen by video", by=clinic.prescriber, at=at
    )


def agree(clinic: Clinic, state: GpState = GpState.GIVEN, *, at: datetime = factories.LATER) -> None:
    services.choose_gp(clinic.subject, state=state, practice=PRACTICE, by=clinic.ann, at=at)


def look(clinic: Clinic, request: UUID, *, at: datetime = factories.LATER, by: Actor | None = None) -> str:
    """Open the review, and give its ticket."""
    actor = by or clinic.prescriber
    with processing(Purpose.PRESCRIBING, by=actor, at=at) as opened:
        seen = reviewing.get_review(request, opened)
    return reviewing.open_review(request, seen.mark, by=actor, at=at)


def prescribe(
    clinic: Clinic,
    request: UUID,
    *,
    medicine: str = "finasteride-1",
    reasons: dict[str, str] | None = None,
    review: str | None = None,
    by: Actor | None = None,
    at: datetime = factories.LATER + timedelta(minutes=5),
    quantity: int = 1,
) -> UUID:
    return services.prescribe(
        request,
        medicine=medicine,
        quantity=quantity,
        directions="One a day",
        indication="Hair loss",
        words="One tablet a day for twelve weeks.",
        reasons=reasons or {},
        review=look(clinic, request) if review is None else review,
        by=by or clinic.prescriber,
        at=at,
    )


def refuse(clinic: Clinic, request: UUID, words: str, *, by: Actor, at: datetime = factories.LATER) -> None:
    """Open the review, and decide against it some minutes later."""
    review = look(clinic, request, by=by, at=at)
    later = at + timedelta(minutes=10)
    services.decide_request(request, outcome=Outcome.REFUSED, words=words, review=review, by=by, at=later)
