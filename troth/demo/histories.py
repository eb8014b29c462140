"""What happened to the demonstration's patients: requests, what was found and written, and what became of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from uuid import UUID

from django.db import transaction

from troth.demo import asking
from troth.demo.clinic import Made, Progress, batched
from troth.demo.hours import at_work
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.prescribing import services as prescribing
from troth.records import services as records
from troth.records.selectors import Criticality, Measure, Release, Source, TaskKind, TaskState, Verification
from troth.vault import files
from troth.vault.uploads import SealedUpload

EVERY = 3
NEWEST = 24  # requests of the last two days
AT_ONCE = 8  # people in one transaction
_STATES = ("with", "waiting", "decided")
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


def write(made: Made, *, at: datetime, progress: Progress) -> None:
    """
    Give every second patient a treatment over the year since they registered, and every third a request of the last two days.

    Of the newest in turn one is with the prescriber, one is still to be passed on, and one was decided. Where the notice has no
    prescribing there is nothing to tell.
    """
    register = notices.register_in_force(at)
    if Purpose.PRESCRIBING not in register.purposes or "prescriber" not in made.staff:
        return
    asking.keep_directory(at=at)
    newest = dict(zip([subject for subject, _ in made.patients[::EVERY]][:NEWEST], cycle(_STATES), strict=False))
    done = 0
    for together in batched(enumerate(made.patients), AT_ONCE):
        with boundary(), transaction.atomic():
            for place, (subject, _) in together:
                if subject in newest:
                    turn, state = place // EVERY, newest[subject]
                    _tell(made, subject, state, turn, _lately(state, turn, at), at=at, lately=True)
                elif place % 2:
                    _treat(made, subject, place, at=at)
        done += len(together)
        progress(done, len(made.patients), "treatments")


def _lately(state: str, turn: int, at: datetime) -> datetime:
    """When one of the newest was asked: on the last day of work that is over, or on the evening before it."""
    local = at.astimezone(LONDON)
    day = local.replace(hour=12, minute=0, second=0, microsecond=0)
    while day.weekday() > 4 or day.replace(hour=18) > local:
        day -= timedelta(days=1)
    if state == "waiting":
        return day + timedelta(minutes=13 * turn)
    return day.replace(hour=18) - timedelta(days=1) + timedelta(minutes=9 * turn)


def _treat(made: Made, subject: UUID, turn: int, *, at: datetime) -> None:
    """A first request in the evening of the day after registering, and a review every twelve weeks while it is prescribed."""
    evening = made.since[subject].astimezone(LONDON).replace(hour=17 + turn % 5, minute=turn * 13 % 60)
    asked = evening + timedelta(days=1 + turn % 3)
    given = True
    for number in range(1 + turn % 3):
        if not given or asked + timedelta(days=4) > at:
            return
        given = bool(turn % 4 or number)
        _tell(made, subject, "decided", turn, asked, at=at, review=number)
        asked += timedelta(days=84, minutes=turn % 50)


def _tell(
    made: Made,
    subject: UUID,
    state: str,
    turn: int,
    asked: datetime,
    *,
    at: datetime,
    review: int = 0,
    lately: bool = False,
) -> None:
    """One request: asked in the evening or over the day, worked on at hours of work; `lately` on one day, that is over by now."""
    man = subject in made.men
    request = asking.ask(subject, turn, man=man, at=asked, paying=not (state == "waiting" and turn % 4 == 1))
    if state == "waiting":
        return
    passed = at_work(asked + timedelta(hours=1))
    support = actors.person(made.staff["patient_support"], at=passed)
    prescribing.assign_request(request, prescriber=made.staff["prescriber"], by=support, at=passed)
    if "healthcare_assistant" in made.staff and not review:
        prescribing.assign_assistant(request, assistant=made.staff["healthcare_assistant"], by=support, at=passed)
        _prepare(made, subject, turn, at=passed + timedelta(hours=1))
    seen = passed + timedelta(hours=3) if lately else at_work(passed + timedelta(hours=3 + turn % 5))
    if review:
        _review(made, subject, at=seen)
    else:
        _look(made, subject, turn, at=seen)
    if state == "with":
        prescriber = actors.person(made.staff["prescriber"], at=seen)
        asking.ask_their_gp(request, subject, by=prescriber, desk=support, answered=turn % 2 == 1, at=seen)
        return
    given = bool(turn % 4 or review)
    decided = seen + timedelta(minutes=20)
    prescriber = actors.person(made.staff["prescriber"], at=decided)
    if lately and turn % 2:
        words = "How long have you had it, and has anything helped so far?"
        prescribing.ask_patient(request, words=words, by=prescriber, at=decided)
        return
    asking.verify(request, turn, by=prescriber, at=seen)
    if turn % 3 == 0:
        _hand_on(made, subject, prescriber, at=decided + timedelta(minutes=2), until=at)
    if not given:
        words = "Not safe beside what you take already. See your GP, who can weigh both."
        asking.refuse(request, turn, by=prescriber, at=decided, words=words)
        return
    words = "Begin tomorrow, as the label says. Write to us if anything changes."
    prescription = asking.prescribe(request, turn, man=man, by=prescriber, at=decided, words=words)
    checked = at_work(decided + timedelta(hours=1))
    pharmacist = actors.person(made.staff["pharmacist"], at=checked)
    asking.supply(
        prescription, turn, man=man, by=pharmacist, prescriber=made.staff["prescriber"], at=checked, until=at
    )
    asking.react(prescription, subject, turn, by=pharmacist, at=checked, until=at)


def _hand_on(made: Made, subject: UUID, prescriber: actors.Actor, *, at: datetime, until: datetime) -> None:
    """A task for the pharmacist, who does it the next day."""
    task = records.give_task(
        subject,
        TaskKind.CHECK,
        words="Compare what they take already with what was decided, and write to me if anything does not go together.",
        due_on=at.date() + timedelta(days=7),
        for_role="pharmacist",
        by=prescriber,
        at=at,
    )
    done = at_work(at + timedelta(days=1))
    if done < until:
        pharmacist = actors.person(made.staff["pharmacist"], at=done)
        records.end_task(task, state=TaskState.DONE, by=pharmacist, at=done)


def _review(made: Made, subject: UUID, *, at: datetime) -> None:
    """What the prescriber writes when twelve weeks are over."""
    prescriber = actors.person(made.staff["prescriber"], at=at)
    note = records.write_note(
        subject,
        heading="Review at twelve weeks",
        text="Takes it every day; no side effect that they would stop it for.\nBlood pressure in range. To go on as before.",
        by=prescriber,
        at=at,
    )
    records.sign_note(note.pk, release=Release.RELEASED, by=prescriber, at=at)


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
