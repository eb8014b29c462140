"""
Receiving what another clinic sends because a person takes it from there to here: an arrival, which somebody looks at. Nothing that
came goes into a record by itself.

A transfer is known by the number that its sender gave it, among what came from that clinic. It is taken in once: whoever sends it
again, or asks after it, is given the same receipt, and of two that come at once one is kept. Something else under the same number
is refused. What was destroyed here is not taken in again under its number.

After a restore from a backup of before it came, nothing here knows of it: it may come again, and is then taken in, as it should be,
since it went with what was lost. The receipt for the first stays good at the sender's, who does not send again by themselves.
"""

import json
from base64 import b64encode
from datetime import datetime
from uuid import UUID

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, new_subject
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Arrival
from troth.rights.rules.exchange import Envelope, NotAccepted, Partner, Receipt
from troth.rights.selectors import exchange
from troth.rights.services.stepping import StepRefused
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.errors import Destroyed
from troth.vault.files import StoredFile
from troth.vault.models import SubjectKind
from troth.work.queue import happened, once


class _CameBefore(Exception):
    """Another request took it in meanwhile."""


def _take_arrival(partner: Partner, envelope: Envelope, content: bytes, *, at: datetime) -> bytes:
    """
    Keep what another clinic sent, and give the signed receipt: the same again for what came before.

    :raises NotAccepted: something else came under its number, or it came and was destroyed here.
    """
    by = actors.service("exchange")
    before = _receipt(partner, envelope, by=by, at=at)
    if before is not None:
        return before
    package = files.store([content], name="record.zip", media_type="application/zip")
    try:
        arrival = _write_arrival(partner, envelope, package, exchange.look_into(content), by=by, at=at)
    except _CameBefore:
        files.destroy(package.place)
        return _give_receipt(partner, envelope, at=at)
    except BaseException:
        files.destroy(package.place)
        raise
    return _signed(arrival, envelope, at)


def _give_receipt(partner: Partner, envelope: Envelope, *, at: datetime) -> bytes:
    """
    The receipt for what came under this number before, to a clinic that lost it on the way.

    :raises NotAccepted: nothing came from them under it, or something else, or it was destroyed here.
    """
    found = _receipt(partner, envelope, by=actors.service("exchange"), at=at)
    if found is None:
        raise NotAccepted(404, "Nothing came from you under this number.")
    return found


def _receipt(partner: Partner, envelope: Envelope, *, by: Actor, at: datetime) -> bytes | None:
    gone = NotAccepted(410, "This came before, and is destroyed here.")
    row = Arrival.objects.filter(sender=partner.id, transfer=envelope.nonce).first()
    if row is None:
        if happened(_key(partner, envelope)):
            raise gone
        return None
    try:
        with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
            opened.require(row.subject_id, Category.RIGHTS)
            same = row.fingerprint == envelope.digest
    except Destroyed:
        raise gone from None
    if not same:
        raise NotAccepted(422, "Something else came from you under this number. Give each thing a number of its own.")
    return _signed(row.pk, envelope, row.arrived_at)


def _signed(arrival: UUID, envelope: Envelope, came: datetime) -> bytes:
    receipt = Receipt(arrival.hex, envelope.digest, envelope.nonce, came.isoformat())
    signature = b64encode(exchange.exchange_key().sign(receipt.signed)).decode()
    return json.dumps({**receipt.__dict__, "signature": signature}).encode()


def _key(partner: Partner, envelope: Envelope) -> str:
    return f"exchange:{partner.key.hex()}:{envelope.nonce}"


@act(Event.ARRIVAL_CAME, purpose=Purpose.RIGHTS)
def _write_arrival(
    partner: Partner, envelope: Envelope, package: StoredFile, seen: tuple[str, str], *, by: Actor, at: datetime
) -> UUID:
    """Write it down. Of two at once the second waits here for the first, and finds that it happened."""
    if not once(_key(partner, envelope)):
        raise _CameBefore
    made = new_subject(SubjectKind.ENQUIRER)
    found: UUID = Arrival.objects.create(
        subject_id=made.id,
        sender=partner.id,
        transfer=envelope.nonce,
        arrived_at=at,
        fingerprint=envelope.digest,
        person=seen[0],
        holds=seen[1],
        words="",
        package=package,
    ).pk
    return found


@act(Event.ARRIVAL_SETTLED, purpose=Purpose.RIGHTS)
def settle_arrival(arrival: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Write down what was done with what came: whose record it was entered into by hand, or that it is not wanted.

    :raises StepRefused: it is settled already, or nothing says what was done.
    :raises Refused: the actor may not open it.
    """
    row = Arrival.objects.select_for_update().get(pk=arrival)
    acting().require(row.subject_id, Category.RIGHTS)
    if row.state == Arrival.SETTLED:
        raise StepRefused("Somebody settled this already.")
    if len(set(words.casefold().split())) < 3:
        raise StepRefused("Write in a sentence what you did with it.")
    row.state, row.settled_by, row.words = Arrival.SETTLED, by.id, words.strip()
    row.save()


# What they write is written by an act of its own, and a receipt that is given again writes none: no acts themselves, as a public
# function would be.
take_arrival = _take_arrival
give_receipt = _give_receipt
