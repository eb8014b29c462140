"""
Taking data from one clinic to another at a person's wish: sent by a job, signed, answered by a signed receipt that is kept on the
case; and received as an arrival, which somebody looks at. Nothing that came goes into a record by itself.
"""

import hashlib
import json
import secrets as random
import ssl
from base64 import b64encode
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, new_subject, touched
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Arrival, CaseStep, RightsCase, State, StepKind
from troth.rights.rules.exchange import (
    LARGEST,
    PATH,
    Envelope,
    NotAccepted,
    Partner,
    Receipt,
    read_receipt,
    to_headers,
)
from troth.rights.rules.letters import Ending, LetterKind
from troth.rights.selectors import exchange
from troth.rights.selectors.clocks import reference_of
from troth.rights.selectors.porting import make_portable
from troth.rights.services.cases import _received, _write_case
from troth.rights.services.stepping import StepRefused, _add, _close, _compose_for, _why_nobody
from troth.sharing import services as sharing
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.vault.models import SubjectKind
from troth.work.queue import Declared, once

_SECONDS = 60
_NOT_THEM = "whoever answered at their address could not show that it is them. Tell our operator."
_ANSWERED = {
    403: "they do not take anything in from us. Their operator has to enter our key, or ours has theirs wrong.",
    409: "they say that they had this before, or that our clocks differ.",
    413: "it is larger than what they take in.",
}


class NotSent(Exception):
    """It did not go, or no receipt came. It is tried again; the message says why, and quotes nothing of anybody."""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would hand somebody's data to whom nobody chose."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _ask_to_send(subject: UUID, partner: str, *, send: "Declared[Any]", by: Actor, at: datetime) -> UUID:
    """
    Open the case in which what a person may take along goes straight to another clinic, and have it sent. `send` is the job that
    does it (`rights.jobs.send_portable`). One that waits for the same clinic already is given instead, and sent again when nothing
    is trying to any more.

    :raises StepRefused: the operator knows no such clinic.
    :raises Refused: the actor may not do this for that person.
    """
    known = exchange.partners().get(partner)
    if known is None:
        raise StepRefused("We know no such clinic. Choose one of the list, or take the file along yourself.")
    with transaction.atomic():
        hold(subject)  # of two presses at once the second finds the case of the first
        waiting = RightsCase.objects.filter(subject_id=subject, right=Right.PORTABILITY).exclude(state=State.DONE)
        with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
            same = next((row.pk for row in waiting if (row.reply_to or {}).get("partner") == partner), None)
        if same is None:
            return _open_sending(subject, known, send=send, by=by, at=at)
        found: UUID = same
        if not send.is_open(found):
            _send_again(found, send=send, by=by, at=at)
        return found


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def _open_sending(subject: UUID, partner: Partner, *, send: "Declared[Any]", by: Actor, at: datetime) -> UUID:
    acting().require(subject, Category.RIGHTS)
    case = _write_case(
        subject,
        Right.PORTABILITY,
        at=at,
        reply_to={"partner": partner.id},
    )
    row = RightsCase.objects.only("id", "subject", "right", "received_on", "due_on", "state").get(pk=case)
    going = {"partner": partner.id, "named": partner.name}
    _add(row, StepKind.NOTE, at=at, words=f"To {partner.name}, straight from us.", detail=going)
    _received(case, by=by, at=at)
    send.enqueue(case)
    return case


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _send_again(case: UUID, *, send: "Declared[Any]", by: Actor, at: datetime) -> None:
    """Every try was in vain, and the job given up: whoever asks again has it tried again."""
    row = _waiting(case)
    if row is None:
        return
    acting().require(row.subject_id, Category.RIGHTS)
    _add(row, StepKind.NOTE, at=at, words="It had not gone. Asked for again, it is tried again.")
    send.enqueue(case)


def _send_portable(case: UUID, *, at: datetime) -> bool:
    """
    Send what the case is about, and close it with the receipt; False when there is nothing to do any more.

    :raises NotSent: it did not go, or no receipt came.
    """
    by = actors.service("exchange")
    row = RightsCase.objects.only("id", "subject", "state", "right").filter(pk=case).first()
    if row is None or row.state == State.DONE or row.right != Right.PORTABILITY:
        return False
    if why_not := _why_nobody(row.subject_id, at=at):
        _note_not_sent(case, why_not, by=by, at=at)
        return False
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        partner = exchange.partners().get((RightsCase.objects.get(pk=case).reply_to or {}).get("partner", ""))
    if partner is None:
        return False
    with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
        made = make_portable(row.subject_id, opened, at=at)
        content = b"".join(made.pieces())
    if len(content) > LARGEST:
        _note_too_large(case, by=by, at=at)
        return False
    envelope = Envelope(
        exchange.public_key(), partner.key, at, random.token_hex(16), hashlib.sha256(content).hexdigest()
    )
    _record_leaving(row.subject_id, partner, envelope.digest, by=by, at=at)
    try:
        receipt = _post(partner, envelope, content)
    except NotSent as why:
        _note_not_sent(case, f"It did not go to {partner.name}: {why} It is tried again for a while.", by=by, at=at)
        raise
    _record_receipt(case, partner, receipt, made.kinds, by=by, at=at)
    return True


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _note_too_large(case: UUID, *, by: Actor, at: datetime) -> None:
    """Nothing left, and trying again changes nothing: the case stays in the list of work, and says why."""
    row = _waiting(case)
    if row is None:
        return
    acting().require(row.subject_id, Category.RIGHTS)
    most = f"{LARGEST // 1024**2} MB"
    words = f"It is larger than the {most} that clinics take in from each other. Write to them: they can take the file along."
    _add(row, StepKind.NOTE, at=at, words=words)


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _note_not_sent(case: UUID, words: str, *, by: Actor, at: datetime) -> None:
    """Whoever looks at the case reads why it waits; the same is not said at every try."""
    row = _waiting(case)
    if row is None:
        return
    acting().require(row.subject_id, Category.RIGHTS)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        last = CaseStep.objects.filter(case_id=case, kind=StepKind.NOTE).order_by(*CaseStep.IN_ORDER).last()
        said = last is not None and last.words == words
    if not said:
        _add(row, StepKind.NOTE, at=at, words=words)


