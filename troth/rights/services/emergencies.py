"""Judging a record that was opened in an emergency, and telling the person whose record it is."""

from datetime import date, datetime
from uuid import UUID

from troth.delivery.rules import Kind
from troth.design.moments import said_when
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.rights import rules
from troth.rights.models import EmergencyReview, EmergencyTelling, Verdict
from troth.rights.selectors.emergencies import Break, find_break


class ReviewRefused(Exception):
    """A review or a telling cannot be written as asked; the message says why and what to do."""


@act(Event.EMERGENCY_REVIEWED, purpose=Purpose.RIGHTS)
def review_emergency(note: UUID, *, verdict: Verdict, words: str, by: Actor, at: datetime) -> None:
    """
    Write what a colleague found, in their words (pitfalls B14). A talk leaves it waiting; the two others close it.

    :raises ReviewRefused: there is no such break, it is their own, it is closed, or nothing was written.
    :raises Refused: the actor may not do this for that person.
    """
    known = _known(note)
    if why_not := rules.check_can_review(
        broke=known.by, reviewer=by.id, closed=known.closed_at is not None, words=words
    ):
        raise ReviewRefused(why_not)
    EmergencyReview.objects.create(
        subject_id=known.subject,
        note=note,
        closed=verdict is not Verdict.NEEDS_TALK,
        verdict=verdict,
        words=words,
    )


@act(Event.EMERGENCY_TOLD, purpose=Purpose.RIGHTS)
def email_about_emergency(note: UUID, *, by: Actor, at: datetime) -> None:
    """
    Write to the person that their record was opened in an emergency, and record that they were told so.

    :raises ReviewRefused: there is no such break, they were told already, or we have no address of theirs.
    :raises Refused: the actor may not do this for that person.
    """
    known = _untold(note, "by email")
    message = people.tell(
        known.subject, Kind.OPENED_IN_EMERGENCY, by=by, at=at, context={"when": said_when(known.at)}
    )
    if message is None:
        raise ReviewRefused(
            "We have no address to write to. Tell them by telephone or letter, and write what you said."
        )
    EmergencyTelling.objects.create(
        subject_id=known.subject,
        note=note,
        state=EmergencyTelling.TOLD,
        words="Told by email, which says when it was",
    )


@act(Event.EMERGENCY_TOLD, purpose=Purpose.RIGHTS)
def tell_about_emergency(note: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Record that the person was told that their record was opened, by whom and why; `words` are what they were told.

    :raises ReviewRefused: there is no such break, they were told already, or nothing was written.
    :raises Refused: the actor may not do this for that person.
    """
    known = _untold(note, words)
    EmergencyTelling.objects.create(subject_id=known.subject, note=note, state=EmergencyTelling.TOLD, words=words)


@act(Event.EMERGENCY_TELLING_DELAYED, purpose=Purpose.RIGHTS)
def delay_telling(note: UUID, *, words: str, look_again_on: date, by: Actor, at: datetime) -> None:
    """
    Record why the person is not told yet, and the day on which that is looked at again.

    :raises ReviewRefused: there is no such break, they were told already, nothing was written, or the day is too far away.
    :raises Refused: the actor may not do this for that person.
    """
    known = _untold(note, words)
    if why_not := rules.check_can_delay(look_again_on=look_again_on, on=at.date()):
        raise ReviewRefused(why_not)
    EmergencyTelling.objects.create(
        subject_id=known.subject,
        note=note,
        state=EmergencyTelling.DELAYED,
        words=words,
        look_again_on=look_again_on,
    )


def _known(note: UUID) -> Break:
    known = find_break(note)
    if known is None:
        raise ReviewRefused("No record was opened under this note.")
    return known


def _untold(note: UUID, words: str) -> Break:
    known = _known(note)
    if known.telling == EmergencyTelling.TOLD:
        raise ReviewRefused("They have been told already.")
    if not words.strip():
        raise ReviewRefused("Write a sentence: it stands beside the review for good.")
    return known
