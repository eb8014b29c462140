"""What the invented clinics' notes ask, and what their consents and letters say: published by the people who would have done it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from troth.demo.clinic import Made
from troth.design.signing import AGREED
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.people.selectors import get_identity
from troth.records import services as records
from troth.records.rules import templates
from troth.records.selectors import TemplateKind, get_template, list_consents

#: Of each pack, what its practitioners' notes ask.
_NOTES: dict[str, tuple[tuple[str, str], ...]] = {
    "wellness-clinic": (
        (
            "Skin visit",
            "What brings them\nSkin type: I; II; III; IV; V; VI\nAnything that speaks against treatment: No; Yes, see below\n"
            "What was done…\nBatch number\nAdvice for afterwards…\nSeen again: In two weeks; In six weeks; When they ask",
        ),
        (
            "Joint visit",
            "Which joint\nSince when\nPain, from 0 to 10\nMovement: Free; Held by pain; Held\nWhat was done…\nExercises given…",
        ),
        ("General visit", "What brings them\nWhat was found…\nWhat was agreed…"),
    ),
    "online-prescribing": (
        (
            "Review by video",
            "How it went since last time…\nSide effects: None; Some, see below\nGo on: Yes; No\nPlan…",
        ),
    ),
    "medico-legal": (("Examination", "What happened, as told…\nFound on examination…\nOutlook…"),),
}


#: What is signed before a treatment, and before which service.
CONSENTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "wellness-clinic": (
        (
            "Light treatment of the skin",
            "Skin treatment",
            "You are having intense light used on your skin, to lessen redness or marks. It takes some fifteen minutes and feels "
            "like a rubber band against the skin.\n\nMost people are red for a few hours. One in ten is swollen for a day. One in "
            "a hundred gets a blister or a mark that is lighter or darker than the skin around it and takes months to fade. A scar "
            "is rare.\n\nIt is not done on skin that was in the sun in the last four weeks, on tattoos, or while you take a "
            "medicine that makes the skin sensitive to light. Say so if any of these is the case.\n\nYou could also use a cream, "
            "cover the redness, or do nothing. You can stop at any moment, during the treatment too.",
        ),
    ),
}
_LETTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "wellness-clinic": (
        (
            "To their GP, after a treatment",
            "Dear colleague,\n\nYour patient {name}, born {born}, was treated at {clinic}. We write because they asked us to.\n\n"
            "What was done:\n\nWhat we ask of you: nothing but to add this to their record.\n\nYours sincerely,\n\n{author}",
        ),
        (
            "After-care in writing",
            "Dear {name},\n\nThis is what we spoke about on {date}.\n\nKeep the skin out of the sun for a week, and use the cream "
            "as before. Ring us if it blisters, or is hot and painful after the second day.\n\n{author}, {clinic}",
        ),
    ),
}
#: With which of them a visit of a kind is written up, and what is answered. Other visits are written up in free words.
_ANSWERED = {
    "Skin treatment": (
        "Skin visit",
        {
            "What brings them": "Redness of both cheeks",
            "Skin type": "II",
            "Anything that speaks against treatment": "No",
            "What was done": "Second session, light machine A. Slight redness afterwards, gone after ten minutes.",
            "Batch number": "gel 26-1187",
            "Advice for afterwards": "No sun for a week; cream as before.",
            "Seen again": "In six weeks",
        },
    ),
    "Physiotherapy": (
        "Joint visit",
        {
            "Which joint": "Right shoulder",
            "Since when": "Spring",
            "Pain, from 0 to 10": "4",
            "Movement": "Held by pain",
            "Exercises given": "Three, shown and written down; twice a day.",
        },
    ),
}


def write(made: Made, *, at: datetime) -> None:
    """Publish the templates of this pack on the day its clinic opened."""
    who = next(
        (made.staff[role] for role in ("practitioner", "prescriber", "medical_expert") if role in made.staff), None
    )
    if who is None:
        return
    opened = min(made.since.values(), default=at)
    by = actors.person(who, at=opened)
    with boundary():
        for title, body in _NOTES.get(made.pack, ()):
            records.publish_template(TemplateKind.NOTE, title=title, body=body, by=by, at=opened)
        for title, body in _LETTERS.get(made.pack, ()):
            records.publish_template(TemplateKind.LETTER, title=title, body=body, by=by, at=opened)
        for title, _, body in CONSENTS.get(made.pack, ()):
            records.publish_template(TemplateKind.CONSENT, title=title, body=body, by=by, at=opened)


def filled(service: str) -> dict[str, Any] | None:
    """What the note of such a visit keeps, where it is written with a template."""
    title, answers = _ANSWERED.get(service, ("", {}))
    line = get_template(TemplateKind.NOTE, templates.key_of(title))
    return templates.filled(line.key, line.version, line.title, line.asks, answers) if line else None


def asked_before(pack: str, service: str) -> str:
    """The key of the consent that a service asks for, or nothing."""
    return next((templates.key_of(title) for title, named, _ in CONSENTS.get(pack, ()) if named == service), "")


def sign(subject: UUID, service: str, *, by: Actor, at: datetime) -> None:
    """Have somebody sign what their visit asks for, where they signed none so far."""
    wanted = next((title for known in CONSENTS.values() for title, named, _ in known if named == service), "")
    line = get_template(TemplateKind.CONSENT, templates.key_of(wanted)) if wanted else None
    if line is None:
        return
    with processing(Purpose.CARE, by=by, at=at) as opened:
        if any(each.key == line.key for each in list_consents(subject, opened)):
            return
        who = get_identity(subject, opened)
    records.sign_consent(
        subject,
        key=line.key,
        version=line.version,
        ticked=AGREED,
        name=who.name if who else "",
        drawn=json.dumps(_drawn(subject)),
        consent=uuid4(),
        by=by,
        at=at,
    )


def _drawn(subject: UUID) -> list[list[list[int]]]:
    """A scrawl, another for each person."""
    turn = subject.int
    return [
        [[80 + step * 20, 150 + (turn >> step * 3) % 8 * 22 - 77 + (40 if step % 2 else -40)] for step in range(40)],
        [[120, 240], [860, 225 + turn % 20]],
    ]