@act(Event.SENT_ELSEWHERE, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def _record_leaving(subject: UUID, partner: Partner, digest: str, *, by: Actor, at: datetime) -> None:
    """Written down before it leaves, and committed: what goes out was recorded, whatever happens to the answer."""
    acting().require(subject, Category.RIGHTS)
    touched(subject, f"rights.exchange/{partner.id}/{digest}")


@act(Event.CASE_CLOSED, purpose=Purpose.RIGHTS)
def _record_receipt(
    case: UUID, partner: Partner, receipt: Receipt, kinds: frozenset[Category], *, by: Actor, at: datetime
) -> None:
    """Close the case, and write into the log of what was passed on that they have it: they are told of what changes later."""
    row = _waiting(case)
    if row is None:
        return
    acting().require(row.subject_id, Category.RIGHTS)
    words = (
        f"Your data went to {partner.name}. They have it whole since {timezone.localtime(receipt.moment):%-d %B %Y}, "
        f"under their reference {reference_of(UUID(receipt.arrival))}. They look at it before it becomes part of a record."
    )
    sharing.record_chosen(
        row.subject_id,
        recipient=partner.id,
        name=partner.name,
        categories=kinds,
        what="What you may take along, sent straight to them as you asked.",
        by=by,
        at=at,
    )
    said = {"arrival": receipt.arrival, "nonce": receipt.nonce, "received_at": receipt.received_at}
    _add(row, StepKind.SENT, at=at, words=words, detail={"to": partner.id, "digest": receipt.digest, **said})
    letter = _compose_for(case, LetterKind.ANSWER, ending=Ending.ANSWERED, words=words, at=at)
    _close(row, Ending.ANSWERED, letter, also={"partner": partner.id, "digest": receipt.digest, **said}, by=by, at=at)


def _waiting(case: UUID) -> RightsCase | None:
    """The row of a case that still waits, locked: of two jobs at once the second finds it closed."""
    row: RightsCase | None = RightsCase.objects.select_for_update().exclude(state=State.DONE).filter(pk=case).first()
    return row


def _post(partner: Partner, envelope: Envelope, content: bytes) -> Receipt:
    signature = exchange.exchange_key().sign(envelope.signed)
    asked = Request(  # noqa: S310  the scheme was checked when the list was read
        f"{partner.url}{PATH}", content, {"Content-Type": "application/zip", **to_headers(envelope, signature)}
    )
    opener = build_opener(_NoRedirect, HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(asked, timeout=_SECONDS) as answer:
            return read_receipt(answer.read(64 * 1024), partner=partner, sent=envelope)
    except HTTPError as answer:
        answer.close()
        raise NotSent(_ANSWERED.get(answer.code, f"their computer answered {answer.code}.")) from None
    except NotAccepted:
        raise NotSent("what they answered is no receipt of theirs, so they may have it or not.") from None
    except URLError as failed:
        not_them = isinstance(failed.reason, ssl.SSLCertVerificationError)
        raise NotSent(_NOT_THEM if not_them else "their computer could not be reached.") from None
    except (OSError, HTTPException):
        raise NotSent("the line broke off before their receipt came, so they may have it or not.") from None


@act(Event.ARRIVAL_CAME, purpose=Purpose.RIGHTS)
def _write_arrival(
    partner: Partner, envelope: Envelope, package: StoredFile, seen: tuple[str, str], *, by: Actor, at: datetime
) -> UUID:
    if not once(f"exchange:{envelope.nonce}"):
        raise NotAccepted(409, "We have this already.")
    made = new_subject(SubjectKind.ENQUIRER)
    found: UUID = Arrival.objects.create(
        subject_id=made.id,
        sender=partner.id,
        arrived_at=at,
        fingerprint=envelope.digest,
        person=seen[0],
        holds=seen[1],
        words="",
        package=package,
    ).pk
    return found


def _take_arrival(
    partner: Partner, envelope: Envelope, package: StoredFile, *, content: bytes, at: datetime
) -> bytes:
    """
    Keep what another clinic sent, and give the signed receipt.

    :raises NotAccepted: it was taken in before.
    """
    by = actors.service("exchange")
    arrival = _write_arrival(partner, envelope, package, exchange.look_into(content), by=by, at=at)
    receipt = Receipt(arrival.hex, envelope.digest, envelope.nonce, at.isoformat())
    signature = b64encode(exchange.exchange_key().sign(receipt.signed)).decode()
    return json.dumps({**receipt.__dict__, "signature": signature}).encode()


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


# Made of several acts, so that what left was recorded before it left, and a press that changes nothing writes no event: no acts
# themselves, as a public function would be.
ask_to_send = _ask_to_send
send_portable = _send_portable
take_arrival = _take_arrival
