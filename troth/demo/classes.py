"""A class in a demonstration's diary: every week in the studio, with some who come to it."""

from datetime import datetime, time, timedelta

from troth.demo.clinic import Made
from troth.demo.rooms import GYM
from troth.diary import services as diary
from troth.diary.rules import NotPossible
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.law.calendar import LONDON

#: Who comes in the first week, the second and so on: one week is full.
_COME = (5, 8, 3, 2)


def write(made: Made, *, by: Actor, opened: datetime, at: datetime) -> None:
    """Set it for four weeks with the practitioner who works late on Thursdays, and book places as people do."""
    with boundary():
        service = diary.offer_service(
            name="Back class",
            minutes=60,
            words="Exercises for the back and shoulders in a small group",
            after=10,
            price_pence=1_800,
            room_sort=GYM,
            colour="moss",
            places=8,
            by=by,
            at=opened,
        )
    if len(made.all_staff["practitioner"]) < 4:
        return
    today = at.astimezone(LONDON).date()
    thursday = today + timedelta(days=(3 - today.weekday()) % 7)
    first = datetime.combine(thursday, time(17, 30), tzinfo=LONDON)
    if first <= at:
        first += timedelta(weeks=1)
    starts = [first + timedelta(weeks=number) for number in range(len(_COME))]
    practitioner = made.all_staff["practitioner"][3]
    asked = at - timedelta(days=2)
    with boundary():
        diary.plan_classes(
            service=service,
            practitioner=practitioner,
            starts=starts,
            by=actors.person(made.staff["receptionist"], at=asked),
            at=asked,
        )
    for number, (when, many) in enumerate(zip(starts, _COME, strict=True)):
        for subject, _ in made.patients[number : number + many]:
            with boundary():
                try:
                    diary.book(
                        subject,
                        practitioner=practitioner,
                        service=service,
                        starts_at=when,
                        told=False,
                        by=actors.person(subject, at=at),
                        at=at,
                    )
                except NotPossible:
                    continue
