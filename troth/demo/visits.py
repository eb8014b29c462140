"""The diary of a demonstration: a year of visits, this week's and next week's in full, made by those who would have made them."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from troth.demo import classes, locked, messages, pictures, recordings, rooms, waiting, wordings
from troth.demo.clinic import Made, Progress, batched
from troth.demo.hours import at_work
from troth.diary import services as diary
from troth.diary.rules import NotPossible
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.law.calendar import LONDON
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.portal.homes import home_of
from troth.records import services as records
from troth.records.selectors import Criticality, Release, Source, TaskKind, TaskState, Verification

AT_ONCE = 20  # visits in one transaction
#: Hours of work, in quarters of the day, for each practitioner in turn: nobody works every day.
_WEEKS = (
    {0: (36, 72), 1: (36, 72), 2: (40, 72), 3: (36, 72), 4: (36, 68)},
    {0: (40, 72), 1: (40, 72), 3: (40, 76), 4: (40, 72), 5: (36, 52)},
    {0: (36, 64), 1: (36, 64), 2: (44, 76), 3: (36, 64), 5: (36, 52)},
    {1: (44, 76), 2: (36, 68), 3: (44, 76), 4: (36, 68), 5: (36, 52)},
)
_FOUND = (
    (
        "Skin consultation",
        "Dry patches on both forearms, two years.\nTo try a plain emollient first. Seen again in six weeks.",
    ),
    (
        "Skin treatment",
        "Second session. Slight redness afterwards, gone after ten minutes.\nNo sun for a week; cream as before.",
    ),
    (
        "Mole and lesion check",
        "One lesion on the left shoulder, 4 mm, even border and colour.\nNothing to send on. Look again in a year.",
    ),
    (
        "Physiotherapy",
        "Right shoulder, painful above the head since spring.\nThree exercises shown and written down; twice a day.",
    ),
    (
        "Health check",
        "Well. Blood pressure 128 over 79, third reading.\nBlood taken for lipids; results by telephone.",
    ),
    ("Review", "Better than last time by their own account.\nTo go on as it is."),
)
_ALLERGIC = ("Penicillin", "Latex", "Nickel", "Sticking plaster")


@dataclass(frozen=True)
class _Planned:
    subject: UUID
    practitioner: UUID
    service: str
    starts: datetime
    booked: datetime
    fate: str  # kept, missed, cancelled


def write(made: Made, *, at: datetime, progress: Progress) -> None:
    """Offer services, set hours, and fill the diary. Where the notice has no visits to practitioners there is nothing to do."""
    home = home_of(made.pack)
    register = notices.register_in_force(at)
    if Purpose.BOOKING not in register.purposes or "practitioner" not in made.staff or home is None:
        return
    opened = min(made.since.values(), default=at)
    manager = actors.person(made.staff["clinic_manager"], at=opened)
    administrator = actors.person(made.staff["administrator"], at=opened)
    offered: dict[str, tuple[UUID, int]] = {}
    with boundary():
        for kind in home.services:
            if kind.minutes:
                more = rooms.SERVICES.get(kind.name, {})
                key = diary.offer_service(
                    name=kind.name,
                    minutes=kind.minutes,
                    words=kind.words,
                    form=wordings.asked_before(made.pack, kind.name),
                    **more,
                    by=manager,
                    at=opened,
                )
                offered[kind.name] = (key, kind.minutes + more.get("before", 0) + more.get("after", 0))
        locked.declare({name: key for name, (key, _) in offered.items()}, by=manager, at=opened)
        for practitioner, hours in zip(made.all_staff["practitioner"], _WEEKS, strict=False):
            diary.set_hours(practitioner, hours=hours, by=administrator, at=opened)
        rooms.write(made.all_staff["practitioner"], by=administrator, opened=opened, at=at)
    classes.write(made, by=manager, opened=opened, at=at)
    plan = sorted(
        _plan(made, {name: minutes for name, (_, minutes) in offered.items()}, at), key=lambda each: each.booked
    )
    done = 0
    for together in batched(plan, AT_ONCE):
        with boundary(), transaction.atomic():
            for each in together:
                _live(each, offered[each.service][0], made, at=at)
        done += len(together)
        progress(done, len(plan), "visits")
    recordings.write(made, at=at)
    came = [(each.subject, each.practitioner) for each in plan if each.fate == "kept" and each.starts < at]
    messages.write(made, came, at=at)
    waiting.write(made, {name: key for name, (key, _) in offered.items()}, at=at)


def _plan(made: Made, minutes: dict[str, int], at: datetime) -> list[_Planned]:
    """What is to happen, before any of it does: no two visits of one person or practitioner touch."""
    chance = random.Random(11)  # noqa: S311  the same diary each time is the point
    practitioners = made.all_staff["practitioner"][: len(_WEEKS)]
    today = at.astimezone(LONDON).date()
    monday = today - timedelta(days=today.weekday())
    planned: list[_Planned] = []
    seen: set[tuple[UUID, date]] = set()
    full = [monday + timedelta(days=number) for number in range(-2, 12)]
    for number, practitioner in enumerate(practitioners):
        for on in full:
            worked = _WEEKS[number].get(on.weekday())
            quarter = worked[0] if worked else 0
            while worked and quarter < worked[1]:
                service = chance.choice(list(minutes))
                subject, _ = chance.choice(made.patients)
                lasts = -(-minutes[service] // 15)
                starts = _moment(on, quarter)
                fits = quarter + lasts <= worked[1] and (subject, on) not in seen and made.since[subject] < starts
                crowded = 0.8 if on <= today + timedelta(days=2) else 0.5
                if fits and chance.random() < crowded:
                    seen.add((subject, on))
                    planned.append(_planned(chance, made, subject, practitioner, service, starts, at))
                    quarter += lasts
                else:
                    quarter += 2
    for subject, _ in made.patients:
        for _ in range(chance.choice((0, 1, 1, 2))):
            days = (full[0] - made.since[subject].date()).days
            if days < 3:
                break
            on = made.since[subject].date() + timedelta(days=chance.randrange(2, days))
            number = chance.randrange(len(practitioners))
            worked = _WEEKS[number].get(on.weekday())
            if worked is None or (subject, on) in seen:
                continue
            seen.add((subject, on))
            service = chance.choice(list(minutes))
            starts = _moment(on, chance.randrange(worked[0], worked[1] - 4))
            planned.append(_planned(chance, made, subject, practitioners[number], service, starts, at))
    return planned


def _planned(
    chance: random.Random,
    made: Made,
    subject: UUID,
    practitioner: UUID,
    service: str,
    starts: datetime,
    at: datetime,
) -> _Planned:
    earliest = made.since[subject] + timedelta(minutes=20)
    booked = max(earliest, min(starts, at) - timedelta(days=chance.randrange(1, 18), minutes=chance.randrange(300)))
    fate = chance.choices(("kept", "missed", "cancelled"), (88, 5, 7))[0]
    return _Planned(subject, practitioner, service, starts, booked, fate)


def _live(each: _Planned, service: UUID, made: Made, *, at: datetime) -> None:
    """Book it as the person, and let happen what has happened by now."""
    patient = actors.person(each.subject, at=each.booked)
    try:
        visit = diary.book(
            each.subject,
            practitioner=each.practitioner,
            service=service,
            starts_at=each.starts,
            told=False,
            by=patient,
            at=each.booked,
        )
    except NotPossible:
        return  # somebody had that time: they did not come that day
    reception = actors.person(made.staff["receptionist"], at=each.starts)
    if each.fate == "cancelled":
        diary.cancel(visit, told=False, by=patient, at=min(each.booked + timedelta(hours=5), at))
    elif each.starts + timedelta(minutes=20) > at:
        if each.starts - timedelta(minutes=5) < at:
            diary.arrive(visit, by=reception, at=each.starts - timedelta(minutes=5))
    elif each.fate == "missed":
        diary.miss(visit, by=reception, at=each.starts + timedelta(minutes=20))
    else:
        diary.arrive(visit, by=reception, at=each.starts - timedelta(minutes=4))
        over = each.starts + timedelta(minutes=30)
        if over < at:
            practitioner = actors.person(each.practitioner, at=over)
            diary.complete(visit, by=practitioner, at=over)
            _write_up(each, made, practitioner, at=over, until=at)


def _write_up(each: _Planned, made: Made, practitioner: actors.Actor, *, at: datetime, until: datetime) -> None:
    """What the practitioner leaves on the card after two visits of three."""
    turn = each.subject.int % 12 + each.starts.day
    if turn % 5 == 0:
        _ask_reception(each, made, practitioner, at=at, until=until)
    if turn % 3 == 0:
        return
    text = dict(_FOUND).get(each.service, _FOUND[-1][1])
    wordings.sign(each.subject, each.service, by=practitioner, at=at)
    if each.service == "Skin treatment":
        pictures.take(each.subject, by=practitioner, at=at)
    locked.record(each.subject, each.service, by=practitioner, at=at)
    answers = wordings.filled(each.service)
    note = records.write_note(
        each.subject,
        heading=each.service,
        text="" if answers else text,
        answers=answers,
        by=practitioner,
        at=at,
    )
    records.sign_note(note.pk, release=Release.RELEASED, by=practitioner, at=at)
    if turn % 7 == 1:
        records.record_allergy(
            each.subject,
            substance=_ALLERGIC[turn % len(_ALLERGIC)],
            reaction="A rash that itched for days",
            since=str(2004 + turn % 18),
            criticality=Criticality.LOW,
            verification=Verification.UNCONFIRMED,
            source=Source.PERSON,
            release=Release.RELEASED,
            by=practitioner,
            at=at,
        )


def _ask_reception(each: _Planned, made: Made, practitioner: actors.Actor, *, at: datetime, until: datetime) -> None:
    """A task for reception, which is done the next day."""
    task = records.route_task(
        each.subject,
        TaskKind.RING,
        due_on=at.date() + timedelta(days=5),
        for_role="receptionist",
        by=practitioner,
        at=at,
    )
    done = at_work(at + timedelta(days=1))
    if done < until:
        records.end_task(task, state=TaskState.DONE, by=actors.person(made.staff["receptionist"], at=done), at=done)


def _moment(on: date, quarter: int) -> datetime:
    return datetime.combine(on, time(quarter // 4, quarter % 4 * 15), tzinfo=LONDON)
