"""
Carrying messages out, one job each.

The order never changes: the gate is asked, the ledger says that the message leaves and is committed, then it leaves. A worker
that dies in between carries it again, under the same Message-ID, by which a mail program shows it once. What cannot leave waits
longer after each try, and in the end stands in the office's list with a reason that quotes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from troth.copies.disposing import dispose_rows
from troth.delivery.models import Channel, Delivery, Failure, Message
from troth.delivery.rules import LINK
from troth.delivery.selectors import may_reach
from troth.delivery.services.carriers import Carrier, Parcel, Undelivered, _carrier_for
from troth.delivery.services.outbox import PURPOSES
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.vault.categories import Category
from troth.vault.models import SubjectKind
from troth.work import queue

MOST_TRIES = 16  # spread over fifteen hours
LATEST = timedelta(days=1)
KEPT = timedelta(days=30)
KEPT_FOR_STRANGERS = timedelta(hours=20)  # we tell them: within a day
_BATCH = 200
_OVER = (Delivery.SENT, Delivery.FAILED)


class NotYet(Exception):
    """A message did not leave and is to be tried again later. What went wrong stands in its row."""


def _carry(message: UUID, *, at: datetime) -> None:
    """
    Carry one message out, unless it has left or was given up.

    :raises NotYet: it did not leave, and the job should come back.
    """
    row = Message.objects.filter(pk=message).exclude(state__in=_OVER).first()
    if row is None:
        return
    by, purpose = actors.service("delivery"), Purpose(row.purpose)
    with boundary() as into:
        with processing(purpose, Action.READ, by=by, at=at) as opened:
            allowed = opened.decision(row, Category.CONTACT).allowed and may_reach(
                row.subject_id, purpose, row.channel, at=at
            )
            parcel = _parcel(row, at) if allowed else None
        if parcel is None:
            _give_up[purpose](row, Failure.NOT_ALLOWED, by=by, at=at)
            return
        try:
            carrier = _carrier_for(row.channel)
            _leave[purpose](row, by=by, at=at)
            into.commit()  # that it was opened is written down before it leaves
            carrier.send(parcel)
        except Undelivered as failed:
            _put_off(row, failed, by=by, at=at)
            return
        _arrive[purpose](row, carrier, by=by, at=at)


def _put_off(row: Message, failed: Undelivered, *, by: Actor, at: datetime) -> None:
    purpose = Purpose(row.purpose)
    if failed.lasting or row.tries >= MOST_TRIES:
        _give_up[purpose](row, failed.failure, by=by, at=at)
        return
    _wait[purpose](row, failed.failure, by=by, at=at)
    raise NotYet from None


def _parcel(row: Message, at: datetime) -> Parcel:
    version = notices.version_in_force(at)
    who = notices.notice_of(version).controller if version else None
    link = row.link or ""
    return Parcel(
        row.pk,
        row.address or "",
        row.line or "",
        (row.text or "").replace(LINK, link),
        (row.html or "").replace(LINK, link),
        (who and (who.trading_name or who.legal_name)) or "Troth",
        settings.TROTH_MAIL_FROM or (who and who.email) or "troth@localhost",
        row.calendar or "",
        link if row.purpose == Purpose.MARKETING else "",
    )


def _write_leaving(row: Message, *, by: Actor, at: datetime) -> None:
    row.state, row.tries = Delivery.LEAVING, row.tries + 1
    row.save(update_fields=["state", "tries"])


def _write_waiting(row: Message, failure: Failure, *, by: Actor, at: datetime) -> None:
    if row.state == Delivery.QUEUED:  # it never came as far as to be handed over
        row.tries += 1
    row.state, row.failed_with = Delivery.QUEUED, failure
    row.save(update_fields=["state", "tries", "failed_with"])


def _write_sent(row: Message, carrier: Carrier, *, by: Actor, at: datetime) -> None:
    row.state, row.failed_with, row.sent_at = Delivery.SENT, "", at
    if not carrier.keeps:
        row.link = ""
    row.save()
    if row.tells_notice is not None:  # told is who was written to, and only once the message was taken
        facts.record(row.subject_id, FactKind.NOTICE_TOLD, at=at, value=str(row.tells_notice))


def _write_given_up(row: Message, failure: Failure, *, by: Actor, at: datetime) -> None:
    row.state, row.failed_with = Delivery.FAILED, failure
    row.save(update_fields=["state", "failed_with"])


def _for_each_purpose(
    event: Event, write: Callable[..., None], *, unasked: str = ""
) -> dict[Purpose, Callable[..., None]]:
    return {purpose: act(event, purpose=purpose, unasked=unasked)(write) for purpose in PURPOSES}


# A message that may no longer be opened must still be marked as given up: that touches open columns only.
_ROUTES = "it notes in open columns how far a message came, and opens nothing of it"
_leave = _for_each_purpose(Event.MESSAGE_LEFT, _write_leaving)
_wait = _for_each_purpose(Event.MESSAGE_PUT_OFF, _write_waiting, unasked=_ROUTES)
_arrive = _for_each_purpose(Event.MESSAGE_DELIVERED, _write_sent)
_give_up = _for_each_purpose(Event.MESSAGE_GIVEN_UP, _write_given_up, unasked=_ROUTES)


@act(Event.MESSAGE_TRIED_AGAIN, purpose=Purpose.ACCOUNT_SECURITY, unasked=_ROUTES)
def try_again(message: UUID, *, by: Actor, at: datetime) -> bool:
    """Let a message that was given up be tried afresh; False when it is not one of those."""
    row = Message.objects.filter(pk=message, state=Delivery.FAILED).first()
    if row is None:
        return False
    row.state, row.tries, row.failed_with = Delivery.QUEUED, 0, ""
    row.save(update_fields=["state", "tries", "failed_with"])
    queue.declared["delivery.carry"].enqueue(row.pk)
    return True


@act(Event.MESSAGE_PRINTED, purpose=Purpose.RIGHTS, unasked=_ROUTES)
def mark_printed(message: UUID, *, by: Actor, at: datetime) -> bool:
    """
    Record that a letter was printed and put in an envelope; False when none of that name waits. It counts as sent from then on:
    what it tells of the notice counts as told.
    """
    row = (
        Message.objects.select_for_update()
        .filter(pk=message, channel=Channel.LETTER, state=Delivery.QUEUED, purpose=Purpose.RIGHTS)
        .first()
    )
    if row is None:
        return False
    row.state, row.tries, row.sent_at = Delivery.SENT, 1, at
    row.save(update_fields=["state", "tries", "sent_at"])
    if row.tells_notice is not None:
        facts.record(row.subject_id, FactKind.NOTICE_TOLD, at=at, value=str(row.tells_notice))
    return True


def _give_up_late(*, at: datetime) -> int:
    """Give up what has waited for a day: its job is dead, or no worker runs. Gives how many there were."""
    late = Message.objects.filter(state__in=(Delivery.QUEUED, Delivery.LEAVING), changed_at__lt=at - LATEST)
    late = late.exclude(channel=Channel.LETTER)
    for row in (found := list(late[:_BATCH])):
        _give_up[Purpose(row.purpose)](row, Failure.GIVEN_UP, by=actors.service("delivery"), at=at)
    return len(found)


def _dispose_old(*, at: datetime) -> int:
    """Destroy messages thirty days after they were written, and those to strangers within a day. Gives how many went."""
    old = Message.objects.filter(changed_at__lt=at - KEPT)
    strangers = Message.objects.filter(
        subject__kind=SubjectKind.ENQUIRER, state__in=_OVER, changed_at__lt=at - KEPT_FOR_STRANGERS
    )
    by, gone = actors.service("delivery"), 0
    for row in [*old[:_BATCH], *strangers[:_BATCH]]:
        _dispose[Purpose(row.purpose)]([row], by=by, at=at)
        gone += 1
    return gone


def _write_gone(rows: Sequence[Any], *, by: Actor, at: datetime) -> None:
    dispose_rows(rows, at=at)


_dispose = _for_each_purpose(
    Event.MESSAGE_DISPOSED, _write_gone, unasked="what falls due is destroyed, and opened by nobody"
)

# Made of several acts, each in a transaction of its own, since a message that left cannot be called back.
carry = _carry
give_up_late = _give_up_late
dispose_old = _dispose_old
