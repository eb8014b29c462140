"""What the demonstration's patients answer before a treatment, and what staff check before they prescribe."""

import struct
import zlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from troth.billing import services as billing
from troth.demo.hours import at_work
from troth.gate import actors
from troth.gate.contexts import processing
from troth.intake import services as intake
from troth.notice.purposes import Purpose
from troth.prescribing import services as prescribing
from troth.prescribing.rules.directory import Practice
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.triage import follow_up_after
from troth.prescribing.selectors import (
    Drug,
    GpState,
    Matter,
    Method,
    Outcome,
    Recovery,
    Verified,
    Wanted,
    Way,
    pricing,
    reviewing,
    telling,
)
from troth.prescribing.selectors.reviewing import Review
from troth.prescribing.services import listing
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
_INSTEAD = {("hair-loss", False): "urinary-infection", ("urinary-infection", True): "hair-loss"}
#: A directory of practices that there are not, with codes that the NHS has given to nobody.
_DIRECTORY = (
    Practice("X99001", "Tanyard Surgery", "1 Tanyard Close, Hexham", "NE46 9ZX", is_open=True),
    Practice("X99002", "Fellside Medical Practice", "22 Drovers Road, Alston", "CA9 9ZX", is_open=True),
    Practice("X99003", "Tanyard Family Doctors", "14 Mill Bank, Corbridge", "NE45 9ZX", is_open=True),
    Practice("X99004", "Priestgate Surgery", "3 Priestgate, Haltwhistle", "NE49 9ZX", is_open=True),
)
_PRACTICES = tuple(
    {"code": each.code, "name": each.name, "address": f"{each.address}, {each.postcode}"} for each in _DIRECTORY[:2]
)


def keep_directory(*, at: datetime) -> None:
    """Read in the directory of GP practices, as the command does it."""
    listing.read_in_from_a_terminal(_DIRECTORY, at=at)


def treatment_of(turn: int, *, man: bool) -> str:
    """What somebody in that turn asks for: each treatment in turn, and none that is not for them."""
    treatment = _ORDER[turn % len(_ORDER)]
    return _INSTEAD.get((treatment, man), treatment)


def ask(subject: UUID, turn: int, *, man: bool, at: datetime, paying: bool = True) -> UUID:
    """Answer a questionnaire in the evening, change one answer, say what the GP may know, send it, and pay for it."""
    patient = actors.person(subject, at=at)
    treatment = treatment_of(turn, man=man)
    answers, pictures, _ = TREATMENTS[treatment]
    if treatment == "weight-management" and not man:
        answers = {**answers, "sex": "female", "pregnant": False, "pill": False}
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
        prescribing.choose_gp(subject, state=state, practice=practice, may_ask=turn % 4 != 3, by=patient, at=at)
    request = prescribing.send_request(response, asks_review=True, by=patient, at=at)
    if paying and pricing.payment_of(request):
        payment = prescribing.pay_request(request, by=patient, at=at)
        billing.pay_stand_in(payment, taken=True, by=patient, at=at)
    return request


def settle(request: UUID, *, at: datetime) -> None:
    """What the payment firm is told after a decision, and says to it: a job does it at a clinic, within seconds."""
    if paid := pricing.payment_of(request):
        billing.look(paid[0], at=at)


def refuse(request: UUID, turn: int, *, by: actors.Actor, at: datetime, words: str) -> None:
    """Read the request for some minutes, and decide against it."""
    review = _read(request, turn, by=by, at=at)[1]
    prescribing.decide_request(request, outcome=Outcome.REFUSED, words=words, review=review, by=by, at=at)
    settle(request, at=at)


def _read(request: UUID, turn: int, *, by: actors.Actor, at: datetime) -> tuple[Review, str]:
    """What its prescriber has before them for some minutes, and the ticket that says since when."""
    opened_at = at - timedelta(minutes=4 + turn % 6)
    with processing(Purpose.PRESCRIBING, by=by, at=opened_at) as opened:
        seen = reviewing.get_review(request, opened)
    return seen, reviewing.open_review(request, seen.mark, by=by, at=opened_at)


