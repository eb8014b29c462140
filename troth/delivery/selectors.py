"""Reads of this room: what did not leave, what a letter looks like, and, in a demonstration only, what was sent."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from troth.delivery.models import Channel, Delivery, Message, Suppression
from troth.delivery.models import Failure as Failure
from troth.delivery.rules import LETTERS, LINK, Clinic, Kind, Rendered, render
from troth.gate import actors, facts
from troth.gate.contexts import Opened, processing
from troth.gate.facts import FactKind
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.notice.schema.words import MarketingChannel
from troth.vault import secrets
from troth.vault.categories import Category
from troth.vault.openable import openable

#: How a notice calls the ways by which messages leave here.
_WAYS = {
    Channel.EMAIL: MarketingChannel.EMAIL,
    Channel.SMS: MarketingChannel.SMS,
    Channel.LETTER: MarketingChannel.POST,
}


#: What is between a person and their account, or their rights, is no business of whoever answers them about a visit.
_THEIRS = (Purpose.ACCOUNT_SECURITY.value, Purpose.RIGHTS.value)


@dataclass(frozen=True)
class Waiting:
    """A message as the office sees it: nothing of it is opened."""

    id: UUID
    kind: str
    channel: str
    state: str
    why: str
    tries: int
    written_at: datetime
    changed_at: datetime
    given_up: bool


@dataclass(frozen=True)
class Shown:
    """A message as its receiver sees it, with its link."""

    id: UUID
    address: str
    line: str
    text: str
    html: str
    channel: str
    sent_at: datetime


@dataclass(frozen=True)
class Letter:
    """A letter as it is printed: what stands on the envelope, the line over it, and its paragraphs."""

    id: UUID
    envelope: str
    line: str
    text: str
    written_at: datetime
    printed: bool


class NoDemonstration(PermissionError):
    """Messages are shown to whoever asks in a demonstration only."""


def list_unsent(*, start: int = 0, most: int = 50) -> tuple[list[Waiting], int]:
    """What was given up and what still waits to be carried, the newest first, and how many there are in all."""
    rows = Message.objects.exclude(state=Delivery.SENT).exclude(channel=Channel.LETTER).order_by("-changed_at", "id")
    return [_waiting(row) for row in rows[start : start + most]], rows.count()


def list_letters(*, start: int = 0, most: int = 50) -> tuple[list[Waiting], int]:
    """Letters that wait to be printed, the oldest first, and how many there are in all. Nothing of any is opened."""
    rows = Message.objects.filter(channel=Channel.LETTER, state=Delivery.QUEUED).order_by("recorded_at", "id")
    return [_waiting(row) for row in rows[start : start + most]], rows.count()


def is_letter(message: UUID) -> bool:
    """Whether a message goes on paper."""
    return Message.objects.filter(pk=message, channel=Channel.LETTER).exists()


def count_letters() -> int:
    """How many letters wait to be printed."""
    return Message.objects.filter(channel=Channel.LETTER, state=Delivery.QUEUED).count()


def get_letter(message: UUID, *, by: UUID, at: datetime) -> Letter | None:
    """One letter, opened for whoever prints it, or None. The room's service opens it for them: they have no reason to see more."""
    row = Message.objects.filter(pk=message, channel=Channel.LETTER, purpose=Purpose.RIGHTS).first()
    if row is None:
        return None
    service = actors.service("delivery", on_behalf_of=by)
    with processing(Purpose.RIGHTS, Action.READ, by=service, at=at) as opened:
        opened.require(row.subject_id, Category.CONTACT)
        return Letter(
            row.pk, row.address or "", row.line or "", row.text or "", row.recorded_at, row.state == Delivery.SENT
        )


def may_reach(subject: UUID, purpose: Purpose, channel: str, *, at: datetime) -> bool:
    """
    Whether somebody wants messages of this purpose by this channel. Where it rests on consent, each way is agreed to by itself; the
    gate has been asked whether the use as such may be.
    """
    declared = notices.register_in_force(at).purposes.get(purpose)
    if declared is None or declared.basis is not Basis.CONSENT:
        return True
    agreed = {fact.value for fact in facts.of(subject, FactKind.CONSENT, at=at) if fact.purpose == purpose.value}
    return bool(agreed & {"", _WAYS[Channel(channel)]})


def became_of(message: UUID) -> tuple[datetime | None, bool]:
    """When a message left, or None; and whether it will not: it was given up, or is not there any more."""
    row = Message.objects.filter(pk=message).values_list("state", "sent_at").first()
    return (row[1], row[0] == Delivery.FAILED) if row else (None, True)


