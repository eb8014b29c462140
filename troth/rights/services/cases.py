"""Opening and closing a case: one right, one person, one clock. What happens in between is in `steps`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from troth.gate import facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.facts import FactKind
from troth.law.calendar import LONDON
from troth.law.rights import Right
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.models import About, Asked, RightsCase, Route, State
from troth.rights.rules.letters import LetterKind
from troth.rights.selectors import clocks
from troth.rights.services.standing import object_to, restrict
from troth.rights.services.stepping import _compose_for, _name_use, _send, _title
from troth.vault.categories import Category

#: The same stop of one person, asked for twice within so long, was asked for once.
PRESSED_TWICE = timedelta(minutes=10)


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def open_case(subject: UUID, right: Right | Asked, *, by: Actor, at: datetime, words: str = "") -> UUID:
    """
    Open a case with its due date, and keep the words that the person used (LAW-1.1, LAW-1.19).

    :raises Refused: the actor may not do this for that person.
    """
    return _write_case(subject, right, at=at, words=words)


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def ask_to_stop(subject: UUID, purpose: Purpose | None, *, by: Actor, at: datetime, words: str = "") -> UUID:
    """
    Stop one use, or every use, at once, and open the case in which a person weighs it (LAW-3.6, LAW-3.9). A button pressed twice
    asks once; what is said later, of this use or of another, is a case of its own with its own words.

    :raises Refused: the actor may not do this for that person.
    """
    right = Right.OBJECTION if purpose else Right.RESTRICTION
    if (waiting := _waits_already(subject, right, purpose, at=at)) is not None:
        return waiting
    if purpose is None:
        restrict(subject, by=by, at=at)
        stopped = _write_case(subject, Right.RESTRICTION, at=at, words=words.strip())
        return _received(stopped, stopped=True, by=by, at=at)
    object_to(subject, purpose, by=by, at=at)
    made = _write_case(subject, Right.OBJECTION, at=at, words=words.strip())
    row = RightsCase.objects.only("id", "subject", "right", "received_on", "due_on", "state").get(pk=made)
    _name_use(row, purpose, at=at)
    return _received(made, stopped=True, use=_title(purpose, at), by=by, at=at)


def _waits_already(subject: UUID, right: Right, purpose: Purpose | None, *, at: datetime) -> UUID | None:
    """The case that began with this very stop a moment ago, if a person weighs it still."""
    acting().require(subject, Category.RIGHTS)
    hold(subject)
    kind = FactKind.OBJECTION if purpose else FactKind.RESTRICTION
    wanted = purpose.value if purpose else ""
    begun = [facts.moment(fact.since) for fact in facts.unended(subject, kind, at=at) if fact.purpose == wanted]
    asked = RightsCase.objects.filter(subject_id=subject, right=right.value).exclude(state=State.DONE)
    asked = asked.filter(recorded_at__in=begun, recorded_at__gt=at - PRESSED_TWICE)
    found: UUID | None = asked.values_list("pk", flat=True).first()
    return found


@act(Event.CASE_OPENED, purpose=Purpose.RIGHTS)
def ask_for_what_was_held_back(subject: UUID, *, by: Actor, at: datetime) -> UUID | None:
    """
    Open the case about what a copy left out, unless one waits already (LAW-4.5, pitfalls A10). Gives its id, if it is new.

    :raises Refused: the actor may not do this for that person.
    """
    acting().require(subject, Category.RIGHTS)
    hold(subject)
    waiting = RightsCase.objects.filter(subject_id=subject, right=Right.ACCESS.value).exclude(state=State.DONE)
    if waiting.exists():
        return None
    made = _write_case(subject, Right.ACCESS, at=at, words="What my copy left out.", about=About.HELD_BACK)
    return _received(made, by=by, at=at)


def _received(case: UUID, *, stopped: bool = False, use: str = "", by: Actor, at: datetime) -> UUID:
    """Write the receipt of a new case, inside the act that is open; it says what has stopped already."""
    row = RightsCase.objects.only("id", "subject", "right", "received_on", "due_on", "state").get(pk=case)
    letter = _compose_for(case, LetterKind.RECEIPT, stopped=stopped, use=use, at=at)
    _send(row, letter, by_post=False, by=by, at=at)
    return case


def _write_case(
    subject: UUID,
    right: Right | Asked,
    *,
    at: datetime,
    words: str = "",
    close_account: bool = False,
    about: About = About.EVERYTHING,
    route: Route = Route.PORTAL,
    received_on: date | None = None,
    message: UUID | None = None,
    asked_by: UUID | None = None,
    reply_to: Mapping[str, str] | None = None,
) -> UUID:
    """Write the row of a new case, inside the act that is open. It counts from the day on which it came (LAW-1.4)."""
    asked = Asked(right.value)
    received = received_on or at.astimezone(LONDON).date()
    return RightsCase.objects.create(
        subject_id=subject,
        right=asked.value,
        about=about.value,
        received_on=received,
        due_on=clocks.reckoned(asked, received, (), at=at).due_on,
        route=route.value,
        message=message,
        asked_by=asked_by,
        words=words,
        reply_to=dict(reply_to or {}),
        close_account=close_account,
    ).pk
