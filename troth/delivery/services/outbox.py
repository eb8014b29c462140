"""
Writing a message: in the caller's transaction, sealed under the person it is for, and carried by a job afterwards.

Whoever writes one has had the address from a context of their own; the outbox acts for them as the service `delivery`. What is
for somebody unknown has a subject of the kind `enquirer`, so that it is written, carried and destroyed like any other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from troth.delivery.models import Channel, Message
from troth.delivery.rules import LETTERS, Kind, Rendered, render
from troth.delivery.selectors import clinic_of, is_suppressed, may_reach
from troth.delivery.services.suppressing import Unwanted
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.work import queue

PURPOSES = frozenset(letter.purpose for letter in LETTERS.values())


def _send_email(
    subject: UUID,
    *,
    kind: Kind,
    to: str,
    context: Mapping[str, str] | None = None,
    link: str = "",
    tells_notice: int | None = None,
    calendar: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Write an email to the address `to` of that subject, and give its id. It leaves when the transaction has committed.

    `context` fills in the words of the letter; `link` is its one-time link, for the kinds that have one: it is sealed, put in as
    the message leaves, and then forgotten. `tells_notice`: the version that it tells of, recorded when it has left.
    `calendar`: a file for a calendar that goes with it; it says when, and nothing more.

    :raises KeyError: a word that the letter needs is missing.
    :raises ValueError: the letter has a one-time link and none was given, or the other way round.
    :raises Refused: the notice does not let messages of this kind be sent to that person.
    :raises Unwanted: they did not agree to it by this way, or it is marketing and somebody objected to that at this address.
    """
    words = context or {}
    return _send(
        subject,
        Channel.EMAIL,
        kind=kind,
        to=to,
        context=words,
        link=link,
        tells_notice=tells_notice,
        calendar=calendar,
        by=by,
        at=at,
    )


def _send_sms(
    subject: UUID, *, kind: Kind, to: str, context: Mapping[str, str] | None = None, by: Actor, at: datetime
) -> UUID:
    """
    Write a text message, likewise.

    :raises ValueError: that kind has no words for a text message.
    """
    return _send(subject, Channel.SMS, kind=kind, to=to, context=context or {}, link="", by=by, at=at)


def _send_letter(
    subject: UUID,
    *,
    kind: Kind,
    to: str,
    context: Mapping[str, str] | None = None,
    tells_notice: int | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Write a letter to be printed, likewise; `to` is what stands on the envelope. It waits until somebody has printed it.

    :raises ValueError: nobody prints letters of that purpose, or it has a link.
    """
    if LETTERS[kind].purpose is not Purpose.RIGHTS:
        raise ValueError(f"Nobody prints letters of the kind {kind}: the office prints those about people's rights.")
    words = context or {}
    return _send(
        subject, Channel.LETTER, kind=kind, to=to, context=words, link="", tells_notice=tells_notice, by=by, at=at
    )


def _send(
    subject: UUID,
    channel: Channel,
    *,
    kind: Kind,
    to: str,
    context: Mapping[str, str],
    link: str,
    tells_notice: int | None = None,
    calendar: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    letter = LETTERS[kind]
    if channel == Channel.EMAIL and letter.needs_link != bool(link):
        raise ValueError(f"A letter of the kind {kind} {'needs' if letter.needs_link else 'takes no'} one-time link.")
    if channel == Channel.LETTER and letter.needs_link:
        raise ValueError(f"A letter of the kind {kind} has a link, which nobody can follow on paper.")
    if channel == Channel.SMS and not letter.sms:
        raise ValueError(f"A letter of the kind {kind} has no words for a text message.")
    if letter.purpose is Purpose.MARKETING and is_suppressed(to):
        raise Unwanted(
            "They objected to marketing at this address. That is for ever, until they ask for it again (LAW-3.9)."
        )
    if not may_reach(subject, letter.purpose, channel, at=at):
        raise Unwanted("They did not agree to messages of this kind by this way, or took it back (LAW-3.13).")
    asker = by.on_behalf_of or by.id
    service = actors.service("delivery", on_behalf_of=asker)
    return _write[letter.purpose](
        subject, channel, kind, to, context, link, tells_notice, calendar, by=service, at=at
    )


def _write_message(
    subject: UUID,
    channel: Channel,
    kind: Kind,
    to: str,
    context: Mapping[str, str],
    link: str,
    tells_notice: int | None,
    calendar: str,
    *,
    by: Actor,
    at: datetime,
) -> UUID:
    purpose = LETTERS[kind].purpose
    clinic = clinic_of(acting().register, purpose)
    if channel == Channel.SMS:
        words = LETTERS[kind].sms.format_map({**context, "clinic": clinic.name})
        made = Rendered(LETTERS[kind].line, words, "")
    else:
        made = render(kind, clinic, context)
    row = Message.objects.create(
        subject_id=subject,
        address=to,
        line=made.line,
        text=made.text,
        html=made.html,
        link=link,
        kind=kind,
        purpose=purpose,
        channel=channel,
        tells_notice=tells_notice,
        calendar=calendar,
    )
    if channel != Channel.LETTER:
        queue.declared["delivery.carry"].enqueue(row.pk)
    return row.pk


_write: dict[Purpose, Callable[..., UUID]] = {
    purpose: act(Event.MESSAGE_WRITTEN, purpose=purpose)(_write_message) for purpose in PURPOSES
}

# The purpose of a message is its letter's, so the act is chosen inside: these are no acts themselves, which is what a public
# function of this room would have to be.
send_email = _send_email
send_sms = _send_sms
send_letter = _send_letter
