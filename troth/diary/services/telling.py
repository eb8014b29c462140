"""
What people are told of their visits: confirmed, moved, cancelled, and reminded of. No message says what for, or with whom.

Each has a link by which the visit is looked at, moved and cancelled without an account. The link is worked out of the visit's
number and a secret of this server, so that every message has the same; stored, from the booking on, is its hash alone.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from troth.delivery import selectors as outbox
from troth.delivery import services as delivery
from troth.delivery.rules import LETTERS, Kind
from troth.diary import rules, selectors
from troth.diary.models import Appointment, VisitState, Wish
from troth.gate import actors, features
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import services as people_services
from troth.vault.categories import Category

_NAME = "visit-messages"
actors.declare_service(
    _NAME,
    purposes={Purpose.SERVICE_MESSAGES},
    categories={Category.CONTACT, Category.CORRESPONDENCE},
    modules={__name__, "troth.diary.jobs"},
)


def _tell(row: Appointment, kind: Kind, *, by: Actor, at: datetime) -> None:
    """Write to whoever comes, in the act that did it."""
    calendar = rules.calendar_of(row.pk, row.starts_at, row.ends_at, cancelled=_is_off(row), at=at)
    words = {"when": rules.said_when(row.starts_at)}
    _write(row.subject_id, kind, words, link=_link_of(row), calendar=calendar, by=by, at=at)


def _tell_offer(row: Wish, kind: Kind, *, by: Actor, at: datetime) -> None:
    """Write of the time that is offered, in the act that offers it."""
    assert row.pending is not None and row.offered_at is not None and row.offered_until is not None
    words = {"when": rules.said_when(row.offered_at), "until": rules.said_when(row.offered_until)}
    link = f"{settings.TROTH_SITE}/offer/link/{selectors.token_of(row.pending)}/"
    _write(row.subject_id, kind, words, link=link, by=by, at=at)


def _write(
    subject: UUID,
    kind: Kind,
    words: dict[str, str],
    *,
    link: str,
    calendar: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """
    Write to somebody: by email where we have an address, and a reminder as a text message besides,
    each where they want it by that way. A clinic whose notice declares no messages about visits sends none.
    """
    register = acting().register
    if not features.declared_of((Purpose.SERVICE_MESSAGES,), register):
        return
    service = actors.service(_NAME, on_behalf_of=by.id)
    reached = people_services.contact_for(subject, Purpose.SERVICE_MESSAGES, by=service, at=at)
    if reached is None:
        return

    def wanted(channel: str) -> bool:
        return outbox.may_reach(subject, Purpose.SERVICE_MESSAGES, channel, at=at)

    if reached.email and wanted("email"):
        delivery.send_email(
            subject,
            kind=kind,
            to=reached.email,
            context=words,
            link=link,
            calendar=calendar,
            by=service,
            at=at,
        )
    texts = LETTERS[kind].sms and (settings.TROTH_SMS_URL or settings.TROTH_DEMO)
    if texts and reached.telephone and wanted("sms"):
        delivery.send_sms(subject, kind=kind, to=reached.telephone, context=words, by=service, at=at)


def _link_of(row: Appointment) -> str:
    """The address at which whoever has the message finds the visit."""
    return f"{settings.TROTH_SITE}/visit/link/{selectors.token_of(row.pk)}/"


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
tell, tell_offer, link_of = _tell, _tell_offer, _link_of
reminder = _service
