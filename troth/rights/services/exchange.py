"""
Taking data from one clinic to another at a person's wish: sent by a job, signed, answered by a signed receipt that is kept on the
case. How it is received is in `arriving`.

It arrives once. Each transfer has a number, which is written on the case before anything leaves. A later try asks first, under this
number, whether they have it: they give the same receipt again, and nothing leaves twice. Where they have it not, the same file goes
under the same number, and of two that come at once they take in one. Only what changed here since, and did not reach them, goes
under a number of its own. It can come a second time in two ways, and their page then names both: theirs was restored from a backup
of before it came, as they then have it not; or ours was, as the number went with what was lost.
"""

import hashlib
import secrets as random
import ssl
from dataclasses import dataclass
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
from troth.gate.acts import act, acting, hold, touched
from troth.gate.contexts import Opened, processing
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import CaseStep, RightsCase, State, StepKind
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
from troth.work.queue import Declared

_SECONDS = 60
_NOT_THEM = "whoever answered at their address could not show that it is them. Tell our operator."
_ANSWERED = {
    403: "they do not take anything in from us. Their operator has to enter our key, or ours has theirs wrong.",
    409: "they say that our clocks differ.",
    410: "they had it, and have destroyed it since. Ask them.",
    413: "it is larger than what they take in.",
    422: "they have something else from us under this number. Tell our operator.",
}


class NotSent(Exception):
    """It did not go, or no receipt came. It is tried again; the message says why, and quotes nothing of anybody."""


@dataclass(frozen=True)
class _Transfer:
    """What left, or may have: the number it goes under, when its file was made, its digest, and the kinds that are in it."""

    number: str
    made_at: datetime
    digest: str
    kinds: frozenset[Category]


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
        tried = _last_transfer(case)
    if partner is None:
        return False
    try:
        receipt = _ask_after(partner, tried, at=at) if tried is not None else None
        going = tried
        if receipt is None or going is None:
            with processing(Purpose.RIGHTS, Action.EXPORT, by=by, at=at) as opened:
                going, content = _pack(row.subject_id, tried, opened, at=at)
            if len(content) > LARGEST:
                _note_too_large(case, by=by, at=at)
                return False
            if going != tried and not _number_transfer(case, partner, going, instead_of=tried, by=by, at=at):
                return False
            _record_leaving(row.subject_id, partner, going.digest, by=by, at=at)
            receipt = _post(partner, going, content, at=at)
    except NotSent as why:
        _note_not_sent(case, f"It did not go to {partner.name}: {why} It is tried again for a while.", by=by, at=at)
        raise
    _record_receipt(case, partner, receipt, going.kinds, by=by, at=at)
    return True


def _last_transfer(case: UUID) -> _Transfer | None:
    """Under which number it was last sent, in whichever context is open."""
    notes = CaseStep.objects.filter(case_id=case, kind=StepKind.NOTE).order_by(*CaseStep.IN_ORDER)
    said = [step.detail for step in notes if "transfer" in (step.detail or {})]
    if not said:
        return None
    last = said[-1]
    kinds = frozenset(map(Category, last["kinds"].split()))
    return _Transfer(last["transfer"], datetime.fromisoformat(last["made_at"]), last["digest"], kinds)


def _pack(subject: UUID, tried: _Transfer | None, opened: Opened, *, at: datetime) -> tuple[_Transfer, bytes]:
    """The file as it was tried, under its number; or, where what is held has changed since, one of now under a new number."""
    if tried is not None:
        content = b"".join(make_portable(subject, opened, at=at, dated=tried.made_at).pieces())
        if hashlib.sha256(content).hexdigest() == tried.digest:
            return tried, content
    made = make_portable(subject, opened, at=at)
    content = b"".join(made.pieces())
    return _Transfer(random.token_hex(16), at, hashlib.sha256(content).hexdigest(), made.kinds), content


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _number_transfer(
    case: UUID, partner: Partner, going: _Transfer, *, instead_of: _Transfer | None, by: Actor, at: datetime
) -> bool:
    """
    Write the number on the case, and have it committed before anything leaves: whoever tries again finds it. False when the case is
    closed.

    :raises NotSent: another try has given it a number meanwhile.
    """
    row = _waiting(case)
    if row is None:
        return False
    acting().require(row.subject_id, Category.RIGHTS)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        meanwhile = _last_transfer(case) != instead_of
    if meanwhile:
        raise NotSent("another try is under way.")
    _add(
        row,
        StepKind.NOTE,
        at=at,
        words=f"It is being sent to {partner.name}. We wait for their receipt.",
        detail={
            "transfer": going.number,
            "made_at": going.made_at.isoformat(),
            "digest": going.digest,
            "kinds": " ".join(sorted(going.kinds)),
        },
    )
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


def _ask_after(partner: Partner, tried: _Transfer, *, at: datetime) -> Receipt | None:
    """Their receipt for what was sent before, or None when they have nothing under its number. Nothing of anybody leaves."""
    return _request(partner, tried, None, at=at)


def _post(partner: Partner, going: _Transfer, content: bytes, *, at: datetime) -> Receipt:
    receipt = _request(partner, going, content, at=at)
    if receipt is None:
        raise NotSent("their computer answered 404.")
    return receipt


def _request(partner: Partner, transfer: _Transfer, content: bytes | None, *, at: datetime) -> Receipt | None:
    envelope = Envelope(exchange.public_key(), partner.key, at, transfer.number, transfer.digest)
    headers = to_headers(envelope, exchange.exchange_key().sign(envelope.signed))
    headers |= {"Content-Type": "application/zip"} if content is not None else {}
    asked = Request(f"{partner.url}{PATH}", content, headers)  # noqa: S310  the scheme was checked when the list was read
    opener = build_opener(_NoRedirect, HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(asked, timeout=_SECONDS) as answer:
            return read_receipt(answer.read(64 * 1024), partner=partner, sent=envelope)
    except HTTPError as answer:
        answer.close()
        if answer.code == 404:
            return None
        raise NotSent(_ANSWERED.get(answer.code, f"their computer answered {answer.code}.")) from None
    except NotAccepted:
        raise NotSent("what they answered is no receipt of theirs, so they may have it or not.") from None
    except URLError as failed:
        not_them = isinstance(failed.reason, ssl.SSLCertVerificationError)
        raise NotSent(_NOT_THEM if not_them else "their computer could not be reached.") from None
    except (OSError, HTTPException):
        raise NotSent("the line broke off before their receipt came, so they may have it or not.") from None


# Made of several acts, so that what left was recorded before it left, and a press that changes nothing writes no event: no acts
# themselves, as a public function would be.
ask_to_send = _ask_to_send
send_portable = _send_portable
