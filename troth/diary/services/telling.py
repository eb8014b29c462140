"""
What people are told of their visits: confirmed, moved, cancelled, and reminded of. No message says what for, or with whom.

Each has a link by which the visit is looked at, moved and cancelled without an account. The link is worked out of the visit's
number and a secret of this server, so that every message has the same; stored is its hash alone.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.conf import settings

from troth.delivery import services as delivery
from troth.delivery.rules import LETTERS, Kind
from troth.diary import rules
from troth.diary.models import Appointment, VisitState
from troth.gate import actors, features
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.vault import secrets
from troth.vault.categories import Category

_NAME = "visit-messages"
actors.declare_service(
    _NAME,
    purposes={Purpose.SERVICE_MESSAGES},
    categories={Category.CONTACT, Category.CORRESPONDENCE},
    modules={__name__, "troth.diary.jobs"},
)


def _tell(row: Appointment, kind: Kind, *, by: Actor, at: datetime) -> None:
    """
    Write to whoever comes, in the act that did it: by email where we have an address, and a reminder as a text message besides. A
    clinic whose notice declares no messages about visits sends none.
    """
    register = acting().register
    if not features.declared_of((Purpose.SERVICE_MESSAGES,), register):
        return
    service = actors.service(_NAME, on_behalf_of=by.id)
    with processing(Purpose.SERVICE_MESSAGES, Action.READ, by=service, at=at) as opened:
        if not opened.decision(row.subject_id, Category.CONTACT).allowed:
            return  # they asked us to stop: a message is no reason to fail the visit
        reached = people.get_contact(row.subject_id, opened)
    if reached is None:
        return
    words = {"when": rules.said_when(row.starts_at)}
    if reached.email:
        delivery.send_email(
            row.subject_id,
            kind=kind,
            to=reached.email,
            context=words,
            link=link_of(row),
            calendar=rules.calendar_of(row.pk, row.starts_at, row.ends_at, cancelled=_is_off(row), at=at),
            by=service,
            at=at,
        )
    if LETTERS[kind].sms and reached.telephone and (settings.TROTH_SMS_URL or settings.TROTH_DEMO):
        delivery.send_sms(row.subject_id, kind=kind, to=reached.telephone, context=words, by=service, at=at)


def _link_of(row: Appointment) -> str:
    """The address at which whoever has the message finds the visit. The row keeps its hash, and is saved by the caller's act."""
    return f"{settings.TROTH_SITE}/visit/link/{token_of(row.pk)}/"


def _token_of(visit: UUID) -> str:
    key = secrets.opened().named("diary")
    return urlsafe_b64encode(hmac.digest(key, b"link|" + visit.bytes, hashlib.sha256)).decode().rstrip("=")


def _hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_off(row: Appointment) -> bool:
    return row.state == VisitState.CANCELLED


@act(
    Event.VISIT_REMINDED,
    purpose=Purpose.SERVICE_MESSAGES,
    unasked="it notes in an open column that its turn has come; whether anything may be written the gate is asked below",
)
def remind(appointment: UUID, *, by: Actor, at: datetime) -> bool:
    """
    Remind somebody of a visit, once for each beginning that it has. False: it is not due, or was moved or cancelled meanwhile.
    """
    row = Appointment.objects.select_for_update().filter(pk=appointment, state=VisitState.BOOKED).first()
    if row is None or row.reminded_for == row.starts_at or not rules.is_due_a_reminder(row.starts_at, at=at):
        return False
    row.reminded_for = row.starts_at
    row.save(update_fields=["reminded_for"])
    _tell(row, Kind.VISIT_REMINDER, by=by, at=at)
    return True


def _service() -> Actor:
    """The service that reminds."""
    return actors.service(_NAME)


# No acts themselves: they belong to the act that did what is told.
tell, link_of, token_of, hash_of, reminder = _tell, _link_of, _token_of, _hash_of, _service