def verify(request: UUID, turn: int, *, by: actors.Actor, at: datetime) -> None:
    """What somebody sees in a video call: the person with their document, their height and weight, and what they tell."""
    for matter, method, note in (
        (Matter.IDENTITY, Method.DOCUMENT, "Face and passport side by side; name and date of birth agree."),
        (
            Matter.BODY,
            Method.VIDEO,
            "Stood on scales and against a rule before the camera; agrees with what was answered.",
        ),
        (Matter.HISTORY, Method.VIDEO, "Went through the answers together; showed the summary of their GP record."),
    ):
        prescribing.record_verification(
            request, matter=matter, method=method, result=Verified.VERIFIED, note=note, by=by, at=at
        )


def ask_their_gp(
    request: UUID, subject: UUID, *, by: actors.Actor, desk: actors.Actor, answered: bool, at: datetime
) -> None:
    """Ask the GP, where they agreed to that, by a letter that is posted; what comes back the desk takes in, unread."""
    with processing(Purpose.PRESCRIBING, by=by, at=at) as opened:
        choice = reviewing.gp_of(subject, opened)
    if choice.state is not GpState.GIVEN or not choice.may_ask:
        return
    letter = prescribing.ask_gp(request, wanted={Wanted.MEDICINES, Wanted.RESULTS}, by=by, at=at)
    prescribing.post_gp_letter(letter, by=by, at=at + timedelta(minutes=10))
    if answered:
        came = at + timedelta(hours=2)
        words = b"Repeat medicines: none. Allergies: none known. Last blood pressure 124/78. Invented, like everybody in it.\n"
        prescribing.take_in_gp_answer(
            letter,
            came_on=timezone.localdate(came),
            way=Way.EMAIL,
            upload=SealedUpload(
                files.store([words], name="summary.txt", media_type="text/plain"), "text/plain", None
            ),
            by=desk,
            at=came,
        )


def prescribe(request: UUID, turn: int, *, man: bool, by: actors.Actor, at: datetime, words: str) -> UUID:
    """Read the request for some minutes, and prescribe what its treatment is for."""
    seen, review = _read(request, turn, by=by, at=at)
    medicine = formulary()[TREATMENTS[treatment_of(turn, man=man)][2]]
    made = prescribing.prescribe(
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
    settle(request, at=at)
    return made


def supply(
    prescription: UUID, turn: int, *, man: bool, by: actors.Actor, prescriber: UUID, at: datetime, until: datetime
) -> None:
    """The pharmacist's check the same day, received two days later; and when it is due, the signer asks how they are."""
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
    medicine = formulary()[TREATMENTS[treatment_of(turn, man=man)][2]]
    asked = at_work(sent + timedelta(days=follow_up_after(medicine.risks)))
    if asked < until:
        words = "Rang them: takes it as agreed, nothing that troubles them. To go on."
        prescribing.follow_up(prescription, words=words, by=actors.person(prescriber, at=asked), at=asked)


def react(prescription: UUID, subject: UUID, turn: int, *, by: actors.Actor, at: datetime, until: datetime) -> None:
    """Some notice something on it, and tell: most a small thing that is over, looked at the next day; the newest wait."""
    when = at + timedelta(days=5)
    if turn % 5 != 2 or when > until:
        return
    told = prescribing.report_reaction(
        prescription,
        what=("A rash on both arms that itched", "Felt sick for two days", "Headache in the mornings")[turn % 3],
        began_on=timezone.localdate(when) - timedelta(days=1),
        serious=[],
        recovery=Recovery.RECOVERED if turn % 2 else Recovery.RECOVERING,
        drug=Drug.CONTINUED,
        others="",
        key=uuid5(prescription, "reaction"),
        by=actors.person(subject, at=when),
        at=when,
    )
    seen = at_work(when + timedelta(days=1))
    if seen < until - timedelta(days=3):
        words = "Known with this medicine, and mild. To go on, and to write again if it comes back."
        if prescribing.review_reaction(
            told, words=words, serious=[], by=actors.person(by.id or subject, at=seen), at=seen
        ):
            number = f"YC-{seen:%Y}-{turn:04}"
            prescribing.record_card(told, number=number, by=actors.person(by.id or subject, at=seen), at=seen)


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
