"""
Breaking the glass: one subject, thirty minutes, health roles, a fresh second factor, a written reason (pitfalls B14).

It passes checks 4 to 6 of the purpose `emergency` for the one who broke it, and never 1 to 3. The reason is sealed under the
key of the person it is about; the event holds its id. The person is told and a colleague reviews it: that is the rooms' work.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from troth.gate import actors, facts, linking, reasons
from troth.gate.actors import Actor
from troth.gate.acts import act, touched
from troth.gate.boundary import boundary
from troth.gate.contexts import Opened
from troth.gate.models import EmergencyNote, FactKind
from troth.gate.refusals import Check, Decision, Refused
from troth.gate.rules import FRESH_SECONDS, GLASS_MINUTES, check_can_break_glass
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.notice.register import Register
from troth.vault import keyring
from troth.vault.categories import Category
from troth.work import throttle

#: How often one person may break the glass in a day before somebody else must.
A_DAY = 5

actors.declare_service("emergency", purposes={Purpose.RIGHTS}, categories={Category.RIGHTS}, modules={__name__})


@reasons.reason("an emergency", serves={Purpose.RIGHTS}, told="your record was opened in an emergency")
def noting_an_emergency(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The service that notes why a record was opened has this reason for whoever that record is about."""
    return set(subjects) if actor.kind == "service" and actor.name == "emergency" else set()


def break_glass(subject: UUID, *, note: str, by: Actor, at: datetime) -> datetime:
    """
    Open one record to this actor for thirty minutes. Gives the moment at which it closes.

    :raises Refused: the role, the second factor, the note or the number of times today does not allow it.
    """
    with boundary() as into:
        register = into.register(at)
        own = by.id is None or by.id.hex in linking.person_of(subject, at=at).near
        why_not = check_can_break_glass(
            note=note,
            own_record=own,
            second_factor_age_s=(at - by.second_factor_at).total_seconds() if by.second_factor_at else None,
            health_professional=any(
                register.roles[role].health_professional for role in by.roles if role in register.roles
            ),
        )
        if (
            not why_not
            and by.id
            and not throttle.allow("glass", by.id.hex, limit=A_DAY, per=timedelta(days=1), at=at).allowed
        ):
            why_not = "You've opened several records in an emergency today. Ask a colleague to open this one."
        if why_not:
            into.refused(_tried(subject, by, at=at, request=into.request))
            raise keyring.poison(
                Refused(
                    Decision(allowed=False, check=Check.REASON, spoken=Check.REASON, rule="LAW-3.6", sentence=why_not)
                )
            )
        until = at + timedelta(minutes=GLASS_MINUTES)
        _record(subject, note=note, who=by, until=until, by=actors.service("emergency", on_behalf_of=by.id), at=at)
        return until


def open_until(subject: UUID, by: Actor, *, at: datetime) -> datetime | None:
    """Until when this actor has a record open in an emergency, or None where they have not."""
    mine = [fact for fact in facts.of(subject, FactKind.GLASS_BROKEN, at=at) if by.id and fact.other == by.id.hex]
    ends = [fact.until for fact in mine if fact.until is not None]
    return facts.moment(max(ends)) if ends else None


def may_break_glass(by: Actor, register: Register) -> bool:
    """Whether a role of this actor is one that opens records in an emergency at all: what a link to it is drawn from."""
    declared = register.purposes.get(Purpose.EMERGENCY)
    return declared is not None and any(
        role in declared.access and role in register.roles and register.roles[role].health_professional
        for role in by.roles
    )


def proven_lately(by: Actor, *, at: datetime) -> bool:
    """Whether the second factor was shown within the minutes that breaking the glass asks for."""
    return by.second_factor_at is not None and (at - by.second_factor_at).total_seconds() <= FRESH_SECONDS


class Broken(NamedTuple):
    """One breaking of the glass, as the standing fact has it. `note` is the id of the sealed reason."""

    note: UUID
    subject: UUID
    by: UUID
    at: datetime
    until: datetime


def list_broken() -> list[Broken]:
    """Every record that was ever opened in an emergency, the newest first. It opens nothing."""
    return [
        Broken(
            UUID(fact.value), UUID(fact.subject), UUID(fact.other), facts.moment(fact.since), facts.moment(fact.until)
        )
        for fact in facts.of_kind(FactKind.GLASS_BROKEN)
        if fact.until is not None
    ]


def read_note(note: UUID, opened: Opened) -> str:
    """
    The sealed reason, in the words of the one who opened the record; "" when it was erased since.

    :raises Refused: this context may not open it.
    """
    row = EmergencyNote.objects.filter(pk=note).first()
    if row is None:
        return ""
    opened.require(row.subject_id, Category.RIGHTS)
    return row.note or ""


def _tried(subject: UUID, by: Actor, *, at: datetime, request: str) -> Draft:
    """The refusal as it stands in the ledger: somebody tried to break the glass, and at their own record it raises an alert."""
    return Draft(
        at=at,
        event=Event.REFUSED,
        outcome="refused",
        actor_kind=by.kind,
        actor=by.id.hex if by.id else "",
        subject=subject.hex,
        purpose=str(Purpose.EMERGENCY),
        action="read",
        check=str(Check.REASON),
        rule="LAW-3.6",
        request=request,
    )


@act(Event.GLASS_BROKEN, purpose=Purpose.RIGHTS)
def _record(subject: UUID, *, note: str, who: Actor, until: datetime, by: Actor, at: datetime) -> None:
    kept = EmergencyNote.objects.create(subject_id=subject, note=note)
    facts.record(subject, FactKind.GLASS_BROKEN, at=at, value=kept.pk.hex, other=who.id, until=until)
    touched(subject, f"gate.emergency/{kept.pk.hex}/{until:%Y%m%dT%H%M%SZ}")