def count_given_up() -> int:
    """How many messages did not leave and wait for somebody to look after them."""
    return Message.objects.filter(state=Delivery.FAILED).count()


def count_telling(version: int) -> tuple[int, int]:
    """How many messages that tell of a version of the notice are still on their way, and how many did not leave."""
    rows = Message.objects.filter(tells_notice=version)
    failed = rows.filter(state=Delivery.FAILED).count()
    return rows.exclude(state__in=(Delivery.SENT, Delivery.FAILED)).count(), failed


def preview(kind: Kind, *, at: datetime) -> Rendered:
    """A letter with invented words, as this clinic would send it. The link in it leads nowhere."""
    clinic = clinic_of(notices.register_in_force(at), LETTERS[kind].purpose)
    made = render(kind, clinic, LETTERS[kind].sample, wave="")
    link = f"{settings.TROTH_SITE}/an-invented-link/"
    return Rendered(made.line, made.text.replace(LINK, link), made.html.replace(LINK, link))


def list_sent(*, at: datetime, most: int = 50) -> list[Shown]:
    """
    What was sent lately, the newest first: the local outbox page of a demonstration.

    :raises NoDemonstration: this is a clinic.
    """
    return _shown(Message.objects.filter(state=Delivery.SENT).order_by("-sent_at", "id")[:most], at=at)


@dataclass(frozen=True)
class SentLine:
    """A message to one person, for whoever may see how they are reached. Its link was forgotten as it left."""

    line: str
    text: str
    channel: str
    state: str
    why: str
    written_at: datetime


def list_sent_to(subject: UUID, opened: Opened, *, most: int = 50) -> list[SentLine] | None:
    """What was written to a person by email, text message and letter, the newest first; None where the viewer may not see it."""
    if not opened.decision(subject, Category.CONTACT).allowed:
        return None
    rows = (
        Message.objects.filter(subject_id=subject).exclude(purpose__in=_THEIRS).order_by("-recorded_at", "id")[:most]
    )
    return [
        SentLine(
            row.line or "",
            (row.text or "").replace(LINK, "(a link for them alone)"),
            Channel(row.channel).label,
            Delivery(row.state).label,
            Failure(row.failed_with).label if row.failed_with else "",
            row.recorded_at,
        )
        for row in openable(rows)
    ]


def get_sent(message: UUID, *, at: datetime) -> Shown | None:
    """
    One of them, or None.

    :raises NoDemonstration: this is a clinic.
    """
    return next(iter(_shown(Message.objects.filter(pk=message, state=Delivery.SENT), at=at)), None)


def clinic_of(register: Register, purpose: Purpose) -> Clinic:
    """Whose message it is, and for what, as a version of the notice names them."""
    who = notices.notice_of(notices.get_version(register.version)).controller
    name = (who and (who.trading_name or who.legal_name)) or "Troth"
    legal = (who and who.legal_name) or name
    imprint = f"{legal}, {who.address}." if who and who.address else f"{legal}."
    declared = register.purposes.get(purpose)
    return Clinic(name, imprint, settings.TROTH_SITE, declared.title if declared else "")


def _shown(rows: "object", *, at: datetime) -> list[Shown]:
    if not settings.TROTH_DEMO:
        raise NoDemonstration("Only a demonstration shows what it sent.")
    by, made = actors.service("delivery"), []
    for row in rows:  # type: ignore[attr-defined]
        with processing(Purpose(row.purpose), Action.READ, by=by, at=at):
            if not openable([row]):
                continue
            link = row.link or ""
            made.append(
                Shown(
                    row.pk,
                    row.address or "",
                    row.line or "",
                    (row.text or "").replace(LINK, link),
                    (row.html or "").replace(LINK, link),
                    Channel(row.channel).label,
                    row.sent_at,
                )
            )
    return made


def _waiting(row: Message) -> Waiting:
    return Waiting(
        row.pk,
        row.kind,
        Channel(row.channel).label,
        Delivery(row.state).label,
        Failure(row.failed_with).label if row.failed_with else "",
        row.tries,
        row.recorded_at,
        row.changed_at,
        row.state == Delivery.FAILED,
    )


def suppression_mark(address: str) -> bytes:
    """What stands of an address on the list of those that want no marketing: the same however it is written."""
    plain = "".join(address.split()).casefold()
    return hmac.digest(secrets.opened().named("suppression"), plain.encode(), hashlib.sha256)


def is_suppressed(address: str) -> bool:
    """Whether somebody objected to marketing at this address, even if everything about them was erased since (LAW-3.9)."""
    return Suppression.objects.filter(mark=suppression_mark(address)).exists()
