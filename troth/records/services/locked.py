"""Acts on what stays locked: a service says that it needs one, or needs it no more, and what is found is recorded for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from troth.diary import selectors as diary
from troth.diary.rules import KEEPERS
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched_thing
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import Release
from troth.records.models.bases import Source
from troth.records.models.locked import LOCKED_TABLES, LockedHolding, Need
from troth.records.rules import NotPossible
from troth.records.selectors.locked import lockable, needs_of
from troth.records.selectors.releasing import released
from troth.records.services.sources import _note_source
from troth.vault.categories import Category

#: Whoever keeps what the clinic offers says what it needs.
KEEPING = (Purpose.STAFF, Purpose.BOOKING)
SHORTEST = 20  # letters of a reason
LONGEST = 2_000


@act(Event.NEED_DECLARED, purpose=KEEPING)
def declare_need(service: UUID, category: Category, *, why: str, by: Actor, at: datetime) -> UUID:
    """
    Say that a service needs a locked kind of data, and why: from now on whoever gives it may record it for people who come for it.

    :raises NotPossible: the notice lets no treatment need it, no reason is given, it is said already, there is no such service, or
        the actor does not keep what is offered.
    """
    _check_keeps(by)
    if category not in lockable(acting().register):
        raise NotPossible("Our privacy notice lets no treatment ask for this. It has to be declared there first.")
    if len(why.strip()) < SHORTEST:
        raise NotPossible("Say in a sentence why the treatment needs it.")
    if not any(each.id == service for each in diary.list_services()):
        raise NotPossible("That service is not offered any more.")
    assert by.id is not None
    try:
        with transaction.atomic():
            made = Need.objects.create(
                service_id=service, category=category.value, why=why.strip(), since=at, declared_by=by.id
            )
    except IntegrityError:  # a colleague, or a second window
        raise NotPossible("It is said already that this service needs it.") from None
    touched_thing(f"records.need/{made.pk.hex}")
    found: UUID = made.pk
    return found


@act(Event.NEED_ENDED, purpose=KEEPING)
def end_need(need: UUID, *, by: Actor, at: datetime) -> None:
    """
    Say that a service needs it no more. What was recorded is kept as long as the card, and is locked to everybody who treats them.

    :raises NotPossible: it was ended already, there is none, or the actor does not keep what is offered.
    """
    _check_keeps(by)
    if not Need.objects.filter(pk=need, ended_at=None).update(ended_at=at, ended_by=by.id):
        raise NotPossible("This was ended already.")
    touched_thing(f"records.need/{need.hex}")


@act(Event.LOCKED_RECORDED, purpose=Purpose.CARE)
def record_locked(
    subject: UUID,
    category: Category,
    *,
    words: str,
    source: Source,
    release: Release = Release.HELD,
    entry: UUID,
    by: Actor,
    at: datetime,
) -> LockedHolding:
    """
    This will record something of a locked kind, for the need of what this person comes for. `entry` is the identifier that its page
    was given, so that what is sent twice is kept once.

    :raises NotPossible: nothing is written, it is kept already, or nothing that they come for needs it any more.
    :raises Refused: nothing that they come for to this actor needs it, or the actor may not write it.
    """
    acting().require(subject, category)
    if not 0 < len(words.strip()) <= LONGEST:
        raise NotPossible("Write what was found.")
    hold(subject)  # against the same page sent twice at once
    need = needs_of(by, [subject], at=at).get(subject, {}).get(category)
    # Against a colleague who ends the need meanwhile; and of what is their own, the gate asks nobody for a need.
    if need is None or not Need.objects.select_for_update().filter(pk=need.id, ended_at=None).exists():
        raise NotPossible("The treatment needs this no more. It was ended a moment ago.")
    table: Any = LOCKED_TABLES[category]
    if table.objects.filter(pk=entry).exists():
        raise NotPossible("This is kept already.")
    made: LockedHolding = table.objects.create(
        pk=entry,
        subject_id=subject,
        need=need.id,
        words=words.strip(),
        source=source,
        **released(release, by, at, source=source, own=by.id == subject),
    )
    _note_source(subject, source, category=category, by=by, at=at)
    return made


def _check_keeps(by: Actor) -> None:
    if not by.roles & KEEPERS:
        raise NotPossible("Only an administrator or the clinic’s manager changes this.")
