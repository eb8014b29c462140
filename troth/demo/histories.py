"""What happened to the demonstration's patients: requests, what was found and written, and what became of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from uuid import UUID

from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.prescribing import services as prescribing
from troth.prescribing.selectors import Outcome
from troth.records import services as records
from troth.records.selectors import Criticality, Measure, Release, Source, Verification
from troth.vault import files
from troth.vault.uploads import SealedUpload

EVERY = 3
_MEDICINES = ("Lymecycline 408 mg", "Finasteride 1 mg", "Sumatriptan 50 mg", "Propranolol 40 mg")
_SMOKING = ("No", "No, not for ten years", "Yes, five a day")
_ALLERGIES = (
    ("Penicillin", "Hives and a swollen face", "2009", Criticality.HIGH, Verification.UNCONFIRMED),
    ("Aspirin", "Wheezing", "as a child", Criticality.HIGH, Verification.CONFIRMED),
    ("Latex", "An itchy rash on the hands", "2019", Criticality.LOW, Verification.UNCONFIRMED),
)
_TAKEN = (
    ("Salbutamol inhaler", "2 puffs when needed", "for years", "Asthma"),
    ("Levothyroxine", "75 micrograms daily", "2021", "Thyroid"),
    ("Cetirizine", "10 mg daily in summer", "2018", "Hay fever"),
)
_NOTES = (
    "Answers read with care. Blood pressure taken at home, three readings, all in range.\nNo reason against treatment found.",
    "Spoke by video. Understands what to watch for and when to stop.\nPlan: look again at twelve weeks.",
)


def write(made: Made, *, at: datetime) -> None:
    """
    Give every third patient a request, and most of those a record.

    In turn a request is with the prescriber, is still to be passed on, or was decided. Where the notice has no prescribing there is
    nothing to tell.
    """
    register = notices.register_in_force(at)
    if Purpose.PRESCRIBING not in register.purposes or "prescriber" not in made.staff:
        return
    states = cycle(("with", "waiting", "decided"))
    turns: Iterator[int] = iter(range(len(made.patients)))
    for subject, _ in made.patients[::EVERY]:
        with boundary():
            _tell(made, subject, next(states), next(turns), at=at)


def _tell(made: Made, subject: UUID, state: str, turn: int, *, at: datetime) -> None:
    # Everybody registered before the last two days; what happened to a request happened after that, and before now.
    asked = at - timedelta(hours=30 - turn % 20)
    patient = actors.person(subject, at=asked)
    request = prescribing.request_treatment(
        subject,
        medicine=_MEDICINES[turn % len(_MEDICINES)],
        by=patient,
        at=asked,
        answers=[
            {"question": "Do you smoke?", "answer": _SMOKING[turn % len(_SMOKING)]},
            {"question": "What are you treated for already?", "answer": _TAKEN[turn % len(_TAKEN)][3]},
            {"question": "Has a medicine ever made you ill?", "answer": f"{_ALLERGIES[turn % len(_ALLERGIES)][0]}"},
            {"question": "May we write to your GP?", "answer": "Yes, each time you supply me"},
        ],
    )
    if state == "waiting":
        return
    passed = asked + timedelta(hours=1)
    support = actors.person(made.staff["patient_support"], at=passed)
    prescribing.assign_request(request.pk, prescriber=made.staff["prescriber"], by=support, at=passed)
    if "healthcare_assistant" in made.staff:
        prescribing.assign_assistant(request.pk, assistant=made.staff["healthcare_assistant"], by=support, at=passed)
        _prepare(made, subject, turn, at=passed + timedelta(hours=1))
    seen = passed + timedelta(hours=3)
    _look(made, subject, turn, at=seen)
    if state == "with":
        return
    prescribing.decide_request(
        request.pk,
        outcome=Outcome.PRESCRIBED if turn % 4 else Outcome.REFUSED,
        words="One tablet daily for twelve weeks. Write to us if anything changes."
        if turn % 4
        else "Not safe beside what you take already. Please see your GP, who can weigh both.",
        by=actors.person(made.staff["prescriber"], at=seen),
        at=seen + timedelta(minutes=20),
    )


def _prepare(made: Made, subject: UUID, turn: int, *, at: datetime) -> None:
    """What the assistant measures by video."""
    assistant = actors.person(made.staff["healthcare_assistant"], at=at)
    for measure, value in (
        (Measure.HEIGHT, Decimal(158 + turn * 7 % 30)),
        (Measure.WEIGHT, Decimal(61 + turn * 11 % 35) + Decimal("0.4")),
        (Measure.SYSTOLIC, Decimal(112 + turn * 5 % 25)),
        (Measure.DIASTOLIC, Decimal(70 + turn * 3 % 15)),
    ):
        records.record_measurement(
            subject, measure=measure, value=value, taken_on=at.date(), source=Source.CLINIC, by=assistant, at=at
        )


def _look(made: Made, subject: UUID, turn: int, *, at: datetime) -> None:
    """What the prescriber writes down."""
    prescriber = actors.person(made.staff["prescriber"], at=at)
    substance, reaction, since, criticality, verification = _ALLERGIES[turn % len(_ALLERGIES)]
    records.record_allergy(
        subject,
        substance=substance,
        reaction=reaction,
        since=since,
        criticality=criticality,
        verification=verification,
        source=Source.PERSON,
        release=Release.RELEASED,
        by=prescriber,
        at=at,
    )
    medicine, dose, known, reason = _TAKEN[turn % len(_TAKEN)]
    records.record_medicine(
        subject,
        medicine=medicine,
        dose=dose,
        since=known,
        reason=reason,
        source=Source.GP,
        release=Release.RELEASED,
        by=prescriber,
        at=at,
    )
    for number, text in enumerate(_NOTES[: 1 + turn % 2]):
        moment = at + timedelta(minutes=number)
        note = records.write_note(
            subject,
            heading="First look at the request" if number == 0 else "Video call",
            text=text,
            by=prescriber,
            at=moment,
        )
        records.sign_note(note.pk, release=Release.RELEASED, by=prescriber, at=moment)
        if number:
            records.add_to_note(
                note.pk,
                text="They wrote that the headaches are gone.",
                release=Release.RELEASED,
                by=prescriber,
                at=moment,
            )
    letter = f"Dear colleague,\n\nThank you for your letter. Our patient takes {medicine.lower()}, {dose}.\n".encode()
    upload = SealedUpload(files.store([letter], name="letter.txt", media_type="text/plain"), "text/plain", None)
    records.add_file(
        subject,
        title="Letter from their GP",
        source=Source.GP,
        upload=upload,
        release=Release.HELD,
        by=prescriber,
        at=at,
    )
