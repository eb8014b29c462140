"""Some conversations of a demonstration: one that waits for reception, one for a practitioner, one that is settled."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from troth.contact import services as contact
from troth.contact.selectors import About
from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose

_ASKED = (
    (About.VISITS, "Is there a place to park a wheelchair car near the door?", ""),
    (
        About.VISITS,
        "Could I have last month’s invoice once more, as PDF?",
        "It stands in your account, under “Your payments”. Each invoice there has a PDF.",
    ),
)


def write(made: Made, visits: list[tuple[UUID, UUID]], *, at: datetime) -> None:
    """As the people wrote them, in the last two days. `visits`: who came lately, and to whom."""
    if Purpose.MESSAGES not in notices.register_in_force(at).purposes or "receptionist" not in made.staff:
        return
    for number, (about, words, answer) in enumerate(_ASKED):
        subject, _ = made.patients[number]
        when = at - timedelta(hours=30 - 3 * number)
        found = _ask(subject, about, words, at=when)
        if answer:
            by = actors.person(made.staff["receptionist"], at=when + timedelta(hours=2))
            with boundary():
                contact.write_to_them(
                    subject,
                    words=answer,
                    message=uuid4(),
                    about=about,
                    conversation=found,
                    read=1,
                    by=by,
                    at=when + timedelta(hours=2),
                )
    practitioner = made.staff.get("practitioner")
    theirs = next((subject for subject, whom in reversed(visits) if whom == practitioner), None)
    if theirs is not None:
        words = "The skin is a little red where it was treated yesterday. Is that as it should be, and may I shower?"
        _ask(theirs, About.TREATMENT, words, at=at - timedelta(hours=5))


def _ask(subject: UUID, about: About, words: str, *, at: datetime) -> UUID:
    with boundary():
        return contact.write_to_us(
            subject, words=words, message=uuid4(), about=about, by=actors.person(subject, at=at), at=at
        )
