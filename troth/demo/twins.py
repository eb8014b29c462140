"""
People of whom a clinic holds two records: a colleague who is a patient here too, and somebody who came a second time under another
address. The first pair is linked, the second waits for a decision, a third was noticed by nobody yet.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from troth.demo import cases
from troth.demo.cast import PatientPart
from troth.demo.clinic import OPEN_FOR, Claimant, Made, register_part, staff_of
from troth.demo.hours import at_work
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.people import selectors
from troth.people import services as people
from troth.people.rules import TELLING_APART
from troth.people.selectors import MadeSure

#: Fewer people than this are too few to spare any for it.
FEWEST = 6
_PLACE = 3  # behind those who sign in, and the last to whom anything else happens
#: Who is looked after where they work: somebody who finds people and works on no card, so that nobody writes in their own.
_COLLEAGUES = ("pharmacist", "records_clerk", "finance")
_WHY = "They work here, and told us that they are a patient too."
_SURE = "Confirmed by the person who manages them, and by themself across the desk."
_MOVED = "The same name and day of birth. The second came after a move, under a new address."


def register(made: Made, *, at: datetime) -> None:
    """Let them register, before anything happens to anybody. Claimants come by an instruction instead."""
    if len(made.patients) < FEWEST:
        return
    for part, known in _parts(made, [part for _, part in made.patients]):
        day = at_work(at - OPEN_FOR + timedelta(days=known))
        with boundary():
            subject = register_part(part, at=day)
        made.patients.insert(_PLACE, (subject, part))
        made.since[subject] = day


def instruct(made: Made, *, at: datetime) -> None:
    """Where people come by an instruction: one case about a colleague, and second cases about two who had one."""
    if len(made.claimants) < FEWEST:
        return
    chance = random.Random(5)  # noqa: S311  the same cases each time is the point
    for turn, (part, known) in enumerate(_parts(made, [each.part for each in made.claimants])):
        begun = at_work(at - OPEN_FOR + timedelta(days=known))
        with boundary():
            subject, handler = cases.live(made, part, turn, chance, begun, at, None)
        made.claimants.insert(_PLACE, Claimant(subject, part, handler))
        made.since[subject] = begun


def tell_apart(made: Made, *, at: datetime) -> None:
    """Two members of staff look at each pair: one proposes, a colleague decides."""
    tellers = [each for role in sorted(TELLING_APART) for each in made.all_staff.get(role, [])]
    pairs = selectors.list_likely()
    staff = {each for some in made.all_staff.values() for each in some}
    colleagues = [pair for pair in pairs if staff & {pair.one, pair.other}]
    others = [pair for pair in pairs if pair not in colleagues]
    if len(tellers) < 2 or not colleagues or not others:
        return
    first, second = tellers[:2]
    moment = at_work(at - timedelta(days=24))
    link = _propose(colleagues[0], _WHY, first, moment)
    moment = at_work(moment + timedelta(days=1))
    with boundary():
        people.confirm_link(
            link, made_sure=MadeSure.KNOWN, words=_SURE, by=actors.person(second, at=moment), at=moment
        )
    # The third pair stays where the index put it: in the list that nobody has looked at.
    _propose(others[0], _MOVED, first, at_work(at - timedelta(days=2)))


def _propose(pair: selectors.Likely, reason: str, who: UUID, at: datetime) -> UUID:
    with boundary():
        return people.propose_link(pair.one, pair.other, reason=reason, by=actors.person(who, at=at), at=at)


def _parts(made: Made, known: list[PatientPart]) -> list[tuple[PatientPart, int]]:
    """A colleague, and two who moved; each with how many days after the opening they came."""
    role = next(role for role in _COLLEAGUES if role in made.staff)
    member = next(part for part in staff_of(made.pack) if part.role == role)
    given, _, family = member.name.rpartition(" ")
    like = known[_PLACE]
    colleague = replace(
        like, title="", given_name=given, family_name=family, email=member.email, telephone="07700 900641"
    )
    moved = [
        replace(
            part,
            email=f"{part.email.partition('@')[0]}.new@post.example",
            telephone=f"07700 9005{number}1",
            address=f"{11 + number} Candlemas Road, Kendal",
            postcode="LA9 4CI",
        )
        for number, part in enumerate(known[_PLACE + 1 : _PLACE + 3])
    ]
    return [(colleague, 120), *((part, 300 + 9 * number) for number, part in enumerate(moved))]
