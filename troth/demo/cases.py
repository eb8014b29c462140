"""The cases of a medico-legal demonstration, instructed over a year by two firms and an insurer, each as far as it has come."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from troth.demo import cast
from troth.demo.cast import PatientPart
from troth.demo.clinic import OPEN_FOR, Claimant, Made, Progress, batched
from troth.demo.hours import at_work
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.law.calendar import LONDON
from troth.medicolegal import selectors
from troth.medicolegal import services as cases
from troth.medicolegal.rules import STATEMENTS
from troth.medicolegal.selectors import Stage
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.records import services as records
from troth.records.selectors import Release, TaskKind, TaskState

AT_ONCE = 10  # cases in one transaction
_SILENT = timedelta(days=40)  # for so long somebody may leave a report unanswered; then they are rung
#: Those who sign in: how many days ago they were instructed, and how far their case has come.
_SIGNING_IN = ((52, Stage.SIGNED), (75, Stage.RELEASED), (16, Stage.BOOKED))
_HAPPENED = (
    "Stopped at lights when a van ran into the back of the car. Belt on, head against the rest.",
    "Slipped on a wet floor in a shop; no sign stood there. Fell on the right side.",
    "Lifted a crate at work that was marked at half its weight. Felt something give in the back.",
    "Cycling straight on when a car turned left across. Thrown over the bonnet.",
    "Passenger in a taxi that was hit at a roundabout. Airbag on the other side only.",
)
_ASKED = (
    "What injury was caused, how long will it last, and is treatment needed?",
    "Is the neck pain due to the accident? Please comment on the earlier complaint of 2021.",
    "When could the claimant have gone back to work, and with what limits?",
)
_FOUND = (
    "Tenderness over the trapezius on both sides. Full movement with pain at its ends.\nPrognosis: nine months from the accident.",
    "Straight leg raise 70 degrees on the right. No loss of power.\nPrognosis: twelve months, with six sessions of physiotherapy.",
)
_WRONG = "The report says that I drove. I sat beside the driver, as my solicitor wrote in the instruction."
_PARTS = {
    "qualifications": "Registered with my profession's regulator since 2009; fifteen years of accident clinics.",
    "instructions": "By letter: to examine the claimant, to say what injury the accident caused and how long it lasts.",
    "facts": "What happened is as the claimant told me and as the letter says. None of it is within my own knowledge.",
    "examined_by": "I examined the claimant myself. No other test was done.",
    "findings": "",
    "material": "None",
    "opinion": "On balance the injury was caused by the accident. Some colleagues would expect a longer course; I do not, since "
    "movement was full.",
    "conclusions": "",
    "limits": "I have not seen the records of the general practitioner before 2020.",
}


def write(made: Made, number: int, *, at: datetime, progress: Progress) -> None:
    """Instruct so many cases. Where the notice takes no instructions there is nothing to do."""
    if Purpose.INSTRUCTIONS not in notices.register_in_force(at).purposes or "case_handler" not in made.staff:
        return
    chance = random.Random(23)  # noqa: S311  the same cases each time is the point
    done = 0
    opened = at - OPEN_FOR + timedelta(days=2)
    turns = enumerate(cast.claimants(number, on=at.date()))
    for together in batched(turns, AT_ONCE):
        with boundary(), transaction.atomic():
            for turn, part in together:
                # More of them lately, so that most of the board is at work.
                begun = at_work(opened + (at - opened - timedelta(hours=6)) * ((turn + 1) / number) ** 0.6)
                until = None
                if part.signs_in:
                    days, until = _SIGNING_IN[turn]
                    begun = at_work(at - timedelta(days=days))
                if begun < at:
                    subject, handler = live(made, part, turn, chance, begun, at, until)
                    made.claimants.append(Claimant(subject, part, handler))
                    made.since[subject] = begun
        done += len(together)
        progress(done, number, "cases")


def live(
    made: Made,
    part: PatientPart,
    turn: int,
    chance: random.Random,
    begun: datetime,
    at: datetime,
    until: Stage | None,
) -> tuple[UUID, UUID | None]:
    """One case from its instruction to where it stands at `at`, or to the stage `until`; its claimant, and who handles it."""
    firms = [*made.all_staff["instructing_solicitor"], made.staff["insurer_contact"]]
    solicitor = actors.person(firms[turn % len(firms)], at=begun)
    handlers = made.all_staff["case_handler"]
    handler = handlers[turn % len(handlers)]
    experts = made.all_staff["medical_expert"]
    expert = experts[turn // 3 % len(experts)]
    case = cases.instruct(
        title=part.title,
        given_name=part.given_name,
        family_name=part.family_name,
        born_on=part.born_on,
        email=part.email,
        telephone=part.telephone,
        address=part.address,
        postcode=part.postcode,
        reference=f"{'LP' if turn % 2 else 'SD'}/{2000 + turn}",
        accident_on=(begun - timedelta(days=chance.randrange(30, 300))).date(),
        accident=_HAPPENED[turn % len(_HAPPENED)],
        questions=_ASKED[turn % len(_ASKED)],
        told=True,
        by=solicitor,
        at=begun,
    )
    with processing(Purpose.INSTRUCTIONS, by=solicitor, at=begun) as opened:
        claimant = selectors.get_case(case, opened).line.subject
    moment = at_work(begun + timedelta(hours=chance.randrange(1, 22)))
    if moment > at:
        return claimant, None
    if turn % 23 == 9:
        cases.decline(case, by=actors.person(handler, at=moment), at=moment)
        return claimant, None
    cases.accept(case, by=actors.person(handler, at=moment), at=moment)
    _work(case, claimant, turn, chance, (handler, expert, made.staff["records_clerk"]), moment, at, until)
    return claimant, handler


def _work(
    case: UUID,
    claimant: UUID,
    turn: int,
    chance: random.Random,
    people: tuple[UUID, UUID, UUID],
    moment: datetime,
    at: datetime,
    until: Stage | None,
) -> None:
    """What the handler, the expert and the claimant do once the case was taken on."""
    handler, expert, clerk = people
    moment = at_work(moment + timedelta(days=chance.randrange(1, 5), hours=chance.randrange(6)))
    if turn % 2 and moment < at:
        by = actors.person(handler, at=moment)
        cases.advance(case, to=Stage.RECORDS, by=by, at=moment)
        due = moment.date() + timedelta(days=10)
        task = records.route_task(claimant, TaskKind.CHASE, due_on=due, for_role="records_clerk", by=by, at=moment)
        moment = at_work(moment + timedelta(days=chance.randrange(1, 6), hours=chance.randrange(6)))
        if moment < at:
            records.end_task(task, state=TaskState.DONE, by=actors.person(clerk, at=moment), at=moment)
    if moment > at:
        return
    on = at_work(moment + timedelta(days=chance.randrange(4, 20))).astimezone(LONDON)
    if until is Stage.BOOKED:
        on = at_work(at + timedelta(days=3)).astimezone(LONDON)
    examined = on.replace(hour=chance.randrange(9, 17), minute=chance.choice((0, 30)), second=0, microsecond=0)
    cases.book_examination(case, expert=expert, when=examined, by=actors.person(handler, at=moment), at=moment)
    moment = examined + timedelta(hours=1)
    if moment > at:
        return
    doctor = actors.person(expert, at=moment)
    cases.advance(case, to=Stage.EXAMINED, by=doctor, at=moment)
    note = records.write_note(claimant, heading="Examination", text=_FOUND[turn % len(_FOUND)], by=doctor, at=moment)
    records.sign_note(note.pk, release=Release.RELEASED, by=doctor, at=moment)
    moment = at_work(moment + timedelta(days=chance.randrange(2, 11), hours=chance.randrange(5)))
    if moment > at:
        _write(case, turn, ("findings", "opinion"), (), doctor, moment=examined + timedelta(hours=2), at=at)
        return
    _write(case, turn, tuple(_PARTS), tuple(STATEMENTS), doctor, moment=moment, at=at)
    cases.sign_report(case, by=actors.person(expert, at=moment), at=moment)
    moment += timedelta(
        days=chance.randrange(1, 9), hours=chance.randrange(3, 9)
    )  # people read theirs in the evening too
    if (
        moment > at or until is Stage.SIGNED or (turn % 17 == 5 and at - moment < _SILENT)
    ):  # now and then somebody does not answer
        return
    if turn % 11 == 4:
        cases.query_report(case, words=_WRONG, by=actors.person(claimant, at=moment), at=moment)
        moment = at_work(moment + timedelta(days=2))
        if moment > at:
            return
        _write(case, turn, tuple(_PARTS), tuple(STATEMENTS), doctor, moment=moment, at=at)
        cases.sign_report(case, by=actors.person(expert, at=moment), at=moment)
        moment += timedelta(hours=8)
        if moment > at:
            return
    cases.check_report(case, by=actors.person(claimant, at=moment), at=moment)
    moment = at_work(moment + timedelta(hours=chance.randrange(4, 30)))
    if moment > at:
        return
    cases.release_report(case, by=actors.person(handler, at=moment), at=moment)
    moment = at_work(moment + timedelta(days=30))
    if moment < at and until is not Stage.RELEASED:
        cases.advance(case, to=Stage.CLOSED, by=actors.person(handler, at=moment), at=moment)


def _write(
    case: UUID,
    turn: int,
    parts: tuple[str, ...],
    stated: tuple[str, ...],
    doctor: actors.Actor,
    *,
    moment: datetime,
    at: datetime,
) -> None:
    """What the expert has put into the report by then."""
    if moment < at:
        found = _FOUND[turn % len(_FOUND)].splitlines()
        words = {**_PARTS, "findings": found[0], "conclusions": found[1]}
        by = actors.person(doctor.id, at=moment) if doctor.id else doctor
        cases.write_report(case, parts={part: words[part] for part in parts}, stated=stated, by=by, at=moment)
