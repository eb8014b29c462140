"""What the demonstration's patients answer before a treatment, and what staff check before they prescribe."""

import struct
import zlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from troth.gate import actors
from troth.gate.contexts import processing
from troth.intake import services as intake
from troth.notice.purposes import Purpose
from troth.prescribing import services as prescribing
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.selectors import GpState, Matter, Method, Verified, reviewing, telling
from troth.vault import files
from troth.vault.uploads import SealedUpload

_COMMON: dict[str, Any] = {"takes-medicines": False, "allergy": False, "understands": True}
#: Of each treatment: fitting answers, the pictures it asks for, and the medicine that is prescribed in the end.
TREATMENTS: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "hair-loss": (
        {
            "sex": "male",
            "where": "crown",
            "how": "slowly",
            "scalp": False,
            "serious": ["none"],
            "mood": False,
            "sexual": False,
            "partner": False,
            "psa": False,
            "warned": True,
        },
        ("photo-crown", "photo-front"),
        "finasteride-1",
    ),
    "weight-management": (
        {
            "height": "170",
            "weight": "98.4",
            "ethnic": "white",
            "weight-conditions": ["blood-pressure"],
            "serious": ["none"],
            "sex": "male",
            "eating": False,
            "mood": False,
            "tried": "A weight class for six months, and walking to work. I lost 4 kg and it came back.",
            "insulin": False,
            "glp1": False,
        },
        ("photo-body",),
        "semaglutide-0.25",
    ),
    "urinary-infection": (
        {
            "sex": "female",
            "pregnant": False,
            "breastfeeding": False,
            "symptoms": ["burning", "urgent"],
            "since": "2026-01-12",
            "warning": ["none"],
            "discharge": False,
            "risks": ["none"],
            "recent": "first",
            "antibiotic": False,
        },
        (),
        "nitrofurantoin-100",
    ),
    "asthma-reliever": (
        {
            "now": ["none"],
            "diagnosed": True,
            "review": "2025-11-03",
            "plan": True,
            "gp-inhalers": "A brown one and a blue one",
            "steroid": True,
            "puffs": "seldom",
            "night": False,
            "limits": False,
            "relievers": "2",
            "hospital": False,
            "intensive": False,
            "steroid-courses": "0",
            "serious": ["none"],
            "smokes": False,
            "pregnant": False,
        },
        (),
        "salbutamol-100",
    ),
}
_ORDER = tuple(TREATMENTS)
_PRACTICES = (
    {"name": "Tanyard Surgery", "address": "1 Tanyard Close, Hexham"},
    {"name": "Fellside Medical Practice", "address": "22 Drovers Road, Alston"},
)


def ask(subject: UUID, turn: int, *, at: datetime) -> UUID:
    """Answer a questionnaire in the evening, change one answer, say what the GP may know, and send it."""
    patient = actors.person(subject, at=at)
    treatment = _ORDER[turn % len(_ORDER)]
    answers, pictures, _ = TREATMENTS[treatment]
    began = at - timedelta(minutes=14)
    response = intake.start_answers(subject, treatment, by=patient, at=began)
    shots = {name: _picture(turn + number) for number, name in enumerate(pictures)}
    intake.save_answers(response, {**_COMMON, **answers, **shots}, by=patient, at=at - timedelta(minutes=4))
    if turn % 3 == 1:
        words = "I sleep badly at the moment, in case that matters."
        intake.save_answers(response, {"anything-else": words}, by=patient, at=at - timedelta(minutes=2))
    with processing(Purpose.PRESCRIBING, by=patient, at=at) as opened:
        asked = reviewing.gp_of(subject, opened).state is not GpState.NOT_ASKED
    if not asked:
        state = GpState.REFUSED if turn % 8 == 6 else GpState.GIVEN
        practice = _PRACTICES[turn % 2] if state is GpState.GIVEN else {}
        prescribing.choose_gp(subject, state=state, practice=practice, by=patient, at=at)
    return prescribing.send_request(response, asks_review=True, by=patient, at=at)


def verify(request: UUID, turn: int, *, by: actors.Actor, at: datetime) -> None:
    """What somebody sees in a video call: the person with their document, their height and weight, and what they tell."""
    for matter, note in (
        (Matter.IDENTITY, "Face and passport side by side; name and date of birth agree."),
        (Matter.BODY, "Stood on scales and against a rule before the camera; agrees with what was answered."),
        (Matter.HISTORY, "Went through the answers together; showed the summary of their GP record."),
    ):
        prescribing.record_verification(
            request, matter=matter, method=Method.VIDEO, result=Verified.VERIFIED, note=note, by=by, at=at
        )


def prescribe(request: UUID, turn: int, *, by: actors.Actor, at: datetime, words: str) -> UUID:
    """Read the request for some minutes, and prescribe what its treatment is for."""
    opened_at = at - timedelta(minutes=4 + turn % 6)
    with processing(Purpose.PRESCRIBING, by=by, at=opened_at) as opened:
        seen = reviewing.get_review(request, opened)
    review = reviewing.open_review(request, seen.mark, by=by, at=opened_at)
    medicine = formulary()[TREATMENTS[_ORDER[turn % len(_ORDER)]][2]]
    return prescribing.prescribe(
        request,
        medicine=medicine.id,
        quantity=medicine.quantity,
        directions=medicine.directions,
        indication=seen.asked_for,
        words=words,
        reasons={
            "gp": "Talked it over by video; low risk, and they know what to watch for.",
            "stops": "Looked at by video against the rule; safe for this person all the same.",
            "amount": "Agreed with the pharmacist for travel; no sign of misuse.",
            "guideline": "NICE NG109, first choice, three days.",
        },
        review=review,
        by=by,
        at=at,
    )


def supply(prescription: UUID, turn: int, *, by: actors.Actor, at: datetime, until: datetime) -> None:
    """The pharmacist's check the same day, the parcel the next, received two days later."""
    if at > until:
        return
    prescribing.release_prescription(
        prescription, words="Compared with what they take; dose and amount fit.", by=by, at=at
    )
    if (sent := at + timedelta(hours=2)) < until:
        prescribing.dispatch(prescription, tracking=f"TF-{4000 + turn * 37}-{turn % 90 + 10}", by=by, at=sent)
    if (received := at + timedelta(days=2)) < until:
        prescribing.deliver(prescription, by=by, at=received)
        _post(prescription, by=by, at=received)


def _post(prescription: UUID, *, by: actors.Actor, at: datetime) -> None:
    """The letter to the GP is printed and posted with the day's other post."""
    with processing(Purpose.GP_CORRESPONDENCE, by=by, at=at) as opened:
        letter = telling.letter_about(prescription, opened)
    if letter is not None:
        prescribing.post_gp_letter(letter.id, by=by, at=at)


def _picture(turn: int) -> SealedUpload:
    """A picture that shows nobody: a few shapes in two greys, made here."""
    wide, high = 90, 120
    rows = []
    for y in range(high):
        row = bytearray([0])
        for x in range(wide):
            inside = (x - 45) ** 2 + (y - 34) ** 2 < 300 + turn % 5 * 20
            body = 24 < x < 66 and y > 58
            row.append(150 if inside or body else 214)
        rows.append(bytes(row))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
    return SealedUpload(files.store([content], name="picture.png", media_type="image/png"), "image/png", None)
