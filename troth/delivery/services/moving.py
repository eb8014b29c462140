"""Sealing what was sent to somebody for the record that was found to be theirs."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from troth.delivery.models import Channel, Delivery, Message
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import resealing
from troth.vault.categories import Category


def _move_messages(messages: Collection[UUID], *, under: UUID, to: UUID, by: Actor, at: datetime) -> None:
    """
    Seal these messages about somebody's rights for another record, within the act that found it, and forget what they were sealed
    with once that is certain. An email that has not left yet stays: its carrier has it open.
    """
    rows = list(
        Message.objects.select_for_update().filter(
            Q(state__in=(Delivery.SENT, Delivery.FAILED)) | Q(channel=Channel.LETTER),
            pk__in=messages,
            subject_id=under,
            purpose=Purpose.RIGHTS,
        )
    )
    if not rows:
        return
    writer = actors.service("delivery", on_behalf_of=by.on_behalf_of or by.id)
    with processing(Purpose.RIGHTS, Action.READ, by=writer, at=at):
        taken = resealing.take_out(rows)
    _seal_anew(taken, to, by=writer, at=at)
    resealing.forget_keys(under, taken)


@act(Event.MESSAGE_MOVED, purpose=Purpose.RIGHTS)
def _seal_anew(taken: resealing.Opened, to: UUID, *, by: Actor, at: datetime) -> None:
    acting().require(to, Category.CONTACT)
    resealing.seal_under(taken, to)


# It reads as the carrier and writes in an act of its own: no act itself, as a public function of this room would be.
move_messages = _move_messages
