"""
What happens in any clinic over a year besides its work: rights used, uses stopped, a record opened in an emergency, an erasure.

Each thing happens to another person, the last registered first, so that those who sign in to a demonstration are left alone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from troth.consent import services as consents
from troth.contact import services as contact
from troth.demo.clinic import Made, Progress
from troth.demo.hours import at_work
from troth.gate import actors, emergency
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people import services as accounts
from troth.people.selectors import ActsAs
from troth.rights import services as rights
from troth.rights.rules.letters import Ending
from troth.rights.selectors import Verdict
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload

LEFT_ALONE = 3  # those who sign in
_HEALTH_ROLES = ("prescriber", "practitioner", "medical_expert")
_CALLED = (
    "The ambulance crew rang: found unconscious at home, they asked which medicines and allergies we know of.",
    "Their partner rang the emergency line: swollen face after a tablet, and the hospital asked what it was.",
)
_ANSWERING = ("patient_support", "receptionist", "case_handler")
_QUESTIONS = (
    ("Odile Farrant", "odile.farrant@post.example", "Do you write to me in large print, if I ask for it?"),
    ("Ken Ashworth", "ken.ashworth@post.example", "My mother does not use the internet. Can she ring you instead?"),
    ("Shanthi Pereira", "shanthi.p@post.example", "How long does it usually take until somebody answers?"),
)


def write(made: Made, *, at: datetime, progress: Progress) -> None:
    """Let all of it happen, as far as there are people for it."""
    people = _People(made, at)
    happen = (_ask_for_data, _stop_uses, _break_glass, _let_act_for, _ask_questions, _erase)
    for number, each in enumerate(happen, start=1):
        each(made, people, at)
        progress(number, len(happen), "kinds of other things")


class _People:
    """Those to whom something may still happen."""

    def __init__(self, made: Made, at: datetime) -> None:
        known = [subject for subject, _ in made.patients] or [each.subject for each in made.claimants]
        self._left = known[LEFT_ALONE:]
        self._since = made.since
        self._at = at

    def known_for(self, days: int) -> Iterator[UUID]:
        """The next person who has been with the clinic for so many days; none where nobody is left."""
        for subject in reversed(self._left):
            if self._since[subject] <= self._at - timedelta(days=days):
                self._left.remove(subject)
                yield subject
                return


def _ask_for_data(made: Made, people: _People, at: datetime) -> None:
    """One request is late, one is due within days, one has just come, and one was answered."""
    officer = made.staff["privacy_officer"]
    asked = (
        (Right.ACCESS, 37, "I would like everything that you hold about me, on paper if you can.", 0),
        (
            Right.RECTIFICATION,
            27,
            "My second name is spelt with one n. It has been wrong in each of your letters.",
            0,
        ),
        (Right.PORTABILITY, 3, "I am changing to another clinic. Can you send them what I gave you?", 0),
        (Right.RECTIFICATION, 75, "The house number in my address should be 41.", 9),
    )
    for right, days, words, answered in asked:
        for subject in people.known_for(days + 1):
            moment = (at - timedelta(days=days)).replace(hour=19, minute=4 + days % 50)
            with boundary():
                case = rights.open_case(subject, right, by=actors.person(subject, at=moment), at=moment, words=words)
            if answered:
                moment = at_work(moment + timedelta(days=answered))
                with boundary():
                    rights.finish_case(case, ending=Ending.ANSWERED, by=actors.person(officer, at=moment), at=moment)


def _stop_uses(made: Made, people: _People, at: datetime) -> None:
    """A record is not to be used, a use on the clinic's interests is objected to, and a consent was taken back."""
    declared = notices.register_in_force(at).purposes
    for subject in people.known_for(20):
        moment = (at - timedelta(days=12)).replace(hour=20, minute=41)
        with boundary():
            rights.ask_to_stop(
                subject,
                None,
                by=actors.person(subject, at=moment),
                at=moment,
                words="An allergy on my record is not mine. I do not want it used until that is settled.",
            )
    for subject in people.known_for(10):
        moment = (at - timedelta(days=5)).replace(hour=12, minute=16)
        with boundary():
            rights.ask_to_stop(
                subject, Purpose.FEEDBACK, by=actors.person(subject, at=moment), at=moment, words="Too many surveys."
            )
    for subject in people.known_for(100) if Purpose.MARKETING in declared else ():
        agreed, back = at - timedelta(days=90), at - timedelta(days=21)
        with boundary():
            consents.give(
                subject, Purpose.MARKETING, channel="email", by=actors.person(subject, at=agreed), at=agreed
            )
        with boundary():
            consents.take_back(subject, Purpose.MARKETING, by=actors.person(subject, at=back), at=back)


def _break_glass(made: Made, people: _People, at: datetime) -> None:
    """Two records were opened in an emergency: one was reviewed and told, the other waits for a colleague."""
    role = next((each for each in _HEALTH_ROLES if each in made.staff), "")
    if not role:
        return
    doctor, officer = made.staff[role], made.staff["privacy_officer"]
    for days, words in zip((40, 1), _CALLED, strict=True):
        for subject in people.known_for(days + 5):
            moment = at_work(at - timedelta(days=days + 2))
            proven = actors.person(doctor, at=moment, second_factor_at=moment - timedelta(minutes=1))
            emergency.break_glass(subject, note=words, by=proven, at=moment)
            later = moment + timedelta(minutes=2)
            with (
                boundary(),
                processing(Purpose.EMERGENCY, Action.READ, by=actors.person(doctor, at=later), at=later) as opened,
            ):
                opened.require(subject, Category.IDENTITY, Category.HEALTH)
            if days == 1:
                continue
            note = next(each.note for each in emergency.list_broken() if each.subject == subject)
            moment = at_work(moment + timedelta(days=1))
            by = actors.person(officer, at=moment)
            with boundary():
                rights.review_emergency(
                    note,
                    verdict=Verdict.JUSTIFIED,
                    words="The hospital confirmed the call and the time. Opened for six minutes, allergies and medicines alone.",
                    by=by,
                    at=moment,
                )
            with boundary():
                rights.tell_about_emergency(
                    note,
                    words="Told by telephone the day after, and thanked us.",
                    by=by,
                    at=moment + timedelta(minutes=9),
                )


def _let_act_for(made: Made, people: _People, at: datetime) -> None:
    """One of those who sign in acts for somebody under a registered power: the paper was looked at and is kept."""
    if len(made.patients) < LEFT_ALONE:
        return
    attorney, officer = made.patients[1][0], made.staff["privacy_officer"]
    for subject in people.known_for(60):
        moment = (at - timedelta(days=32)).replace(hour=18, minute=22)
        with boundary():
            case = rights.open_case(
                subject,
                Right.ACCESS,
                by=actors.person(subject, at=moment),
                at=moment,
                words="My nephew looks after my affairs. May he see what you hold?",
            )
        moment = at_work(moment + timedelta(days=2))
        by = actors.person(officer, at=moment)
        paper = b"A lasting power of attorney for property and affairs, stamped on each page. Invented, like everybody in it.\n"
        with boundary():
            accounts.record_authority(
                subject,
                representative=attorney,
                acts_as=ActsAs.ATTORNEY_PROPERTY,
                until=at + timedelta(days=330),
                checked="The original, stamped on each page, and the register of the Public Guardian, where it stands as in force.",
                paper=SealedUpload(
                    files.store([paper], name="power.txt", media_type="text/plain"), "text/plain", None
                ),
                by=by,
                at=moment,
            )
        with boundary():
            rights.finish_case(
                case,
                ending=Ending.ANSWERED,
                words="He may. We looked at his paper, and what he asks for you he sees; you see who acts for you under My data.",
                by=by,
                at=moment + timedelta(minutes=20),
            )


def _ask_questions(made: Made, people: _People, at: datetime) -> None:
    """Three strangers asked something on the site; one was answered."""
    role = next((each for each in _ANSWERING if each in made.staff), "")
    if Purpose.ENQUIRIES not in notices.register_in_force(at).purposes or not role:
        return
    for number, (name, email, words) in enumerate(_QUESTIONS):
        moment = (at - timedelta(days=1 + 2 * number)).replace(hour=18 + number, minute=7 + 11 * number)
        with boundary():
            question = contact.ask(name=name, email=email, words=words, by=actors.NOBODY, at=moment)
        if number == len(_QUESTIONS) - 1:
            moment = at_work(moment)
            by = actors.person(made.staff[role], at=moment)
            with boundary():
                contact.answer(question, words="Rang them. They had the answer in two minutes.", by=by, at=moment)


def _erase(made: Made, people: _People, at: datetime) -> None:
    """Somebody had erased what nothing keeps, and holds the certificate."""
    for subject in people.known_for(60):
        by = actors.person(subject, at=at)
        with boundary():
            case = rights.ask_erasure(
                subject, by=by, at=at, words="I do not need you any more. Keep no more than you must."
            )
        rights.carry_out_erasure(case, by=by, at=at)
